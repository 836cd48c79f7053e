"""Handles on the telemetry engine: `chdb:///path` in this process or `clickhouse://host` elsewhere, one SQL for both.

Owns connections, their pool, per-query limits and the conversion of engine errors. It deliberately knows no table.
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import clickhouse_connect
import pyarrow as pa
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from bayon import limits
from bayon.clock import monotonic_s
from bayon.errors import StoreError

DATABASE = "bayon"

# Engine error codes, from the engine's own list of error codes, and what they mean to a caller.
_RETRYABLE = {
    159: "the query ran into its time limit",
    160: "the query would run into its time limit",
    241: "the query ran into its memory limit",
    243: "the disk of the store is full",
    252: "the store is busy merging what was written",
    394: "the query was cancelled",
}
_FULL_DISK = re.compile(r"No space left on device|NOT_ENOUGH_SPACE|Cannot reserve", re.IGNORECASE)
_CODE = re.compile(r"\bCode: (\d+)")


class Engine:
    """Opens handles and lends a bounded number of them to readers."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._idle: list[Client] = []
        self._every: list[Client] = []
        self._slots = threading.BoundedSemaphore(limits.READERS)
        self._long = threading.BoundedSemaphore(limits.INSIGHTS_AT_ONCE)
        self._idle_long: list[Client] = []
        self._waiting = threading.BoundedSemaphore(limits.READERS + limits.READERS_WAITING)

    def handle(self) -> Client:
        """A new handle of the caller's own, closed with the engine."""
        with self._lock:
            try:
                client = _connect(self._url)
            except ClickHouseError as error:
                raise StoreError(f"the store at {self._url} cannot be opened: {error}", retryable=False) from error
            self._every.append(client)
            return client

    @contextmanager
    def reader(self) -> Iterator[Client]:
        """A pooled handle for one query. Raises: StoreError, retryable, when too many queries wait."""
        if not self._waiting.acquire(blocking=False):
            raise StoreError("too many queries are waiting", retryable=True, crowded=True)
        try:
            with self._slots:
                client = self._idle.pop() if self._idle else self.handle()
                try:
                    yield client
                except BaseException:
                    self._discard(client)  # what the failed query left in it would be the answer of the next
                    raise
                self._idle.append(client)
        finally:
            self._waiting.release()

    def _discard(self, client: Client) -> None:
        with self._lock:
            self._every.remove(client)
        client.close()

    def query(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        time_s: float = limits.QUERY_TIME_S,
        memory_bytes: int = limits.QUERY_MEMORY_BYTES,
    ) -> pa.Table:
        """The query's rows as one table; parameters are bound, never pasted.

        In: SQL without a SETTINGS clause. The limits become one: given to the client instead, they would cost it five
        more calls of the embedded engine a query (measured 2026-11: 5 ms of 14).
        """
        bounded = f"{sql} SETTINGS max_execution_time = {time_s:g}, max_memory_usage = {memory_bytes:d}"
        with self.reader() as client, converted_errors():
            return client.query_arrow(bounded, parameters=dict(parameters or {}))

    def select(
        self, sql: str, parameters: Mapping[str, Any], *, time_s: float, memory_bytes: int, tag: str
    ) -> pa.Table:
        """The rows of a query that may take long: it waits for a place of its own kind, so that it never keeps the
        short ones from theirs, and can be cancelled by its tag."""
        bounded = (
            f"{sql} SETTINGS max_execution_time = {time_s:g}, max_memory_usage = {memory_bytes:d}, "
            f"max_bytes_before_external_group_by = {memory_bytes // 2:d}, "
            f"max_bytes_before_external_sort = {memory_bytes // 2:d}, log_comment = '{tag if tag.isalnum() else ''}'"
        )
        with self._long:
            client = self._idle_long.pop() if self._idle_long else self.handle()
            try:
                with converted_errors():
                    found: pa.Table = client.query_arrow(bounded, parameters=dict(parameters))
            except BaseException:
                self._discard(client)
                raise
            self._idle_long.append(client)
            return found

    def cancel(self, tag: str) -> None:
        """The query of that tag ends soon, if it runs."""
        if tag.isalnum():
            with self.reader() as client, converted_errors():
                client.command(f"KILL QUERY WHERE Settings['log_comment'] = '{tag}' ASYNC")

    def close(self) -> None:
        """Every handle is closed, and no long query runs any more."""
        self._end_long()
        with self._lock:
            for client in self._every:
                client.close()
            self._every.clear()
            self._idle.clear()
            self._idle_long.clear()

    def _end_long(self) -> None:
        """Long queries have been told to end, and have had their time to."""
        taken = sum(self._long.acquire(blocking=False) for _ in range(limits.INSIGHTS_AT_ONCE))
        if taken < limits.INSIGHTS_AT_ONCE:
            with contextlib.suppress(ClickHouseError, StoreError), self.reader() as client:
                client.command("KILL QUERY WHERE Settings['log_comment'] != '' ASYNC")
        until_s = monotonic_s() + limits.STOP_S
        while taken < limits.INSIGHTS_AT_ONCE and self._long.acquire(timeout=max(0.01, until_s - monotonic_s())):
            taken += 1


@contextmanager
def converted_errors() -> Iterator[None]:
    """Engine errors that a caller can act on leave the block as StoreError, all others as they are: bugs."""
    try:
        yield
    except ClickHouseError as error:
        text = str(error)
        code = int(match[1]) if (match := _CODE.search(text)) else 0
        if _FULL_DISK.search(text):
            raise StoreError(_RETRYABLE[243], retryable=True) from error
        if code in _RETRYABLE:
            raise StoreError(_RETRYABLE[code], retryable=True, late=code in (159, 160)) from error
        raise
    except OSError as error:
        if error.errno == 28:
            raise StoreError(_RETRYABLE[243], retryable=True) from error
        raise


def _connect(url: str) -> Client:
    if url.startswith("chdb://"):
        path = Path(url.removeprefix("chdb://"))
        path.mkdir(parents=True, exist_ok=True)
        client = clickhouse_connect.get_client(dsn=url)
    else:
        client = clickhouse_connect.get_client(dsn=url, autogenerate_session_id=False)
    client.command(f"CREATE DATABASE IF NOT EXISTS {DATABASE}")
    client.database = DATABASE
    return client
