"""Delivery destinations and their policies: registered, listed and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from bayon.services.logs import deliveries
from bayon.services.logs.delivery_faults import conflicting, missing, page_of, refused
from bayon.services.operation import Context, operation
from bayon.state import log_resources, tags
from bayon.state.log_resources import LogResource

if TYPE_CHECKING:
    from bayon.shapes import logs as shapes

KIND = "delivery_destination"
_TYPES = {"s3": "S3", "logs": "CWL", "firehose": "FH", "xray": "XRAY"}


def arn_of(account: str, region: str, name: str) -> str:
    """The ARN of a delivery destination."""
    return f"arn:aws:logs:{region}:{account}:delivery-destination:{name}"


@operation
def put_delivery_destination(
    ctx: Context, request: shapes.PutDeliveryDestinationRequest
) -> shapes.PutDeliveryDestinationResponse:
    """The destination is there, new or changed; its type is that of the resource it names.

    Raises: ValidationException.   Writes: log_resources, tags.   Source: logs.md §2.2.
    """
    name = request["name"]
    body: dict[str, Any] = {"deliveryDestinationType": _type(request)}
    for member in ("outputFormat", "deliveryDestinationConfiguration", "roleArn"):
        if member in request:
            body[member] = request[member]
    with ctx.state.write():
        old = log_resources.find(ctx.state, ctx.account, ctx.region, KIND, name)
        if old is not None and "policy" in old.body:
            body["policy"] = old.body["policy"]
        destination = log_resources.put(ctx.state, ctx.account, ctx.region, KIND, name, body, ctx.now_ms)
        tags.put(ctx.state, arn_of(ctx.account, ctx.region, name), request.get("tags", {}))
    return {"deliveryDestination": _described(ctx, destination)}


def _type(request: shapes.PutDeliveryDestinationRequest) -> str:
    """Raises: ValidationException where the resource is none that logs are delivered to."""
    given = request.get("deliveryDestinationType")
    arn = request.get("deliveryDestinationConfiguration", {}).get("destinationResourceArn", "")
    service = arn.split(":")[2] if arn.startswith("arn:") and arn.count(":") >= 5 else ""
    found = "XRAY" if not arn and given == "XRAY" else _TYPES.get(service)
    if found is None or (given is not None and given != found):
        raise refused("destinationResourceArn must be the ARN of an S3 bucket, a log group or a Firehose stream.")
    return found


@operation
def get_delivery_destination(
    ctx: Context, request: shapes.GetDeliveryDestinationRequest
) -> shapes.GetDeliveryDestinationResponse:
    """The destination of that name.

    Raises: ResourceNotFoundException.   Reads: log_resources, tags.   Source: logs.md §2.2.
    """
    return {"deliveryDestination": _described(ctx, _existing(ctx, request["name"]))}


@operation
def describe_delivery_destinations(
    ctx: Context, request: shapes.DescribeDeliveryDestinationsRequest
) -> shapes.DescribeDeliveryDestinationsResponse:
    """One page of destinations, by name, of those named or of all.

    Raises: ValidationException.   Reads: log_resources, tags.   Source: logs.md §2.2.
    """
    page, token = page_of(ctx, KIND, request, request.get("names"))
    answer: shapes.DescribeDeliveryDestinationsResponse = {
        "deliveryDestinations": [_described(ctx, each) for each in page]
    }
    return answer | token  # type: ignore[return-value]


@operation
def delete_delivery_destination(ctx: Context, request: shapes.DeleteDeliveryDestinationRequest) -> None:
    """The destination is gone with its policy.

    Raises: ResourceNotFoundException, ConflictException while a delivery uses it.   Writes: log_resources, tags.
    Source: logs.md §2.2.
    """
    name = request["name"]
    arn = arn_of(ctx.account, ctx.region, name)
    with ctx.state.write():
        if deliveries.using(ctx, "deliveryDestinationArn", arn):
            raise conflicting("The delivery destination is used by a delivery. Delete that first.")
        if not log_resources.delete(ctx.state, ctx.account, ctx.region, KIND, name):
            raise missing("delivery destination")
        tags.forget(ctx.state, arn)


@operation
def put_delivery_destination_policy(
    ctx: Context, request: shapes.PutDeliveryDestinationPolicyRequest
) -> shapes.PutDeliveryDestinationPolicyResponse:
    """The destination has this policy.

    Raises: ValidationException, ResourceNotFoundException.   Writes: log_resources.   Source: logs.md §2.2.
    """
    policy = request["deliveryDestinationPolicy"]
    try:
        msgspec.json.decode(policy, type=dict)
    except (msgspec.DecodeError, RecursionError) as err:
        raise refused("deliveryDestinationPolicy is not valid JSON.") from err
    _set_policy(ctx, request["deliveryDestinationName"], policy)
    return {"policy": {"deliveryDestinationPolicy": policy}}


@operation
def get_delivery_destination_policy(
    ctx: Context, request: shapes.GetDeliveryDestinationPolicyRequest
) -> shapes.GetDeliveryDestinationPolicyResponse:
    """The destination's policy, none where it has none.

    Raises: ResourceNotFoundException.   Reads: log_resources.   Source: logs.md §2.2.
    """
    policy = _existing(ctx, request["deliveryDestinationName"]).body.get("policy")
    return {"policy": {} if policy is None else {"deliveryDestinationPolicy": policy}}


@operation
def delete_delivery_destination_policy(ctx: Context, request: shapes.DeleteDeliveryDestinationPolicyRequest) -> None:
    """The destination has no policy.

    Raises: ResourceNotFoundException.   Writes: log_resources.   Source: logs.md §2.2.
    """
    _set_policy(ctx, request["deliveryDestinationName"], None)


def _set_policy(ctx: Context, name: str, policy: str | None) -> None:
    with ctx.state.write():
        body = {key: value for key, value in _existing(ctx, name).body.items() if key != "policy"}
        body |= {} if policy is None else {"policy": policy}
        log_resources.put(ctx.state, ctx.account, ctx.region, KIND, name, body, ctx.now_ms)


def _existing(ctx: Context, name: str) -> LogResource:
    destination = log_resources.find(ctx.state, ctx.account, ctx.region, KIND, name)
    if destination is None:
        raise missing("delivery destination")
    return destination


def _described(ctx: Context, destination: LogResource) -> shapes.DeliveryDestination:
    arn = arn_of(destination.account, destination.region, destination.name)
    body = {key: value for key, value in destination.body.items() if key != "policy"}
    described: dict[str, Any] = {"name": destination.name, "arn": arn, **body}
    if held := tags.of(ctx.state, arn):
        described["tags"] = held
    made: shapes.DeliveryDestination = described  # type: ignore[assignment]
    return made
