"""What bayon answers beside AWS: whether it lives, and, when it is ephemeral, the reset and the clock.

No AWS meaning is here, and what a reset or an advance does is given by `app`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bayon import limits
from bayon.clock import Clock
from bayon.errors import BayonError

EXPECTED = (
    'expected one of {"freeze": true or a time}, {"set": a time}, {"advance_s": seconds} and {"resume": true}, '
    "where a time is ISO 8601 or milliseconds since 1970"
)
LATEST_MS = 253_402_300_799_999  # the end of the year 9999, the last that ISO 8601 dates can name


@dataclass(frozen=True, slots=True, kw_only=True)
class Controls:
    """What the routes act on. `check` raises BayonError while bayon cannot answer."""

    clock: Clock
    ephemeral: bool
    check: Callable[[], None]
    reset: Callable[[], None]
    freeze: Callable[[int | None], None]
    advance: Callable[[int], None]
    resume: Callable[[], None]


class Refused(BayonError):
    """The request cannot be done; `status` is the HTTP status that says so."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Move:
    """One change of the clock: exactly one of these is given."""

    freeze: bool | str | int | None = None
    set: str | int | None = None
    advance_s: float | None = None
    resume: bool | None = None


def routes(controls: Controls) -> list[BaseRoute]:
    """The routes of this module."""

    def healthz(_: Request) -> Response:
        return JSONResponse({"status": "ok", "pid": os.getpid()})

    def readyz(_: Request) -> Response:
        try:
            controls.check()
        except BayonError as err:
            return JSONResponse({"status": "not ready", "message": err.message}, 503)
        return JSONResponse({"status": "ready"})

    async def reset(_: Request) -> Response:
        if not controls.ephemeral:
            return _refusal(403, "only an ephemeral bayon can be reset: start it with bayon up --ephemeral")
        await run_in_threadpool(controls.reset)
        return JSONResponse(_now(controls.clock))

    async def clock(request: Request) -> Response:
        if request.method == "POST":
            try:
                await run_in_threadpool(_move, controls, await _body(request))
            except Refused as err:
                return _refusal(err.status, err.message)
        return JSONResponse(_now(controls.clock))

    return [
        Route("/healthz", healthz, methods=["GET"]),
        Route("/readyz", readyz, methods=["GET"]),
        Route("/_bayon/reset", reset, methods=["POST"]),
        Route("/_bayon/clock", clock, methods=["GET", "POST"]),
        Route("/_bayon/{rest:path}", _nothing_here, methods=["GET", "POST"]),
    ]


def _move(controls: Controls, body: bytes) -> None:
    """The clock has been changed as the body says. Raises: Refused."""
    if not controls.ephemeral:
        raise Refused(403, "only the clock of an ephemeral bayon can be changed: start it with bayon up --ephemeral")
    match _decoded(body):
        case Move(freeze=True):
            controls.freeze(None)
        case Move(freeze=str() | int() as at) if not isinstance(at, bool):
            controls.freeze(_time_ms(at))
        case Move(set=str() | int() as at):
            controls.freeze(_time_ms(at))
        case Move(advance_s=int() | float() as by_s):
            if not 0 <= by_s <= limits.CLOCK_ADVANCE_S:
                raise Refused(400, f"expected advance_s from 0 to {limits.CLOCK_ADVANCE_S}, found {by_s:g}")
            if controls.clock.now_ms() + by_s * 1000 > LATEST_MS:
                raise Refused(400, "expected a clock before the year 10000")
            controls.advance(round(by_s * 1000))
        case Move(resume=True):
            controls.resume()
        case _:
            raise Refused(400, EXPECTED)


def _decoded(body: bytes) -> Move:
    try:
        given = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        if len(given) != 1:
            raise Refused(400, f"{EXPECTED}; found {', '.join(given) or 'nothing'}")
        if unknown := given.keys() - Move.__slots__:
            raise Refused(400, f"{EXPECTED}; found {', '.join(unknown)}")
        return msgspec.json.decode(body, type=Move)
    except msgspec.DecodeError as err:
        raise Refused(400, f"{EXPECTED}; {str(err)[:1].lower()}{str(err)[1:]}") from err


def _time_ms(at: str | int) -> int:
    """Milliseconds of an ISO 8601 time (UTC unless it says otherwise) or of milliseconds. Raises: Refused."""
    try:
        moment = at if isinstance(at, int) else datetime.fromisoformat(at)
    except ValueError:
        raise Refused(400, f"expected a time such as 2026-03-02T10:00:00Z, found {at}") from None
    if isinstance(moment, datetime):
        moment = round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
    if not 0 <= moment <= LATEST_MS:
        raise Refused(400, f"expected a time from 1970 to 9999, found {at}")
    return moment


def _now(clock: Clock) -> dict[str, object]:
    now_ms = clock.now_ms()
    now = datetime.fromtimestamp(now_ms / 1000, UTC).isoformat(timespec="milliseconds")
    return {"now": now.replace("+00:00", "Z"), "now_ms": now_ms, "frozen": clock.frozen}


async def _body(request: Request) -> bytes:
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > limits.CONTROL_BODY_BYTES:
                raise Refused(413, f"expected a body of at most {limits.CONTROL_BODY_BYTES} bytes")
    except ClientDisconnect:
        raise Refused(400, "the client went away before its body had arrived") from None
    return body


def _refusal(status: int, message: str) -> Response:
    return JSONResponse({"message": message}, status)


def _nothing_here(request: Request) -> Response:
    return _refusal(404, f"bayon has nothing at {request.url.path}: expected /_bayon/clock or /_bayon/reset")
