"""The single writer: appends of all requests gather here, are made durable together and reach the engine in bulk.

Two threads, one behind the other. The first takes all appends that wait, numbers their rows, writes them to the journal
with one disk sync and acknowledges them. The second puts what is acknowledged into the engine, a few times a second
or when a reader needs it, in large blocks: an insert costs the engine the same milliseconds whether it holds ten rows
or ten thousand. Every queue is bounded, and a full one refuses at once instead of growing.

An append of several tables is kept whole or not at all. A row counts once: rows of a sequenced table carry a number, so
that what a crash left in the journal is told from what the engine has already.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
from clickhouse_connect.driver.client import Client

from bayon import limits
from bayon.clock import monotonic_s
from bayon.errors import StoreError
from bayon.store.engine import converted_errors
from bayon.store.journal import Blocks, Journal

log = logging.getLogger(__name__)

# When work in the background should give way: inserts took this share of the time, averaged over so many of them, and
# the last was so recent. Tuned on the benchmark of log ingest.
BUSY_SHARE = 0.3
BUSY_OVER_FLUSHES = 5
BUSY_FOR_S = 1.0

Stamp = Callable[[pa.Table], pa.Table]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How appends are kept, table by table in the order of `stamps`.

    A stamp adds the columns that only the insert knows. `sequenced` tables get a column `seq` that grows with arrival,
    from `next_seq` on. Appends to `repeatable` tables only are journalled: of others, a row inserted twice is two.
    `roomy` says whether the disk surely holds what is acknowledged before it is inserted.
    """

    open_handle: Callable[[], Client]
    stamps: Mapping[str, Stamp]
    sequenced: frozenset[str] = frozenset()
    repeatable: frozenset[str] = frozenset()
    next_seq: int = 1
    journal: Journal | None = None
    roomy: Callable[[], bool] = lambda: True


class Append:
    """Blocks of one caller, by table, and the promise made for them."""

    __slots__ = ("blocks", "done", "size_bytes")

    def __init__(self, blocks: Blocks) -> None:
        self.blocks = blocks
        self.size_bytes = sum(block.nbytes for block in blocks.values())
        self.done: Future[None] = Future()


@dataclass(slots=True)
class _Pending:
    """What is acknowledged and not in the engine: blocks by table, in order, and the journal's files that hold them."""

    blocks: dict[str, list[pa.Table]] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)
    size_bytes: int = 0
    since_s: float = 0.0

    def add(self, blocks: Blocks) -> None:
        self.since_s = self.since_s or monotonic_s()
        for table, block in blocks.items():
            self.blocks.setdefault(table, []).append(block)
            self.size_bytes += block.nbytes


class Writer:
    """Keeps appends as its `Ways` say. Safe to use from many threads."""

    def __init__(self, ways: Ways) -> None:
        self._ways = ways
        self._next_seq = ways.next_seq
        self._queue: list[Append] = []
        self._queued_bytes = 0
        self._stopping = False
        self._changed = threading.Condition()  # guards the four above
        self.arrived_seq = ways.next_seq - 1  # the number of the newest row that is durable
        self.arrived: dict[str, int] = {}  # likewise by table, of those that took rows since the start
        self._proven: set[tuple[str, pa.Schema]] = set()
        self._client: Client | None = None
        self._inserting = threading.Lock()  # who inserts; taken before the two below
        self._turning = threading.Lock()  # who adds to or takes what is pending and, with it, the journal's file
        self._pending = _Pending()
        self._unflushed: dict[str, int] = {}  # by table, the last group with rows that the engine does not have
        self._groups = self._flushed = self._wanted = self._failures = 0
        self._failure: Exception | None = None
        self._ended = False
        self._due = threading.Condition()  # guards the six above
        self._utilisation = 0.0
        self._flushed_s = 0.0
        self._threads = [
            threading.Thread(target=self._acknowledge, name="store-writer", daemon=True),
            threading.Thread(target=self._flush, name="store-inserter", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

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

    def restore(self, groups: Iterable[Blocks], files: Sequence[Path]) -> None:
        """What a crash left in the journal is in the engine. Raises: StoreError; then it is still in the journal."""
        with self._turning:
            for blocks in groups:
                self._pend(blocks)
            self._pending.files += files
        self.flush()

    def flush(self, sql: str | None = None) -> None:
        """Every append that has returned is in the engine; with `sql` those to tables that it names.

        Raises: StoreError when the engine cannot take them now; they are not lost.
        """
        with self._due:
            concerned = (group for table, group in self._unflushed.items() if sql is None or table in sql)
            target = max(concerned, default=0)
            failures = self._failures
            if self._flushed < target:
                self._wanted = max(self._wanted, target)
                self._due.notify_all()
            self._due.wait_for(lambda: self._flushed >= target or self._failures != failures)
            if self._flushed < target and self._failure is not None:
                raise self._failure

    @property
    def busy(self) -> bool:
        """Whether inserts have lately taken a good part of the time."""
        return self._utilisation > BUSY_SHARE and monotonic_s() - self._flushed_s < BUSY_FOR_S

    @contextmanager
    def between_inserts(self) -> Iterator[None]:
        """No rows are being inserted inside the block."""
        with self._inserting:
            yield

    def forget(self) -> None:
        """What is acknowledged and not in the engine is gone. For a store that is being emptied, between inserts."""
        with self._turning:
            self._dispose(self._take_pending().files)
        with self._due:
            self._flushed = self._groups
            self._unflushed.clear()
            self._due.notify_all()

    def close(self) -> None:
        """Everything that was queued is in the engine, or in the journal if the engine refuses it."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._threads[0].join()
        with self._due:
            self._ended = True
            self._due.notify_all()
        self._threads[1].join()

    # ── The first thread: from the queue to the disk ──

    def _acknowledge(self) -> None:
        while group := self._take():
            bold = self._ways.roomy() and all(map(self._is_proven, group))
            for part in [group] if bold else _by_tables(group):
                try:
                    blocks = self._numbered(part)
                    self._keep(blocks) if bold else self._keep_surely(blocks)
                except Exception as error:  # noqa: BLE001 whatever it was, it is the waiting callers' to hear of
                    for append in part:
                        append.done.set_exception(error)
                else:
                    self.arrived_seq = self._next_seq - 1
                    self.arrived |= dict.fromkeys(blocks, self._next_seq)
                    for append in part:
                        append.done.set_result(None)

    def _take(self) -> list[Append]:
        """The next group, as much as one insert may hold; empty when the writer is closing and nothing waits."""
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

    def _is_proven(self, append: Append) -> bool:
        """Whether the engine has taken blocks like these before, and would not mind to again."""
        proven = all((table, block.schema) in self._proven for table, block in append.blocks.items())
        return proven and self._ways.repeatable.issuperset(append.blocks)

    def _numbered(self, group: Sequence[Append]) -> dict[str, pa.Table]:
        """The blocks of the group, joined by table, the rows of sequenced tables with their numbers."""
        blocks: dict[str, pa.Table] = {}
        for table in self._ways.stamps:
            found = [append.blocks[table] for append in group if table in append.blocks]
            if not found:
                continue
            block = pa.concat_tables(found).combine_chunks()
            if table in self._ways.sequenced:
                first, self._next_seq = self._next_seq, self._next_seq + block.num_rows
                block = block.append_column("seq", pa.array(np.arange(first, self._next_seq, dtype=np.uint64)))
            blocks[table] = block
        return blocks

    def _keep(self, blocks: Blocks) -> None:
        """The blocks are in the journal, and in the engine soon."""
        if self._pending.size_bytes > limits.PENDING_BYTES:
            self.flush()
        with self._turning:
            if self._ways.journal is not None:
                self._ways.journal.write(blocks)
            self._pend(blocks)

    def _keep_surely(self, blocks: Blocks) -> None:
        """The blocks are in the engine or in nothing: their like was never inserted or must not be twice, or room is
        short."""
        self.flush()
        with self._inserting, self._turning:
            if self._ways.journal is not None and self._ways.repeatable.issuperset(blocks):
                self._ways.journal.write(blocks)
            rest = {table: [block] for table, block in blocks.items()}
            try:
                self._insert(rest)
            except StoreError:
                if len(rest) == len(blocks) or not self._ways.repeatable.issuperset(blocks):
                    self._dispose(self._take_pending().files)
                    raise
                self._pend({table: waiting[0] for table, waiting in rest.items()})  # whole or not at all
            except BaseException:
                self._dispose(self._take_pending().files)
                raise
            else:
                self._dispose(self._take_pending().files)
        self._proven |= {(table, _unnumbered(block).schema) for table, block in blocks.items()}

    def _pend(self, blocks: Blocks) -> None:
        with self._due:
            self._groups += 1
            self._pending.add(blocks)
            self._unflushed |= dict.fromkeys(blocks, self._groups)
            if self._groups == self._flushed + 1 or self._pending.size_bytes > limits.FLUSH_BYTES:
                self._due.notify_all()

    # ── The second thread: from what is pending to the engine ──

    def _flush(self) -> None:
        waited_s = monotonic_s()
        while self._await_due():
            began_s = monotonic_s()
            self._flush_once()
            self._flushed_s = monotonic_s()
            share = (self._flushed_s - began_s) / (self._flushed_s - waited_s)
            self._utilisation += (share - self._utilisation) / BUSY_OVER_FLUSHES
            waited_s = self._flushed_s

    def _await_due(self) -> bool:
        """Something is pending and it is time; false when the writer has ended and nothing is, or is refused."""
        with self._due:
            while not self._is_due():
                if self._ended and (not self._pending.blocks or self._failure is not None):
                    return False
                self._due.wait(self._wait_s())
            return True

    def _is_due(self) -> bool:
        if not self._pending.blocks or (self._ended and self._failure is not None):
            return False
        hurried = self._ended or self._wanted > self._flushed or self._pending.size_bytes > limits.FLUSH_BYTES
        return (hurried and self._failure is None) or self._wait_s() == 0

    def _wait_s(self) -> float | None:
        if not self._pending.blocks:
            return None
        since_s, after_s = self._pending.since_s, limits.FLUSH_AFTER_S
        if self._failure is not None:
            since_s, after_s = self._flushed_s, limits.FLUSH_AGAIN_S
        return max(0.0, since_s + after_s - monotonic_s())

    def _flush_once(self) -> None:
        """All that was pending is in the engine, or pending again before what came since."""
        with self._inserting:
            with self._turning, self._due:
                group, taken = self._groups, self._take_pending()
            try:
                self._insert(taken.blocks)
            except Exception as error:
                log.exception("what is acknowledged cannot be inserted now; it is in the journal")
                with self._turning, self._due:
                    self._put_back(taken)
                    self._failure = error
                    self._failures += 1
                    self._due.notify_all()
                return
            with self._due:
                self._failure = None
                self._flushed = group
                self._unflushed = {table: last for table, last in self._unflushed.items() if last > group}
                self._due.notify_all()
        self._dispose(taken.files)

    def _insert(self, blocks: dict[str, list[pa.Table]]) -> None:
        """The blocks are in the engine, and no longer in the dict."""
        self._client = self._client or self._ways.open_handle()
        for table, stamp in self._ways.stamps.items():
            waiting = blocks.get(table, [])
            while waiting:
                count = _insertable(waiting)
                with converted_errors():
                    self._client.insert_arrow(table, stamp(pa.concat_tables(waiting[:count]).combine_chunks()))
                del waiting[:count]
            blocks.pop(table, None)

    def _take_pending(self) -> _Pending:
        taken, self._pending = self._pending, _Pending()
        if self._ways.journal is not None and (file := self._ways.journal.turn()) is not None:
            taken.files.append(file)
        return taken

    def _put_back(self, taken: _Pending) -> None:
        for table, blocks in self._pending.blocks.items():
            taken.blocks.setdefault(table, []).extend(blocks)
        taken.files += self._pending.files
        taken.size_bytes += self._pending.size_bytes
        self._pending = taken

    def _dispose(self, files: Sequence[Path]) -> None:
        for file in files:
            file.unlink(missing_ok=True)


def _by_tables(group: Sequence[Append]) -> list[list[Append]]:
    """Appends that go to the same tables together: what the engine refuses of one table fails nobody else."""
    parts: dict[tuple[str, ...], list[Append]] = {}
    for append in group:
        parts.setdefault(tuple(sorted(append.blocks)), []).append(append)
    return list(parts.values())


def _unnumbered(block: pa.Table) -> pa.Table:
    return block.drop_columns(["seq"]) if "seq" in block.column_names else block


def _insertable(blocks: Sequence[pa.Table]) -> int:
    """How many of the blocks one insert takes, so that it becomes one part: at least one."""
    rows = size_bytes = 0
    for count, block in enumerate(blocks):
        rows += block.num_rows
        size_bytes += block.nbytes
        if count and (rows > limits.COMMIT_ROWS or size_bytes > limits.COMMIT_BYTES):
            return count
    return len(blocks)
