"""Tags of topics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bayon import limits
from bayon.errors import AwsError
from bayon.services.operation import Context, operation
from bayon.services.sns import arns
from bayon.services.sns.faults import invalid
from bayon.state import tags, topics

if TYPE_CHECKING:
    from bayon.shapes.sns import (
        ListTagsForResourceInput,
        ListTagsForResourceOutput,
        Tag,
        TagResourceInput,
        TagResourceOutput,
        UntagResourceInput,
        UntagResourceOutput,
    )


@operation
def tag_resource(ctx: Context, request: TagResourceInput) -> TagResourceOutput:
    """The topic has these tags, besides the others it had.

    Raises: InvalidParameterException, ResourceNotFoundException, TagLimitExceededException.   Writes: tags.
    Source: SNS API reference, TagResource.
    """
    wanted = checked(request["Tags"])
    with ctx.state.write():
        arn = _topic(ctx, request["ResourceArn"])
        _check_number(len(tags.of(ctx.state, arn) | wanted))
        tags.put(ctx.state, arn, wanted)
    return {}


@operation
def untag_resource(ctx: Context, request: UntagResourceInput) -> UntagResourceOutput:
    """The topic has no tag of these keys.

    Raises: InvalidParameterException, ResourceNotFoundException.   Writes: tags.
    Source: SNS API reference, UntagResource.
    """
    tags.remove(ctx.state, _topic(ctx, request["ResourceArn"]), request["TagKeys"])
    return {}


@operation
def list_tags_for_resource(ctx: Context, request: ListTagsForResourceInput) -> ListTagsForResourceOutput:
    """The topic's tags, by key.

    Reads: tags.   Raises: InvalidParameterException, ResourceNotFoundException.
    Source: SNS API reference, ListTagsForResource.
    """
    found = tags.of(ctx.state, _topic(ctx, request["ResourceArn"]))
    return {"Tags": [{"Key": key, "Value": value} for key, value in found.items()]}


def checked(given: Sequence[Tag]) -> dict[str, str]:
    """The tags as a dict. Raises: InvalidParameterException, TagLimitExceededException."""
    values = {tag["Key"]: tag["Value"] for tag in given}
    if len(values) != len(given):
        raise invalid("Duplicated keys are not allowed.")
    _check_number(len(values))
    return values


def _check_number(number: int) -> None:
    if number > limits.TOPIC_TAGS:
        raise AwsError("TagLimitExceededException", "Could not complete request: tag quota of per resource exceeded")


def _topic(ctx: Context, arn: str) -> str:
    if topics.find(ctx.state, arns.topic_arn(ctx, arn, "ResourceArn")) is None:
        raise AwsError("ResourceNotFoundException", "Resource does not exist")
    return arn
