"""One page of events: at most 10,000 or 1 MB of them, full whenever there are more.

The store is asked for as many events as are likely to fill the page, never for so many large ones that they fill the
memory. Where a filter pattern is given, a page ends early when a good part of the group has been searched in vain, as
on AWS: the walk goes on with the next page.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from bayon import limits
from bayon.clock import monotonic_s
from bayon.errors import StoreError
from bayon.services.logs import positions
from bayon.sql import Sql
from bayon.store import logs
from bayon.store.logs import LogEvent, Position
from bayon.store.store import Store

_LAST_MS = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Span:
    """The events that a request asks for: `start_ms` included, `end_ms` excluded, no streams named means all."""

    group_id: int
    stream_ids: Sequence[int] | None
    start_ms: int
    end_ms: int | None

    @property
    def ends(self) -> tuple[Position, Position]:
        """The gaps before its first and behind its last event."""
        return Position(self.start_ms, 0), Position(_LAST_MS if self.end_ms is None else self.end_ms, 0)


@dataclass(frozen=True, slots=True)
class Page:
    """Events in the order of the walk; `more` when the walk has not ended with them; `gap` is where it stands."""

    events: list[LogEvent]
    more: bool
    gap: Position | None


def read_page(store: Store, span: Span, gap: Position | None, limit: int, *, newest: bool) -> Page:
    """The next page of the walk: forward from `gap` or the span's start; `newest`: backward from `gap` or its end."""
    page = _Filling(store, span, limit, newest=newest)
    return page.filled_from(gap) or Page(page.events, more=False, gap=page.gap)


def read_matching_page(
    store: Store, span: Span, gap: Position | None, limit: int, condition: Sql, *, newest: bool, indexed: bool
) -> Page:
    """The next page of the walk with events of which the condition holds.

    In: `indexed` says that the store can find them without looking at every event; then it is first asked for all.
    """
    page = _Filling(store, span, limit, newest=newest, condition=condition)
    if indexed:
        with suppress(StoreError):  # it took too long: the index was no help
            return page.filled_from(gap, time_s=limits.FILTER_SCAN_S) or Page(page.events, more=False, gap=page.gap)
        gap = page.gap or gap
    return _scanned(page, gap)


def _scanned(page: _Filling, gap: Position | None) -> Page:
    """The page filled by searching a part of the walk after another, until it is full or has taken its time."""
    until_s = monotonic_s() + limits.FILTER_SCAN_S
    start, end = page.span.ends
    rows = limits.FILTER_SCAN_ROWS
    while True:
        here = gap or (end if page.newest else start)
        first, last = (start, here) if page.newest else (here, end)
        edge = logs.position_beyond(page.store, page.span.group_id, first, last, rows, newest=page.newest)
        if full := page.filled_from(gap, edge):
            return full
        if edge == (start if page.newest else end):
            return Page(page.events, more=False, gap=edge)
        if monotonic_s() >= until_s:
            return Page(page.events, more=True, gap=edge)
        gap = edge
        rows = min(2 * rows, limits.FILTER_SCAN_ROWS_MOST)


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

    def filled_from(
        self, gap: Position | None, edge: Position | None = None, *, time_s: float = limits.QUERY_TIME_S
    ) -> Page | None:
        """The page when it is full, else none: there are no more events up to `edge`."""
        while True:
            wanted = min(self._limit + 1 - len(self.events), _likely_fit(len(self.events), self._size))
            chunk = self._read(gap, edge, wanted, time_s)
            for event in reversed(chunk) if self.newest else chunk:
                self._size += event_bytes(event)
                if self.events and (len(self.events) == self._limit or self._size > limits.LOG_PAGE_BYTES):
                    return Page(self.events, more=True, gap=self.gap)
                self.events.append(event)
                self.gap = positions.gap_before(event) if self.newest else positions.gap_after(event)
            if len(chunk) < wanted:
                return None
            gap = self.gap

    def _read(self, gap: Position | None, edge: Position | None, wanted: int, time_s: float) -> list[LogEvent]:
        span = self.span
        if span.stream_ids is not None and not span.stream_ids:
            return []
        first, before = (edge, gap) if self.newest else (gap, edge)
        start_ms, after = span.start_ms, None
        if first is not None:
            start_ms = max(start_ms, first.at_ms)
            after = Position(first.at_ms, first.seq - 1) if first.seq else None
        return logs.read(
            self.store,
            span.group_id,
            stream_ids=span.stream_ids,
            start_ms=start_ms,
            end_ms=span.end_ms,
            after=after,
            before=before,
            limit=wanted,
            newest=self.newest,
            condition=self._condition,
            time_s=time_s,
        )


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
