"""The keys and values in use, and tags put on or taken off several resources at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bayon import limits
from bayon.services.operation import Context, operation
from bayon.services.resourcegroupstaggingapi.paging import issued, redeemed
from bayon.state import dashboards, log_groups, tags, topics

if TYPE_CHECKING:
    from bayon.shapes import resourcegroupstaggingapi as shapes


@operation
def get_tag_keys(ctx: Context, request: shapes.GetTagKeysInput) -> shapes.GetTagKeysOutput:
    """One page of the tag keys in use, in order; an empty token ends the walk.

    Raises: InvalidParameterException, PaginationTokenExpiredException.   Reads: tags.   Source: botocore, GetTagKeys.
    """
    scope = ["get_tag_keys"]
    after = redeemed(ctx, request.get("PaginationToken", ""), scope)
    found = tags.keys(ctx.state, ctx.account, ctx.region, after=after, limit=limits.TAG_KEYS_PAGE + 1)
    page, token = _page(ctx, found, scope)
    return {"TagKeys": page, "PaginationToken": token}


@operation
def get_tag_values(ctx: Context, request: shapes.GetTagValuesInput) -> shapes.GetTagValuesOutput:
    """One page of the values in use with a key, in order; an empty token ends the walk.

    Raises: InvalidParameterException, PaginationTokenExpiredException.   Reads: tags.   Source: botocore, GetTagValues.
    """
    key = request["Key"]
    scope = ["get_tag_values", key]
    after = redeemed(ctx, request.get("PaginationToken", ""), scope)
    found = tags.values(ctx.state, ctx.account, ctx.region, key, after=after, limit=limits.TAG_KEYS_PAGE + 1)
    page, token = _page(ctx, found, scope)
    return {"TagValues": page, "PaginationToken": token}


def _page(ctx: Context, found: list[str], scope: list[str]) -> tuple[list[str], str]:
    page = found[: limits.TAG_KEYS_PAGE]
    return page, issued(ctx, scope, page[-1]) if len(found) > len(page) else ""


@operation
def tag_resources(ctx: Context, request: shapes.TagResourcesInput) -> shapes.TagResourcesOutput:
    """Each resource has these tags besides its others, except those that the answer names with the reason.

    Reads: log_groups, topics, dashboards.   Writes: tags.   Source: cost-incidents.md A.8; botocore, TagResources.
    """

    def put(arn: str) -> str:
        if len(tags.of(ctx.state, arn).keys() | request["Tags"].keys()) > limits.TAGS_PER_RESOURCE:
            return f"A resource can have at most {limits.TAGS_PER_RESOURCE} tags"
        tags.put(ctx.state, arn, request["Tags"])
        return ""

    return {"FailedResourcesMap": _each(ctx, request["ResourceARNList"], put)}


@operation
def untag_resources(ctx: Context, request: shapes.UntagResourcesInput) -> shapes.UntagResourcesOutput:
    """No resource has a tag of these keys, except those that the answer names with the reason.

    Reads: log_groups, topics, dashboards.   Writes: tags.   Source: cost-incidents.md A.8; botocore, UntagResources.
    """

    def remove(arn: str) -> str:
        tags.remove(ctx.state, arn, request["TagKeys"])
        return ""

    return {"FailedResourcesMap": _each(ctx, request["ResourceARNList"], remove)}


def _each(ctx: Context, arns: Sequence[str], change: Callable[[str], str]) -> dict[str, shapes.FailureInfo]:
    """`change` was called with each ARN that names a resource. Out: for each other one and where it says so, why."""
    failures: dict[str, shapes.FailureInfo] = {}
    for arn in arns:
        with ctx.state.write():
            reason = change(arn) if _exists(ctx, arn) else "The resource does not exist in this account and Region"
        if reason:
            failures[arn] = {"StatusCode": 400, "ErrorCode": "InvalidParameterException", "ErrorMessage": reason}
    return failures


def _exists(ctx: Context, arn: str) -> bool:
    """Whether the ARN names a resource of this account and region that can carry tags."""
    parts = arn.split(":", 5)
    if len(parts) < 6 or parts[4] != ctx.account or parts[3] not in (ctx.region, ""):
        return False
    kind, resource = parts[2], parts[5]
    if kind == "logs" and resource.startswith("log-group:"):
        return log_groups.find(ctx.state, ctx.account, parts[3], resource.removeprefix("log-group:")) is not None
    if kind == "sns":
        return topics.find(ctx.state, arn) is not None
    if kind == "cloudwatch" and resource.startswith("dashboard/"):
        return dashboards.find(ctx.state, ctx.account, resource.removeprefix("dashboard/")) is not None
    return False
