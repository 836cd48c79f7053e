"""Metric filters: log events become data points of metrics, in `following/metrics.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from bayon import limits
from bayon.errors import AwsError, Unimplemented
from bayon.languages.filter_pattern.extraction import extracted
from bayon.languages.filter_pattern.predicate import predicate
from bayon.services.logs import metric_transformations
from bayon.services.logs.filter_patterns import check_regexes, read_pattern
from bayon.services.logs.following import texts
from bayon.services.logs.identifiers import existing_group, invalid
from bayon.services.logs.paging import issued, redeemed
from bayon.services.operation import Context, operation
from bayon.state import metric_filters
from bayon.state.log_groups import LogGroup
from bayon.state.metric_filters import MetricFilter

if TYPE_CHECKING:
    from bayon.shapes import logs as shapes

FIRST_EVENT = 0  # the sample of the TestMetricFilter API reference counts from 0, logs.md §4.6
SYSTEM_FIELDS = ("@aws.account", "@aws.region")


@operation(lacks="field selection criteria, and filters on transformed events")
def put_metric_filter(ctx: Context, request: shapes.PutMetricFilterRequest) -> None:
    """Events of the group that arrive from now on and match are data points of the filter's metric.

    A filter of the same name is replaced. Raises: InvalidParameterException, ResourceNotFoundException,
    LimitExceededException, InvalidOperationException, Unimplemented for fieldSelectionCriteria.
    Reads: log_groups, subscription_filters.   Writes: metric_filters.
    Source: logs.md §5.1.
    """
    if request.get("fieldSelectionCriteria", "").strip():
        raise Unimplemented("PutMetricFilter with field selection criteria")
    pattern = read_pattern(request["filterPattern"])
    system = request.get("emitSystemFieldDimensions", [])
    if unknown := [name for name in system if name not in SYSTEM_FIELDS]:
        raise invalid(f"Invalid system field {unknown[0]}: expected one of {', '.join(SYSTEM_FIELDS)}.")
    transformation = cast("dict[str, Any]", request["metricTransformations"][0])
    metric_transformations.check(pattern, transformation, system)
    on_transformed = request.get("applyOnTransformedLogs", False)
    with ctx.state.write():
        group = existing_group(ctx, request["logGroupName"])
        check_standard(group, "Metric filters")
        texts.check_transformed(ctx.state, group, "PutMetricFilter", on_transformed=on_transformed)
        check_regexes(ctx, group, pattern, request["filterName"])
        _check_quota(ctx, group, request["filterName"])
        metric_filters.put(
            ctx.state,
            group.id,
            request["filterName"],
            pattern=request["filterPattern"],
            transformation=transformation,
            system_dimensions=system,
            on_transformed=on_transformed,
            now_ms=ctx.now_ms,
        )


def _check_quota(ctx: Context, group: LogGroup, name: str) -> None:
    others = [each for each in metric_filters.of_groups(ctx.state, [group.id]) if each.name != name]
    if len(others) >= limits.METRIC_FILTERS:
        raise AwsError("LimitExceededException", "Resource limit exceeded.")


@operation
def delete_metric_filter(ctx: Context, request: shapes.DeleteMetricFilterRequest) -> None:
    """The filter makes no more data points; those it made stay.

    Raises: ResourceNotFoundException.   Writes: metric_filters.
    Source: logs.md §2.1.
    """
    group = existing_group(ctx, request["logGroupName"])
    if not metric_filters.delete(ctx.state, group.id, request["filterName"]):
        raise AwsError("ResourceNotFoundException", "The specified metric filter does not exist.")


@operation
def describe_metric_filters(
    ctx: Context, request: shapes.DescribeMetricFiltersRequest
) -> shapes.DescribeMetricFiltersResponse:
    """Metric filters of a group, or of all of the account in the region, in order of their names.

    Raises: InvalidParameterException, ResourceNotFoundException.   Reads: log_groups, metric_filters.
    Source: logs.md §2.1.
    """
    metric = _asked_metric(request)
    prefix = request.get("filterNamePrefix", "")
    if prefix and "logGroupName" not in request:
        raise invalid("filterNamePrefix needs a logGroupName.")
    group = existing_group(ctx, request["logGroupName"]) if "logGroupName" in request else None
    scope = ["describe_metric_filters", request.get("logGroupName"), prefix, metric]
    after = tuple(redeemed(ctx, request["nextToken"], scope)) if "nextToken" in request else None
    limit = request.get("limit", limits.LOG_DESCRIBE_PAGE)
    found = metric_filters.page(
        ctx.state,
        ctx.account,
        ctx.region,
        group_id=group.id if group else None,
        prefix=prefix,
        metric=metric,
        after=after,
        limit=limit + 1,
    )
    answer: shapes.DescribeMetricFiltersResponse = {"metricFilters": [_described(*each) for each in found[:limit]]}
    if len(found) > limit:
        group_name, last = found[limit - 1]
        answer["nextToken"] = issued(ctx, scope, [last.name, group_name])
    return answer


def _asked_metric(request: shapes.DescribeMetricFiltersRequest) -> tuple[str, str] | None:
    namespace, name = request.get("metricNamespace"), request.get("metricName")
    if namespace is None and name is None:
        return None
    if namespace is None or name is None:
        raise invalid("metricName and metricNamespace must be given together.")
    return namespace, name


def _described(group_name: str, each: MetricFilter) -> shapes.MetricFilter:
    described: dict[str, Any] = {
        "filterName": each.name,
        "filterPattern": each.pattern,
        "metricTransformations": [each.transformation],
        "creationTime": each.created_ms,
        "logGroupName": group_name,
        "applyOnTransformedLogs": each.on_transformed,
    }
    if each.system_dimensions:
        described["emitSystemFieldDimensions"] = each.system_dimensions
    return cast("shapes.MetricFilter", described)


def check_standard(group: LogGroup, what: str) -> None:
    """Raises: InvalidOperationException for a group of a class that has no filters. Source: logs.md §1.8."""
    if group.log_group_class != "STANDARD":
        raise AwsError(
            "InvalidOperationException",
            f"{what} are not supported for log groups of the {group.log_group_class} class.",
        )


@operation
def test_metric_filter(ctx: Context, request: shapes.TestMetricFilterRequest) -> shapes.TestMetricFilterResponse:
    """The messages that the pattern matches, with the values that it names in each.

    Raises: InvalidParameterException for a pattern that is none.
    Source: logs.md §4.6.
    """
    pattern = read_pattern(request["filterPattern"])
    matches = predicate(pattern)
    return {
        "matches": [
            {"eventNumber": number, "eventMessage": message, "extractedValues": extracted(pattern, message)}
            for number, message in enumerate(request["logEventMessages"], FIRST_EVENT)
            if matches(message)
        ]
    }
