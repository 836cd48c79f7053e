"""The writer commits together what waits together, acknowledges only what is kept, and bounds what waits."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bayon import limits
from bayon.errors import StoreError
from bayon.store.writer import Writer


class Engine:
    """Remembers inserts; can be held, and refuses the tables it is told to."""

    def __init__(self) -> None:
        self.inserts: list[tuple[str, list[int]]] = []
        self.refused: set[str] = set()
        self.free = threading.Event()
        self.free.set()
        self.entered = threading.Event()

    def hold(self, pool: ThreadPoolExecutor, writer: Writer) -> Future[None]:
        """The writer is busy with an append of row 0 until `free` is set."""
        self.free.clear()
        held = pool.submit(writer.append, {"a": _rows(0)})
        assert self.entered.wait(10)
        return held

    def insert_arrow(self, table: str, block: pa.Table) -> None:
        self.entered.set()
        self.free.wait()
        if table in self.refused:
            raise OSError(28, "No space left on device")
        self.inserts.append((table, block["n"].to_pylist()))

    def rows(self, table: str) -> list[int]:
        return [n for name, rows in self.inserts if name == table for n in rows]


def _writer(engine: Any) -> Writer:
    return Writer(lambda: engine, {"a": lambda block: block, "b": lambda block: block})


def _await_queue(writer: Writer, length: int) -> None:
    for _ in range(10_000):
        if len(writer._queue) == length:
            return
        threading.Event().wait(0.001)
    raise AssertionError(f"{len(writer._queue)} appends wait, not {length}")


def _rows(*numbers: int) -> pa.Table:
    return pa.table({"n": pa.array(numbers, pa.int64())})


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(0, 99), min_size=1, max_size=5), min_size=1, max_size=20))
def test_all_that_is_appended_is_kept_once(batches: list[list[int]]) -> None:
    """From many threads, every row of every append arrives, each append's rows together and in order."""
    engine = Engine()
    writer = _writer(engine)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda batch: writer.append({"a": _rows(*batch)}), batches))
    writer.close()
    assert sorted(engine.rows("a")) == sorted(n for batch in batches for n in batch)


def test_what_waits_together_is_committed_together() -> None:
    """While one insert runs, the others gather into the next one."""
    engine = Engine()
    writer = _writer(engine)
    with ThreadPoolExecutor(8) as pool:
        appended = [engine.hold(pool, writer), *(pool.submit(writer.append, {"a": _rows(n)}) for n in range(1, 8))]
        _await_queue(writer, 7)
        engine.free.set()
        for future in appended:
            future.result()
    writer.close()
    assert len(engine.inserts) == 2
    assert sorted(engine.rows("a")) == list(range(8))


def test_a_refused_table_fails_its_appends_and_no_other() -> None:
    """The caller whose rows were not kept is told; the next append succeeds once there is room."""
    engine = Engine()
    writer = _writer(engine)
    engine.refused = {"b"}
    with pytest.raises(StoreError, match="disk of the store is full") as refused:
        writer.append({"a": _rows(1), "b": _rows(1)})
    assert refused.value.retryable
    writer.append({"a": _rows(2)})
    engine.refused = set()
    writer.append({"b": _rows(3)})
    writer.close()
    assert engine.rows("b") == [3]


def test_a_full_queue_refuses_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Back-pressure is an error to retry, not a buffer that grows; what was queued is still written."""
    monkeypatch.setattr(limits, "APPENDS_QUEUED", 3)
    engine = Engine()
    writer = _writer(engine)
    with ThreadPoolExecutor(8) as pool:
        appended = [engine.hold(pool, writer), *(pool.submit(writer.append, {"a": _rows(n)}) for n in (1, 2, 3))]
        _await_queue(writer, 3)
        with pytest.raises(StoreError, match="too many appends"):
            writer.append({"a": _rows(4)})
        engine.free.set()
        for future in appended:
            future.result()
    writer.close()
    assert sorted(engine.rows("a")) == [0, 1, 2, 3]


def test_closing_writes_what_waits_and_refuses_more() -> None:
    """A clean stop loses nothing."""
    engine = Engine()
    writer = _writer(engine)
    with ThreadPoolExecutor(4) as pool:
        appended = [engine.hold(pool, writer), *(pool.submit(writer.append, {"a": _rows(n)}) for n in (1, 2, 3))]
        _await_queue(writer, 3)
        engine.free.set()
        writer.close()
        for future in appended:
            future.result()
    assert sorted(engine.rows("a")) == [0, 1, 2, 3]
    with pytest.raises(StoreError, match="closing"):
        writer.append({"a": _rows(9)})
