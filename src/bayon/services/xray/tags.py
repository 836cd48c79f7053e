"""Tags of groups and sampling rules, by ARN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayon import limits
from bayon.errors import AwsError
from bayon.services.operation import Context, operation
from bayon.services.xray import groups, sampling_rules
from bayon.services.xray.errors import cursor_of, next_token
from bayon.services.xray.tag_values import checked
from bayon.state import tags

if TYPE_CHECKING:
    from bayon.shapes import xray as shapes


@operation
def tag_resource(ctx: Context, request: shapes.TagResourceRequest) -> shapes.TagResourceResponse:
    """The group or rule has these tags, besides the others it had.

    Raises: InvalidRequestException, ResourceNotFoundException, TooManyTagsException.   Writes: tags.
    Source: X-Ray API reference, TagResource.
    """
    arn, added = request["ResourceARN"], checked(request["Tags"])
    with ctx.state.write():
        _check_exists(ctx, arn)
        if len(tags.of(ctx.state, arn) | added) > limits.XRAY_TAGS:
            message = f"A resource must not have more than {limits.XRAY_TAGS} tags"
            raise AwsError("TooManyTagsException", message, ResourceName=arn)
        tags.put(ctx.state, arn, added)
    return {}


@operation
def untag_resource(ctx: Context, request: shapes.UntagResourceRequest) -> shapes.UntagResourceResponse:
    """The group or rule has no tag of these keys.

    Raises: ResourceNotFoundException.   Writes: tags.   Source: X-Ray API reference, UntagResource.
    """
    _check_exists(ctx, request["ResourceARN"])
    tags.remove(ctx.state, request["ResourceARN"], request["TagKeys"])
    return {}


@operation
def list_tags_for_resource(
    ctx: Context, request: shapes.ListTagsForResourceRequest
) -> shapes.ListTagsForResourceResponse:
    """The tags of the group or rule, by key.

    Raises: InvalidRequestException, ResourceNotFoundException.   Reads: tags.
    Source: X-Ray API reference, ListTagsForResource.
    """
    arn = request["ResourceARN"]
    first = int((cursor_of(ctx, request.get("NextToken"), ["tags", arn]) or [0])[0])
    _check_exists(ctx, arn)
    found = list(tags.of(ctx.state, arn).items())
    page = found[first : first + limits.XRAY_PAGE]
    answer: shapes.ListTagsForResourceResponse = {"Tags": [{"Key": key, "Value": value} for key, value in page]}
    if first + len(page) < len(found):
        answer["NextToken"] = next_token(ctx, ["tags", arn], [first + len(page)])
    return answer


def _check_exists(ctx: Context, arn: str) -> None:
    known = {group.arn for group in groups.every(ctx.state, ctx.account, ctx.region)}
    known |= {rule.arn for rule in sampling_rules.every(ctx.state, ctx.account, ctx.region)}
    if arn not in known:
        raise AwsError("ResourceNotFoundException", f"The resource {arn} does not exist", ResourceName=arn)
