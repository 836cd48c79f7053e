"""Log events in the order of their arrival: what follows an append reads them here, a window at a time.

A window is a range of `seq`, the order of arrival, which the writer hands out; an event in it is found whether or not
it has been settled meanwhile. What is sought in a window comes as compiled conditions and values over the column
`message`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bayon.sql import Sql
from bayon.store.store import Store

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Window:
    """The events that arrived behind `after` up to `until`; `generation` and `newest_generation` are those of the first
    and the last of them, or lower and higher."""

    after: int
    until: int
    generation: int
    newest_generation: int


@dataclass(frozen=True, slots=True)
class Reached:
    """The last event that somebody has seen, by its order of arrival, and the generation that it arrived in."""

    seq: int
    generation: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """What arrived in a group in a minute of arrival; `emf` are events that may hold embedded metrics."""

    group_id: int
    minute: int
    events: int
    size_bytes: int
    emf: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Events of a group by the minutes of their timestamp and arrival: how many met each condition."""

    group_id: int
    minute: int
    arrived_minute: int
    matched: list[int]


@dataclass(frozen=True, slots=True)
class Sample:
    """The values of a condition's events in a minute, all with the same dimensions: `values[i]` seen `weights[i]`
    times."""

    minute: int
    dimensions: list[str]
    values: list[float]
    weights: list[float]


@dataclass(frozen=True, slots=True)
class ArrivedEvent:
    """One event with its place."""

    group_id: int
    stream_id: int
    at_ms: int
    seq: int
    ingested_at_ms: int
    message: str


def newest(store: Store) -> Reached:
    """The event that arrived last."""
    everything = Window(0, 2**63 - 1, 0, 0)
    found = _ask(store, everything, "max(seq) AS seq, max(generation) AS generation")
    return Reached(found["seq"][0].as_py(), found["generation"][0].as_py())


def next_window(store: Store, after: int, generation: int, rows: int) -> Window | None:
    """The next at most `rows` events behind `after`, all of which arrived in the generation or later; none when there
    are none."""
    whole = Window(after, 2**63 - 1, generation, 0)
    found = _ask(store, whole, "min(seq) AS first, max(seq) AS last, max(generation) AS newest, count() AS rows")
    first, last, newest, count = (column[0].as_py() for column in found.columns)
    if not count:
        return None
    until = min(last, first + rows - 1)
    if until < last:
        part = Window(after, until, generation, 0)
        newest = _ask(store, part, "max(generation) AS newest")["newest"][0].as_py()
    return Window(after, until, generation, newest)


def arrived(store: Store, window: Window) -> list[Arrival]:
    """What arrived, by group and minute of arrival."""
    columns = (
        f"group_id, intDiv(ingested_at_ms, {MINUTE_MS}) AS minute, count() AS events, sum(length(message)) AS size, "
        "countIf(message LIKE '%\"\\_aws\"%') AS emf"
    )
    return [Arrival(*row) for row in _rows(_ask(store, window, columns, tail="GROUP BY group_id, minute"))]


def counted(store: Store, window: Window, conditions: dict[int, Sequence[Sql]]) -> list[Counts]:
    """For each group how many of its events met each of its conditions."""
    parts = []
    parameters: dict[str, Any] = {}
    for place, (group_id, asked) in enumerate(conditions.items()):
        counts = ", ".join(f"countIf({each.text})" for each in asked)
        parameters |= {f"group{place}": group_id} | {name: v for each in asked for name, v in each.parameters.items()}
        parts.append(
            f"SELECT toUInt64({group_id:d}) AS group_id, intDiv(at_ms, {MINUTE_MS}) AS minute, "
            f"intDiv(ingested_at_ms, {MINUTE_MS}) AS arrived_minute, [{counts}] AS matched "
            f"FROM {_source(store, window, f'group_id = {{group{place}:UInt64}}')} GROUP BY minute, arrived_minute"
        )
    rows = store.query(" UNION ALL ".join(parts), parameters | _bounds(store, window))
    return [Counts(*row) for row in _rows(rows)]


def sampled(
    store: Store, window: Window, group_id: int, condition: Sql, value: str, dimensions: Sequence[str]
) -> list[Sample]:
    """The values, finite and within `bound`, of the group's events that meet the condition and have every dimension.

    In: `value` and `dimensions` are SQL over `message`, a number (NaN where there is none) and texts (empty where there
    are none), whose parameters are among the condition's.
    """
    columns = (
        f"SELECT intDiv(at_ms, {MINUTE_MS}) AS minute, {value} AS value, "
        f"CAST([{', '.join(dimensions)}] AS Array(String)) AS dimensions "
        f"FROM {_source(store, window, f'group_id = {{group:UInt64}} AND {condition.text}')}"
    )
    rows = store.query(
        "SELECT minute, dimensions, sumMap([value], [toFloat64(1)]) AS seen, seen.1 AS values, seen.2 AS weights "
        f"FROM ({columns}) WHERE isFinite(value) AND NOT has(dimensions, '') GROUP BY minute, dimensions",
        dict(condition.parameters) | {"group": group_id} | _bounds(store, window),
    )
    named = (rows[name].to_pylist() for name in ("minute", "dimensions", "values", "weights"))
    return [Sample(*row) for row in zip(*named, strict=True)]


def events(
    store: Store, window: Window, group_ids: Sequence[int], condition: Sql, *, limit: int | None = None
) -> list[ArrivedEvent]:
    """The groups' events that meet the condition, in the order of their arrival."""
    tail = "ORDER BY seq" if limit is None else f"ORDER BY seq LIMIT {limit:d}"
    return _found(store, window, group_ids, condition, None, tail)


def sample(
    store: Store,
    window: Window,
    group_ids: Sequence[int],
    condition: Sql,
    *,
    stream_ids: Sequence[int] | None,
    limit: int,
) -> list[ArrivedEvent]:
    """The groups' events that meet the condition, of these streams or of all, in no order: where there are more than
    `limit`, so many of them, spread evenly."""
    return _found(store, window, group_ids, condition, stream_ids, f"ORDER BY cityHash64(seq) LIMIT {limit:d}")


def _found(
    store: Store,
    window: Window,
    group_ids: Sequence[int],
    condition: Sql,
    stream_ids: Sequence[int] | None,
    tail: str,
) -> list[ArrivedEvent]:
    where = f"group_id IN {{groups:Array(UInt64)}} AND {condition.text}"
    parameters = dict(condition.parameters) | {"groups": list(group_ids)} | _bounds(store, window)
    if stream_ids is not None:
        where += " AND stream_id IN {streams:Array(UInt64)}"
        parameters["streams"] = list(stream_ids)
    rows = store.query(f"SELECT * FROM {_source(store, window, where)} {tail}", parameters)
    return [ArrivedEvent(*row) for row in _rows(rows.drop_columns(["generation"]))]


_COLUMNS = "group_id, stream_id, at_ms, seq, ingested_at_ms, message, generation"


def _ask(store: Store, window: Window, columns: str, *, tail: str = "") -> Any:
    return store.query(f"SELECT {columns} FROM {_source(store, window, '1')} {tail}", _bounds(store, window))


def _source(store: Store, window: Window, where: str) -> str:
    """The window's events that meet the condition, of whichever table holds them now."""
    bounds = "seq > {after:UInt64} AND seq <= {until:UInt64} AND generation >= {oldest:UInt64}"
    parts = [f"SELECT {_COLUMNS} FROM log_recent WHERE generation > {{settled:UInt64}} AND {bounds} AND {where}"]
    if window.generation <= store.log_generations.settled:
        parts.append(
            f"SELECT {_COLUMNS} FROM log_events WHERE generation <= {{settled:UInt64}} AND {bounds} AND {where}"
        )
    return f"({' UNION ALL '.join(parts)})"


def _bounds(store: Store, window: Window) -> dict[str, int]:
    return {
        "after": window.after,
        "until": window.until,
        "oldest": window.generation,
        "settled": store.log_generations.settled,
    }


def _rows(table: Any) -> Any:
    return zip(*(column.to_pylist() for column in table.columns), strict=True)
