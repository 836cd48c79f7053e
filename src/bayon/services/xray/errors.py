"""What X-Ray's operations answer when the caller is wrong, and their page tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from bayon import limits
from bayon.errors import AwsError, LanguageError
from bayon.services import page_token
from bayon.services.operation import Context
from bayon.services.page_token import BadTokenError, Cursor


def invalid(message: str) -> AwsError:
    """The request is malformed."""
    return AwsError("InvalidRequestException", message)


@contextmanager
def filter_errors(what: str = "filter expression") -> Iterator[None]:
    """An expression that is wrong leaves the block as the caller's error, with the characters it is wrong at."""
    try:
        yield
    except LanguageError as error:
        first, end = error.span
        raise invalid(f"Invalid {what}: {error.message} (characters {first} to {end})") from error


def next_token(ctx: Context, scope: Sequence[Any], cursor: Cursor) -> str:
    """A token that continues the request of that scope at the cursor."""
    return page_token.issue([ctx.account, ctx.region, *scope], cursor, ctx.now_ms)


def cursor_of(ctx: Context, token: str | None, scope: Sequence[Any]) -> Cursor | None:
    """The cursor of a token, none without one. Raises: InvalidRequestException."""
    if not token:
        return None
    try:
        return page_token.redeem(token, [ctx.account, ctx.region, *scope], ctx.now_ms, limits.TRACE_TOKEN_LIFE_MS)
    except BadTokenError as err:
        raise invalid("Invalid NextToken") from err
