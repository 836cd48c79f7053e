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
_BITS = _OUTCOME | columns.ROOT | columns.CLIENT | columns.INFERRED
_SEGMENTS = (
    "ARRAY JOIN s_node AS g_node, s_parent AS g_from, s_flags AS g_flags, s_start_us AS g_start, "
    "s_took_us AS g_took, s_span_us AS g_span"
)
_CALLS = "ARRAY JOIN c_from AS g_from, c_to AS g_node, c_flags AS g_flags, c_start_us AS g_start, c_took_us AS g_took"
_COUNTED = "count(), sum(g_took), min(g_start), max(g_start + greatest(g_took, 0))"
_STARTED = "g_start >= {since_us:Int64} AND g_start < {until_us:Int64}"
_DIRECT = f"arrayExists(each -> each != '', s_parent) AND g_from != '' AND {_STARTED}"
_ENDED = "g_took >= 0 AND g_start + g_took >= {since_us:Int64} AND g_start + g_took < {until_us:Int64}"
_LONGEST_MS = (1 << 27) - 2  # a day and a half; one more stands for what has not ended


@dataclass(frozen=True, slots=True)
class Segments:
    """Segments of one node; -1 ms where they have not ended."""

    node: str
    flags: int
    took_ms: int
    span_ms: int
    count: int
    took_us: int
    start_us: int
    end_us: int


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls from one node to another, or segments of the one that the other called without saying so."""

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
    # Numbers that are packed into one are grouped twice as fast (measured 2026-11).
    keys = f"g_node, {_packed('g_took', 'g_span')} AS packed"
    rows = _grouped(store, selection, _SEGMENTS, keys, _COUNTED, _STARTED, by="g_node, packed")
    return [Segments(node, *_unpacked(packed), *counted) for node, packed, *counted in rows]


def calls(store: Store, selection: Selection) -> list[Calls]:
    """The calls that started in the range, of the traces selected."""
    keys = f"any(g_from), any(g_node), cityHash64(g_from, g_node) AS ends, {_packed('g_took')} AS packed"
    found = _grouped(store, selection, _CALLS, keys, _COUNTED, _STARTED, by="ends, packed")
    found += _grouped(store, selection, _SEGMENTS, keys, _COUNTED, _DIRECT, by="ends, packed")
    return [Calls(source, target, *_unpacked(packed)[:2], *counted) for source, target, _, packed, *counted in found]


def ended(store: Store, selection: Selection, period_s: int) -> list[Ended]:
    """The segments and calls that ended in the range, by period."""
    at_s = f"intDiv(g_start + g_took, {period_s * 1_000_000:d}) * {period_s:d}"
    keys = (
        f"{at_s} AS at_s, any(g_from), any(g_node), cityHash64(g_from, g_node) AS ends, {_packed('g_took')} AS packed"
    )
    found: list[Ended] = []
    for is_call, joined in enumerate((_SEGMENTS, _CALLS)):
        rows = _grouped(store, selection, joined, keys, "count(), sum(g_took)", _ENDED, by="at_s, ends, packed")
        found += [
            Ended(is_call, at, source, target, *_unpacked(packed)[:2], *counted)
            for at, source, target, _, packed, *counted in rows
        ]
    return found


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
    store: Store, selection: Selection, joined: str, keys: str, counted: str, when: str, *, by: str
) -> list[tuple[Any, ...]]:
    rows = store.query(
        f"SELECT {keys}, {counted} FROM trace_summaries {joined} WHERE {selection.where} AND {when} GROUP BY {by}",
        selection.bound(store),
    )
    return list(zip(*(column.to_pylist() for column in rows.columns), strict=True))


def _packed(took_us: str, span_us: str = "toInt64(0)") -> str:
    """SQL for the flags and both times in milliseconds as one number."""
    times = f"bitOr(bitShiftLeft({_ms(span_us)}, 27), {_ms(took_us)})"
    return f"bitOr(bitShiftLeft(toUInt64(bitAnd(g_flags, {_BITS})), 54), {times})"


def _ms(time_us: str) -> str:
    ms = f"least(intDiv({time_us} + 500, 1000), {_LONGEST_MS})"
    return f"toUInt64(if({time_us} < 0, {_LONGEST_MS + 1}, {ms}))"


def _unpacked(packed: int) -> tuple[int, int, int]:
    """Flags, time taken and whole time."""
    took_ms, span_ms = packed & (_LONGEST_MS + 1), packed >> 27 & (_LONGEST_MS + 1)
    return packed >> 54, -1 if took_ms > _LONGEST_MS else took_ms, -1 if span_ms > _LONGEST_MS else span_ms
