"""What AWS's own signers sign is accepted, and nothing else is."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any
from unittest import mock
from urllib.parse import quote, unquote_to_bytes, urlsplit

import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import assume, given
from hypothesis import strategies as st

from bayon.errors import AwsError
from bayon.wire.sigv4 import Scope, Sent, missing_token, parse_scope, verify

NOW = datetime(2026, 3, 2, 10, 0, 0, tzinfo=UTC)
NOW_MS = int(NOW.timestamp()) * 1000
KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
SIGNERS: dict[str, tuple[Any, str]] = {
    "header": (SigV4Auth, "logs"),
    "presigned": (SigV4QueryAuth, "sts"),
    "s3": (S3SigV4Auth, "s3"),
    "s3 presigned": (S3SigV4QueryAuth, "s3"),
}


def signed(
    how: str = "header",
    *,
    method: str = "POST",
    path: str = "/",
    query: str = "",
    headers: list[tuple[str, str]] | None = None,
    body: bytes = b"{}",
    token: str | None = None,
    unsigned_body: bool = False,
    **options: Any,
) -> Sent:
    """The request as it goes over the wire after botocore signed it."""
    signer, service = SIGNERS[how]
    url = f"http://localhost:4566{path}" + (f"?{query}" if query else "")
    request = AWSRequest(method=method, url=url, data=body)
    for name, value in headers or []:
        request.headers.add_header(name, value)
    request.context["payload_signing_enabled"] = not unsigned_body
    with mock.patch("botocore.auth.get_current_datetime", return_value=NOW.replace(tzinfo=None)):
        signer(Credentials(KEY, SECRET, token), service, "eu-west-1", **options).add_auth(request)
    parts = urlsplit(request.url)
    pairs = [(str(name), str(value)) for name, value in request.headers.items()]
    return Sent(method, parts.path, parts.query, [("Host", "localhost:4566"), *pairs], request.body or b"")


def scope_of(sent: Sent) -> Scope | None:
    return parse_scope({name.lower(): value for name, value in sent.headers}, sent.query)


def check(sent: Sent, *, secret: str = SECRET, now_ms: int = NOW_MS) -> Scope:
    scope = scope_of(sent)
    if scope is None:
        raise missing_token()
    verify(sent, scope, secret, now_ms)
    return scope


def refused(sent: Sent, *, secret: str = SECRET, now_ms: int = NOW_MS) -> AwsError:
    with pytest.raises(AwsError) as caught:
        check(sent, secret=secret, now_ms=now_ms)
    return caught.value


encoded = st.text(st.characters(codec="utf-8"), max_size=8).map(lambda text: quote(text, safe="-_.~"))
segments = st.one_of(encoded, st.sampled_from(["", ".", "..", "tags", "arn:aws:rum", "a%20b"]))
paths = st.lists(segments, max_size=4).map(lambda found: "/" + "/".join(found))
queries = st.lists(st.tuples(encoded.filter(bool), encoded), max_size=4, unique_by=lambda pair: pair[0]).map(
    lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)
)
values = st.text("abcXYZ019 \t,;=/", max_size=12)
names = st.sampled_from(["Content-Type", "X-Amz-Target", "X-Amz-Meta-A", "Accept-Language", "x-custom"])
headers = st.lists(st.tuples(names, values), max_size=5)


@st.composite
def requests(draw: st.DrawFn) -> Sent:
    how = draw(st.sampled_from(sorted(SIGNERS)))
    return signed(
        how,
        method=draw(st.sampled_from(["GET", "POST", "PUT", "DELETE"])),
        path=draw(paths),
        query=draw(queries),
        headers=draw(headers),
        body=b"" if "presigned" in how else draw(st.binary(max_size=40)),  # botocore moves it into the query
        token=draw(st.sampled_from([None, "session/token+=="])),
        unsigned_body=draw(st.booleans()),
    )


@given(requests())
def test_what_botocore_signs_is_accepted(sent: Sent) -> None:
    """Any method, path, query, headers and body, in the header or presigned, with and without a session token."""
    scope = check(sent)
    assert (scope.access_key, scope.region) == (KEY, "eu-west-1")


@given(requests(), st.data())
def test_one_changed_byte_is_refused(sent: Sent, data: st.DataObject) -> None:
    """Of the path, the query, a signed header, the signed body, or the secret."""
    scope = scope_of(sent)
    assert scope is not None
    part = data.draw(st.sampled_from(["path", "query", "header", "body", "method", "secret"]))
    if part == "secret":
        refused(sent, secret=SECRET[:-1] + "Z")
    elif part == "method":
        refused(replace(sent, method="PATCH"))
    elif part == "body":
        unsigned = scope.payload_hash == "UNSIGNED-PAYLOAD" or (scope.presigned and scope.service == "s3")
        assume(sent.body and not unsigned)
        at = data.draw(st.integers(0, len(sent.body) - 1))
        refused(replace(sent, body=sent.body[:at] + bytes([sent.body[at] ^ 1]) + sent.body[at + 1 :]))
    elif part == "path":
        changed = _one_other_character(sent.path, data)
        assume(changed.startswith("/") and _segments(changed) != _segments(sent.path))
        refused(replace(sent, path=changed))
    elif part == "query":
        assume(sent.query)
        changed = _one_other_character(sent.query, data)
        assume(_decoded(changed) != _decoded(sent.query))
        refused(replace(sent, query=changed))
    else:
        signed_now = [pair for pair in sent.headers if pair[0].lower() in scope.signed_headers and pair[1].strip()]
        name, value = data.draw(st.sampled_from(signed_now))
        changed = _one_other_character(value, data)
        assume(changed.split() != value.split())
        others = [pair for pair in sent.headers if pair != (name, value)]
        refused(replace(sent, headers=[*others, (name, changed)]))


def _one_other_character(text: str, data: st.DataObject) -> str:
    at = data.draw(st.integers(0, len(text) - 1))
    return text[:at] + data.draw(st.sampled_from("aZ0-~%/").filter(lambda other: other != text[at])) + text[at + 1 :]


def _segments(path: str) -> list[str]:
    found: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del found[-1:]
        elif segment not in ("", "."):
            found.append(segment)
    return [*found, path[-1] if found else ""]


def _decoded(query: str) -> list[tuple[bytes, ...]]:
    return sorted(tuple(unquote_to_bytes(part) for part in pair.partition("=")[::2]) for pair in query.split("&"))


def test_a_presigned_url_lives_as_long_as_it_says() -> None:
    """To the second, and never before it was signed."""
    sent = signed("presigned", method="GET", query="Action=GetCallerIdentity", body=b"", expires=60)
    check(sent, now_ms=NOW_MS + 60_000)
    assert refused(sent, now_ms=NOW_MS + 61_000).code == "RequestExpired"
    early = refused(sent, now_ms=NOW_MS - 16 * 60_000)
    assert (early.code, early.message[:26]) == ("SignatureDoesNotMatch", "Signature not yet current:")
    assert refused(signed("presigned", expires=8 * 24 * 3600)).code == "IncompleteSignature"


def test_a_presigned_body_is_signed_too() -> None:
    """As the beacons of a browser are: anywhere but in S3 the hash of the body is part of the signature."""
    with mock.patch.object(SigV4QueryAuth, "payload", return_value=hashlib.sha256(b"beacon").hexdigest()):
        sent = signed("presigned", body=b"")
    check(replace(sent, body=b"beacon"))
    assert refused(replace(sent, body=b"Beacon")).code == "SignatureDoesNotMatch"


def test_a_signature_lives_fifteen_minutes() -> None:
    """Before and after, in AWS's words."""
    sent = signed()
    check(sent, now_ms=NOW_MS + 15 * 60_000)
    check(sent, now_ms=NOW_MS - 15 * 60_000)
    late = refused(sent, now_ms=NOW_MS + 15 * 60_000 + 1000)
    assert late.code == "SignatureDoesNotMatch"
    assert late.message == (
        "Signature expired: 20260302T100000Z is now earlier than 20260302T100001Z (20260302T101501Z - 15 min.)"
    )
    early = refused(sent, now_ms=NOW_MS - 20 * 60_000)
    assert early.message == (
        "Signature not yet current: 20260302T100000Z is still later than 20260302T095500Z (20260302T094000Z + 15 min.)"
    )


def test_the_date_header_will_do() -> None:
    """In place of X-Amz-Date."""
    sent = signed(headers=[("Date", formatdate(0))])
    assert "x-amz-date" not in {name.lower() for name, _ in sent.headers}
    check(sent)


def test_the_mismatch_shows_what_should_have_been_signed() -> None:
    """So that the author of a client can compare."""
    error = refused(signed(path="/a b"), secret="wrong")
    assert error.message.startswith("The request signature we calculated does not match the signature you provided.")
    assert "'POST\n/a%20b\n\nhost:localhost:4566\n" in error.message
    assert "AWS4-HMAC-SHA256\n20260302T100000Z\n20260302/eu-west-1/logs/aws4_request\n" in error.message


def test_unsigned_requests_have_no_scope() -> None:
    """Nor have those that are authorised in another way."""
    assert parse_scope({}, "Action=ListTopics") is None
    assert parse_scope({}, "MyX-Amz-Algorithm=AWS4-HMAC-SHA256") is None
    assert parse_scope({"authorization": "Bearer ACWL1"}, "") is None


CREDENTIAL = "AKID/20260302/us-east-1/logs/aws4_request"


@pytest.mark.parametrize(
    ("authorization", "message"),
    [
        ("AWS4-ECDSA-P256-SHA256 Credential=A/20260302/logs/aws4_request", "Unsupported AWS 'algorithm'"),
        ("AWS4-HMAC-SHA256 Credential=AKID", "Credential must have exactly 5 slash-delimited elements"),
        ("AWS4-HMAC-SHA256", "Credential must have exactly 5 slash-delimited elements"),
        (f"AWS4-HMAC-SHA256 Credential={CREDENTIAL}", "Authorization header requires 'Signature' parameter."),
        (
            f"AWS4-HMAC-SHA256 Credential={CREDENTIAL}, SignedHeaders=host, Signature=ab",
            "Authorization header requires",
        ),
        (f"AWS4-HMAC-SHA256 Credential={CREDENTIAL},Signature=ab", "Authorization header requires 'SignedHeaders'"),
    ],
)
def test_what_is_missing_is_named(authorization: str, message: str) -> None:
    """Incomplete signatures are refused as such."""
    error = refused(Sent("POST", "/", "", [("authorization", authorization)], b""))
    assert error.code == "IncompleteSignature"
    assert error.message.startswith(message)


def test_a_scope_can_be_read_before_anything_is_proven() -> None:
    """Account and region come from it while no keys exist, also of a request nobody signed well."""
    scope = parse_scope(
        {"authorization": "AWS4-HMAC-SHA256 Credential=111122223333/20260302/eu-north-1/logs/aws4_request"}, ""
    )
    assert scope is not None
    assert (scope.access_key, scope.region, scope.service) == ("111122223333", "eu-north-1", "logs")


def test_the_host_and_the_target_must_be_signed() -> None:
    """Or a signature could be used against another server or for another operation."""
    sent = signed()
    naked = [(name, value.replace("host;", "")) for name, value in sent.headers]
    assert "'Host' or ':authority'" in refused(replace(sent, headers=naked)).message
    other = [*sent.headers, ("X-Amz-Target", "Logs_20140328.DeleteLogGroup")]
    assert "X-Amz-Target" in refused(replace(sent, headers=other)).message


def test_a_stated_body_hash_must_be_the_bodys() -> None:
    """The signature covers what was stated; the body is compared with it."""
    sent = signed("s3", body=b"right")
    check(sent)
    assert refused(replace(sent, body=b"wrong")).code == "SignatureDoesNotMatch"


def chunked(form: str, trailer: bytes = b"") -> Sent:
    """A request whose body is sent in signed chunks, built from the reference since botocore has no such signer."""
    with mock.patch.object(S3SigV4Auth, "payload", return_value=form):
        sent = signed("s3", body=b"")
    scope = scope_of(sent)
    assert scope is not None
    return replace(sent, body=b"".join(_signed_chunks(scope, [b"a" * 20, b"rest", b""], trailer)))


def _signed_chunks(scope: Scope, chunks: list[bytes], trailer: bytes) -> Iterator[bytes]:
    key = f"AWS4{SECRET}".encode()
    for part in (scope.date, scope.region, scope.service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    previous, empty = scope.signature, hashlib.sha256().hexdigest()

    def sign(kind: str, *hashes: str) -> str:
        text = "\n".join([f"AWS4-HMAC-SHA256-{kind}", scope.signed_at, scope.credential, previous, *hashes])
        return hmac.new(key, text.encode(), "sha256").hexdigest()

    for chunk in chunks:
        previous = sign("PAYLOAD", empty, hashlib.sha256(chunk).hexdigest())
        yield b"%x;chunk-signature=%s\r\n%s" % (len(chunk), previous.encode(), chunk + b"\r\n" if chunk else b"")
    if trailer:
        yield trailer + b"\r\n"
        signature = sign("TRAILER", hashlib.sha256(trailer + b"\n").hexdigest())
        yield b"x-amz-trailer-signature:%s\r\n" % signature.encode()
    yield b"\r\n"


@pytest.mark.parametrize(
    ("form", "trailer"),
    [
        ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", b""),
        ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", b"x-amz-checksum-crc32c:wdBDMA=="),
    ],
)
def test_signed_chunks_are_followed_to_the_end(form: str, trailer: bytes) -> None:
    """No chunk may be changed, left out or added, and no trailer either."""
    sent = chunked(form, trailer)
    check(sent)
    for body in (
        sent.body.replace(b"rest", b"tser"),
        sent.body.replace(b"rest", b"rests"),
        sent.body[: sent.body.index(b"\r\n0;")],
        sent.body + b"x-amz-evil:1\r\n\r\n",
        sent.body.replace(b"wdBDMA==", b"") if trailer else b"",
        sent.body.partition(b"x-amz-checksum")[0] if trailer else b"\r\n",
    ):
        assert refused(replace(sent, body=body)).code == "SignatureDoesNotMatch"


def test_the_published_chunk_example_is_right() -> None:
    """The worked example of the reference: 65 KB of `a` in chunks of 64 KB.

    Source: "Signature calculations for the Authorization header: transferring payload in multiple chunks", Example.
    """
    from bayon.wire.sigv4_chunks import chunks_are_signed

    key = b"AWS4wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    for part in (b"20130524", b"us-east-1", b"s3", b"aws4_request"):
        key = hmac.digest(key, part, "sha256")
    signatures = (
        b"ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
        b"0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
        b"b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
    )
    chunks = (b"a" * 65536 + b"\r\n", b"a" * 1024 + b"\r\n", b"")
    sizes = (b"10000", b"400", b"0")
    body = b"".join(
        size + b";chunk-signature=" + signature + b"\r\n" + chunk
        for size, signature, chunk in zip(sizes, signatures, chunks, strict=True)
    )
    seed = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
    credential = "20130524/us-east-1/s3/aws4_request"
    form = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
    assert chunks_are_signed(form, body + b"\r\n", key, "20130524T000000Z", credential, seed)
