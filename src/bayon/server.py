"""Serves an ASGI application on a socket until it is told to stop.

What it serves is not its business; HTTP itself is uvicorn's.
"""

from __future__ import annotations

import contextlib
import errno
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from bayon import limits
from bayon.errors import BayonError

BACKLOG = 2048
PAIR_ATTEMPTS = 20


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
def bound(host: str, port: int, *, door: str = "") -> Iterator[socket.socket]:
    """A socket that has the address and does not listen yet.

    In: `door` is what the options that choose host and port begin with. Raises: BayonError when the address cannot be
    had.
    """
    with _bound(host, port, socket.SOCK_STREAM, door) as listener:
        yield listener


@contextmanager
def bound_pair(host: str, port: int, *, door: str) -> Iterator[tuple[socket.socket, socket.socket]]:
    """A TCP and a UDP socket of one address and port; otherwise as `bound`."""
    with ExitStack() as stack:
        for attempt in range(PAIR_ATTEMPTS):
            listener = stack.enter_context(_bound(host, port, socket.SOCK_STREAM, door))
            taken = listener.getsockname()[1]
            try:
                receiver = stack.enter_context(_bound(host, taken, socket.SOCK_DGRAM, door))
            except BayonError:
                if port or attempt == PAIR_ATTEMPTS - 1:
                    raise
                continue  # free for TCP, taken for UDP
            break
        yield listener, receiver


@contextmanager
def _bound(host: str, port: int, kind: socket.SocketKind, door: str) -> Iterator[socket.socket]:
    try:
        family, _, protocol, _, address = socket.getaddrinfo(host, port, type=kind)[0]
    except socket.gaierror as err:
        raise BayonError(f"no address is known for {host}: choose another with --{door}host") from err
    with socket.socket(family, kind, protocol) as bound:
        if kind is socket.SOCK_STREAM:  # of two UDP sockets that share an address only one receives
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind(address)
        except OSError as err:
            raise BayonError(_why_not_bound(host, port, err, f"--{door}port")) from err
        yield bound


def serve(
    app: ASGIApp, listeners: Sequence[socket.socket], *, stop: threading.Event, ready: Callable[[], None]
) -> None:
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
    _Server(config, stop, ready).run(sockets=list(listeners))


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


def _why_not_bound(host: str, port: int, err: OSError, option: str) -> str:
    if err.errno == errno.EADDRINUSE:
        return f"port {port} of {host} is taken: stop what listens there, or choose another with {option}"
    if err.errno == errno.EACCES:
        return f"port {port} needs more rights than this process has: choose another with {option}"
    return f"cannot listen on {host}, port {port}: {(err.strerror or str(err)).lower()}"
