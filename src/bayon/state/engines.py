"""What SQLite and PostgreSQL each need to keep configuration safely; the tables and queries are the same for both."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from sqlite3 import SQLITE_BUSY, OperationalError
from sqlite3 import Connection as SQLiteConnection
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from bayon import limits
from bayon.clock import monotonic_s
from bayon.errors import StoreError

WRITES = "bayon_writes"  # execution option of connections that will write

POOL: dict[str, Any] = {
    "pool_size": limits.STATE_CONNECTIONS_KEPT,
    "max_overflow": limits.STATE_CONNECTIONS - limits.STATE_CONNECTIONS_KEPT,
    "pool_use_lifo": True,
}


RETRY_S = 0.01


def engine_of(text: str, *, durable: bool) -> Engine:
    """The engine of a database URL; nothing has been read yet, but the folder and the file of a SQLite database exist.

    Raises: StoreError.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise StoreError(f"expected a database URL, found {text!r}", retryable=False) from error
    match url.get_backend_name():
        case "sqlite":
            return _sqlite(url, durable=durable)
        case "postgresql" | "postgres":
            return _postgresql(url, durable=durable)
        case other:
            raise StoreError(f"the configuration database is SQLite or PostgreSQL, found {other!r}", retryable=False)


def settle(engine: Engine) -> None:
    """Readers and the writer of a SQLite database no longer wait for each other, from now on and after a restart."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            _write_ahead(driver)


def _write_ahead(connection: SQLiteConnection) -> None:
    # SQLite does not wait for a lock when it changes the journal, whatever timeout it was given.
    give_up_s = monotonic_s() + limits.STATE_BUSY_S
    while connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except OperationalError as error:
            if error.sqlite_errorcode != SQLITE_BUSY or monotonic_s() > give_up_s:
                raise
            threading.Event().wait(RETRY_S)


def _sqlite(url: URL, *, durable: bool) -> Engine:
    if not url.database or url.database == ":memory:":
        raise StoreError("a SQLite database needs a file: sqlite:////folder/state.sqlite3", retryable=False)
    _make_private(Path(url.database))
    arguments = {"timeout": limits.STATE_BUSY_S, "check_same_thread": False}
    engine = create_engine(url.set(drivername="sqlite"), connect_args=arguments, **POOL)

    @event.listens_for(engine, "connect")
    def _set_up(connection: SQLiteConnection, _record: object) -> None:
        connection.isolation_level = None  # transactions begin below and nowhere else
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'OFF'}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A write takes the lock at once and queues for it; taken later it would fail where two writers meet.
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _make_private(path: Path) -> None:
    """The file exists; when it is new only its owner may read it, since it holds the secrets of access keys."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        message = f"the configuration database {path} cannot be opened: {error.strerror}"
        raise StoreError(message, retryable=False) from error


def _postgresql(url: URL, *, durable: bool) -> Engine:
    arguments: dict[str, Any] = {"connect_timeout": limits.STATE_CONNECT_S}
    if not durable:
        arguments["options"] = "-c synchronous_commit=off"
    arguments |= dict(url.query)
    url = url.set(drivername="postgresql+psycopg", query={})
    return create_engine(url, connect_args=arguments, pool_pre_ping=True, **POOL)
