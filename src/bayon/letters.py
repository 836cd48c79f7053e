"""What bayon answers to people beside AWS: the local inbox as JSON, and the pages that links in its messages lead to.

Whoever has a link may open it, since what it carries is the proof. The inbox is read by those who may call bayon.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bayon import limits
from bayon.errors import AwsError, BayonError
from bayon.jobs.job import House
from bayon.services.operation import Context
from bayon.services.sns import links, subscriptions
from bayon.state import inbox, signing_keys, sms
from bayon.state.inbox import Kept

_STOP, _START = {"STOP", "ARRET", "CANCEL", "END", "OPT-OUT", "OPTOUT", "QUIT", "REMOVE", "UNSUBSCRIBE"}, {"START"}
_OPENED = {"ConfirmSubscription", "Unsubscribe"}
_STYLE = "font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 4rem auto; padding: 0 1rem"
_FIELDS = "expected to, kind, after and limit; {}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """What the routes act on: `settle` waits until what was published is delivered or in the inbox; `prove` raises
    AwsError unless the request is signed by somebody who may call bayon."""

    house: House
    settle: Callable[[], bool]
    prove: Callable[[str, str, str, Sequence[tuple[str, str]], bytes], None]


def opens_link(method: str, query: str, body: bytes) -> bool:
    """True for the unsigned request of somebody who opened a link of a message."""
    return method == "GET" and not body and parse_qs(query).get("Action", [""])[-1] in _OPENED


def routes(letters: Letters) -> list[BaseRoute]:
    """The routes of this module."""
    certificate = functools.partial(_certificate, letters.house)
    return [
        Route(f"/{links.CERTIFICATE}-{{id}}.pem", _threaded(certificate), methods=["GET"]),
        Route("/confirmation.html", _threaded(functools.partial(_confirm, letters.house)), methods=["GET"]),
        Route("/unsubscribe.html", _threaded(functools.partial(_unsubscribe, letters.house)), methods=["GET"]),
        Route("/_bayon/inbox", _threaded(functools.partial(_inbox, letters)), methods=["GET", "DELETE"]),
        Route("/_bayon/sms", _answered(letters), methods=["POST"]),
        Route("/_bayon/inbox/{id:int}", _threaded(functools.partial(_letter, letters)), methods=["GET"]),
    ]


def _threaded(answer: Callable[[Request], Response]) -> Callable[[Request], Any]:
    async def call(request: Request) -> Response:
        return await run_in_threadpool(answer, request)

    return call


def _answered(letters: Letters) -> Callable[[Request], Any]:
    """What a phone answers, posted by the gateway or a test: `from` and `text`."""

    async def call(request: Request) -> Response:
        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > limits.CONTROL_BODY_BYTES:
                return JSONResponse({"message": f"expected at most {limits.CONTROL_BODY_BYTES} bytes"}, 413)
        return await run_in_threadpool(_hear, letters, request, body)

    return call


def _hear(letters: Letters, request: Request, body: bytes) -> Response:
    """Whoever answers STOP gets no more SMS from the account that wrote last, whoever answers START gets them again."""
    if refusal := _refused(letters, request, body):
        return refusal
    try:
        given = json.loads(body)
        number, word = str(given["from"]), str(given["text"]).strip().upper()
    except (ValueError, KeyError, TypeError):
        return JSONResponse({"message": 'expected {"from": a phone number, "text": what it answers}'}, 400)
    house = letters.house
    letters.settle()
    for kept in inbox.page(house.state, recipient=number, kind="sms", limit=1):
        account, region = kept.letter.account, kept.letter.region
        if word in _STOP:
            sms.opt_out(house.state, account, region, number, now_ms=house.clock.now_ms())
        elif word in _START:
            sms.opt_in(house.state, account, region, number)
    return JSONResponse({"from": number, "text": word})


def _certificate(house: House, request: Request) -> Response:
    key = signing_keys.find(house.state, request.path_params["id"])
    if key is None:
        return JSONResponse({"message": "there is no such certificate"}, 404)
    return Response(key.certificate, media_type="application/x-pem-file")


# ── Pages ──


def _confirm(house: House, request: Request) -> Response:
    query = request.query_params
    wanted: Any = {"TopicArn": query.get("TopicArn", ""), "Token": query.get("Token", "")}
    try:
        confirmed = subscriptions.confirm_subscription(_context(house, wanted["TopicArn"]), wanted)
    except AwsError as err:
        return _page("The subscription is not confirmed", err.message, status=400)
    arn = confirmed["SubscriptionArn"]
    again = links.unsubscribe_page(house.settings, arn, query.get("Endpoint", ""))
    return _page(
        "Subscription confirmed", f"{query.get('Endpoint', '')} gets the messages of {wanted['TopicArn']}.", again
    )


def _unsubscribe(house: House, request: Request) -> Response:
    arn = request.query_params.get("SubscriptionArn", "")
    wanted: Any = {"SubscriptionArn": arn}
    try:
        subscriptions.unsubscribe(_context(house, arn), wanted)
    except AwsError as err:
        return _page("The subscription has not ended", err.message, status=400)
    return _page("Subscription ended", f"{request.query_params.get('Endpoint', '')} gets no more messages of {arn}.")


def _context(house: House, arn: str) -> Context:
    """The call of somebody who has a link, on behalf of whoever the link's topic belongs to."""
    parts = [*arn.split(":"), "", "", "", "", ""]
    return Context(
        account=parts[4],
        region=parts[3],
        access_key="",
        request_id="",
        now_ms=house.clock.now_ms(),
        settings=house.settings,
        store=house.store,
        state=house.state,
    )


def _page(title: str, text: str, unsubscribe: str = "", *, status: int = 200) -> Response:
    leave = f'<p>If this was a mistake, <a href="{escape(unsubscribe)}">unsubscribe</a>.</p>' if unsubscribe else ""
    body = f"<h1>{escape(title)}</h1><p>{escape(text)}</p>{leave}"
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    return HTMLResponse(f'<!doctype html><html lang="en">{head}<body style="{_STYLE}">{body}</body></html>', status)


# ── The inbox ──


def _inbox(letters: Letters, request: Request) -> Response:
    if refusal := _refused(letters, request):
        return refusal
    letters.settle()
    if request.method == "DELETE":
        inbox.clear(letters.house.state)
        return JSONResponse({"letters": []})
    try:
        found = _found(letters.house, request)
    except BayonError as err:
        return JSONResponse({"message": err.message}, 400)
    return JSONResponse({"letters": [_shown(kept) for kept in found]})


def _letter(letters: Letters, request: Request) -> Response:
    if refusal := _refused(letters, request):
        return refusal
    number = request.path_params["id"]
    found = inbox.page(letters.house.state, after=number - 1, before=number + 1, limit=1)
    if not found:
        return JSONResponse({"message": f"the inbox has no letter {number}"}, 404)
    return JSONResponse(_shown(found[0]))


def _refused(letters: Letters, request: Request, body: bytes = b"") -> Response | None:
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]
    query = request.scope["query_string"].decode("latin-1")
    try:
        letters.prove(request.method, request.url.path, query, headers, body)
    except AwsError as err:
        return JSONResponse({"message": err.message}, 403)
    return None


def _found(house: House, request: Request) -> list[Kept]:
    """Raises: BayonError."""
    query = dict(request.query_params)
    if unknown := query.keys() - {"to", "kind", "after", "limit"}:
        raise BayonError(_FIELDS.format(f"found {', '.join(sorted(unknown))}"))
    after, limit = (_number(query, name) for name in ("after", "limit"))
    most = limits.INBOX_LETTERS if limit is None else min(limit, limits.INBOX_LETTERS)
    return inbox.page(house.state, recipient=query.get("to"), kind=query.get("kind"), after=after or 0, limit=most)


def _number(query: dict[str, str], name: str) -> int | None:
    text = query.get(name)
    if text is not None and not (text.isascii() and text.isdigit() and len(text) < 16):
        raise BayonError(f"expected a whole number as {name}, found {text}")
    return None if text is None else int(text)


def _shown(kept: Kept) -> dict[str, Any]:
    letter = kept.letter
    sent = datetime.fromtimestamp(letter.sent_ms / 1000, UTC).isoformat(timespec="milliseconds")
    return {
        "id": kept.id,
        "kind": letter.kind,
        "to": letter.recipient,
        "subject": letter.subject,
        "text": letter.text,
        "sent": sent.replace("+00:00", "Z"),
        "account": letter.account,
        "region": letter.region,
        **letter.details,
    }
