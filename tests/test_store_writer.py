"""The writer keeps together what waits together, acknowledges only what is durable, and bounds what waits."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bayon import limits
from bayon.errors import StoreError
from bayon.store.journal import Journal
from bayon.store.writer import Ways, Writer


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


def _writer(engine: Any, journal: Journal | None = None, *, room: bool = True) -> Writer:
    stamps = {"a": lambda block: block, "b": lambda block: block}
    ways = Ways(
        open_handle=lambda: engine,
        stamps=stamps,
        repeatable=frozenset("ab"),
        journal=journal,
        roomy=lambda: room,
    )
    return Writer(ways)


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


def test_what_waits_together_is_inserted_together() -> None:
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


def test_a_reader_sees_what_was_acknowledged() -> None:
    """A flush for a query that names the table puts its rows into the engine; another query need not wait for them."""
    engine = Engine()
    writer = _writer(engine)
    writer.append({"a": _rows(1)})  # the first of its kind is inserted at once
    with writer.between_inserts():
        writer.append({"a": _rows(2)})
        writer.flush("SELECT * FROM b")
        assert engine.rows("a") == [1]
    writer.flush("SELECT * FROM a")
    assert engine.rows("a") == [1, 2]
    writer.close()


def test_a_refused_table_fails_its_appends_and_no_other() -> None:
    """With little room nothing is promised that the engine does not have; the next append succeeds when it can."""
    engine = Engine()
    writer = _writer(engine, room=False)
    engine.refused = {"b"}
    with pytest.raises(StoreError, match="disk of the store is full") as refused:
        writer.append({"b": _rows(1)})
    assert refused.value.retryable
    writer.append({"a": _rows(2)})
    engine.refused = set()
    writer.append({"b": _rows(3)})
    writer.close()
    assert engine.rows("b") == [3]


def test_an_append_of_two_tables_is_kept_whole(tmp_path: Path) -> None:
    """What reached one table before the disk was full reaches the other when there is room."""
    engine = Engine()
    writer = _writer(engine, Journal(tmp_path), room=False)
    engine.refused = {"b"}
    writer.append({"a": _rows(1), "b": _rows(1)})
    with pytest.raises(StoreError, match="disk of the store is full"):
        writer.flush("SELECT * FROM b")
    engine.refused = set()
    writer.flush()
    writer.close()
    assert engine.inserts == [("a", [1]), ("b", [1])]


def test_what_the_engine_refuses_later_is_tried_again(tmp_path: Path) -> None:
    """An acknowledged append outlives an engine that cannot take it: readers are told, and nothing is lost."""
    engine = Engine()
    writer = _writer(engine, Journal(tmp_path))
    writer.append({"a": _rows(1)})
    engine.refused = {"a"}
    writer.append({"a": _rows(2)})
    with pytest.raises(StoreError, match="disk of the store is full"):
        writer.flush()
    writer.append({"a": _rows(3)})
    engine.refused = set()
    writer.flush()
    assert engine.rows("a") == [1, 2, 3]
    writer.close()
    assert not list(tmp_path.iterdir())


def test_what_was_never_inserted_is_in_the_journal(tmp_path: Path) -> None:
    """A writer that ends while the engine refuses leaves to the next one what it acknowledged."""
    engine = Engine()
    writer = _writer(engine, Journal(tmp_path))
    writer.append({"a": _rows(1)})
    engine.refused = {"a"}
    writer.append({"a": _rows(2)})
    writer.close()
    engine.refused = set()
    journal = Journal(tmp_path)
    left, files = journal.left()
    following = _writer(engine, journal)
    following.restore(left, files)
    assert engine.rows("a") == [1, 2]
    following.close()
    assert not list(tmp_path.iterdir())


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
