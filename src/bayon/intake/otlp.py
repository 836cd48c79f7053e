"""OTLP over HTTP: bytes in, signals to the services, and the answers that OpenTelemetry's exporters expect.

Owns the protocol: encodings, the bound of a body, Status errors and partial success. Who a request is from is asked of
`app`, as for the AWS protocols; what signals mean is the business of `services.otlp`.

Source: traces.md §4.1; the OTLP specification, OTLP/HTTP.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bayon import limits
from bayon.errors import AwsError, StoreError
from bayon.intake import otlp_messages
from bayon.intake.otlp_messages import Malformed
from bayon.services.operation import Context
from bayon.services.otlp.exports import export_points, export_spans
from bayon.services.otlp.log_events import export_log_records
from bayon.services.otlp.signals import Outcome

log = logging.getLogger(__name__)

JSON, PROTOBUF = "application/json", "application/x-protobuf"
GROUP_HEADER, STREAM_HEADER = "x-aws-log-group", "x-aws-log-stream"
_RETRY_AFTER = {"retry-after": "1"}
_CORS = {"access-control-allow-origin": "*"}
_PREFLIGHT = {
    **_CORS,
    "access-control-allow-methods": "POST,OPTIONS",
    "access-control-allow-headers": "*,authorization",
    "access-control-max-age": "172800",
}
# The codes of a Status by the HTTP status that goes with it. Source: google.rpc.Code.
_CODES = {400: 3, 401: 16, 403: 7, 404: 5, 413: 3, 415: 3, 429: 8, 500: 13, 503: 14}


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it was sent, its path and query still percent-encoded."""

    method: str
    path: str
    query: str
    headers: Sequence[tuple[str, str]]
    body: bytes


# Who a request is from, as the context that its signals are kept in, and its body without compression.
# Raises: AwsError where the signature proves nothing, or the body is damaged or too large.
Admit = Callable[[Sent], tuple[Context, bytes]]


@dataclass(frozen=True, slots=True)
class _Signal:
    """One kind of export: how large its body may be, what its rejected items are called, and how it is kept."""

    body_bytes: int
    rejected: str
    keep: Callable[[Context, bytes, bool, Mapping[str, str]], Outcome]


class _Refused(Exception):
    """The request is answered with an HTTP status and a sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Otlp:
    """The doors of the three signals; exports are kept in a bounded number of threads."""

    def __init__(self, admit: Admit) -> None:
        self._admit = admit
        self._threads = ThreadPoolExecutor(limits.OTLP_THREADS, thread_name_prefix="otlp")
        self._in_flight = 0

    def routes(self) -> list[BaseRoute]:
        """Where exporters send to."""
        return [
            Route(f"/v1/{name}", self._endpoint(signal), methods=["POST", "OPTIONS"])
            for name, signal in _SIGNALS.items()
        ]

    def close(self) -> None:
        """Exports that were running have ended."""
        self._threads.shutdown()

    def _endpoint(self, signal: _Signal) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            if request.method == "OPTIONS":
                return Response(status_code=200, headers=_PREFLIGHT)
            if self._in_flight >= limits.OTLP_IN_FLIGHT:
                return _failure(_is_json(request), 429, "too many exports are waiting")
            self._in_flight += 1
            try:
                sent = await received(request)
                loop = asyncio.get_running_loop()
                return await loop.run_in_executor(self._threads, self._perform, signal, sent)
            finally:
                self._in_flight -= 1

        return endpoint

    # ── In a worker thread ──

    def _perform(self, signal: _Signal, sent: Sent) -> Response:
        headers = {name.lower(): value for name, value in sent.headers}
        content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        json = content_type == JSON
        try:
            if content_type not in (JSON, PROTOBUF):
                found = content_type[:80] or "none"
                raise _Refused(415, f"expected the content type {PROTOBUF} or {JSON}, found {found}")
            context, body = self._admit(sent)
            if len(body) > signal.body_bytes:
                raise _Refused(413, f"the body has more than {signal.body_bytes} bytes")
            return _success(json, signal.rejected, signal.keep(context, body, json, headers))
        except _Refused as refusal:
            return _failure(json, refusal.status, str(refusal))
        except Malformed as err:
            return _failure(json, 400, err.message)
        except AwsError as err:
            return _failure(json, http_status(err), err.message or err.code)
        except StoreError as err:
            return _failure(json, 429 if err.crowded else 503 if err.retryable else 500, err.message)
        except Exception:
            request_id = uuid.uuid4()
            log.exception("export %s failed", request_id)
            return _failure(json, 500, f"an internal error occurred, request {request_id}")


def _keep_spans(ctx: Context, body: bytes, json: bool, _: Mapping[str, str]) -> Outcome:  # noqa: FBT001
    return export_spans(ctx, _bounded(otlp_messages.spans(body, json=json), limits.OTLP_SPANS, "spans"))


def _keep_points(ctx: Context, body: bytes, json: bool, _: Mapping[str, str]) -> Outcome:  # noqa: FBT001
    return export_points(ctx, _bounded(otlp_messages.points(body, json=json), limits.OTLP_POINTS, "data points"))


def _keep_log_records(ctx: Context, body: bytes, json: bool, headers: Mapping[str, str]) -> Outcome:  # noqa: FBT001
    group, stream = headers.get(GROUP_HEADER, ""), headers.get(STREAM_HEADER, "")
    if ctx.settings.parity == "strict" and not (group and stream):
        raise _Refused(400, f"the headers {GROUP_HEADER} and {STREAM_HEADER} are required")
    records = _bounded(otlp_messages.log_records(body, json=json), limits.LOG_BATCH_EVENTS, "log records")
    return export_log_records(ctx, records, group, stream)


_SIGNALS = {
    "traces": _Signal(limits.OTLP_TRACES_BYTES, "rejectedSpans", _keep_spans),
    "metrics": _Signal(limits.OTLP_METRICS_BYTES, "rejectedDataPoints", _keep_points),
    "logs": _Signal(limits.OTLP_LOGS_BYTES, "rejectedLogRecords", _keep_log_records),
}


def _bounded(found: list[Any], most: int, what: str) -> list[Any]:
    if len(found) > most:
        raise _Refused(413, f"one export holds at most {most} {what}, found {len(found)}")
    return found


async def received(request: Request) -> Sent:
    """The request; of a body that is too long only one byte more than allowed is kept."""
    pieces: list[bytes] = []
    size = 0
    try:
        async for piece in request.stream():
            if size <= limits.REQUEST_BODY_BYTES:
                pieces.append(piece)
            size += len(piece)
    except ClientDisconnect:
        pieces.clear()  # nobody waits for an answer, and half a request is none
    raw_path = request.scope.get("raw_path") or request.scope["path"].encode()
    return Sent(
        request.method,
        raw_path.partition(b"?")[0].decode("latin-1"),
        request.scope["query_string"].decode("latin-1"),
        [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.scope["headers"]],
        b"".join(pieces)[: limits.REQUEST_BODY_BYTES + 1],
    )


# ── Answers ──


def _success(json: bool, member: str, outcome: Outcome) -> Response:  # noqa: FBT001
    if json:
        partial = {member: str(outcome.rejected), "errorMessage": outcome.message} if outcome.rejected else {}
        return Response(msgspec.json.encode({"partialSuccess": partial}), 200, _CORS, JSON)
    partial_bytes = _varint(1, outcome.rejected) + _text(2, outcome.message)
    return Response(_bytes(1, partial_bytes) if outcome.rejected else b"", 200, _CORS, PROTOBUF)


def _failure(json: bool, status: int, message: str) -> Response:  # noqa: FBT001
    """A google.rpc.Status in the encoding of the request."""
    headers = _CORS | (_RETRY_AFTER if status in (429, 503) else {})
    code = _CODES.get(status, 2)
    if json:
        return Response(msgspec.json.encode({"code": code, "message": message}), status, headers, JSON)
    return Response(_varint(1, code) + _text(2, message), status, headers, PROTOBUF)


def http_status(error: AwsError) -> int:
    """The HTTP status of an error that an operation raised."""
    if error.code == "ResourceNotFoundException":
        return 404
    if error.code.startswith("RequestEntityTooLarge"):
        return 413
    if error.code.startswith("Thrott"):
        return 429
    if error.code in _DENIED or "Signature" in error.code or "Token" in error.code:
        return 403
    return 400


_DENIED = ("RequestExpired", "AccessDeniedException", "UnrecognizedClientException")


def _is_json(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith(JSON)


def _varint(field: int, value: int) -> bytes:
    return bytes([field << 3]) + _number(value) if value else b""


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode()) if value else b""


def _bytes(field: int, value: bytes) -> bytes:
    return bytes([field << 3 | 2]) + _number(len(value)) + value


def _number(value: int) -> bytes:
    """The value seven bits at a time, the lowest first, as protobuf writes numbers."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
