"""Opens the configuration database and hands out transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine


class State:
    """The configuration database. `read` and `write` each are one transaction; a write is durable when its block ends."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view; nothing is written."""
        with self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """All of the block is kept, durably, or none of it."""
        with self._engine.begin() as connection:
            yield connection

    def close(self) -> None:
        """No connection is left open."""
        self._engine.dispose()
