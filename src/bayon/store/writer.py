"""The single writer: appends of all requests gather here and are committed together.

While one group is being made durable the next one gathers, so the cost of a disk sync is shared by however many callers
wait for it. An append is acknowledged when every block of it is durable, or fails as a whole for its caller; the
queue is bounded, and a full one refuses at once instead of growing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager

import pyarrow as pa
from clickhouse_connect.driver.client import Client

from bayon import limits
from bayon.clock import monotonic_s
from bayon.errors import StoreError
from bayon.store.engine import converted_errors

# When work in the background should give way: commits took this share of the time, averaged over so many of them, and
# the last was so recent. Tuned on the benchmark of log ingest.
BUSY_SHARE = 0.3
BUSY_OVER_COMMITS = 20
BUSY_FOR_S = 1.0

Blocks = Mapping[str, pa.Table]
Stamp = Callable[[pa.Table], pa.Table]


class Append:
    """Blocks of one caller, by table, and the promise made for them."""

    __slots__ = ("blocks", "done", "size_bytes")

    def __init__(self, blocks: Blocks) -> None:
        self.blocks = blocks
        self.size_bytes = sum(block.nbytes for block in blocks.values())
        self.done: Future[None] = Future()


class Writer:
    """Commits appends, table by table in the order of `stamps`, each table's rows of a group in one insert.

    A stamp adds the columns that only the commit knows, such as the order of arrival.
    """

    def __init__(self, open_handle: Callable[[], Client], stamps: Mapping[str, Stamp]) -> None:
        self._open_handle = open_handle
        self._stamps = stamps
        self._queue: list[Append] = []
        self._queued_bytes = 0
        self._stopping = False
        self._utilisation = 0.0
        self._committed_s = 0.0
        self._changed = threading.Condition()
        self._committing = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def append(self, blocks: Blocks) -> None:
        """The blocks are durable. Raises: StoreError; then the caller's append is not acknowledged."""
        append = Append(blocks)
        with self._changed:
            if self._stopping:
                raise StoreError("the store is closing", retryable=True)
            over = self._queued_bytes + append.size_bytes > limits.APPEND_BYTES_QUEUED
            if self._queue and (over or len(self._queue) >= limits.APPENDS_QUEUED):
                raise StoreError("too many appends are waiting to be written", retryable=True, crowded=True)
            self._queue.append(append)
            self._queued_bytes += append.size_bytes
            self._changed.notify()
        append.done.result()

    @property
    def busy(self) -> bool:
        """Whether commits have lately taken a good part of the time."""
        return self._utilisation > BUSY_SHARE and monotonic_s() - self._committed_s < BUSY_FOR_S

    @contextmanager
    def between_commits(self) -> Iterator[None]:
        """No group is being committed inside the block."""
        with self._committing:
            yield

    def close(self) -> None:
        """Everything that was queued is committed and the thread has ended."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        client: Client | None = None
        waited_s = monotonic_s()
        while group := self._take():
            taken_s = monotonic_s()
            client = client or self._open_handle()
            with self._committing:
                self._commit(client, group)
            self._committed_s = monotonic_s()
            share = (self._committed_s - taken_s) / (self._committed_s - waited_s)
            self._utilisation += (share - self._utilisation) / BUSY_OVER_COMMITS
            waited_s = self._committed_s

    def _take(self) -> list[Append]:
        """The next group, as much as one commit may hold; empty when the writer is closing and nothing waits."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._stopping)
            group: list[Append] = []
            rows = size_bytes = 0
            for append in self._queue:
                rows += max(block.num_rows for block in append.blocks.values())
                size_bytes += append.size_bytes
                if group and (rows > limits.COMMIT_ROWS or size_bytes > limits.COMMIT_BYTES):
                    break
                group.append(append)
            del self._queue[: len(group)]
            self._queued_bytes -= sum(append.size_bytes for append in group)
            return group

    def _commit(self, client: Client, group: Sequence[Append]) -> None:
        """Every append of the group is durable or has failed."""
        waiting = list(group)
        for table, stamp in self._stamps.items():
            concerned = [append for append in waiting if table in append.blocks]
            if not concerned:
                continue
            try:
                block = stamp(pa.concat_tables([append.blocks[table] for append in concerned]).combine_chunks())
                with converted_errors():
                    client.insert_arrow(table, block)
            except Exception as error:  # noqa: BLE001 whatever it was, it is the waiting callers' to hear of
                for append in concerned:
                    append.done.set_exception(error)
                waiting = [append for append in waiting if append not in concerned]
        for append in waiting:
            append.done.set_result(None)
