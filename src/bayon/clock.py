"""The only place that reads time: int64 milliseconds since the epoch, UTC.

A clock runs with the machine until it is frozen; a frozen one moves only when set or advanced, which is how tests live
through a day in a millisecond. Waiting threads wake when a frozen clock moves. Durations are measured elsewhere with
`monotonic_s`; this module deliberately formats nothing.
"""

from __future__ import annotations

import threading
import time

DAY_S = 86_400
DAY_MS = 1000 * DAY_S


def monotonic_s() -> float:
    """Seconds on a clock that never goes back, for measuring durations only."""
    return time.perf_counter()


class Clock:
    """The time every part of bayon sees."""

    def __init__(self, frozen_ms: int | None = None) -> None:
        self._frozen_ms = frozen_ms
        self._moved = threading.Condition()

    @property
    def frozen(self) -> bool:
        return self._frozen_ms is not None

    def now_ms(self) -> int:
        """Milliseconds since the epoch."""
        frozen_ms = self._frozen_ms
        return time.time_ns() // 1_000_000 if frozen_ms is None else frozen_ms

    def freeze(self, at_ms: int | None = None) -> int:
        """The clock stands still at `at_ms`, or where it is now. Out: that time."""
        with self._moved:
            self._frozen_ms = self.now_ms() if at_ms is None else at_ms
            self._moved.notify_all()
            return self._frozen_ms

    def resume(self) -> None:
        """The clock follows the machine's again."""
        with self._moved:
            self._frozen_ms = None
            self._moved.notify_all()

    def wait_until(self, at_ms: int, stop: threading.Event) -> bool:
        """Block until the clock reads `at_ms` or later (true) or `stop` is set (false); `wake` after setting it."""
        with self._moved:
            while not stop.is_set():
                remaining_ms = at_ms - self.now_ms()
                if remaining_ms <= 0:
                    return True
                self._moved.wait(None if self.frozen else remaining_ms / 1000)
            return False

    def wait_running(self, stop: threading.Event) -> bool:
        """Block until the clock runs (true) or `stop` is set (false); call `wake` after setting it."""
        with self._moved:
            while self.frozen and not stop.is_set():
                self._moved.wait()
            return not stop.is_set()

    def wake(self) -> None:
        """Every waiting thread looks at its stop event and at the time again."""
        with self._moved:
            self._moved.notify_all()
