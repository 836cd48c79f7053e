"""The numbered fillings of the recent tables, and the watermarks behind which they have been settled.

An append lands in a *recent* table as it is: that is what makes it durable quickly. In the background a filling, a
*generation*, is closed and copied to where it is found fast (`settle_logs.py`, `roll_up.py`); one row in `settled`
then makes the copy count and the original not. Whatever a crash interrupts before that row is a copy that no read
counts, and is removed before the next attempt; nothing becomes visible twice or vanishes on the way. What a watermark
has passed is dropped only when no query that began before can still be reading it.
"""

from __future__ import annotations

from bayon import limits
from bayon.clock import monotonic_s


class Generations:
    """One recent table: `current` takes appends, those up to `settled` have moved on."""

    __slots__ = ("commits", "current", "opened_s", "rows", "settled", "table")

    def __init__(self, table: str, settled: int, newest: int) -> None:
        self.table = table
        self.settled = settled
        self.current = max(settled, newest) + 1
        self.opened_s = monotonic_s()
        self.commits = self.rows = 0

    def add(self, rows: int) -> None:
        """An insert of so many rows joins the current generation."""
        self.commits += 1
        self.rows += rows

    def close_current(self) -> None:
        """Later appends open a new generation."""
        self.current += 1
        self.opened_s = monotonic_s()
        self.commits = self.rows = 0

    def due(self, *, rows: int, backlog_rows: int, after_s: float, busy: bool) -> bool:
        """Whether so much waits, or so long, that settling is worth it; while the writer is busy only a backlog is."""
        if busy:
            return self.rows >= backlog_rows
        return self.rows >= rows or (self.rows > 0 and monotonic_s() - self.opened_s >= after_s)


class Leaving:
    """Partitions that no new query reads, with the time since when."""

    def __init__(self) -> None:
        self._since_s: dict[tuple[str, str], float] = {}

    def note(self, table: str, partition: str) -> None:
        """The partition is read only by queries that have already begun."""
        self._since_s[table, partition] = monotonic_s()

    def may_go(self, table: str, partition: str) -> bool:
        """Whether every query that could be reading the partition has ended: always, for what was left before the
        start."""
        return self._since_s.get((table, partition), 0.0) <= monotonic_s() - 2 * limits.QUERY_TIME_S

    def gone(self, table: str, partition: str) -> None:
        """The partition has been dropped."""
        self._since_s.pop((table, partition), None)
