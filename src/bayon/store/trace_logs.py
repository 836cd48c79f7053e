"""Log events that carry a trace's id, found by the index of words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bayon.store.logs import LogEvent
from bayon.store.store import Store

_SOURCES = (("log_recent", "generation > {settled:UInt64}"), ("log_events", "generation <= {settled:UInt64}"))


@dataclass(frozen=True, slots=True)
class Carrier:
    """An event with the number of its group."""

    group_id: int
    event: LogEvent


def carrying(
    store: Store, group_ids: Sequence[int], trace_id: str, *, start_ms: int, end_ms: int, limit: int
) -> list[Carrier]:
    """The first `limit` events in the groups and the range that carry the id, as X-Ray writes it or as 32 digits.

    In: `end_ms` excluded.
    """
    _, epoch, rest = trace_id.split("-")
    as_xray = "hasToken(message, {rest:String}) AND position(message, {id:String}) > 0"
    carried = f"(({as_xray}) OR hasToken(message, {{digits:String}}))"
    where = "group_id IN {groups:Array(UInt64)} AND at_ms >= {start_ms:Int64} AND at_ms < {end_ms:Int64} AND " + carried
    columns = "at_ms, seq, ingested_at_ms, stream_id, message, group_id"
    parts = (
        f"(SELECT {columns} FROM {table} WHERE {where} AND {visible} ORDER BY at_ms, seq LIMIT {{limit:UInt32}})"
        for table, visible in _SOURCES
    )
    rows = store.query(
        f"SELECT {columns} FROM ({' UNION ALL '.join(parts)}) ORDER BY at_ms, seq LIMIT {{limit:UInt32}}",
        {
            "groups": list(group_ids),
            "start_ms": start_ms,
            "end_ms": end_ms,
            "id": trace_id,
            "rest": rest,
            "digits": epoch + rest,
            "limit": limit,
            "settled": store.log_generations.settled,
        },
    )
    found = zip(*(column.to_pylist() for column in rows.columns), strict=True)
    return [Carrier(group_id, LogEvent(*event)) for *event, group_id in found]
