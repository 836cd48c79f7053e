"""Pages of named resources, for the operations that list them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bayon import limits
from bayon.services.logs.paging import issued, redeemed
from bayon.services.operation import Context
from bayon.state import log_resources
from bayon.state.log_resources import LogResource


def listed(
    ctx: Context,
    kind: str,
    request: Any,
    operation_name: str,
    *,
    prefix: str = "",
    limit: int = limits.LOG_DESCRIBE_PAGE,
) -> tuple[Sequence[LogResource], dict[str, str]]:
    """The page of the kind's resources that the request's `nextToken` asks for, by name, and the next one's token.

    Raises: InvalidParameterException.   Reads: log_resources.
    """
    scope = [operation_name, prefix]
    after = redeemed(ctx, request["nextToken"], scope)[0] if "nextToken" in request else None
    found = log_resources.page(ctx.state, ctx.account, ctx.region, kind, prefix=prefix, after=after, limit=limit + 1)
    page = found[:limit]
    return page, {"nextToken": issued(ctx, scope, [page[-1].name])} if len(found) > limit else {}
