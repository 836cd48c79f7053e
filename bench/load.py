"""The client that makes the load: whole requests prepared as bytes, a thread and a socket a connection.

It shares the machine with the server, so it does as little as it can: send, wait, read the length, read the answer.
"""

from __future__ import annotations

import functools
import gzip
import itertools
import socket
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import botocore.serialize
import botocore.session
from botocore.model import ServiceModel

from bench.servers import Server

REGION = "us-east-1"
TIMEOUT_S = 120


class Refused(Exception):
    """The server answered something else than 200."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How long all requests took together, and each of them, in the order they ended."""

    took_s: float
    latencies_s: list[float]


def prepared(
    service: str, operation: str, given: dict[str, Any], *, protocol: str = "", gzipped: bool = False
) -> bytes:
    """The request that an SDK sends, but for the signature, whose scope alone is there."""
    known = _model(service)
    serializer = botocore.serialize.create_serializer(protocol or known.protocol, include_validation=False)
    request = serializer.serialize_to_request(given, known.operation_model(operation))
    body = _body_bytes(request["body"])
    headers = dict(request["headers"]) | {"Host": "127.0.0.1", "Authorization": _scope(known.signing_name)}
    if gzipped:
        body = gzip.compress(body)
        headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(len(body))
    lines = [
        f"{request['method']} {request['url_path']} HTTP/1.1",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def drive(server: Server, requests: Sequence[bytes], *, connections: int, count: int | None = None) -> Outcome:
    """All requests are answered, or the first `count` of them in a circle. Raises: Refused."""
    todo = itertools.islice(itertools.cycle(requests), count or len(requests))
    latencies_s: list[float] = []
    failures: list[BaseException] = []
    start = threading.Barrier(connections + 1)
    work = functools.partial(_work, server, todo, start, latencies_s, failures)
    threads = [threading.Thread(target=work) for _ in range(connections)]
    for thread in threads:
        thread.start()
    start.wait()
    began_s = perf_counter()
    for thread in threads:
        thread.join()
    took_s = perf_counter() - began_s
    if failures:
        raise failures[0]
    return Outcome(took_s, latencies_s)


def _work(
    server: Server,
    todo: Iterator[bytes],
    start: threading.Barrier,
    latencies_s: list[float],
    failures: list[BaseException],
) -> None:
    connection = Connection(server)
    try:
        start.wait()
        for request in todo:
            began_s = perf_counter()
            connection.ask(request)
            latencies_s.append(perf_counter() - began_s)
            if failures:
                return
    except Exception as error:  # noqa: BLE001 - raised again by the thread that waits
        failures.append(error)
    finally:
        connection.close()


class Connection:
    """One connection, kept alive as long as the server wants, then made anew."""

    def __init__(self, server: Server) -> None:
        self._address = (server.host, server.port)
        self._socket: socket.socket | None = None

    def ask(self, request: bytes) -> bytes:
        """The body of the answer. Raises: Refused."""
        if self._socket is None:
            self._socket = socket.create_connection(self._address, TIMEOUT_S)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)
        head, body = self._head(self._socket)
        lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        body = self._rest(self._socket, body, int(headers["content-length"]) if "content-length" in headers else None)
        if "close" in headers.get("connection", "") or lines[0].startswith("HTTP/1.0"):
            self.close()
        if lines[0].split()[1] != "200":
            raise Refused(f"{lines[0]}: {body[:500].decode(errors='replace')}")
        return body

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    @staticmethod
    def _head(wire: socket.socket) -> tuple[bytes, bytes]:
        data = b""
        while b"\r\n\r\n" not in data:
            piece = wire.recv(65536)
            if not piece:
                raise Refused("the server closed the connection")
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        return head, body

    @staticmethod
    def _rest(wire: socket.socket, body: bytes, size: int | None) -> bytes:
        pieces, held = [body], len(body)
        while size is None or held < size:
            piece = wire.recv(1 << 20)
            if not piece:
                break
            pieces.append(piece)
            held += len(piece)
        return b"".join(pieces)


@functools.cache
def _model(service: str) -> ServiceModel:
    return botocore.session.get_session().get_service_model(service)


def _scope(service: str) -> str:
    scope = f"bench/20260101/{REGION}/{service}/aws4_request"
    return f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"


def _body_bytes(body: Any) -> bytes:
    if isinstance(body, dict):  # the query protocol's form
        from urllib.parse import urlencode

        return urlencode(body).encode()
    return body.encode() if isinstance(body, str) else bytes(body)
