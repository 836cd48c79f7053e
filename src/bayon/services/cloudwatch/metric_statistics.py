"""GetMetricStatistics: statistics of one metric, a data point for every unit."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from bayon import limits
from bayon.errors import AwsError
from bayon.services.cloudwatch import periods, statistics, units
from bayon.services.cloudwatch.metrics import dimensions_of
from bayon.services.cloudwatch.statistics import Statistic
from bayon.services.operation import Context, operation
from bayon.store import metric_buckets
from bayon.store.metric_buckets import Buckets
from bayon.store.metric_series import Metric

if TYPE_CHECKING:
    from bayon.shapes.cloudwatch import Datapoint, GetMetricStatisticsInput, GetMetricStatisticsOutput

_VALUE = "InvalidParameterValueException"
_COMBINATION = "InvalidParameterCombinationException"


@operation
def get_metric_statistics(ctx: Context, request: GetMetricStatisticsInput) -> GetMetricStatisticsOutput:
    """Answer the statistics of one metric over periods, oldest first, those without data left out.

    Without a unit every unit of the metric has points of its own.
    Raises: InvalidParameterValueException, InvalidParameterCombinationException.   Reads: metric data.
    Source: CloudWatch API reference, GetMetricStatistics.
    """
    _check_range(request)
    wanted = _statistics(request)
    metric = Metric(request["Namespace"], request["MetricName"], dimensions_of(request.get("Dimensions", [])))
    streams = _streams(ctx, request, metric, statistics.columns(wanted))
    points = [point for unit in units.ranked(streams) for point in _points(streams[unit], wanted)]
    return {"Label": metric.name, "Datapoints": sorted(points, key=lambda point: point["Timestamp"])}


def _check_range(request: GetMetricStatisticsInput) -> None:
    start_ms, end_ms, period_s = request["StartTime"], request["EndTime"], request["Period"]
    if start_ms >= end_ms:
        raise AwsError(_VALUE, "The parameter StartTime must be less than the parameter EndTime.")
    if not periods.is_legal(period_s):
        raise AwsError(_VALUE, "The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.")
    count = -(-(end_ms - start_ms) // (period_s * 1000))
    if count > limits.STATISTICS_POINTS:
        raise AwsError(
            _COMBINATION,
            f"You have requested up to {count} datapoints, which exceeds the limit of {limits.STATISTICS_POINTS}. "
            "You may reduce the datapoints requested by increasing Period, or decreasing the time range.",
        )


def _statistics(request: GetMetricStatisticsInput) -> list[Statistic]:
    simple, extended = request.get("Statistics", []), request.get("ExtendedStatistics", [])
    if not simple and not extended:
        raise AwsError(_COMBINATION, "Must specify either Statistics or ExtendedStatistics")
    if simple and extended:
        both = "The parameters Statistics and ExtendedStatistics"
        raise AwsError(_COMBINATION, f"{both} are mutually exclusive and you have specified both.")
    return [_statistic(text, position) for position, text in enumerate(simple or extended, 1)]


def _statistic(text: str, position: int) -> Statistic:
    statistic = statistics.parse(text)
    if statistic is None:
        where = f"ExtendedStatistics.member.{position}"
        raise AwsError(_VALUE, f"The value {text} for parameter {where} is not a valid statistic.")
    return statistic


def _streams(
    ctx: Context, request: GetMetricStatisticsInput, metric: Metric, columns: Collection[str]
) -> dict[str, Buckets]:
    """The metric's data by unit, of the requested unit only if there is one."""
    period_s, now_s = request["Period"], ctx.now_ms // 1000
    start_s, end_s = periods.rounded(request["StartTime"], request["EndTime"], period_s, now_s)
    found = metric_buckets.read(
        ctx.store,
        ctx.account,
        ctx.region,
        [metric],
        start_s=start_s,
        end_s=end_s,
        period_s=period_s,
        now_s=now_s,
        columns=columns,
    )
    unit = request.get("Unit")
    return {stream.unit: stream for stream in found.get(metric, []) if unit in (None, stream.unit)}


def _points(stream: Buckets, wanted: Sequence[Statistic]) -> Iterator[Datapoint]:
    columns = [statistics.over(statistic, stream).tolist() for statistic in wanted]
    for start_s, row in zip(stream.start_s.tolist(), zip(*columns, strict=True), strict=True):
        known = {statistic.text: value for statistic, value in zip(wanted, row, strict=True) if not math.isnan(value)}
        if known:
            yield _point(start_s, stream.unit, known)


def _point(start_s: int, unit: str, known: dict[str, float]) -> Any:
    simple = {text: value for text, value in known.items() if text in statistics.SIMPLE}
    extended = {text: value for text, value in known.items() if text not in statistics.SIMPLE}
    members = {**simple, "ExtendedStatistics": extended} if extended else simple
    return {"Timestamp": start_s * 1000, "Unit": unit, **members}
