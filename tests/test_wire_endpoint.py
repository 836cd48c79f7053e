"""The ASGI edge: identity, errors of each kind, limits, CORS."""

from __future__ import annotations

import asyncio
import gzip
import logging
from typing import Any

import msgspec
import pytest

from bayon import limits
from bayon.errors import AwsError, StoreError
from bayon.wire.endpoint import Endpoint
from bayon.wire.sigv4 import Scope, Sent
from wire_endpoint import Echo

LOGS = {"X-Amz-Target": "Logs_20140328.CreateLogGroup"}
GROUP = b'{"logGroupName": "a"}'


def signed_by(key: str, service: str = "logs") -> dict[str, str]:
    credential = f"{key}/20260302/eu-west-1/{service}/aws4_request"
    return {"Authorization": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=0"}


def test_the_scope_says_who_and_where() -> None:
    """A key id of twelve digits is the account; the region is the scope's."""
    echo = Echo()
    echo.send(headers={**LOGS, **signed_by("123456789012")}, body=GROUP)
    call, _ = echo.calls[0]
    assert (call.service, call.operation) == ("logs", "create_log_group")
    assert (call.account, call.region, call.access_key) == ("123456789012", "eu-west-1", "123456789012")


def test_without_a_scope_the_defaults_hold() -> None:
    """An unsigned request is of the default account and region."""
    echo = Echo()
    echo.send(headers=LOGS, body=GROUP)
    call, _ = echo.calls[0]
    assert (call.account, call.region, call.access_key) == ("000000000000", "us-east-1", "")


def test_verify_decides_the_account() -> None:
    """The account is what `verify` says; what it raises is answered in the protocol's words."""

    def verify(_sent: Sent, scope: Scope | None) -> str:
        if scope is None:
            raise AwsError("MissingAuthenticationToken", "Request is missing Authentication Token")
        return "999999999999"

    accounts: list[str] = []
    endpoint = Endpoint(
        answer=lambda call, _request: accounts.append(call.account),
        served=("logs.create_log_group",),
        verify=verify,
    )
    signed = {**LOGS, **signed_by("AKIA")}
    assert endpoint.perform(Sent("POST", "/", "", list(signed.items()), GROUP), "r").status == 200
    reply = endpoint.perform(Sent("POST", "/", "", list(LOGS.items()), GROUP), "r")
    assert accounts == ["999999999999"]
    assert (reply.status, msgspec.json.decode(reply.body)["__type"]) == (403, "MissingAuthenticationTokenException")


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (AwsError("ResourceAlreadyExistsException", "no"), 400, "ResourceAlreadyExistsException"),
        (AwsError("ServiceUnavailableException", "no"), 500, "ServiceUnavailableException"),
        (
            StoreError("too many appends are waiting to be written", retryable=True, crowded=True),
            400,
            "ThrottlingException",
        ),
        (StoreError("the disk is full", retryable=True), 500, "ServiceUnavailableException"),
        (StoreError("it is broken", retryable=False), 500, "InternalFailure"),
    ],
)
def test_errors(error: Exception, status: int, code: str) -> None:
    """What an operation raises is answered with the service's own shape and status."""
    reply = Echo(error).send(headers=LOGS, body=GROUP)
    assert (reply.status, msgspec.json.decode(reply.body)["__type"]) == (status, code)


def test_a_bug_is_hidden_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    """An unexpected exception tells the caller only the request id."""
    with caplog.at_level(logging.ERROR):
        reply = Echo(KeyError("secret")).send(headers=LOGS, body=GROUP)
    assert reply.status == 500
    assert b"secret" not in reply.body
    assert b"request-1" in reply.body
    assert "secret" in caplog.text


def test_each_service_throttles_in_its_own_words() -> None:
    """The throttling error is the one of the service's model."""
    error = StoreError("too many", retryable=True, crowded=True)
    assert Echo(error).send(path="/Groups").headers["x-amzn-errortype"] == "ThrottledException"
    assert b"<Code>Throttled</Code>" in Echo(error).send(body=b"Action=ListTopics&Version=2010-03-31").body
    assert b"<Code>Throttling</Code>" in Echo(error).send(body=b"Action=ListMetrics&Version=2010-08-01").body


def asgi(endpoint: Endpoint, method: str, headers: dict[str, str], chunks: list[bytes]) -> list[dict[str, Any]]:
    """The messages that the endpoint sends for a request."""
    sent: list[dict[str, Any]] = []
    waiting = [{"type": "http.request", "body": c, "more_body": i + 1 < len(chunks)} for i, c in enumerate(chunks)]

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
    asyncio.run(endpoint(scope, receive, send))
    return sent


def test_over_asgi() -> None:
    """Bodies come in pieces; every answer has its request id and may be read by a page of any origin."""
    echo = Echo()
    start, body = asgi(echo.endpoint, "POST", LOGS, [GROUP[:5], GROUP[5:]])
    headers = dict(start["headers"])
    assert (start["status"], body["body"]) == (200, b"")
    assert len(headers[b"x-amzn-requestid"]) == 36
    assert headers[b"access-control-allow-origin"] == b"*"
    assert echo.calls[0][0].request_id.encode() == headers[b"x-amzn-requestid"]


def test_a_body_that_is_too_large() -> None:
    """Is refused, in the protocol, without being kept."""
    piece = b" " * (limits.REQUEST_BODY_BYTES // 2 + 1)
    start, body = asgi(Echo().endpoint, "POST", LOGS, [piece, piece, piece])
    assert start["status"] == 413
    assert msgspec.json.decode(body["body"])["__type"] == "RequestEntityTooLargeException"


def test_a_small_body_that_unpacks_too_large() -> None:
    """Is refused before it is unpacked."""
    bomb = gzip.compress(b" " * (limits.REQUEST_BODY_BYTES + 1))
    assert Echo().send(headers={**LOGS, "Content-Encoding": "gzip"}, body=bomb).status == 413


def test_too_many_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests beyond the limit in flight are answered with the service's throttling error."""
    monkeypatch.setattr(limits, "REQUESTS_IN_FLIGHT", 0)
    start, body = asgi(Echo().endpoint, "POST", LOGS, [GROUP])
    assert start["status"] == 400
    assert msgspec.json.decode(body["body"]) == {"__type": "ThrottlingException", "message": "Rate exceeded"}


def test_preflight() -> None:
    """A browser may send any request."""
    start, _ = asgi(Echo().endpoint, "OPTIONS", {}, [b""])
    headers = dict(start["headers"])
    assert start["status"] == 200
    assert b"authorization" in headers[b"access-control-allow-headers"]
