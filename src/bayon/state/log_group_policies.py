"""What a log group has at most one of a kind of: a transformer, a data protection policy, a field index policy.

Bodies are JSON whose meaning is the services' business. They go with their group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import RowMapping, and_, select

from bayon.state.database import State
from bayon.state.statements import insert_new
from bayon.state.tables import log_group_policies

_columns = log_group_policies.c


@dataclass(frozen=True, slots=True)
class LogGroupPolicy:
    """One policy of a log group; `body` is what was given, decoded."""

    group_id: int
    kind: str
    body: Any
    created_ms: int
    modified_ms: int


def put(state: State, group_id: int, kind: str, body: Any, now_ms: int) -> LogGroupPolicy:
    """The group has this policy instead of the one it had of the kind. Writes: log_group_policies."""
    text = msgspec.json.encode(body).decode()
    values = {"group_id": group_id, "kind": kind, "body": text, "created_ms": now_ms, "modified_ms": now_ms}
    with state.write() as connection:
        row = insert_new(connection, log_group_policies, values)
        if row is None:
            change = {"body": text, "modified_ms": now_ms}
            statement = log_group_policies.update().where(_one(group_id, kind)).values(change)
            row = connection.execute(statement.returning(*log_group_policies.columns)).mappings().one()
    return _policy(row)


def find(state: State, group_id: int, kind: str) -> LogGroupPolicy | None:
    """The group's policy of the kind. Reads: log_group_policies."""
    return next(iter(of_groups(state, [group_id], kind).values()), None)


def of_groups(state: State, group_ids: Sequence[int], kind: str) -> dict[int, LogGroupPolicy]:
    """The policies of the kind that the groups have, by group number. Reads: log_group_policies."""
    statement = select(log_group_policies).where(_columns.kind == kind, _columns.group_id.in_(group_ids))
    with state.read() as connection:
        return {row["group_id"]: _policy(row) for row in connection.execute(statement).mappings()}


def delete(state: State, group_id: int, kind: str) -> bool:
    """The group has no policy of the kind; false where it had none. Writes: log_group_policies."""
    with state.write() as connection:
        return connection.execute(log_group_policies.delete().where(_one(group_id, kind))).rowcount == 1


def _one(group_id: int, kind: str) -> Any:
    return and_(_columns.group_id == group_id, _columns.kind == kind)


def _policy(row: RowMapping) -> LogGroupPolicy:
    return LogGroupPolicy(**{**row, "body": msgspec.json.decode(row["body"])})
