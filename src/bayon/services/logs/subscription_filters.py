"""Subscription filters: events that match are sent to a destination, by `following/subscriptions.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayon import limits
from bayon.errors import AwsError, Unimplemented
from bayon.services.logs.filter_patterns import check_regexes, read_pattern
from bayon.services.logs.following import delivery, destinations, payloads, subscriptions, texts
from bayon.services.logs.identifiers import existing_group, invalid
from bayon.services.logs.metric_filters import check_standard
from bayon.services.logs.paging import issued, redeemed
from bayon.services.operation import Context, operation
from bayon.state import subscription_filters
from bayon.state.log_groups import LogGroup
from bayon.state.subscription_filters import SubscriptionFilter

if TYPE_CHECKING:
    from bayon.shapes import logs as shapes

# What a destination is called in messages, and what is said where it did not take the test (recorded, logs.md §2.1).
_CALLED = {"Kinesis": "Kinesis stream", "Firehose": "Firehose"}


@operation(lacks="field selection criteria, system fields, and filters on transformed events")
def put_subscription_filter(ctx: Context, request: shapes.PutSubscriptionFilterRequest) -> None:
    """Events of the group that arrive from now on and match are sent to the destination.

    A filter of the same name is replaced. Kinesis and Firehose are tried with a control message first.
    Raises: InvalidParameterException, ResourceNotFoundException, LimitExceededException, InvalidOperationException,
    Unimplemented for fieldSelectionCriteria and emitSystemFields.   Reads: log_groups, metric_filters.
    Writes: subscription_filters, log_cursors.   Source: logs.md §2.1, §5.3.
    """
    if request.get("fieldSelectionCriteria", "").strip():
        raise Unimplemented("PutSubscriptionFilter with field selection criteria")
    if request.get("emitSystemFields"):
        raise Unimplemented("PutSubscriptionFilter with system fields")
    pattern = read_pattern(request["filterPattern"])
    on_transformed = request.get("applyOnTransformedLogs", False)
    group = existing_group(ctx, request["logGroupName"])
    check_standard(group, "Subscription filters")
    texts.check_transformed(ctx.state, group, "PutSubscriptionFilter", on_transformed=on_transformed)
    _check_destination(ctx, request)
    with ctx.state.write():
        check_regexes(ctx, group, pattern, request["filterName"])
        _check_quota(ctx, group, request["filterName"])
        subscriptions.begin(ctx.store, ctx.state)
        subscription_filters.put(
            ctx.state,
            group.id,
            request["filterName"],
            now_ms=ctx.now_ms,
            pattern=request["filterPattern"],
            destination_arn=request["destinationArn"],
            role_arn=request.get("roleArn"),
            distribution=request.get("distribution", "ByLogStream"),
            on_transformed=on_transformed,
        )


def _check_destination(ctx: Context, request: shapes.PutSubscriptionFilterRequest) -> None:
    """Raises: InvalidParameterException where nothing stands for the ARN or it does not take the control message."""
    arn = destinations.target_of(ctx.state, request["destinationArn"])
    logical = arn != request["destinationArn"]
    kind = destinations.kind_of(arn)
    if kind is None:
        raise invalid("PutSubscriptionFilter operation cannot work with destinationArn for vendor " + _vendor(arn))
    if kind != "Lambda" and not logical and "roleArn" not in request:
        raise invalid(f"destinationArn for vendor {_vendor(arn)} cannot be used without roleArn")
    destination = destinations.find(ctx.settings, arn)
    if destination is None:
        raise invalid(
            f"Could not deliver test message to specified {_CALLED.get(kind, kind)}. Nothing stands for {arn}: start "
            f"bayon with --targets {arn}=URL"
        )
    if kind != "Lambda":
        what = _CALLED[kind]
        message = payloads.control_message("Kinesis stream" if kind == "Kinesis" else "Firehose", ctx.now_ms)
        if why := delivery.try_out(destination, message, ctx.now_ms):
            raise invalid(f"Could not deliver test message to specified {what}: {why}")


def _vendor(arn: str) -> str:
    parts = arn.split(":")
    return parts[2] if len(parts) > 2 else arn


def _check_quota(ctx: Context, group: LogGroup, name: str) -> None:
    others = [each for each in subscription_filters.of_groups(ctx.state, [group.id]) if each.name != name]
    if len(others) >= limits.SUBSCRIPTION_FILTERS:
        raise AwsError("LimitExceededException", "Resource limit exceeded.")


@operation
def delete_subscription_filter(ctx: Context, request: shapes.DeleteSubscriptionFilterRequest) -> None:
    """The filter sends nothing more but what it has gathered already.

    Raises: ResourceNotFoundException.   Writes: subscription_filters.
    Source: logs.md §2.1.
    """
    group = existing_group(ctx, request["logGroupName"])
    if not subscription_filters.delete(ctx.state, group.id, request["filterName"]):
        raise AwsError("ResourceNotFoundException", "The specified subscription filter does not exist.")


@operation
def describe_subscription_filters(
    ctx: Context, request: shapes.DescribeSubscriptionFiltersRequest
) -> shapes.DescribeSubscriptionFiltersResponse:
    """Subscription filters of a group, in order of their names.

    Raises: InvalidParameterException, ResourceNotFoundException.   Reads: log_groups, subscription_filters.
    Source: logs.md §2.1.
    """
    group = existing_group(ctx, request["logGroupName"])
    prefix = request.get("filterNamePrefix", "")
    scope = ["describe_subscription_filters", group.name, prefix]
    after = redeemed(ctx, request["nextToken"], scope)[0] if "nextToken" in request else None
    limit = request.get("limit", limits.LOG_DESCRIBE_PAGE)
    found = subscription_filters.page(ctx.state, group.id, prefix=prefix, after=after, limit=limit + 1)
    answer: shapes.DescribeSubscriptionFiltersResponse = {
        "subscriptionFilters": [_described(group, each) for each in found[:limit]]
    }
    if len(found) > limit:
        answer["nextToken"] = issued(ctx, scope, [found[limit - 1].name])
    return answer


def _described(group: LogGroup, each: SubscriptionFilter) -> shapes.SubscriptionFilter:
    described: shapes.SubscriptionFilter = {
        "filterName": each.name,
        "logGroupName": group.name,
        "filterPattern": each.pattern,
        "destinationArn": each.destination_arn,
        "distribution": "Random" if each.distribution == "Random" else "ByLogStream",
        "applyOnTransformedLogs": each.on_transformed,
        "creationTime": each.created_ms,
    }
    if each.role_arn is not None:
        described["roleArn"] = each.role_arn
    return described
