"""One page of events: at most 10,000 or 1 MB of them, full whenever there are more.

The store is asked for as many events as are likely to fill the page, never for so many large ones that they fill the
memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bayon import limits
from bayon.services.logs import positions
from bayon.store import logs
from bayon.store.logs import LogEvent, Position
from bayon.store.store import Store


@dataclass(frozen=True, slots=True)
class Span:
    """The events that a request asks for: `start_ms` included, `end_ms` excluded, no streams named means all."""

    group_id: int
    stream_ids: Sequence[int] | None
    start_ms: int
    end_ms: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """Events in the order of the walk; `more` when the walk has not ended with them."""

    events: list[LogEvent]
    more: bool


def read_page(store: Store, span: Span, gap: Position | None, limit: int, *, newest: bool) -> Page:
    """The next page of the walk: forward from `gap` or the span's start; `newest`: backward from `gap` or its end."""
    events: list[LogEvent] = []
    size = 0
    while True:
        wanted = min(limit + 1 - len(events), _likely_fit(len(events), size))
        chunk = _read(store, span, gap, wanted, newest=newest)
        for event in reversed(chunk) if newest else chunk:
            size += event_bytes(event)
            if events and (len(events) == limit or size > limits.LOG_PAGE_BYTES):
                return Page(events, more=True)
            events.append(event)
        if len(chunk) < wanted:
            return Page(events, more=False)
        gap = positions.gap_before(events[-1]) if newest else positions.gap_after(events[-1])


def event_bytes(event: LogEvent) -> int:
    """What the event counts towards a page: the same as towards a batch, so that every batch fits on one page."""
    message = event.message
    return (len(message) if message.isascii() else len(message.encode())) + limits.LOG_EVENT_OVERHEAD_BYTES


def _likely_fit(count: int, size: int) -> int:
    """How many more events of the size seen so far fill the page and start the next."""
    if count == 0:
        return limits.LOG_PAGE_FIRST_READ
    left = limits.LOG_PAGE_BYTES - size
    return max(2, left * count // size * 11 // 10)


def _read(store: Store, span: Span, gap: Position | None, wanted: int, *, newest: bool) -> list[LogEvent]:
    if span.stream_ids is not None and not span.stream_ids:
        return []
    start_ms, after, before = span.start_ms, None, None
    if gap is not None and newest:
        before = gap
    elif gap is not None:
        start_ms = max(start_ms, gap.at_ms)
        after = Position(gap.at_ms, gap.seq - 1) if gap.seq else None
    return logs.read(
        store,
        span.group_id,
        stream_ids=span.stream_ids,
        start_ms=start_ms,
        end_ms=span.end_ms,
        after=after,
        before=before,
        limit=wanted,
        newest=newest,
    )
