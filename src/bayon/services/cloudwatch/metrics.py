"""ListMetrics: which metrics there are. Their data is `metric_data` and `metric_statistics`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from bayon import limits
from bayon.errors import AwsError
from bayon.services import page_token
from bayon.services.operation import Context, operation
from bayon.store import metric_series
from bayon.store.metric_series import Dimensions, Metric

if TYPE_CHECKING:
    from bayon.shapes.cloudwatch import Dimension, ListMetricsInput, ListMetricsOutput
    from bayon.shapes.cloudwatch import Metric as MetricShape

_RECENT_S = 3 * 3600
_FILTERS = ("Namespace", "MetricName", "Dimensions", "RecentlyActive", "IncludeLinkedAccounts", "OwningAccount")


@operation
def list_metrics(ctx: Context, request: ListMetricsInput) -> ListMetricsOutput:
    """List metrics that had data within two weeks, or within three hours, a page at a time.

    A metric matches dimension filters if it has those dimensions; it may have more. There are no linked accounts: only
    the caller's own metrics exist for it.
    Raises: InvalidParameterValueException.   Reads: metrics.
    Source: CloudWatch API reference, ListMetrics.
    """
    scope = [ctx.account, ctx.region, *(request.get(name) for name in _FILTERS)]
    after = _after(request.get("NextToken"), scope, ctx.now_ms)
    page = [] if request.get("OwningAccount", ctx.account) != ctx.account else _page(ctx, request, after)
    shown = page[: limits.METRICS_PAGE]
    answer: ListMetricsOutput = {"Metrics": [_shape(metric) for metric in shown]}
    if len(page) > len(shown):
        last = shown[-1]
        cursor = [last.namespace, last.name, last.dimensions]
        answer["NextToken"] = page_token.issue(scope, cursor, ctx.now_ms)
    if request.get("IncludeLinkedAccounts"):
        answer["OwningAccounts"] = [ctx.account] * len(shown)
    return answer


def _page(ctx: Context, request: ListMetricsInput, after: Metric | None) -> list[Metric]:
    """One more than the page holds, where there are more."""
    age_s = _RECENT_S if "RecentlyActive" in request else limits.METRICS_ACTIVE_S
    return metric_series.list_metrics(
        ctx.store,
        ctx.account,
        ctx.region,
        namespace=request.get("Namespace"),
        name=request.get("MetricName"),
        dimensions=[(wanted["Name"], wanted.get("Value")) for wanted in request.get("Dimensions", [])],
        active_since_s=ctx.now_ms // 1000 - age_s,
        after=after,
        limit=limits.METRICS_PAGE + 1,
    )


def _after(token: str | None, scope: list[Any], now_ms: int) -> Metric | None:
    if token is None:
        return None
    try:
        namespace, name, dimensions = page_token.redeem(token, scope, now_ms, limits.METRIC_TOKEN_LIFE_MS)
    except page_token.BadTokenError as err:
        raise AwsError("InvalidParameterValueException", "Request parameter NextToken is invalid") from err
    return Metric(namespace, name, tuple((key, value) for key, value in dimensions))


def _shape(metric: Metric) -> MetricShape:
    dimensions: list[Dimension] = [{"Name": name, "Value": value} for name, value in metric.dimensions]
    return {"Namespace": metric.namespace, "MetricName": metric.name, "Dimensions": dimensions}


def dimensions_of(members: Iterable[Dimension]) -> Dimensions:
    """The dimensions as a metric's identity has them."""
    return tuple(sorted({member["Name"]: member["Value"] for member in members}.items()))
