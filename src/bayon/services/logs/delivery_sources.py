"""Delivery sources: what would deliver logs is registered, listed and deleted. Nothing vends logs to bayon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bayon.services.logs import deliveries
from bayon.services.logs.delivery_faults import conflicting, missing, page_of, refused
from bayon.services.operation import Context, operation
from bayon.state import log_resources, tags
from bayon.state.log_resources import LogResource

if TYPE_CHECKING:
    from bayon.shapes import logs as shapes

KIND = "delivery_source"


def arn_of(account: str, region: str, name: str) -> str:
    """The ARN of a delivery source."""
    return f"arn:aws:logs:{region}:{account}:delivery-source:{name}"


@operation
def put_delivery_source(ctx: Context, request: shapes.PutDeliverySourceRequest) -> shapes.PutDeliverySourceResponse:
    """The source is there, new or changed.

    Raises: ValidationException, ConflictException where the source is another resource's.
    Writes: log_resources, tags.   Source: logs.md §2.2.
    """
    name, resource = request["name"], request["resourceArn"]
    parts = resource.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":
        raise refused("resourceArn must be an ARN.")
    body: dict[str, Any] = {"resourceArns": [resource], "service": parts[2], "logType": request["logType"]}
    if "deliverySourceConfiguration" in request:
        body["deliverySourceConfiguration"] = request["deliverySourceConfiguration"]
    with ctx.state.write():
        old = log_resources.find(ctx.state, ctx.account, ctx.region, KIND, name)
        if old is not None and (old.body["resourceArns"], old.body["logType"]) != ([resource], body["logType"]):
            raise conflicting("A delivery source of this name exists for another resource or log type.")
        source = log_resources.put(ctx.state, ctx.account, ctx.region, KIND, name, body, ctx.now_ms)
        tags.put(ctx.state, arn_of(ctx.account, ctx.region, name), request.get("tags", {}))
    return {"deliverySource": _described(ctx, source)}


@operation
def get_delivery_source(ctx: Context, request: shapes.GetDeliverySourceRequest) -> shapes.GetDeliverySourceResponse:
    """The source of that name.

    Raises: ResourceNotFoundException.   Reads: log_resources, tags.   Source: logs.md §2.2.
    """
    source = log_resources.find(ctx.state, ctx.account, ctx.region, KIND, request["name"])
    if source is None:
        raise missing("delivery source")
    return {"deliverySource": _described(ctx, source)}


@operation
def describe_delivery_sources(
    ctx: Context, request: shapes.DescribeDeliverySourcesRequest
) -> shapes.DescribeDeliverySourcesResponse:
    """One page of sources, by name, of the resources given or of all.

    Raises: ValidationException.   Reads: log_resources, tags.   Source: logs.md §2.2.
    """
    wanted = request.get("resourceArns")
    names = None
    if wanted is not None:
        every = log_resources.page(ctx.state, ctx.account, ctx.region, KIND)
        names = [source.name for source in every if set(source.body["resourceArns"]) & set(wanted)]
    page, token = page_of(ctx, KIND, request, names)
    answer: shapes.DescribeDeliverySourcesResponse = {"deliverySources": [_described(ctx, each) for each in page]}
    return answer | token  # type: ignore[return-value]


def _described(ctx: Context, source: LogResource) -> shapes.DeliverySource:
    arn = arn_of(source.account, source.region, source.name)
    described: dict[str, Any] = {"name": source.name, "arn": arn, **source.body, "status": "ACTIVE"}
    if held := tags.of(ctx.state, arn):
        described["tags"] = held
    made: shapes.DeliverySource = described  # type: ignore[assignment]
    return made


@operation
def delete_delivery_source(ctx: Context, request: shapes.DeleteDeliverySourceRequest) -> None:
    """The source is gone.

    Raises: ResourceNotFoundException, ConflictException while a delivery uses it.   Writes: log_resources, tags.
    Source: logs.md §2.2.
    """
    name = request["name"]
    with ctx.state.write():
        if deliveries.using(ctx, "deliverySourceName", name):
            raise conflicting("The delivery source is used by a delivery. Delete that first.")
        if not log_resources.delete(ctx.state, ctx.account, ctx.region, KIND, name):
            raise missing("delivery source")
        tags.forget(ctx.state, arn_of(ctx.account, ctx.region, name))
