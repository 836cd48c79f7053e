"""An HTTP server of a test's own that remembers what it was sent and answers as it is told to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bayon.clock import monotonic_s

WAIT_S = 15


@dataclass(frozen=True, slots=True)
class Received:
    """One request, header names in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes


Answering = Callable[[Received], tuple[int, dict[str, str], bytes]]


def accepting(_: Received) -> tuple[int, dict[str, str], bytes]:
    """An empty answer of success."""
    return 200, {}, b""


@dataclass
class Webhook:
    """A running server. `answering` may be replaced at any time."""

    url: str = ""
    answering: Answering = accepting
    received: list[Received] = field(default_factory=list)
    arrived: threading.Condition = field(default_factory=threading.Condition)

    def wait(self, number: int, wait_s: float = WAIT_S) -> list[Received]:
        """All that has been received, once it is `number` requests or more."""
        until_s = monotonic_s() + wait_s
        with self.arrived:
            while len(self.received) < number:
                left_s = until_s - monotonic_s()
                assert left_s > 0, f"expected {number} requests, found {self.received}"
                self.arrived.wait(left_s)
            return list(self.received)


@contextmanager
def webhook(answering: Answering = accepting) -> Iterator[Webhook]:
    """A server on a free port of this machine until the block ends."""
    made = Webhook(answering=answering)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Received(self.path, headers, body)
            with made.arrived:
                made.received.append(request)
                made.arrived.notify_all()
            status, answered, content = made.answering(request)
            self.send_response(status)
            for name, value in answered.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base class calls it
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 128

        def handle_error(self, request: object, client_address: object) -> None:
            pass  # clients that do not read the whole answer are part of the tests

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
