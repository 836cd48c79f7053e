"""Log events: appended in arrival order, read in (timestamp, arrival) order.

Groups and streams are known here by the numbers that `state.log_groups` gives them; names, retention settings and tags
are configuration and live there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from bayon.sql import Sql
from bayon.store.store import Store


@dataclass(frozen=True, slots=True)
class Position:
    """Where an event stands in its group: by timestamp, then by arrival."""

    at_ms: int
    seq: int


@dataclass(frozen=True, slots=True)
class LogEvent:
    """One stored event; `seq` is unique in the store and grows with arrival."""

    at_ms: int
    seq: int
    ingested_at_ms: int
    stream_id: int
    message: str


@dataclass(frozen=True, slots=True)
class StreamStats:
    """What a stream holds now."""

    first_event_ms: int
    last_event_ms: int
    last_ingested_ms: int
    events: int
    stored_bytes: int


# An event is in exactly one of two tables: in log_recent until its generation is settled, in log_events from then on.
_SOURCES = (("log_recent", "generation > {settled:UInt64}"), ("log_events", "generation <= {settled:UInt64}"))


def append(
    store: Store, group_id: int, stream_id: int, at_ms: Sequence[int], messages: Sequence[str], ingested_at_ms: int
) -> None:
    """The events are durable, in the order given.

    Raises: StoreError, retryable, when too many appends wait or the disk is full; then nothing was kept.
    """
    store.append({"log_recent": block_of(group_id, stream_id, at_ms, messages, ingested_at_ms)})


def block_of(
    group_id: int, stream_id: int, at_ms: Sequence[int], messages: Sequence[str], ingested_at_ms: int
) -> pa.Table:
    """The events as rows of log_recent, for an append of more than these."""
    rows = len(messages)
    block = {
        "group_id": pa.array(np.full(rows, group_id, np.uint64)),
        "stream_id": pa.array(np.full(rows, stream_id, np.uint64)),
        "at_ms": pa.array(at_ms, pa.int64()),
        "ingested_at_ms": pa.array(np.full(rows, ingested_at_ms, np.int64)),
        "message": pa.array(messages, pa.string()),
    }
    return pa.table(block)


def read(
    store: Store,
    group_id: int,
    *,
    stream_ids: Sequence[int] | None = None,
    start_ms: int | None = None,
    end_ms: int | None = None,
    after: Position | None = None,
    before: Position | None = None,
    limit: int,
    newest: bool = False,
    condition: Sql | None = None,
) -> list[LogEvent]:
    """The first (or with `newest` the last) `limit` events of the range, always oldest first.

    In: `start_ms` included, `end_ms` excluded; `after` and `before` excluded; `stream_ids` none means every stream.
    `condition` is over the columns `message`, `at_ms`, `ingested_at_ms` and `stream_id` of an event; `sql.Values` names
    its parameters apart from those here.
    """
    where, given = _range(store, group_id, stream_ids, start_ms, end_ms, after, before)
    if condition is not None:
        where = f"{where} AND ({condition.text})"
    order = _order(newest=newest)
    columns = "at_ms, seq, ingested_at_ms, stream_id, message"
    parts = (
        f"(SELECT {columns} FROM {table} WHERE {where} AND {visible} ORDER BY {order} LIMIT {{limit:UInt32}})"
        for table, visible in _SOURCES
    )
    rows = store.query(
        f"SELECT {columns} FROM ({' UNION ALL '.join(parts)}) ORDER BY {order} LIMIT {{limit:UInt32}}",
        (dict(condition.parameters) if condition else {}) | given | {"limit": limit},
    )
    events = [LogEvent(*row) for row in zip(*(column.to_pylist() for column in rows.columns), strict=True)]
    return events[::-1] if newest else events


@dataclass(frozen=True, slots=True)
class Way:
    """What a walk has before it: the timestamps of its next event, of one further ahead, and of its last."""

    next_ms: int
    ahead_ms: int
    last_ms: int


def way(
    store: Store,
    group_id: int,
    *,
    stream_ids: Sequence[int] | None,
    start_ms: int | None,
    end_ms: int | None,
    after: Position | None,
    before: Position | None,
    rows: int,
    newest: bool,
) -> Way | None:
    """What lies on the way through the range, forward or with `newest` backward, the one ahead `rows` events away; none
    where nothing does. In: as for `read`."""
    where, given = _range(store, group_id, stream_ids, start_ms, end_ms, after, before)
    ahead, behind = (
        " UNION ALL ".join(
            f"(SELECT at_ms FROM {table} WHERE {where} AND {visible} ORDER BY {order} LIMIT {limit:d})"
            for table, visible in _SOURCES
        )
        for order, limit in ((_order(newest=newest), rows), (_order(newest=not newest), 1))
    )
    nearer, further = ("max", "min") if newest else ("min", "max")
    found = store.query(
        f"SELECT {nearer}(at_ms) AS next, {further}(at_ms) AS ahead, count() AS rows, "
        f"(SELECT {further}(at_ms) FROM ({behind})) AS last FROM ({ahead})",
        given,
    )
    next_ms, ahead_ms, count, last_ms = (column[0].as_py() for column in found.columns)
    return Way(next_ms, ahead_ms, last_ms) if count else None


def _range(
    store: Store,
    group_id: int,
    stream_ids: Sequence[int] | None,
    start_ms: int | None,
    end_ms: int | None,
    after: Position | None,
    before: Position | None,
) -> tuple[str, dict[str, Any]]:
    """The condition of a range, and its values."""
    bounds: dict[str, tuple[str, Any]] = {
        "stream_ids": ("stream_id IN {stream_ids:Array(UInt64)}", stream_ids),
        "start_ms": ("at_ms >= {start_ms:Int64}", start_ms),
        "end_ms": ("at_ms < {end_ms:Int64}", end_ms),
        "after_ms": ("at_ms >= {after_ms:Int64}", after and after.at_ms),
        "after_seq": ("(at_ms, seq) > ({after_ms:Int64}, {after_seq:UInt64})", after and after.seq),
        "before_ms": ("at_ms <= {before_ms:Int64}", before and before.at_ms),
        "before_seq": ("(at_ms, seq) < ({before_ms:Int64}, {before_seq:UInt64})", before and before.seq),
    }
    given = {name: (bound, value) for name, (bound, value) in bounds.items() if value is not None}
    where = " AND ".join(["group_id = {group_id:UInt64}", *(bound for bound, _ in given.values())])
    values = {name: value for name, (_, value) in given.items()}
    return where, values | {"group_id": group_id, "settled": store.log_generations.settled}


def _order(*, newest: bool) -> str:
    return "at_ms DESC, seq DESC" if newest else "at_ms, seq"


def events_of(store: Store, group_ids: Sequence[int], start_ms: int, end_ms: int) -> Sql:
    """The times and messages of the groups' events in [start_ms, end_ms), as a piece of SQL to select from."""
    where = "group_id IN {group_ids:Array(UInt64)} AND at_ms >= {start_ms:Int64} AND at_ms < {end_ms:Int64}"
    parts = (f"SELECT at_ms, message FROM {table} WHERE {where} AND {visible}" for table, visible in _SOURCES)
    parameters = {"group_ids": list(group_ids), "start_ms": start_ms, "end_ms": end_ms}
    return Sql(" UNION ALL ".join(parts), parameters | {"settled": store.log_generations.settled})


def stream_stats(store: Store, group_id: int) -> dict[int, StreamStats]:
    """Statistics of each stream of the group that holds events, by stream number."""
    parts = (
        "SELECT stream_id, min(at_ms) AS first, max(at_ms) AS last, max(ingested_at_ms) AS ingested, "
        f"count() AS events, sum(length(message)) AS size FROM {table} "
        f"WHERE group_id = {{group_id:UInt64}} AND {visible} GROUP BY stream_id"
        for table, visible in _SOURCES
    )
    rows = store.query(
        "SELECT stream_id, min(first), max(last), max(ingested), sum(events), sum(size) "
        f"FROM ({' UNION ALL '.join(parts)}) GROUP BY stream_id",
        {"group_id": group_id, "settled": store.log_generations.settled},
    )
    stats = zip(*(column.to_pylist() for column in rows.columns), strict=True)
    return {stream_id: StreamStats(*values) for stream_id, *values in stats}


def stored_bytes(store: Store, kept_since_ms: Mapping[int, int]) -> dict[int, int]:
    """Message bytes held per group, by group number, without what expired; groups without events are absent.

    In: for each group the time before which its events have expired, 0 where they never do.
    """
    settled = {"settled": store.log_generations.settled}
    sizes = _sizes(store, "group_id IN {group_ids:Array(UInt64)}", {"group_ids": list(kept_since_ms)} | settled)
    expiring = {group_id: since_ms for group_id, since_ms in kept_since_ms.items() if since_ms and group_id in sizes}
    if expiring:  # not yet purged: few, and found by the order of the tables, where the sum of all is kept by itself
        pairs = [f"(group_id = {int(group_id)} AND at_ms < {int(ms)})" for group_id, ms in expiring.items()]
        for group_id, size in _sizes(store, f"({' OR '.join(pairs)})", settled).items():
            sizes[group_id] -= size
    return sizes


def _sizes(store: Store, where: str, parameters: Mapping[str, Any]) -> dict[int, int]:
    parts = (
        f"SELECT group_id, sum(length(message)) AS size FROM {table} WHERE {where} AND {visible} GROUP BY group_id"
        for table, visible in _SOURCES
    )
    rows = store.query(f"SELECT group_id, sum(size) FROM ({' UNION ALL '.join(parts)}) GROUP BY group_id", parameters)
    return dict(zip(*(column.to_pylist() for column in rows.columns), strict=True))
