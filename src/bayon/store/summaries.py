"""Rows that sum traces up: written behind the documents, found by a filter's condition, read in pages and by time.

A row counts from the moment that the cursor has passed its last document, and no longer once a later document has
superseded it; both are data, so that a crash at any moment leaves each trace summed up once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa

from bayon.store import cursors, trace_rows
from bayon.store.store import Store
from bayon.store.trace_rows import TraceRow

CURSOR = "trace_summaries"
TimeRange = Literal["TraceId", "Event", "Service", "Active"]  # the last: anything of it may lie in the range

# Rows of the account and region that count. One document made one row, so a row is known by its `seq`.
_SUPERSEDED = (
    "SELECT seq FROM trace_superseded WHERE account = {account:String} AND region = {region:String} "
    "AND by_seq <= {done:UInt64}"
)
_HERE = (
    "account = {account:String} AND region = {region:String} AND seq <= {done:UInt64} "
    f"AND seq NOT IN ({_SUPERSEDED})"
)
_BEGUN_AND_NOT_ENDED = "start_s < {until_s:Float64} AND end_s >= {since_s:Float64}"
_RANGES: dict[TimeRange, str] = {
    "TraceId": "at_s >= {since_s:Float64} AND at_s < {until_s:Float64}",
    "Active": _BEGUN_AND_NOT_ENDED,
    "Event": f"{_BEGUN_AND_NOT_ENDED} AND (empty(s_node) OR arrayExists((start_us, span_us) -> "
    "start_us < {until_us:Int64} AND start_us + greatest(span_us, 0) >= {since_us:Int64}, s_start_us, s_span_us))",
    "Service": f"{_BEGUN_AND_NOT_ENDED} AND arrayExists((start_us, took_us) -> took_us >= 0 AND "
    "start_us + took_us >= {since_us:Int64} AND start_us + took_us < {until_us:Int64}, s_start_us, s_took_us)",
}


@dataclass(frozen=True, slots=True)
class Selection:
    """Which traces: of an account and region, by time, and by a condition over their rows' columns."""

    account: str
    region: str
    since_s: float
    until_s: float
    by: TimeRange = "TraceId"
    condition: str = "1"
    parameters: Mapping[str, Any] | None = None

    @property
    def where(self) -> str:
        return f"{_HERE} AND {_RANGES[self.by]} AND {self.condition}"

    def bound(self, store: Store) -> dict[str, Any]:
        """The values of all parameters."""
        times = {"since_s": self.since_s, "until_s": self.until_s}
        times |= {"since_us": round(self.since_s * 1e6), "until_us": round(self.until_s * 1e6)}
        place = {"account": self.account, "region": self.region, "done": cursors.position(store, CURSOR)}
        return {**(self.parameters or {}), **times, **place}


def write(store: Store, rows: Sequence[TraceRow], superseded: Sequence[TraceRow], until_seq: int) -> None:
    """The rows count instead of those superseded, and every document up to `until_seq` is summed up; durably."""
    blocks: dict[str, pa.Table] = {}
    if rows:
        blocks["trace_summaries"] = trace_rows.block_of(rows)
    if superseded:
        whole = trace_rows.block_of(superseded)
        old = whole.select(["account", "region", "at_s", "trace_id", "seq", "first_ms"])
        blocks["trace_superseded"] = old.append_column("by_seq", pa.array([until_seq] * len(superseded), pa.uint64()))
    if blocks:
        store.append(blocks)
    cursors.append(store, {}, CURSOR, until_seq)


def forget_unfinished(store: Store) -> None:
    """What a crash left of rows that do not count yet is gone."""
    done = {"done": cursors.position(store, CURSOR)}
    for table, seq in (("trace_summaries", "seq"), ("trace_superseded", "by_seq")):
        if store.query(f"SELECT 1 FROM {table} WHERE {seq} > {{done:UInt64}} LIMIT 1", done).num_rows:
            store.command(f"ALTER TABLE {table} DELETE WHERE {seq} > {{done:UInt64}} SETTINGS mutations_sync = 1", done)


def page(store: Store, selection: Selection, *, before: tuple[float, str] | None, limit: int) -> list[TraceRow]:
    """The newest `limit` rows of the selection before a place, the time and the id of a trace; newest first."""
    parameters = selection.bound(store) | {"limit": limit}
    where = selection.where
    if before is not None:
        where += " AND at_s <= {before_s:Float64} AND (at_s, trace_id) < ({before_s:Float64}, {before_id:String})"
        parameters |= {"before_s": before[0], "before_id": before[1]}
    keys = store.query(
        f"SELECT at_s, trace_id, seq FROM trace_summaries WHERE {where} "
        "ORDER BY at_s DESC, trace_id DESC LIMIT {limit:UInt64}",
        parameters,
    )
    if not keys.num_rows:
        return []
    times_s = keys["at_s"].to_pylist()
    found = store.query(
        f"SELECT {', '.join(trace_rows.NAMES)} FROM trace_summaries WHERE account = {{account:String}} "
        "AND region = {region:String} AND at_s >= {first_s:Float64} AND at_s <= {last_s:Float64} "
        "AND trace_id IN {ids:Array(String)} AND seq IN {seqs:Array(UInt64)} ORDER BY at_s DESC, trace_id DESC",
        {
            "account": selection.account,
            "region": selection.region,
            "first_s": times_s[-1],
            "last_s": times_s[0],
            "ids": keys["trace_id"].to_pylist(),
            "seqs": keys["seq"].to_pylist(),
        },
    )
    return trace_rows.rows_of(found)


def count(
    store: Store,
    selection: Selection,
    *,
    before: tuple[float, str] | None = None,
    since: tuple[float, str] | None = None,
) -> int:
    """How many rows the selection has between two places, the first included."""
    parameters, where = selection.bound(store), selection.where
    for name, sign, place in (("before", "<", before), ("since", ">=", since)):
        if place is not None:
            where += f" AND (at_s, trace_id) {sign} ({{{name}_s:Float64}}, {{{name}_id:String}})"
            parameters |= {f"{name}_s": place[0], f"{name}_id": place[1]}
    found = store.query(f"SELECT count() AS rows FROM trace_summaries WHERE {where}", parameters)
    return int(found["rows"][0].as_py())


def places(store: Store, since_ms: int, until_ms: int) -> list[tuple[str, str]]:
    """The accounts and regions of which a trace's first document arrived in the range."""
    found = store.query(
        "SELECT DISTINCT toString(account) AS a, toString(region) AS r FROM trace_summaries "
        "WHERE first_ms >= {since_ms:Int64} AND first_ms < {until_ms:Int64} ORDER BY a, r",
        {"since_ms": since_ms, "until_ms": until_ms},
    )
    return list(zip(found["a"].to_pylist(), found["r"].to_pylist(), strict=True))


def count_by_minute(
    store: Store,
    account: str,
    region: str,
    since_ms: int,
    until_ms: int,
    condition: str,
    parameters: Mapping[str, Any],
) -> dict[int, int]:
    """How many traces that meet the condition arrived first in each minute since the epoch."""
    place = {"account": account, "region": region, "done": cursors.position(store, CURSOR)}
    found = store.query(
        f"SELECT intDiv(first_ms, 60000) AS minute, count() AS traces FROM trace_summaries WHERE {_HERE} "
        f"AND first_ms >= {{since_ms:Int64}} AND first_ms < {{until_ms:Int64}} AND {condition} GROUP BY minute",
        {**parameters, **place, "since_ms": since_ms, "until_ms": until_ms},
    )
    return dict(zip(found["minute"].to_pylist(), found["traces"].to_pylist(), strict=True))


def times_superseded(store: Store, rows: Sequence[TraceRow]) -> dict[str, int]:
    """How often each trace has been summed up before, by its id; absent where never."""
    if not rows:
        return {}
    found = store.query(
        "SELECT trace_id, uniqExact(seq) AS times FROM trace_superseded WHERE account = {account:String} "
        "AND region = {region:String} AND trace_id IN {ids:Array(String)} AND by_seq <= {done:UInt64} "
        "GROUP BY trace_id",
        {
            "account": rows[0].account,
            "region": rows[0].region,
            "ids": [row.trace_id for row in rows],
            "done": cursors.position(store, CURSOR),
        },
    )
    return dict(zip(found["trace_id"].to_pylist(), found["times"].to_pylist(), strict=True))
