"""Page tokens of the operations that list groups and streams, and of FilterLogEvents: opaque, good for 24 hours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bayon import limits
from bayon.services import page_token
from bayon.services.logs.positions import invalid_token
from bayon.services.operation import Context


def issued(ctx: Context, scope: Sequence[Any], cursor: page_token.Cursor) -> str:
    """The token that continues at `cursor` what `scope` lists in this account and region."""
    return page_token.issue([ctx.account, ctx.region, *scope], cursor, ctx.now_ms)


def redeemed(ctx: Context, token: str, scope: Sequence[Any]) -> page_token.Cursor:
    """The cursor of a token. Raises: InvalidParameterException where it is of another request, expired or garbage."""
    try:
        return page_token.redeem(token, [ctx.account, ctx.region, *scope], ctx.now_ms, limits.LOG_TOKEN_LIFE_MS)
    except page_token.BadTokenError as err:
        raise invalid_token() from err
