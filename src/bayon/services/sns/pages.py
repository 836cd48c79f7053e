"""Lists in pages of a hundred."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from bayon import limits
from bayon.services import page_token
from bayon.services.operation import Context
from bayon.services.sns.faults import invalid
from bayon.state.subscriptions import Subscription
from bayon.state.topics import Topic

Listed = TypeVar("Listed", Topic, Subscription)


def page(
    ctx: Context, token: str | None, scope: str, read: Callable[[str | None, int], list[Listed]]
) -> tuple[list[Listed], str]:
    """One page and the token of the next, empty after the last.

    In: `scope` tells this list from any other; `read` gives that many rows behind an ARN.
    Raises: InvalidParameterException for a token that was not given out for this list.
    """
    place = [ctx.account, ctx.region, scope]
    after = _after(ctx, token, place)
    rows = read(after, limits.SNS_PAGE + 1)
    if len(rows) <= limits.SNS_PAGE:
        return rows, ""
    shown = rows[: limits.SNS_PAGE]
    return shown, page_token.issue(place, [shown[-1].arn], ctx.now_ms)


def _after(ctx: Context, token: str | None, place: list[str]) -> str | None:
    if not token:
        return None
    try:
        (after,) = page_token.redeem(token, place, ctx.now_ms, limits.SNS_TOKEN_LIFE_MS)
    except page_token.BadTokenError as err:
        raise invalid("NextToken") from err
    return str(after)
