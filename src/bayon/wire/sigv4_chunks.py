"""Bodies sent in chunks that are signed one after the other, each over the signature before it.

Decoding such a body is the endpoint's business; this only says whether its signatures are right.
Source: "Signature calculations for the Authorization header: transferring payload in multiple chunks".
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator

WITH_TRAILER = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
SIGNED_CHUNKS = ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", WITH_TRAILER)
EMPTY_HASH = hashlib.sha256(b"").hexdigest()
TRAILER_SIGNATURE = b"x-amz-trailer-signature:"


def chunks_are_signed(form: str, body: bytes, key: bytes, signed_at: str, credential: str, seed: str) -> bool:
    """Whether every chunk, the last and empty one and the trailer after it carry the right signature.

    In: one of SIGNED_CHUNKS, the body as sent, the signing key; `seed` is the signature of the request itself.
    """
    previous, kind = seed, ""
    try:
        for kind, content, signature in _signed_parts(body):
            digest = hashlib.sha256(content).hexdigest()
            lines = [f"AWS4-HMAC-SHA256-{kind}", signed_at, credential, previous]
            lines += [EMPTY_HASH, digest] if kind == "PAYLOAD" else [digest]
            previous = hmac.new(key, "\n".join(lines).encode(), hashlib.sha256).hexdigest()
            if not hmac.compare_digest(previous.encode(), signature):
                return False
    except ValueError:
        return False
    return (kind == "TRAILER") == (form == WITH_TRAILER)


def _signed_parts(body: bytes) -> Iterator[tuple[str, bytes, bytes]]:
    """Kind, content and signature of each chunk and of the trailer. Raises: ValueError for anything else."""
    at, size = 0, -1
    while size != 0:
        end = body.index(b"\r\n", at)
        size_text, _, signature = body[at:end].partition(b";chunk-signature=")
        size = int(size_text, 16)
        start = end + 2
        if size < 0 or start + size > len(body):
            raise ValueError("a chunk is longer than the body")
        yield "PAYLOAD", body[start : start + size], signature
        at = start + size
        if size:
            if body[at : at + 2] != b"\r\n":
                raise ValueError("a chunk does not end where it says")
            at += 2
    lines = [line for line in body[at:].split(b"\r\n") if line]
    if not lines:
        return
    if not lines[-1].startswith(TRAILER_SIGNATURE):
        raise ValueError("the trailer has no signature")
    yield "TRAILER", b"".join(line + b"\n" for line in lines[:-1]), lines[-1][len(TRAILER_SIGNATURE) :]
