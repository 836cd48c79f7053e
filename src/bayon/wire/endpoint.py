"""The ASGI edge of the AWS protocols: a request in, an operation called, a reply out.

Everything that takes time runs in a bounded pool of threads, so that the event loop only moves bytes. Here, and only
here, exceptions become protocol errors. What an operation means is not known here.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import threading
import uuid
from collections.abc import Callable, Container, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from bayon import limits
from bayon.errors import AwsError, StoreError, Unimplemented
from bayon.wire import body, model, route, streams
from bayon.wire.faults import fault
from bayon.wire.message import Codec, Reply, Request
from bayon.wire.protocols import PROTOCOLS
from bayon.wire.route import Route
from bayon.wire.sigv4 import Scope, Sent, parse_scope

log = logging.getLogger(__name__)

Receive = Callable[[], Any]
Send = Callable[[dict[str, Any]], Any]
Verify = Callable[[Sent, Scope | None], str]

_CORS = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "x-amzn-requestid,x-amzn-errortype,x-amzn-query-error,date",
}
_PREFLIGHT = {
    **_CORS,
    "access-control-allow-methods": "GET,POST,PUT,PATCH,DELETE,OPTIONS",
    "access-control-allow-headers": "*,authorization",
    "access-control-max-age": "172800",
}


@dataclass(frozen=True, slots=True)
class Call:
    """One decoded request's addressee and sender: `cloudwatch`, `put_metric_data`; `headers` go with the answer.

    `wishes` are the headers that only bayon knows, without their prefix `x-bayon-`.
    """

    service: str
    operation: str
    account: str
    region: str
    access_key: str
    request_id: str
    headers: dict[str, str] = field(default_factory=dict)
    wishes: Mapping[str, str] = field(default_factory=dict)


class _Gone(Exception):
    """The client went away before its request had arrived."""


_AT_ONCE = nullcontext()
_WISH = "x-bayon-"


class Endpoint:
    """An ASGI application that answers AWS requests.

    In: `answer` performs a call; `served` holds the names of the operations it knows, `cloudwatch.put_metric_data`;
    `verify` proves a request's signature and says its account, or raises AwsError; without it nothing is proven.
    `account` and `region` are those of requests that name none; streams end once `stopping` says so.
    """

    def __init__(
        self,
        *,
        answer: Callable[[Call, dict[str, Any]], dict[str, Any] | None],
        served: Container[str],
        verify: Verify | None = None,
        parity: str = "lifted",
        account: str = "000000000000",
        region: str = "us-east-1",
        threads: int = limits.REQUEST_THREADS,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._answer = answer
        self._served = served
        self._verify = verify
        self._strict = parity == "strict"
        self._account = account
        self._region = region
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._streaming = ThreadPoolExecutor(limits.STREAMS, thread_name_prefix="stream")
        self._stopping = stopping
        self._decoding = threading.BoundedSemaphore(limits.DECODED_AT_ONCE)
        self._in_flight = 0
        self._bytes_held = 0
        self._codec = functools.cache(self._compile)

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            reply = await self._reply(scope, receive)
        except _Gone:
            return
        headers = [(name.encode("latin-1"), _header_bytes(value)) for name, value in reply.headers.items()]
        if reply.stream is not None:
            await send({"type": "http.response.start", "status": reply.status, "headers": headers})
            await streams.send_all(reply.stream, self._streaming, self._stopping, receive, send)
            return
        headers.append((b"content-length", str(len(reply.body)).encode()))
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": reply.body if scope["method"] != "HEAD" else b""})

    async def _reply(self, scope: dict[str, Any], receive: Receive) -> Reply:
        if scope["method"] == "OPTIONS":
            return Reply(200, _PREFLIGHT, b"")
        request_id = str(uuid.uuid4())
        sent = await _received(scope, receive)
        if self._in_flight >= limits.REQUESTS_IN_FLIGHT or self._bytes_held > limits.REQUEST_BYTES_HELD:
            reply = _refused(sent, request_id)
        else:
            reply = await self._performed(sent, request_id)
        return reply._replace(headers={**reply.headers, "x-amzn-requestid": request_id, **_CORS})

    async def _performed(self, sent: Sent, request_id: str) -> Reply:
        self._in_flight += 1
        self._bytes_held += len(sent.body)
        try:
            work = functools.partial(self.perform, sent, request_id)
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._in_flight -= 1
            self._bytes_held -= len(sent.body)

    def close(self) -> None:
        """Calls that were running have ended."""
        self._threads.shutdown()
        self._streaming.shutdown()

    # ── In a worker thread ──

    def perform(self, sent: Sent, request_id: str) -> Reply:
        """The reply to a request, whatever happens. In: a body one byte over the limit stands for a longer one."""
        path = None
        try:
            request, scope = _understood(sent)
            path = route.find(request, scope.service if scope else "")
            return self._perform(sent, request, scope, path, request_id) if path else _not_aws()
        except AwsError as error:
            return _error(path or _guessed(sent), error, request_id)
        except StoreError as error:
            path = path or _guessed(sent)
            return _error(path, _store_fault(path, error), request_id)
        except Exception:
            log.exception("request %s failed", request_id)
            hidden = AwsError("InternalFailure", f"An internal error occurred, request {request_id}")
            return _error(path or _guessed(sent), hidden, request_id)

    def _perform(self, sent: Sent, request: Request, scope: Scope | None, path: Route, request_id: str) -> Reply:
        if path.error is not None:
            raise path.error
        account = self._verify(sent, scope) if self._verify is not None else self._named_account(scope)
        name = model.snake(path.operation)
        if f"{path.service}.{name}" not in self._served:
            raise Unimplemented(f"{path.service} {path.operation}")
        codec = self._codec(path.service, path.protocol, path.operation)
        labelled = Request(request.method, request.path, request.query, request.headers, request.body, path.labels)
        with self._decoding if len(request.body) > limits.SMALL_BODY_BYTES else _AT_ONCE:
            decoded = codec.decode(labelled)
        region = (scope.region if scope else "") or self._region
        wishes = {name[len(_WISH) :]: value for name, value in request.headers.items() if name.startswith(_WISH)}
        access_key = scope.access_key if scope else ""
        call = Call(path.service, name, account, region, access_key, request_id, wishes=wishes)
        reply = codec.encode(self._answer(call, decoded) or {}, request_id)
        return reply._replace(headers={**reply.headers, **call.headers})

    def _named_account(self, scope: Scope | None) -> str:
        return account_of(scope.access_key) or self._account if scope else self._account

    def _compile(self, service: str, protocol: str, operation: str) -> Codec:
        known = model.load(service)
        return PROTOCOLS[protocol].compile_codec(known, known.operation(operation), strict=self._strict)


def account_of(access_key: str) -> str:
    """The account that an access key id of twelve digits names, else nothing."""
    return access_key if len(access_key) == 12 and access_key.isascii() and access_key.isdecimal() else ""


async def _received(scope: dict[str, Any], receive: Receive) -> Sent:
    """The request as sent; of a body that is too long only one byte more than allowed is kept."""
    pieces: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":  # half a request must never be taken for a whole one
            raise _Gone
        piece = message.get("body", b"")
        if size <= limits.REQUEST_BODY_BYTES:
            pieces.append(piece)
        size += len(piece)
        more = message.get("more_body", False)
    raw_path = scope.get("raw_path") or scope["path"].encode()
    return Sent(
        scope["method"],
        raw_path.partition(b"?")[0].decode("latin-1"),
        scope["query_string"].decode("latin-1"),
        [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]],
        b"".join(pieces)[: limits.REQUEST_BODY_BYTES + 1],
    )


def _understood(sent: Sent) -> tuple[Request, Scope | None]:
    """The request with its body decompressed, and who it says it is from. Raises: AwsError."""
    if len(sent.body) > limits.REQUEST_BODY_BYTES:
        raise body.too_large()
    headers = {name.lower(): value for name, value in sent.headers}
    scope = parse_scope(headers, sent.query)
    return Request(sent.method, sent.path, sent.query, headers, body.decoded(sent.body, headers)), scope


def _guessed(sent: Sent) -> Route:
    """Where a request that was not understood would have gone: its error is written in that protocol."""
    headers = {name.lower(): value for name, value in sent.headers}
    return route.find(Request(sent.method, sent.path, sent.query, headers, sent.body), "") or Route("rest-json")


def _refused(sent: Sent, request_id: str) -> Reply:
    path = _guessed(sent)
    return _error(path, _throttled(path), request_id)


def _not_aws() -> Reply:
    return Reply(404, {"content-type": "application/json"}, b'{"message":"this is not a request of an AWS protocol"}')


def _error(path: Route, error: AwsError, request_id: str) -> Reply:
    known = model.load(path.service) if path.service else None
    written = fault(known, error)
    return PROTOCOLS[path.protocol].encode_error(known.metadata if known else None, written, request_id)


_THROTTLED = ("ThrottlingException", "ThrottledException", "Throttled")


def _throttled(path: Route) -> AwsError:
    """The service's own throttling error, else the common one. Source: logs.md §0, its message."""
    known = model.load(path.service).exceptions if path.service else {}
    return AwsError(next((code for code in _THROTTLED if code in known), "ThrottlingException"), "Rate exceeded")


def _store_fault(path: Route, error: StoreError) -> AwsError:
    if not error.retryable:
        log.error("the store failed: %s", error)
        return AwsError("InternalFailure", error.message)
    if error.crowded:
        return _throttled(path)
    return AwsError("ServiceUnavailable", error.message)


def _header_bytes(value: str) -> bytes:
    return value.encode("latin-1", "replace").replace(b"\r", b" ").replace(b"\n", b" ")
