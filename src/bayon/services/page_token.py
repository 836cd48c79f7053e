"""Page tokens: opaque to the client, bound to the request they continue, and valid for a while.

A token holds where the next page starts and nothing else; no page is kept between calls. Which error a bad token gets
is the service's business.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from typing import Any

import msgspec

Cursor = list[Any]  # int, str or None: whatever the operation needs to find the next page


class BadTokenError(ValueError):
    """The token was not issued for this request, or, with `expired`, too long ago."""

    def __init__(self, *, expired: bool = False) -> None:
        super().__init__("expired page token" if expired else "not a page token of this request")
        self.expired = expired


def issue(scope: Sequence[Any], cursor: Cursor, now_ms: int) -> str:
    """A token that `redeem` turns back into `cursor` for the same `scope`, the members that select what is listed."""
    body = json.dumps([now_ms, _seal(scope, cursor, now_ms), cursor], separators=(",", ":"))
    return base64.urlsafe_b64encode(body.encode()).decode()


def redeem(token: str, scope: Sequence[Any], now_ms: int, life_ms: int) -> Cursor:
    """The cursor that the token was issued with. Raises: BadTokenError."""
    try:
        issued_ms, seal, cursor = json.loads(base64.b64decode(token.encode(), altchars=b"-_", validate=True))
    except (binascii.Error, UnicodeError, ValueError, TypeError) as err:
        raise BadTokenError from err
    if not isinstance(issued_ms, int) or not isinstance(cursor, list) or seal != _seal(scope, cursor, issued_ms):
        raise BadTokenError
    if now_ms - issued_ms > life_ms:
        raise BadTokenError(expired=True)
    return cursor


def _seal(scope: Sequence[Any], cursor: Cursor, issued_ms: int) -> str:
    return hashlib.sha256(msgspec.json.encode([list(scope), cursor, issued_ms])).hexdigest()[:16]
