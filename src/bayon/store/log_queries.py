"""Runs what a query language made of a query over log events. The tables, and what of them counts, are known here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from bayon import limits
from bayon.sql import Events, Field, Statement
from bayon.store.store import Store

_COLUMNS = "group_id, stream_id, at_ms, seq, ingested_at_ms, message"


@dataclass(frozen=True, slots=True)
class Scanned:
    """How much a query has to look at."""

    events: int
    size_bytes: int


def has_recent(store: Store) -> bool:
    """Whether some events have not been settled, so that a query must look at both tables."""
    store.land("log_recent")
    generations = store.log_generations
    return generations.rows > 0 or generations.current > generations.settled + 1


def select(
    store: Store,
    statement: Statement,
    *,
    recent: bool = True,
    time_s: float = limits.INSIGHTS_TIME_S,
    tag: str = "",
) -> pa.Table:
    """The rows of the statement. Raises: StoreError when a limit is hit or the query was cancelled by its `tag`.

    In: `recent` false where it is known that there are no recent events.
    """
    parameters: dict[str, Any] = dict(statement.parameters) | {"settled": store.log_generations.settled}
    return store.select(
        sql_of(statement, recent=recent, parameters=parameters),
        parameters,
        time_s=time_s,
        memory_bytes=limits.INSIGHTS_MEMORY_BYTES,
        tag=tag,
    )


def cancel(store: Store, tag: str) -> None:
    """Whatever runs under the tag ends soon."""
    store.cancel(tag)


def scanned(store: Store, events: Events, *, recent: bool = True, time_s: float, tag: str = "") -> Scanned:
    """How many events are in reach, and their bytes."""
    if not recent and (known := _whole(store, events)) is not None:
        return known
    counted = Events(events.name, events.groups, events.start_ms, events.end_ms)
    count = f"SELECT count() AS events, sum(size) AS size FROM {events.name}"
    size = Field("size", "message.size", "length(message)")
    statement = Statement((replace(counted, fields=(size,)),), (), count, {})
    found = select(store, statement, recent=recent, time_s=time_s, tag=tag)
    return Scanned(found["events"][0].as_py(), found["size"][0].as_py() or 0)


def _whole(store: Store, events: Events) -> Scanned | None:
    """The same from what is counted already, where every event of the groups is in reach."""
    kept_since_ms = max((since for _, since in events.groups), default=0)
    found = store.query(
        "SELECT sum(rows) AS events, sum(size) AS size, min(first) AS first, max(last) AS last FROM (SELECT count() AS "
        "rows, sum(length(message)) AS size, min(at_ms) AS first, max(at_ms) AS last, group_id, stream_id, generation "
        "FROM log_events WHERE group_id IN {groups:Array(UInt64)} AND generation <= {settled:UInt64} "
        "GROUP BY group_id, stream_id, generation)",
        {"groups": [group for group, _ in events.groups], "settled": store.log_generations.settled},
    )
    events_, size, first, last = (found[name][0].as_py() for name in ("events", "size", "first", "last"))
    inside = events_ and max(events.start_ms, kept_since_ms) <= first and last <= events.end_ms
    return Scanned(events_, size) if inside else None


def types(store: Store, group_ids: Sequence[int]) -> dict[str, frozenset[str]]:
    """The engine's types of each path in the JSON of the groups' settled events."""
    rows = store.query(
        "SELECT path, groupUniqArray(type) AS types FROM log_fields WHERE group_id IN {groups:Array(UInt64)} "
        "GROUP BY path",
        {"groups": list(group_ids)},
    )
    return {
        path: frozenset(held) for path, held in zip(rows["path"].to_pylist(), rows["types"].to_pylist(), strict=True)
    }


def sql_of(statement: Statement, *, recent: bool, parameters: dict[str, Any]) -> str:
    """The statement as one SELECT over the tables; what it binds besides is added to `parameters`."""
    steps = [(events.name, _events(events, parameters, recent=recent)) for events in statement.events]
    named = ", ".join(f"{name} AS ({sql})" for name, sql in [*steps, *statement.steps])
    return f"WITH {named} {statement.select}" if named else statement.select


def _events(events: Events, parameters: dict[str, Any], *, recent: bool) -> str:
    bound = _bound(events, parameters)
    tables = [("log_events", "generation <= {settled:UInt64}", "settled")]
    if recent:
        tables.append(("log_recent", "generation > {settled:UInt64}", "recent"))
    parts = [_part(events, table, f"{bound} AND {visible}", kind) for table, visible, kind in tables]
    return parts[0] if len(parts) == 1 else " UNION ALL ".join(f"({part})" for part in parts)


def _part(events: Events, table: str, bound: str, kind: str) -> str:
    fields = "".join(f", {_of(field, kind)} AS {field.alias}" for field in events.fields)
    where = " AND ".join([bound, *(f"({condition})" for condition in events.conditions)])
    sql = f"SELECT {_COLUMNS}{fields} FROM {table} WHERE {where}"
    if events.limit is not None:
        direction = " DESC" if events.newest else ""
        sql += f" ORDER BY at_ms{direction}, seq{direction} LIMIT {events.limit}"
    return sql


def _of(field: Field, kind: str) -> str:
    return field.settled if kind == "settled" else field.recent


def _bound(events: Events, parameters: dict[str, Any]) -> str:
    """Which events of the table are in reach: of each group those in the range that have not expired."""
    by_start: dict[int, list[int]] = {}
    for group, kept_since_ms in events.groups:
        by_start.setdefault(max(kept_since_ms, events.start_ms), []).append(group)
    if not by_start:
        return "0"
    parts = []
    for start_ms, groups in by_start.items():
        place = len(parameters)
        parameters[f"x{place}"], parameters[f"y{place}"] = (groups[0] if len(groups) == 1 else groups), start_ms
        among = f"= {{x{place}:UInt64}}" if len(groups) == 1 else f"IN {{x{place}:Array(UInt64)}}"
        parts.append(f"group_id {among} AND at_ms >= {{y{place}:Int64}}")
    place = len(parameters)
    parameters[f"z{place}"] = events.end_ms
    groups_ = parts[0] if len(parts) == 1 else "(" + " OR ".join(f"({part})" for part in parts) + ")"
    return f"{groups_} AND at_ms <= {{z{place}:Int64}}"
