"""Deliveries: a delivery source connected to a delivery destination; registered, listed, changed and deleted."""

from __future__ import annotations

import secrets
import string
from typing import TYPE_CHECKING, Any

from bayon.services.logs.delivery_faults import conflicting, missing, page_of, refused
from bayon.services.operation import Context, operation
from bayon.state import log_resources, tags
from bayon.state.log_resources import LogResource

if TYPE_CHECKING:
    from bayon.shapes import logs as shapes

KIND = "delivery"
_ID_LETTERS = string.ascii_letters + string.digits
_ID_CHARS = 16
_CONFIGURATION = ("recordFields", "fieldDelimiter", "s3DeliveryConfiguration")


def arn_of(account: str, region: str, delivery_id: str) -> str:
    """The ARN of a delivery."""
    return f"arn:aws:logs:{region}:{account}:delivery:{delivery_id}"


def using(ctx: Context, member: str, value: str) -> bool:
    """Whether a delivery has the value there. Reads: log_resources."""
    every = log_resources.page(ctx.state, ctx.account, ctx.region, KIND)
    return any(delivery.body[member] == value for delivery in every)


@operation
def create_delivery(ctx: Context, request: shapes.CreateDeliveryRequest) -> shapes.CreateDeliveryResponse:
    """The source is connected to the destination.

    Raises: ResourceNotFoundException, ConflictException where they are connected already, ValidationException.
    Writes: log_resources, tags.   Source: logs.md §2.2.
    """
    source, arn = request["deliverySourceName"], request["deliveryDestinationArn"]
    delivery_id = "".join(secrets.choice(_ID_LETTERS) for _ in range(_ID_CHARS))
    with ctx.state.write():
        if log_resources.find(ctx.state, ctx.account, ctx.region, "delivery_source", source) is None:
            raise missing("delivery source")
        name = arn.rpartition(":delivery-destination:")[2]
        destination = log_resources.find(ctx.state, ctx.account, ctx.region, "delivery_destination", name)
        if destination is None or ":delivery-destination:" not in arn:
            raise missing("delivery destination")
        kind = destination.body["deliveryDestinationType"]
        _check_free(ctx, source, arn, kind)
        body = {"deliverySourceName": source, "deliveryDestinationArn": arn, "deliveryDestinationType": kind}
        body |= _configuration(request, kind)
        delivery = log_resources.put(ctx.state, ctx.account, ctx.region, KIND, delivery_id, body, ctx.now_ms)
        tags.put(ctx.state, arn_of(ctx.account, ctx.region, delivery_id), request.get("tags", {}))
    return {"delivery": _described(ctx, delivery)}


def _check_free(ctx: Context, source: str, arn: str, kind: str) -> None:
    """Raises: ConflictException. A source has one destination of each type. Source: botocore, CreateDelivery."""
    for delivery in log_resources.page(ctx.state, ctx.account, ctx.region, KIND):
        held = delivery.body
        if held["deliverySourceName"] == source and (
            held["deliveryDestinationArn"] == arn or held["deliveryDestinationType"] == kind
        ):
            raise conflicting("The delivery source already has a delivery to a destination of this type.")


def _configuration(request: Any, kind: str) -> dict[str, Any]:
    given = {member: request[member] for member in _CONFIGURATION if member in request}
    if "s3DeliveryConfiguration" in given and kind != "S3":
        raise refused("s3DeliveryConfiguration is valid only for a delivery to S3.")
    return given


@operation
def get_delivery(ctx: Context, request: shapes.GetDeliveryRequest) -> shapes.GetDeliveryResponse:
    """The delivery of that id.

    Raises: ResourceNotFoundException.   Reads: log_resources, tags.   Source: logs.md §2.2.
    """
    return {"delivery": _described(ctx, _existing(ctx, request["id"]))}


@operation
def describe_deliveries(ctx: Context, request: shapes.DescribeDeliveriesRequest) -> shapes.DescribeDeliveriesResponse:
    """One page of deliveries, by id, of the sources named or of all.

    Raises: ValidationException.   Reads: log_resources, tags.   Source: logs.md §2.2.
    """
    sources, ids = request.get("deliverySourceNames"), None
    if sources is not None:
        every = log_resources.page(ctx.state, ctx.account, ctx.region, KIND)
        ids = [delivery.name for delivery in every if delivery.body["deliverySourceName"] in sources]
    page, token = page_of(ctx, KIND, request, ids)
    answer: shapes.DescribeDeliveriesResponse = {"deliveries": [_described(ctx, each) for each in page]}
    return answer | token  # type: ignore[return-value]


@operation
def update_delivery_configuration(ctx: Context, request: shapes.UpdateDeliveryConfigurationRequest) -> None:
    """The members given are those of the delivery; the others stay.

    Raises: ResourceNotFoundException, ValidationException.   Writes: log_resources.   Source: logs.md §2.2.
    """
    with ctx.state.write():
        delivery = _existing(ctx, request["id"])
        body = delivery.body | _configuration(request, delivery.body["deliveryDestinationType"])
        log_resources.put(ctx.state, ctx.account, ctx.region, KIND, delivery.name, body, ctx.now_ms)


@operation
def delete_delivery(ctx: Context, request: shapes.DeleteDeliveryRequest) -> None:
    """Source and destination are no longer connected; both stay.

    Raises: ResourceNotFoundException.   Writes: log_resources, tags.   Source: logs.md §2.2.
    """
    with ctx.state.write():
        if not log_resources.delete(ctx.state, ctx.account, ctx.region, KIND, request["id"]):
            raise missing("delivery")
        tags.forget(ctx.state, arn_of(ctx.account, ctx.region, request["id"]))


@operation
def describe_configuration_templates(
    ctx: Context, request: shapes.DescribeConfigurationTemplatesRequest
) -> shapes.DescribeConfigurationTemplatesResponse:
    """No template: no AWS service vends its logs to bayon.   Source: logs.md §2.2."""
    return {"configurationTemplates": []}


def _existing(ctx: Context, delivery_id: str) -> LogResource:
    delivery = log_resources.find(ctx.state, ctx.account, ctx.region, KIND, delivery_id)
    if delivery is None:
        raise missing("delivery")
    return delivery


def _described(ctx: Context, delivery: LogResource) -> shapes.Delivery:
    arn = arn_of(delivery.account, delivery.region, delivery.name)
    described: dict[str, Any] = {"id": delivery.name, "arn": arn, **delivery.body}
    if held := tags.of(ctx.state, arn):
        described["tags"] = held
    made: shapes.Delivery = described  # type: ignore[assignment]
    return made
