"""Tags of log groups, by ARN and, as it was done before, by name. Both see the same tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bayon import limits
from bayon.errors import AwsError
from bayon.services.logs.identifiers import existing_group, invalid, no_group
from bayon.services.operation import Context, operation
from bayon.state import log_groups, log_resources, tags

if TYPE_CHECKING:
    from bayon.shapes import logs as shapes

# Kinds of resources by what their ARNs call them. Source: logs.md §2.1 TagResource.
_TAGGABLE = {
    "destination": "destination",
    "delivery-source": "delivery_source",
    "delivery-destination": "delivery_destination",
    "delivery": "delivery",
    "lookup-table": "lookup_table",
}


@operation
def tag_resource(ctx: Context, request: shapes.TagResourceRequest) -> None:
    """The group has these tags, besides the others it had.

    Raises: ValidationException, ResourceNotFoundException, TooManyTagsException.   Writes: tags.
    Source: logs.md §2.1.
    """
    with ctx.state.write():
        arn = _existing_arn(ctx, request["resourceArn"])
        if not _has_room(ctx, arn, request["tags"]):
            raise AwsError("TooManyTagsException", _too_many(), resourceName=arn)
        tags.put(ctx.state, arn, request["tags"])


@operation
def untag_resource(ctx: Context, request: shapes.UntagResourceRequest) -> None:
    """The group has no tag of these keys.

    Raises: ValidationException, ResourceNotFoundException.   Writes: tags.   Source: logs.md §2.1.
    """
    with ctx.state.write():
        tags.remove(ctx.state, _existing_arn(ctx, request["resourceArn"]), request["tagKeys"])


@operation
def list_tags_for_resource(
    ctx: Context, request: shapes.ListTagsForResourceRequest
) -> shapes.ListTagsForResourceResponse:
    """The group's tags.

    Raises: ValidationException, ResourceNotFoundException.   Reads: log_groups, tags.   Source: logs.md §2.1.
    """
    return {"tags": tags.of(ctx.state, _existing_arn(ctx, request["resourceArn"]))}


@operation
def tag_log_group(ctx: Context, request: shapes.TagLogGroupRequest) -> None:
    """The group has these tags, besides the others it had.

    Raises: ResourceNotFoundException, InvalidParameterException.   Writes: tags.   Source: logs.md §2.1.
    """
    with ctx.state.write():
        arn = existing_group(ctx, request["logGroupName"]).arn
        if not _has_room(ctx, arn, request["tags"]):
            raise invalid(_too_many())
        tags.put(ctx.state, arn, request["tags"])


@operation
def untag_log_group(ctx: Context, request: shapes.UntagLogGroupRequest) -> None:
    """The group has no tag of these keys.

    Raises: ResourceNotFoundException.   Writes: tags.   Source: logs.md §2.1.
    """
    with ctx.state.write():
        tags.remove(ctx.state, existing_group(ctx, request["logGroupName"]).arn, request["tags"])


@operation
def list_tags_log_group(ctx: Context, request: shapes.ListTagsLogGroupRequest) -> shapes.ListTagsLogGroupResponse:
    """The group's tags.

    Raises: ResourceNotFoundException.   Reads: log_groups, tags.   Source: logs.md §2.1.
    """
    return {"tags": tags.of(ctx.state, existing_group(ctx, request["logGroupName"]).arn)}


def _existing_arn(ctx: Context, arn: str) -> str:
    """The ARN of something that exists and can have tags: a log group, or a resource of one of `_TAGGABLE`.

    The form with `:*`, which other operations answer, is not one (boto/boto3#4104).
    """
    if arn.endswith(":*") or not arn.startswith("arn:") or arn.count(":") < 6:
        raise AwsError("ValidationException", "Invalid resourceArn")
    prefix = log_groups.arn_of(ctx.account, ctx.region, "")
    if arn.startswith(prefix):
        return existing_group(ctx, arn.removeprefix(prefix)).arn
    _, _, service, region, account, kind, name = arn.split(":", 6)
    if (service, region, account) != ("logs", ctx.region, ctx.account) or kind not in _TAGGABLE:
        raise no_group()
    if log_resources.find(ctx.state, ctx.account, ctx.region, _TAGGABLE[kind], name) is None:
        raise AwsError("ResourceNotFoundException", f"The specified {kind.replace('-', ' ')} does not exist.")
    return arn


def _has_room(ctx: Context, arn: str, added: Mapping[str, str]) -> bool:
    return len(tags.of(ctx.state, arn).keys() | added.keys()) <= limits.LOG_TAGS


def _too_many() -> str:
    return f"A resource can have at most {limits.LOG_TAGS} tags."
