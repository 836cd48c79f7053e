"""The errors of the delivery operations, which are of another family than those of log groups."""

from __future__ import annotations

from typing import Any

from bayon import limits
from bayon.errors import AwsError
from bayon.services.logs.paging import issued, redeemed
from bayon.services.operation import Context
from bayon.state import log_resources
from bayon.state.log_resources import LogResource


def refused(message: str) -> AwsError:
    """What the model's constraints cannot say."""
    return AwsError("ValidationException", message)


def missing(what: str) -> AwsError:
    """There is no such thing."""
    return AwsError("ResourceNotFoundException", f"The specified {what} does not exist.")


def conflicting(message: str) -> AwsError:
    """Something else stands in the way."""
    return AwsError("ConflictException", message)


def after_of(ctx: Context, request: Any, scope: list[Any]) -> str | None:
    """The name behind which the page starts. Raises: ValidationException."""
    if "nextToken" not in request:
        return None
    try:
        after: str = redeemed(ctx, request["nextToken"], scope)[0]
    except AwsError as err:
        raise refused(err.message) from err
    return after


def page_of(ctx: Context, kind: str, request: Any, names: Any) -> tuple[list[LogResource], dict[str, str]]:
    """The page of the kind's resources that are among the names, all where none are given, and the next one's token.

    Raises: ValidationException.   Reads: log_resources.
    """
    scope = [f"describe_{kind}", sorted(names) if names is not None else None]
    after, limit = after_of(ctx, request, scope), request.get("limit", limits.LOG_DESCRIBE_PAGE)
    found = [
        each
        for each in log_resources.page(ctx.state, ctx.account, ctx.region, kind, after=after)
        if names is None or each.name in names
    ]
    page = found[:limit]
    return page, {"nextToken": issued(ctx, scope, [page[-1].name])} if len(found) > limit else {}
