"""Tags of CloudWatch's resources: dashboards, alarms and mute rules that exist."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bayon import limits
from bayon.errors import AwsError
from bayon.services.cloudwatch import arns
from bayon.services.cloudwatch.arns import Resource
from bayon.services.operation import Context, operation
from bayon.state import alarm_mute_rules, alarms, dashboards, insight_rules, metric_streams, tags

if TYPE_CHECKING:
    from bayon.shapes.cloudwatch import (
        ListTagsForResourceInput,
        ListTagsForResourceOutput,
        Tag,
        TagResourceInput,
        TagResourceOutput,
        UntagResourceInput,
        UntagResourceOutput,
    )

_VALUE = "InvalidParameterValueException"
_TYPES = {  # by the kind in the ARN, the ResourceType of the error
    "dashboard": "Dashboard",
    "alarm": "Alarm",
    "metric-stream": "MetricStream",
    "insight-rule": "InsightRule",
    "alarm-mute-rule": "AlarmMuteRule",
    "metric-query-definition": "MetricQueryDefinition",
}


@operation
def tag_resource(ctx: Context, request: TagResourceInput) -> TagResourceOutput:
    """The resource has these tags, besides the others it had.

    Raises: InvalidParameterValueException, ResourceNotFoundException.   Writes: tags.
    Source: CloudWatch API reference, TagResource.
    """
    arn = request["ResourceARN"]
    added = checked(request["Tags"])
    with ctx.state.write():
        _check_exists(ctx, arn)
        if len(tags.of(ctx.state, arn) | added) > limits.RESOURCE_TAGS:
            raise _too_many()
        tags.put(ctx.state, arn, added)
    return {}


@operation
def untag_resource(ctx: Context, request: UntagResourceInput) -> UntagResourceOutput:
    """The resource has no tag of these keys.

    Raises: InvalidParameterValueException, ResourceNotFoundException.   Writes: tags.
    Source: CloudWatch API reference, UntagResource.
    """
    _check_exists(ctx, request["ResourceARN"])
    tags.remove(ctx.state, request["ResourceARN"], request["TagKeys"])
    return {}


@operation
def list_tags_for_resource(ctx: Context, request: ListTagsForResourceInput) -> ListTagsForResourceOutput:
    """Answer the resource's tags by key; an alarm that does not exist has none (recorded).

    Raises: InvalidParameterValueException, ResourceNotFoundException.   Reads: tags.
    Source: CloudWatch API reference, ListTagsForResource.
    """
    arn = request["ResourceARN"]
    if _resource(ctx, arn).kind != "alarm":
        _check_exists(ctx, arn)
    return {"Tags": [{"Key": key, "Value": value} for key, value in tags.of(ctx.state, arn).items()]}


def checked(given: Sequence[Tag]) -> dict[str, str]:
    """The tags by key. Raises: InvalidParameterValueException for a key of AWS's own or too many tags."""
    wanted = {tag["Key"]: tag["Value"] for tag in given}
    for key in wanted:
        if key.lower().startswith("aws:"):
            raise AwsError(_VALUE, f"The tag key {key} is invalid: the prefix aws: is reserved.")
    if len(wanted) > limits.RESOURCE_TAGS:
        raise _too_many()
    return wanted


def _too_many() -> AwsError:
    return AwsError(_VALUE, f"A resource must not have more than {limits.RESOURCE_TAGS} tags.")


def _check_exists(ctx: Context, arn: str) -> None:
    """Raises: ResourceNotFoundException unless the ARN names something of the caller's that can be tagged."""
    resource = _resource(ctx, arn)
    if not _exists(ctx, resource):
        raise AwsError("ResourceNotFoundException", ResourceType=_TYPES[resource.kind], ResourceId=arn)


def _exists(ctx: Context, resource: Resource) -> bool:
    match resource.kind:
        case "dashboard":
            return dashboards.find(ctx.state, resource.account, resource.name) is not None
        case "alarm":
            return alarms.find(ctx.state, resource.account, resource.region, resource.name) is not None
        case "alarm-mute-rule":
            return alarm_mute_rules.find(ctx.state, resource.account, resource.region, resource.name) is not None
        case "insight-rule":
            return insight_rules.find(ctx.state, resource.account, resource.region, resource.name) is not None
        case "metric-stream":
            return metric_streams.find(ctx.state, resource.account, resource.region, resource.name) is not None
        case _:
            return False


def _resource(ctx: Context, arn: str) -> Resource:
    resource = arns.parse(arn)
    if resource is None or resource.kind not in _TYPES or resource.account != ctx.account:
        raise AwsError(_VALUE, f"The value {arn} for parameter ResourceARN is invalid.")
    return resource
