"""Destinations of subscriptions across accounts: kept, listed, given a policy and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from bayon import limits
from bayon.errors import AwsError
from bayon.services.logs.identifiers import invalid
from bayon.services.logs.resource_pages import listed
from bayon.services.operation import Context, operation
from bayon.state import log_resources, tags
from bayon.state.log_resources import LogResource

if TYPE_CHECKING:
    from bayon.shapes import logs as shapes

KIND = "destination"


def arn_of(account: str, region: str, name: str) -> str:
    """The ARN of a destination."""
    return f"arn:aws:logs:{region}:{account}:destination:{name}"


@operation
def put_destination(ctx: Context, request: shapes.PutDestinationRequest) -> shapes.PutDestinationResponse:
    """The destination is there; one that was keeps its access policy.

    Raises: InvalidParameterException.   Writes: log_resources, tags.   Source: logs.md §2.1.
    """
    for member in ("targetArn", "roleArn"):
        if not request[member].startswith("arn:"):
            raise invalid(f"{member} must be an ARN.")
    name = request["destinationName"]
    with ctx.state.write():
        old = log_resources.find(ctx.state, ctx.account, ctx.region, KIND, name)
        body = (old.body if old else {}) | {"targetArn": request["targetArn"], "roleArn": request["roleArn"]}
        destination = log_resources.put(ctx.state, ctx.account, ctx.region, KIND, name, body, ctx.now_ms)
        tags.put(ctx.state, arn_of(ctx.account, ctx.region, name), request.get("tags", {}))
    return {"destination": _described(destination)}


@operation
def put_destination_policy(ctx: Context, request: shapes.PutDestinationPolicyRequest) -> None:
    """The destination has this access policy.

    Raises: InvalidParameterException, also where there is no such destination: the model has no other error for it.
    Writes: log_resources.   Source: logs.md §2.1.
    """
    policy, name = request["accessPolicy"], request["destinationName"]
    if len(policy.encode()) > limits.DESTINATION_POLICY_BYTES:
        raise invalid(f"accessPolicy can have at most {limits.DESTINATION_POLICY_BYTES} bytes.")
    try:
        msgspec.json.decode(policy, type=dict)
    except (msgspec.DecodeError, RecursionError) as err:
        raise invalid("The access policy is not valid JSON.") from err
    with ctx.state.write():
        old = log_resources.find(ctx.state, ctx.account, ctx.region, KIND, name)
        if old is None:
            raise invalid("The specified destination does not exist.")
        body = old.body | {"accessPolicy": policy}
        log_resources.put(ctx.state, ctx.account, ctx.region, KIND, name, body, ctx.now_ms)


@operation
def describe_destinations(
    ctx: Context, request: shapes.DescribeDestinationsRequest
) -> shapes.DescribeDestinationsResponse:
    """One page of destinations, by name.

    Raises: InvalidParameterException.   Reads: log_resources.   Source: logs.md §2.1.
    """
    prefix, limit = request.get("DestinationNamePrefix", ""), request.get("limit", limits.LOG_DESCRIBE_PAGE)
    page, token = listed(ctx, KIND, request, "describe_destinations", prefix=prefix, limit=limit)
    answer: shapes.DescribeDestinationsResponse = {"destinations": [_described(each) for each in page]}
    return answer | token  # type: ignore[return-value]


def _described(destination: LogResource) -> shapes.Destination:
    described: shapes.Destination = {
        "destinationName": destination.name,
        "targetArn": destination.body["targetArn"],
        "roleArn": destination.body["roleArn"],
        "arn": arn_of(destination.account, destination.region, destination.name),
        "creationTime": destination.created_ms,
    }
    if "accessPolicy" in destination.body:
        described["accessPolicy"] = destination.body["accessPolicy"]
    return described


@operation
def delete_destination(ctx: Context, request: shapes.DeleteDestinationRequest) -> None:
    """The destination is gone with its tags.

    Raises: ResourceNotFoundException.   Writes: log_resources, tags.   Source: logs.md §2.1.
    """
    name = request["destinationName"]
    with ctx.state.write():
        if not log_resources.delete(ctx.state, ctx.account, ctx.region, KIND, name):
            raise AwsError("ResourceNotFoundException", "The specified destination does not exist.")
        tags.forget(ctx.state, arn_of(ctx.account, ctx.region, name))
