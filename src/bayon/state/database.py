"""Opens the configuration database and hands out transactions.

What the rows mean is the business of one module per noun beside this one; nothing outside `state` uses the connections
that the blocks below yield.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

from sqlalchemy import Connection, Engine

from bayon.state.engines import WRITES, engine_of, settle
from bayon.state.failures import converted_errors
from bayon.state.migrate import migrate
from bayon.state.tables import metadata
from bayon.state.turns import Turns


class State:
    """The configuration database. `read` and `write` each are one transaction; a write is durable when its block ends.

    Safe to use from many threads. A `write` inside a `write` of the same thread belongs to the outer one: it is kept
    when the outer block ends well, so several named writes can be made one. A `read` inside sees what was written.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reader = engine.execution_options(isolation_level="REPEATABLE READ") if _is_postgresql(engine) else engine
        self._writer = engine.execution_options(**{WRITES: True})
        self._thread = threading.local()
        self._listeners: dict[str, Callable[[], None]] = {}
        self._turns = Turns() if engine.dialect.name == "sqlite" else None

    @classmethod
    def open(cls, url: str, *, durable: bool = True) -> State:
        """The database at `url` with the newest tables; without `durable` a write may be lost with the machine.

        In: `sqlite:///path` (made, readable by its owner only, when absent) or `postgresql://…`.
        Raises: StoreError when a newer version of bayon wrote it (then nothing is changed) or it cannot be opened.
        """
        engine = engine_of(url, durable=durable)
        state = cls(engine)
        try:
            migrate(state.read, state.write)
            with converted_errors():
                settle(engine)
        except BaseException:
            state.close()
            raise
        return state

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view; nothing is written. Raises: StoreError."""
        outer: Connection | None = getattr(self._thread, "write", None)
        if outer is not None:
            yield outer
            return
        with converted_errors(), self._reader.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """All of the block is kept, durably, or none of it. Raises: StoreError."""
        outer: Connection | None = getattr(self._thread, "write", None)
        if outer is not None:
            with outer.begin_nested():
                yield outer
            return
        turn = self._turns.taken() if self._turns else nullcontext()
        with turn, converted_errors(), self._writer.begin() as connection:
            self._thread.write = connection
            self._thread.news = set()
            try:
                yield connection
            finally:
                self._thread.write = None
        for what in self._thread.news:
            self._listeners[what]()

    def listen(self, what: str, hear: Callable[[], None]) -> None:
        """`hear` is called, in the thread that wrote, after each durable write in which `what` was announced."""
        self._listeners[what] = hear

    def announce(self, what: str) -> None:
        """Who listens will hear of it once the write that this is called in is durable."""
        if what in self._listeners:
            self._thread.news.add(what)

    def reset(self) -> None:
        """Every table is empty; numbers already given are not given again."""
        with self.write() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())

    def close(self) -> None:
        """No connection is left open."""
        self._engine.dispose()


def _is_postgresql(engine: Engine) -> bool:
    return engine.dialect.name == "postgresql"
