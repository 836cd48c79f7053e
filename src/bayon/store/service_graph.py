"""What the service graph and its time series count, grouped by the store: segments by node, calls by both their ends.

A group has the node or nodes, the bits that matter of how things ended, and the time taken to a millisecond; its times
are the earliest start and the latest end of what it counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bayon.store import trace_rows as columns
from bayon.store.store import Store
from bayon.store.summaries import Selection

_OUTCOME = columns.ERROR | columns.THROTTLE | columns.FAULT
_SEGMENT_BITS = _OUTCOME | columns.ROOT | columns.CLIENT
_CALL_BITS = _OUTCOME | columns.INFERRED
_SEGMENTS = (
    "ARRAY JOIN s_node AS g_node, s_parent AS g_parent, s_flags AS g_flags, s_start_us AS g_start, "
    "s_took_us AS g_took, s_span_us AS g_span"
)
_CALLS = "ARRAY JOIN c_from AS g_from, c_to AS g_to, c_flags AS g_flags, c_start_us AS g_start, c_took_us AS g_took"
_COUNTED = "count(), sum(g_took), min(g_start), max(g_start + greatest(g_took, 0))"
_STARTED = "g_start >= {since_us:Int64} AND g_start < {until_us:Int64}"
_ENDED = "g_took >= 0 AND g_start + g_took >= {since_us:Int64} AND g_start + g_took < {until_us:Int64}"


@dataclass(frozen=True, slots=True)
class Segments:
    """Segments of one node, called directly by one other or by none (empty); -1 ms where they have not ended."""

    node: str
    parent: str
    flags: int
    took_ms: int
    span_ms: int
    count: int
    took_us: int
    start_us: int
    end_us: int


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls from one node to another."""

    source: str
    target: str
    flags: int
    took_ms: int
    count: int
    took_us: int
    start_us: int
    end_us: int


@dataclass(frozen=True, slots=True)
class Ended:
    """Segments of a node, or calls between two, that ended within a period; `source` called the segments directly."""

    is_call: int
    at_s: int
    source: str
    target: str
    flags: int
    took_ms: int
    count: int
    took_us: int


@dataclass(frozen=True, slots=True)
class Link:
    """A segment of the node says that it has to do with an entity of another trace."""

    trace_id: str
    id: str
    node: str
    start_us: int


def segments(store: Store, selection: Selection) -> list[Segments]:
    """The segments that started in the range, of the traces selected."""
    keys = f"g_node, g_parent, bitAnd(g_flags, {_SEGMENT_BITS}), {_ms('g_took')}, {_ms('g_span')}"
    rows = _grouped(store, selection, _SEGMENTS, keys, _COUNTED, _STARTED)
    return [Segments(*row) for row in rows]


def calls(store: Store, selection: Selection) -> list[Calls]:
    """The calls that started in the range, of the traces selected."""
    keys = f"g_from, g_to, bitAnd(g_flags, {_CALL_BITS}), {_ms('g_took')}"
    return [Calls(*row) for row in _grouped(store, selection, _CALLS, keys, _COUNTED, _STARTED)]


def ended(store: Store, selection: Selection, period_s: int) -> list[Ended]:
    """The segments and calls that ended in the range, by period."""
    at_s = f"intDiv(g_start + g_took, {period_s * 1_000_000:d}) * {period_s:d}"
    kept = f"bitAnd(g_flags, {_SEGMENT_BITS | _CALL_BITS}), {_ms('g_took')}"
    counted = "count(), sum(g_took)"
    found = _grouped(store, selection, _SEGMENTS, f"0, {at_s}, g_parent, g_node, {kept}", counted, _ENDED)
    found += _grouped(store, selection, _CALLS, f"1, {at_s}, g_from, g_to, {kept}", counted, _ENDED)
    return [Ended(*row) for row in found]


def links(store: Store, selection: Selection, *, limit: int) -> list[Link]:
    """The newest `limit` links of segments that started in the range."""
    rows = store.query(
        "SELECT g_trace, g_id, g_node, g_start FROM trace_summaries ARRAY JOIN l_trace AS g_trace, l_id AS g_id, "
        f"l_node AS g_node, l_start_us AS g_start WHERE {selection.where} AND notEmpty(l_id) AND {_STARTED} "
        "ORDER BY g_start DESC LIMIT {limit:UInt64}",
        selection.bound(store) | {"limit": limit},
    )
    return [Link(*row) for row in zip(*(column.to_pylist() for column in rows.columns), strict=True)]


def _grouped(
    store: Store, selection: Selection, joined: str, keys: str, counted: str, when: str
) -> list[tuple[Any, ...]]:
    rows = store.query(
        f"SELECT {keys}, {counted} FROM trace_summaries {joined} WHERE {selection.where} AND {when} GROUP BY ALL",
        selection.bound(store),
    )
    return list(zip(*(column.to_pylist() for column in rows.columns), strict=True))


def _ms(took_us: str) -> str:
    return f"if({took_us} < 0, -1, intDiv({took_us} + 500, 1000))"
