"""Who writes to a SQLite database next: the writers of one process queue in order, and each is woken at once.

SQLite itself lets waiting writers look again after growing pauses, so that of several busy ones some wait for seconds
while the lock is free. Other processes are still kept apart by its lock.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from bayon import limits
from bayon.errors import StoreError
from bayon.state.failures import LOCKED


class Turns:
    """A queue for one writer at a time."""

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._taken = False

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Nobody else writes inside the block. Raises: StoreError, retryable, where it takes too long to get there."""
        self._wait()
        try:
            yield
        finally:
            with self._changing:
                if self._waiting:
                    self._waiting.popleft().release()
                else:
                    self._taken = False

    def _wait(self) -> None:
        with self._changing:
            if not self._taken:
                self._taken = True
                return
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        if mine.acquire(timeout=limits.STATE_BUSY_S):
            return
        with self._changing:
            if mine not in self._waiting:  # it has become our turn just now
                return
            self._waiting.remove(mine)
        retryable, sentence = LOCKED
        raise StoreError(sentence, retryable=retryable)
