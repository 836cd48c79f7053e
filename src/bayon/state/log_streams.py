"""Log streams. Their events are in the store, under the number `id`, which is never given to another stream."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, bindparam, select
from sqlalchemy.exc import IntegrityError

from bayon.state.database import State
from bayon.state.deleted_logs import record
from bayon.state.log_groups import LogGroup
from bayon.state.statements import insert_new, starts_with
from bayon.state.tables import log_groups, log_streams

_columns = log_streams.c
IN_LIST = 5000  # ours: well below the number of parameters that either database takes


@dataclass(frozen=True, slots=True)
class LogStream:
    """A log stream; what it holds now is `store.logs.stream_stats`."""

    id: int
    group_id: int
    name: str
    created_ms: int


def create(state: State, group_id: int, name: str, *, created_ms: int) -> LogStream | None:
    """The new stream, or none where one of that name exists (or the group has just been deleted).

    Writes: log_streams.
    """
    values = {"group_id": group_id, "name": name, "created_ms": created_ms}
    try:
        with state.write() as connection:
            row = insert_new(connection, log_streams, values)
    except IntegrityError:
        return None
    return LogStream(**row) if row else None


# Built once: PutLogEvents asks this for every request.
_GROUP_AND_STREAM = (
    select(
        *log_groups.columns,
        _columns.id.label("stream_id"),
        _columns.name.label("stream_name"),
        _columns.created_ms.label("stream_created_ms"),
    )
    .select_from(
        log_groups.outerjoin(
            log_streams, and_(_columns.group_id == log_groups.c.id, _columns.name == bindparam("stream"))
        )
    )
    .where(
        log_groups.c.account == bindparam("account"),
        log_groups.c.region == bindparam("region"),
        log_groups.c.name == bindparam("group"),
    )
)


def find_stream(
    state: State, account: str, region: str, group: str, stream: str
) -> tuple[LogGroup | None, LogStream | None]:
    """The group and its stream of those names, each none where it does not exist. Reads: log_groups, log_streams."""
    names = {"account": account, "region": region, "group": group, "stream": stream}
    with state.read() as connection:
        row = connection.execute(_GROUP_AND_STREAM, names).one_or_none()
    if row is None:
        return None, None
    *of_group, stream_id, stream_name, stream_created_ms = row
    found = LogGroup(*of_group)
    return found, LogStream(stream_id, found.id, stream_name, stream_created_ms) if stream_id is not None else None


def page(
    state: State,
    group_id: int,
    *,
    prefix: str = "",
    after: str | None = None,
    descending: bool = False,
    limit: int | None,
) -> list[LogStream]:
    """The first `limit` streams whose names start with `prefix`, behind the name `after`, in order of their names.

    In: with `descending` the order is reversed, and `after` means before it. Reads: log_streams.
    """
    conditions = [_columns.group_id == group_id, starts_with(_columns.name, prefix)]
    if after is not None:
        conditions.append(_columns.name < after if descending else _columns.name > after)
    order = _columns.name.desc() if descending else _columns.name
    statement = select(log_streams).where(*conditions).order_by(order).limit(limit)
    with state.read() as connection:
        return [LogStream(**row) for row in connection.execute(statement).mappings()]


def by_ids(state: State, ids: Sequence[int]) -> dict[int, LogStream]:
    """The streams of those numbers that still exist. Reads: log_streams."""
    parts = (ids[start : start + IN_LIST] for start in range(0, len(ids), IN_LIST))
    return {stream.id: stream for part in parts for stream in _select(state, _columns.id.in_(part))}


def by_names(state: State, group_id: int, names: Sequence[str]) -> dict[str, LogStream]:
    """The streams of those names that exist in the group. Reads: log_streams."""
    found = _select(state, and_(_columns.group_id == group_id, _columns.name.in_(names)))
    return {stream.name: stream for stream in found}


def names(state: State, group_ids: Sequence[int], most: int) -> dict[int, str]:
    """The names of the groups' streams by their numbers, at most so many. Reads: log_streams."""
    statement = select(log_streams.c.id, log_streams.c.name).where(log_streams.c.group_id.in_(group_ids)).limit(most)
    with state.read() as connection:
        return {row.id: row.name for row in connection.execute(statement)}


def delete(state: State, stream_id: int) -> bool:
    """The stream is gone and its events are due to be purged; false where there is none.

    Writes: log_streams, deleted_logs.
    """
    with state.write() as connection:
        statement = log_streams.delete().where(_columns.id == stream_id).returning(_columns.group_id)
        group_id = connection.execute(statement).scalar_one_or_none()
        if group_id is None:
            return False
        record(connection, group_id, stream_id)
        return True


def _select(state: State, condition: ColumnElement[bool]) -> list[LogStream]:
    statement = select(log_streams).where(condition)
    with state.read() as connection:
        return [LogStream(**row) for row in connection.execute(statement).mappings()]
