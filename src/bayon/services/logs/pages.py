"""One page of events: at most 10,000 or 1 MB of them, full whenever there are more.

The store is asked for as many events as are likely to fill the page, never for so many large ones that they fill the
memory. Where a filter pattern is given, a page ends early when a good part of the group has been searched in vain, as
on AWS: the walk goes on with the next page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bayon import limits
from bayon.clock import monotonic_s
from bayon.services.logs import positions
from bayon.sql import Sql
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
    """Events in the order of the walk; `more` when the walk has not ended with them; `gap` is where it stands.

    `step_ms` is the step in which a search goes on well.
    """

    events: list[LogEvent]
    more: bool
    gap: Position | None
    step_ms: int = 0


def read_page(store: Store, span: Span, gap: Position | None, limit: int, *, newest: bool) -> Page:
    """The next page of the walk: forward from `gap` or the span's start; `newest`: backward from `gap` or its end."""
    page = _Filling(store, span, limit, newest=newest)
    return page.filled_from(gap) or Page(page.events, more=False, gap=page.gap)


def read_matching_page(
    store: Store, span: Span, gap: Position | None, limit: int, condition: Sql, *, newest: bool, step_ms: int
) -> Page:
    """The next page of the walk with events of which the condition holds.

    The walk is searched in steps of time, wider and wider while they take a moment, until the page is full; or, with
    events on it, has taken a while; or, without, rather long. In: the first step, 0 where nothing is known; the next
    page is best begun with the last step of this one.
    """
    page = _Filling(store, span, limit, newest=newest, condition=condition)
    began_s = monotonic_s()
    way = _Filling(store, span, limit, newest=newest).way(gap, limits.FILTER_FIRST_ROWS)
    while way is not None:
        step_began_s = monotonic_s()
        step_ms = step_ms or abs(way.ahead_ms - way.next_ms) + 1
        edge = Position(way.next_ms - step_ms if newest else way.next_ms + step_ms, 0)
        if full := page.filled_from(gap, edge):
            return replace(full, step_ms=step_ms)
        if edge.at_ms < way.last_ms if newest else edge.at_ms > way.last_ms:
            break
        gap, way = edge, replace(way, next_ms=edge.at_ms)
        now_s = monotonic_s()
        step_ms = _next_step_ms(step_ms, now_s - step_began_s)
        if now_s - began_s >= (limits.FILTER_PAGE_S if page.events else limits.FILTER_EMPTY_PAGE_S):
            return Page(page.events, more=True, gap=gap, step_ms=step_ms)
    return Page(page.events, more=False, gap=gap)


def _next_step_ms(step_ms: int, took_s: float) -> int:
    if took_s < limits.FILTER_STEP_S / 2:
        return min(step_ms * 4, limits.FILTER_STEP_MS_MOST)
    return max(step_ms // 4, 1) if took_s > limits.FILTER_STEP_S * 2 else step_ms


class _Filling:
    """A page that is being filled, and where the walk stands."""

    def __init__(self, store: Store, span: Span, limit: int, *, newest: bool, condition: Sql | None = None) -> None:
        self.store = store
        self.span = span
        self.newest = newest
        self.events: list[LogEvent] = []
        self.gap: Position | None = None
        self._limit = limit
        self._condition = condition
        self._size = 0

    def filled_from(self, gap: Position | None, edge: Position | None = None) -> Page | None:
        """The page when it is full, else none: there are no more events up to `edge`."""
        while True:
            wanted = min(self._limit + 1 - len(self.events), _likely_fit(len(self.events), self._size))
            chunk = self._read(gap, edge, wanted)
            for event in reversed(chunk) if self.newest else chunk:
                self._size += event_bytes(event)
                if self.events and (len(self.events) == self._limit or self._size > limits.LOG_PAGE_BYTES):
                    return Page(self.events, more=True, gap=self.gap)
                self.events.append(event)
                self.gap = positions.gap_before(event) if self.newest else positions.gap_after(event)
            if len(chunk) < wanted:
                return None
            gap = self.gap

    def way(self, gap: Position | None, rows: int) -> logs.Way | None:
        """What lies ahead on the walk, whatever it says; none where nothing does."""
        bounds = self._bounds(gap, None)
        return None if bounds is None else logs.way(self.store, rows=rows, newest=self.newest, **bounds)

    def _read(self, gap: Position | None, edge: Position | None, wanted: int) -> list[LogEvent]:
        bounds = self._bounds(gap, edge)
        if bounds is None:
            return []
        return logs.read(self.store, limit=wanted, newest=self.newest, condition=self._condition, **bounds)

    def _bounds(self, gap: Position | None, edge: Position | None) -> dict[str, Any] | None:
        """The part of the span between the two, as the store takes it; none where no stream is asked for."""
        span = self.span
        if span.stream_ids is not None and not span.stream_ids:
            return None
        first, before = (edge, gap) if self.newest else (gap, edge)
        start_ms, after = span.start_ms, None
        if first is not None:
            start_ms = max(start_ms, first.at_ms)
            after = Position(first.at_ms, first.seq - 1) if first.seq else None
        return {
            "group_id": span.group_id,
            "stream_ids": span.stream_ids,
            "start_ms": start_ms,
            "end_ms": span.end_ms,
            "after": after,
            "before": before,
        }


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
