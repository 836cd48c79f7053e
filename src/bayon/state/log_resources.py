"""Named things of CloudWatch Logs beside log groups: destinations, resource and account policies, deliveries and more.

A kind is a word of the service that owns it; bodies are JSON whose meaning is its business.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, RowMapping, and_, func, select

from bayon.state.database import State
from bayon.state.statements import insert_new, starts_with
from bayon.state.tables import log_resources

_columns = log_resources.c


@dataclass(frozen=True, slots=True)
class LogResource:
    """One resource; `body` is what its service keeps of it, decoded."""

    account: str
    region: str
    kind: str
    name: str
    body: Any
    created_ms: int
    modified_ms: int


def create(state: State, account: str, region: str, kind: str, name: str, body: Any, now_ms: int) -> LogResource | None:
    """The new resource, or none where one of that kind and name exists. Writes: log_resources."""
    values = {"account": account, "region": region, "kind": kind, "name": name, "body": _text(body)}
    with state.write() as connection:
        row = insert_new(connection, log_resources, values | {"created_ms": now_ms, "modified_ms": now_ms})
    return _resource(row) if row else None


def put(state: State, account: str, region: str, kind: str, name: str, body: Any, now_ms: int) -> LogResource:
    """The resource is this one, new or in place of the one of its name. Writes: log_resources."""
    with state.write() as connection:
        made = create(state, account, region, kind, name, body, now_ms)
        if made is not None:
            return made
        change = {"body": _text(body), "modified_ms": now_ms}
        statement = log_resources.update().where(_one(account, region, kind, name)).values(change)
        return _resource(connection.execute(statement.returning(*log_resources.columns)).mappings().one())


def find(state: State, account: str, region: str, kind: str, name: str) -> LogResource | None:
    """The resource of that kind and name. Reads: log_resources."""
    with state.read() as connection:
        statement = select(log_resources).where(_one(account, region, kind, name))
        row = connection.execute(statement).mappings().one_or_none()
    return _resource(row) if row else None


def page(
    state: State,
    account: str,
    region: str,
    kind: str,
    *,
    prefix: str = "",
    after: str | None = None,
    limit: int | None = None,
) -> list[LogResource]:
    """The first `limit` resources of the kind behind the name `after`, by name. Reads: log_resources."""
    conditions = [_of_kind(account, region, kind), starts_with(_columns.name, prefix)]
    if after is not None:
        conditions.append(_columns.name > after)
    statement = select(log_resources).where(*conditions).order_by(_columns.name).limit(limit)
    with state.read() as connection:
        return [_resource(row) for row in connection.execute(statement).mappings()]


def of_kind(state: State, kind: str) -> list[LogResource]:
    """Every resource of the kind, of every account and region. Reads: log_resources."""
    order = (_columns.account, _columns.region, _columns.name)
    with state.read() as connection:
        rows = connection.execute(select(log_resources).where(_columns.kind == kind).order_by(*order))
        return [_resource(row) for row in rows.mappings()]


def count(state: State, account: str, region: str, kind: str) -> int:
    """How many resources of the kind there are. Reads: log_resources."""
    statement = select(func.count()).select_from(log_resources).where(_of_kind(account, region, kind))
    with state.read() as connection:
        return connection.execute(statement).scalar_one()


def delete(state: State, account: str, region: str, kind: str, name: str) -> bool:
    """The resource is gone; false where there was none. Writes: log_resources."""
    with state.write() as connection:
        return connection.execute(log_resources.delete().where(_one(account, region, kind, name))).rowcount == 1


def _of_kind(account: str, region: str, kind: str) -> ColumnElement[bool]:
    return and_(_columns.account == account, _columns.region == region, _columns.kind == kind)


def _one(account: str, region: str, kind: str, name: str) -> ColumnElement[bool]:
    return and_(_of_kind(account, region, kind), _columns.name == name)


def _text(body: Any) -> str:
    return msgspec.json.encode(body).decode()


def _resource(row: RowMapping) -> LogResource:
    return LogResource(**{**row, "body": msgspec.json.decode(row["body"])})
