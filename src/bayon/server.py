"""Serves an ASGI application on a socket until it is told to stop.

What it serves is not its business; HTTP itself is uvicorn's.
"""

from __future__ import annotations

import contextlib
import errno
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from bayon import limits
from bayon.errors import BayonError

BACKLOG = 2048


@contextmanager
def stop_signals() -> Iterator[threading.Event]:
    """While the block runs, SIGTERM and SIGINT set the event instead of ending the process."""
    stop = threading.Event()

    def note(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {name: signal.signal(name, note) for name in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for name, previous in before.items():
            signal.signal(name, previous)


@contextmanager
def bound(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that has the address and does not listen yet. Raises: BayonError when the address cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as err:
        raise BayonError(f"no address is known for {host}: choose another with --host") from err
    with socket.socket(family, kind, protocol) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
        except OSError as err:
            raise BayonError(_why_not_bound(host, port, err)) from err
        yield listener


def serve(app: ASGIApp, listener: socket.socket, *, stop: threading.Event, ready: Callable[[], None]) -> None:
    """Requests have been answered from the call of `ready` until `stop` was set and the running ones had their time."""
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        limit_concurrency=limits.CONNECTIONS,
        timeout_keep_alive=limits.KEEP_ALIVE_S,
        timeout_graceful_shutdown=limits.STOP_S,
    )
    _Server(config, stop, ready).run(sockets=[listener])


class _Server(uvicorn.Server):
    """uvicorn's server, stopped by an event rather than by signal handlers of its own."""

    def __init__(self, config: uvicorn.Config, stop: threading.Event, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._stop = stop
        self._ready = ready

    def capture_signals(self) -> contextlib.AbstractContextManager[None]:  # type: ignore[override]
        return contextlib.nullcontext()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self._stop.is_set():
            self._ready()

    async def on_tick(self, counter: int) -> bool:
        return self._stop.is_set() or await super().on_tick(counter)


def _why_not_bound(host: str, port: int, err: OSError) -> str:
    if err.errno == errno.EADDRINUSE:
        return f"port {port} of {host} is taken: stop what listens there, or choose another with --port"
    if err.errno == errno.EACCES:
        return f"port {port} needs more rights than this process has: choose another with --port"
    return f"cannot listen on {host}, port {port}: {(err.strerror or str(err)).lower()}"
