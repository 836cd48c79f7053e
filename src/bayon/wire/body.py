"""Request bodies as they travel: aws-chunked and gzip undone, within a bound.

Whether the chunks of an aws-chunked body are rightly signed is `sigv4.py`'s business, before this.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping

from bayon import limits
from bayon.errors import AwsError

_GZIP = 31  # zlib's window bits that ask for gzip's header and check sum
_CHUNKED = "aws-chunked"


def decoded(body: bytes, headers: Mapping[str, str]) -> bytes:
    """The body without its encodings. In: header names in lower case.

    Raises: AwsError MalformedHttpRequestException, RequestEntityTooLargeException.
    """
    codings = [coding.strip().lower() for coding in headers.get("content-encoding", "").split(",")]
    if len(codings) > limits.CONTENT_CODINGS:
        raise _malformed(f"a body may have {limits.CONTENT_CODINGS} encodings, found {len(codings)}")
    if _CHUNKED in codings or headers.get("x-amz-content-sha256", "").startswith("STREAMING-"):
        body = _unchunked(body, headers.get("x-amz-decoded-content-length"))
    for coding in reversed(codings):
        if coding in ("gzip", "x-gzip"):
            body = _gunzipped(body)
        elif coding not in ("", "identity", _CHUNKED):
            raise _malformed(f"Content-Encoding {coding[:40]} is not supported")
    return body


def too_large() -> AwsError:
    message = f"Request size exceeded the limit of {limits.REQUEST_BODY_BYTES} bytes"
    return AwsError("RequestEntityTooLargeException", message)


def _gunzipped(data: bytes) -> bytes:
    """Every member of the gzip file, one after the other."""
    out: list[bytes] = []
    room = limits.REQUEST_BODY_BYTES + 1
    while data:
        member = zlib.decompressobj(_GZIP)
        try:
            out.append(member.decompress(data, room))
        except zlib.error as err:
            raise _malformed("the gzip body is damaged") from err
        room -= len(out[-1])
        if room <= 0:
            raise too_large()
        if not member.eof:
            raise _malformed("the gzip body is truncated")
        data = member.unused_data.lstrip(b"\0")  # padding between members is allowed
    return b"".join(out)


def _unchunked(body: bytes, announced: str | None) -> bytes:
    """The data of `<hex size>[;extensions]\\r\\n<data>\\r\\n … 0\\r\\n[trailers]\\r\\n`."""
    out: list[bytes] = []
    at = 0
    while True:
        end = body.find(b"\r\n", at)
        size = _chunk_size(body[at:end].partition(b";")[0]) if end >= 0 else -1
        start = end + 2
        if size < 0 or start + size > len(body):
            raise _malformed("the aws-chunked body is truncated or damaged")
        if size == 0:
            break
        out.append(body[start : start + size])
        at = start + size + 2
        if body[at - 2 : at] != b"\r\n":
            raise _malformed("the aws-chunked body is truncated or damaged")
    data = b"".join(out)
    if announced is not None and announced != str(len(data)):
        raise _malformed("x-amz-decoded-content-length is not the length of the decoded body")
    return data


def _chunk_size(text: bytes) -> int:
    try:
        return int(text, 16) if text.isalnum() and len(text) <= 8 else -1
    except ValueError:
        return -1


def _malformed(message: str) -> AwsError:
    return AwsError("MalformedHttpRequestException", message)
