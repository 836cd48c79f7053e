"""Page tokens: empty at the start and at the end, and good for a quarter of an hour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bayon import limits
from bayon.errors import AwsError
from bayon.services import page_token
from bayon.services.operation import Context


def issued(ctx: Context, scope: Sequence[Any], after: str) -> str:
    """The token that continues behind `after` what `scope` lists in this account and region."""
    return page_token.issue([ctx.account, ctx.region, *scope], [after], ctx.now_ms)


def redeemed(ctx: Context, token: str, scope: Sequence[Any]) -> str | None:
    """What the last page ended with; none for the empty token.

    Raises: PaginationTokenExpiredException, and InvalidParameterException for a token of another request or garbage.
    """
    if not token:
        return None
    try:
        cursor = page_token.redeem(token, [ctx.account, ctx.region, *scope], ctx.now_ms, limits.TAGGED_TOKEN_LIFE_MS)
    except page_token.BadTokenError as err:
        if err.expired:
            raise AwsError("PaginationTokenExpiredException", "The PaginationToken has expired") from err
        raise AwsError("InvalidParameterException", "The PaginationToken is not valid for this request") from err
    return str(cursor[0])
