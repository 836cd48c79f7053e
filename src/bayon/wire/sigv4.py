"""Signature Version 4: who a request says it is from, and whether the signature proves it.

Works on the request as it was sent: the path and query still percent-encoded, the body before any decoding. It knows no
keys; the caller finds the secret of `Scope.access_key`, and answers an unknown one in the words of its protocol.
Session tokens are signed like any other header or parameter and otherwise ignored.

Source: the SigV4 reference ("Create a signed AWS API request"); error texts as AWS's services give them.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote, unquote_to_bytes

from bayon import limits
from bayon.errors import AwsError
from bayon.wire.sigv4_chunks import SIGNED_CHUNKS, chunks_are_signed

ALGORITHM = "AWS4-HMAC-SHA256"
TERM = "aws4_request"
UNSIGNED = ("UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
RAW_PATH_SERVICES = ("s3", "s3-outposts", "s3-object-lambda", "s3express")

# The codes raised here are those of the query protocol; JSON services spell them so.
JSON_CODES = {
    "IncompleteSignature": "IncompleteSignatureException",
    "InvalidClientTokenId": "UnrecognizedClientException",
    "MissingAuthenticationToken": "MissingAuthenticationTokenException",
    "RequestExpired": "InvalidSignatureException",
    "SignatureDoesNotMatch": "InvalidSignatureException",
}

_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a signed request says of itself; empty where it does not say, which `verify` refuses.

    `signed_at` is the X-Amz-Date (or the Date header) as sent; `expires_s` only a presigned request may have.
    """

    access_key: str
    date: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str
    signed_at: str
    presigned: bool
    expires_s: str | None
    payload_hash: str | None

    @property
    def credential(self) -> str:
        """The credential scope without the key."""
        return f"{self.date}/{self.region}/{self.service}/{TERM}"


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it was sent: header names in any case, each occurrence of a header a pair of its own."""

    method: str
    path: str
    query: str
    headers: Sequence[tuple[str, str]]
    body: bytes


def missing_token() -> AwsError:
    """The answer to a request without a signature where one is asked for."""
    return AwsError("MissingAuthenticationToken", "Request is missing Authentication Token")


def parse_scope(headers: Mapping[str, str], query: str) -> Scope | None:
    """What the request says of itself, unproven; none when it is not signed this way.

    In: header names in lower case, the query as sent. Raises: AwsError IncompleteSignature for what cannot be read.
    """
    authorization = headers.get("authorization", "")
    if authorization.startswith("AWS4-"):
        return _of_header(authorization, headers)
    if "X-Amz-Algorithm=" not in query:  # read no further into the query of most requests
        return None
    parameters = dict(_parameters(query))
    return _of_query(parameters, headers) if "X-Amz-Algorithm" in parameters else None


def verify(sent: Sent, scope: Scope, secret: str, now_ms: int) -> None:
    """The holder of `secret` has signed this very request, and lately.

    Raises: AwsError IncompleteSignature, SignatureDoesNotMatch, RequestExpired.
    """
    _check_complete(scope)
    signed_at = _check_time(scope, now_ms)
    canonical = _canonical_request(sent, scope)
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = f"{ALGORITHM}\n{signed_at}\n{scope.credential}\n{digest}"
    key = _signing_key(secret, scope)
    expected = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), scope.signature.encode()):
        hint = f"The Canonical String for this request should have been\n'{canonical}'\n\n"
        raise _mismatch(f"{_MISMATCH}\n\n{hint}The String-to-Sign should have been\n'{to_sign}'\n")
    _check_body(sent.body, scope, key, signed_at)


def _of_header(authorization: str, headers: Mapping[str, str]) -> Scope:
    algorithm, _, rest = authorization.partition(" ")
    parts = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    return Scope(
        *_credential(algorithm, parts.get("Credential", "")),
        tuple(parts.get("SignedHeaders", "").split(";")),
        parts.get("Signature", ""),
        headers.get("x-amz-date") or headers.get("date", ""),
        presigned=False,
        expires_s=None,
        payload_hash=headers.get("x-amz-content-sha256") or None,
    )


def _of_query(parameters: Mapping[str, str], headers: Mapping[str, str]) -> Scope:
    return Scope(
        *_credential(parameters["X-Amz-Algorithm"], parameters.get("X-Amz-Credential", "")),
        tuple(parameters.get("X-Amz-SignedHeaders", "").split(";")),
        parameters.get("X-Amz-Signature", ""),
        parameters.get("X-Amz-Date", ""),
        presigned=True,
        expires_s=parameters.get("X-Amz-Expires"),
        payload_hash=parameters.get("X-Amz-Content-Sha256") or headers.get("x-amz-content-sha256") or None,
    )


def _credential(algorithm: str, credential: str) -> tuple[str, str, str, str]:
    """Access key, date, region and service."""
    if algorithm != ALGORITHM:
        raise AwsError("IncompleteSignature", f"Unsupported AWS 'algorithm': '{algorithm}'.")
    match credential.split("/"):
        case [access_key, date, region, service, term] if access_key and term == TERM:
            return access_key, date, region, service
    message = "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/aws4_request"
    raise AwsError("IncompleteSignature", f"{message}, got '{credential}'.")


def _check_complete(scope: Scope) -> None:
    place = "AWS query-string parameters must include" if scope.presigned else "Authorization header requires"
    named = {"Signature": scope.signature, "SignedHeaders": scope.signed_headers[0]}
    prefix = "X-Amz-" if scope.presigned else ""
    missing = [
        f"{place} '{prefix}{name}'{'' if scope.presigned else ' parameter'}." for name in named if not named[name]
    ]
    if not scope.signed_at:
        date = "'X-Amz-Date'" if scope.presigned else "existence of either a 'X-Amz-Date' or a 'Date' header"
        missing.append(f"{place} {date}.")
    if missing:
        raise AwsError("IncompleteSignature", " ".join(missing))
    if "host" not in scope.signed_headers and ":authority" not in scope.signed_headers:
        raise _mismatch("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")


def _check_time(scope: Scope, now_ms: int) -> str:
    """The request was signed within the last and the next fifteen minutes, or has not expired. Out: when, in ISO."""
    at_ms = _milliseconds(scope.signed_at)
    signed_at = _iso(at_ms)
    if scope.date != signed_at[:8]:
        raise _mismatch(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
            f"'{scope.date}' != '{signed_at[:8]}', from '{signed_at}'."
        )
    skew_ms = limits.SIGNATURE_SKEW_MS
    if at_ms > now_ms + skew_ms:
        bound = f"{_iso(now_ms + skew_ms)} ({_iso(now_ms)} + {skew_ms // 60_000} min.)"
        raise _mismatch(f"Signature not yet current: {signed_at} is still later than {bound}")
    if scope.expires_s is not None:
        if now_ms > at_ms + _lifetime_ms(scope.expires_s):
            raise AwsError("RequestExpired", "Request has expired.")
    elif at_ms < now_ms - skew_ms:
        bound = f"{_iso(now_ms - skew_ms)} ({_iso(now_ms)} - {skew_ms // 60_000} min.)"
        raise _mismatch(f"Signature expired: {signed_at} is now earlier than {bound}")
    return signed_at


def _lifetime_ms(expires_s: str) -> int:
    is_number = expires_s.isascii() and expires_s.isdigit() and len(expires_s) < 7
    if is_number and 1 <= int(expires_s) <= limits.PRESIGNED_LIFE_S:
        return int(expires_s) * 1000
    message = f"X-Amz-Expires must be a number of seconds from 1 to {limits.PRESIGNED_LIFE_S}, got '{expires_s}'."
    raise AwsError("IncompleteSignature", message)


def _canonical_request(sent: Sent, scope: Scope) -> str:
    path = sent.path if scope.service in RAW_PATH_SERVICES else quote(_normal_path(sent.path), safe="/-_.~")
    pairs = [
        (quote(unquote_to_bytes(name), safe="-_.~"), quote(unquote_to_bytes(value), safe="-_.~"))
        for name, _, value in (pair.partition("=") for pair in sent.query.split("&") if pair)
        if not (scope.presigned and name == "X-Amz-Signature")
    ]
    query = "&".join(f"{name}={value}" for name, value in sorted(pairs))
    headers = "".join(f"{name}:{value}\n" for name, value in _signed_headers(sent.headers, scope.signed_headers))
    payload_hash = scope.payload_hash or _payload_hash(sent.body, scope)
    parts = (sent.method.upper(), path or "/", query, headers, ";".join(scope.signed_headers), payload_hash)
    return "\n".join(parts)


def _signed_headers(headers: Iterable[tuple[str, str]], signed: Sequence[str]) -> list[tuple[str, str]]:
    """Each signed header once, white space folded, several of one name joined; what was not sent is empty."""
    values: dict[str, list[str]] = {name: [] for name in signed}
    for name, value in headers:
        lower = name.lower()
        if lower in values:
            values[lower].append(" ".join(value.split()))
        elif lower == "x-amz-target":  # it says what is asked for
            raise _mismatch("'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.")
    return [(name, ",".join(found)) for name, found in values.items()]


def _normal_path(path: str) -> str:
    """The path without `.`, `..` and empty segments."""
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    return "/" + "/".join(kept) + ("/" if kept and path.endswith("/") else "")


def _payload_hash(body: bytes, scope: Scope) -> str:
    if scope.presigned and scope.service in RAW_PATH_SERVICES:
        return UNSIGNED[0]
    return hashlib.sha256(body).hexdigest()


def _check_body(body: bytes, scope: Scope, key: bytes, signed_at: str) -> None:
    """The body is the one whose hash, or whose chain of chunk signatures, has been signed."""
    said = scope.payload_hash
    if said is None or said in UNSIGNED:
        return  # part of the signature already, or left out of it by the signer
    if said in SIGNED_CHUNKS:
        right = chunks_are_signed(said, body, key, signed_at, scope.credential, scope.signature)
    else:
        right = hmac.compare_digest(hashlib.sha256(body).hexdigest().encode(), said.encode())
    if not right:
        raise _mismatch(_MISMATCH)


def _signing_key(secret: str, scope: Scope) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (scope.date, scope.region, scope.service, TERM):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def _parameters(query: str) -> Iterable[tuple[str, str]]:
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        yield name, unquote_to_bytes(value).decode(errors="replace")


def _milliseconds(text: str) -> int:
    try:
        at = datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) if text[8:9] == "T" else _http_date(text)
    except ValueError as error:
        message = f"Date must be in ISO-8601 'basic format'. Got '{text}'. See http://en.wikipedia.org/wiki/ISO_8601"
        raise AwsError("IncompleteSignature", message) from error
    return int(at.timestamp()) * 1000


def _http_date(text: str) -> datetime:
    at = parsedate_to_datetime(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)  # "-0000" names no zone and means UTC


def _iso(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y%m%dT%H%M%SZ")


def _mismatch(message: str) -> AwsError:
    return AwsError("SignatureDoesNotMatch", message)
