"""Log events over plain HTTP, for senders without an AWS SDK: the endpoints HLC, NDJSON and structured JSON.

Owns how each of them writes events and answers. Who a request is from is asked of `app`, as for the AWS protocols, or
told by a bearer token; what becomes of the events is `services.logs.http_events`. Source: logs.md §5.7.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bayon import limits
from bayon.errors import AwsError, StoreError
from bayon.intake.otlp import Admit, Sent, http_status, received
from bayon.services.logs.http_events import keep_events

log = logging.getLogger(__name__)

_JSON = "application/json"
_CORS = {"access-control-allow-origin": "*"}
Events = list[tuple[int, str]]


class _Refused(Exception):
    """The request is answered with 400 and a sentence."""


class HttpLogs:
    """The doors; events are kept in a bounded number of threads."""

    def __init__(self, admit: Admit) -> None:
        self._admit = admit
        self._threads = ThreadPoolExecutor(limits.HTTP_LOG_THREADS, thread_name_prefix="http-logs")
        self._in_flight = 0

    def routes(self) -> list[BaseRoute]:
        """Where senders send to."""
        return [Route(path, self._endpoint(read), methods=["POST"]) for path, read in _FORMS.items()]

    def close(self) -> None:
        """Requests that were running have ended."""
        self._threads.shutdown()

    def _endpoint(self, read: Callable[[bytes, int], Events]) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            if self._in_flight >= limits.HTTP_LOG_IN_FLIGHT:
                return _answer(429, {"message": "too many requests are waiting"})
            self._in_flight += 1
            try:
                sent = await received(request)
                return await asyncio.get_running_loop().run_in_executor(self._threads, self._perform, read, sent)
            finally:
                self._in_flight -= 1

        return endpoint

    # ── In a worker thread ──

    def _perform(self, read: Callable[[bytes, int], Events], sent: Sent) -> Response:
        try:
            context, body = self._admit(sent)
            if len(body) > limits.HTTP_BODY_BYTES:
                raise _Refused(f"The body has more than {limits.HTTP_BODY_BYTES} bytes")
            group, stream = _place(sent.query)
            events = read(body, context.now_ms)
            if len(events) > limits.LOG_BATCH_EVENTS:
                raise _Refused(f"A request can have at most {limits.LOG_BATCH_EVENTS} events")
            refused = keep_events(context, group, stream, events, by_token=_has_token(sent))
        except _Refused as refusal:
            return _answer(400, {"message": str(refusal)})
        except AwsError as err:
            return _answer(http_status(err), {"message": err.message or err.code})
        except StoreError as err:
            return _answer(429 if err.crowded else 503 if err.retryable else 500, {"message": err.message})
        except Exception:
            request_id = uuid.uuid4()
            log.exception("request %s failed", request_id)
            return _answer(500, {"message": f"an internal error occurred, request {request_id}"})
        if not refused:
            return _answer(200, {})
        said = msgspec.json.encode(refused).decode()
        return _answer(200, {"partialSuccess": {"rejectedLogRecords": sum(refused.values()), "errorMessage": said}})


def _place(query: str) -> tuple[str, str]:
    named = parse_qs(query)
    try:
        return named["logGroup"][0], named["logStream"][0]
    except KeyError as err:
        raise _Refused(f"The query parameter {err.args[0]} is required") from err


def _has_token(sent: Sent) -> bool:
    return any(name.lower() == "authorization" and value.startswith("Bearer ") for name, value in sent.headers)


def _answer(status: int, body: dict[str, Any]) -> Response:
    headers = _CORS | ({"retry-after": "1"} if status in (429, 503) else {})
    return Response(msgspec.json.encode(body), status, headers, _JSON)


# ── The forms ──


def _hlc(body: bytes, now_ms: int) -> Events:
    """Objects with an `event`, in a row or in arrays; others are skipped."""
    return [
        (_seconds_ms(value.get("time"), now_ms), _text(value["event"]))
        for value in _flat(_in_a_row(body))
        if isinstance(value, dict) and value.get("event") is not None
    ]


def _ndjson(body: bytes, now_ms: int) -> Events:
    """A value a line, or several in an array; what is no JSON is skipped, but not if nothing else is there."""
    events: Events = []
    lines = [line for line in body.splitlines() if line.strip()]
    for line in lines:
        try:
            value = msgspec.json.decode(line)
        except (msgspec.DecodeError, RecursionError):
            continue
        events += [(_milliseconds(each, now_ms), _text(each)) for each in _flat([value])]
    if lines and not events:
        raise _Refused("All events were invalid")
    return events


def _structured(body: bytes, now_ms: int) -> Events:
    """The first value: an object, or an array of them; what else is in it is skipped."""
    first = next(_in_a_row(body), None)
    return [(_milliseconds(each, now_ms), _text(each)) for each in _flat([first]) if isinstance(each, dict)]


_FORMS: dict[str, Callable[[bytes, int], Events]] = {
    "/services/collector/event": _hlc,
    "/services/collector": _hlc,
    "/ingest/bulk": _ndjson,
    "/ingest/json": _structured,
}


def _in_a_row(body: bytes) -> Iterator[Any]:
    """The JSON values of a text, one behind the other. Raises: _Refused where something else is between them."""
    text = body.decode("utf-8", "replace")
    decoder = json.JSONDecoder()
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as err:
            raise _Refused(f"The body is not valid JSON: {err}") from err
        yield value


def _flat(values: Any) -> Iterator[Any]:
    """The values, and in place of an array what it holds."""
    for value in values:
        if isinstance(value, list):
            yield from value
        else:
            yield value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _seconds_ms(value: Any, now_ms: int) -> int:
    """Milliseconds of an epoch in seconds, a number or the text of one; now where it is none."""
    try:
        seconds = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else math.nan
    except ValueError:
        return now_ms
    return int(seconds * 1000) if 0 <= seconds < limits.HTTP_EPOCH_S else now_ms


def _milliseconds(value: Any, now_ms: int) -> int:
    given = value.get("timestamp") if isinstance(value, dict) else None
    if isinstance(given, int) and not isinstance(given, bool) and 0 <= given < limits.HTTP_EPOCH_S * 1000:
        return given
    return now_ms
