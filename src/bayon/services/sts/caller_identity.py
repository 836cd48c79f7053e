"""Who is asking: the account, as its root user, since bayon has no other users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayon.services.operation import Context, operation

if TYPE_CHECKING:
    from bayon.shapes.sts import GetCallerIdentityRequest, GetCallerIdentityResponse


@operation
def get_caller_identity(ctx: Context, request: GetCallerIdentityRequest) -> GetCallerIdentityResponse:
    """Name the account that the request's credentials stand for.

    Source: STS API reference, GetCallerIdentity; a root user's id is its account's number.
    """
    return {"UserId": ctx.account, "Account": ctx.account, "Arn": f"arn:aws:iam::{ctx.account}:root"}
