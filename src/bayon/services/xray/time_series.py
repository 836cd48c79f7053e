"""How a service or a call fared over time."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from bayon import limits
from bayon.clock import DAY_S
from bayon.languages.xray_filter.parse import parse_selector
from bayon.languages.xray_filter.tree import Edge, Node, Service
from bayon.services.operation import Context, operation
from bayon.services.xray.errors import cursor_of, filter_errors, invalid, next_token
from bayon.services.xray.graph import Statistics, histogram
from bayon.services.xray.groups import group_selection
from bayon.services.xray.selection import time_range
from bayon.services.xray.service_ids import client_node
from bayon.services.xray.sum_up import sum_up
from bayon.store import service_graph as counted
from bayon.store import trace_rows as columns
from bayon.store.service_graph import Ended
from bayon.store.trace_rows import node_parts

if TYPE_CHECKING:
    from bayon.shapes.xray import (
        GetTimeSeriesServiceStatisticsInput,
        GetTimeSeriesServiceStatisticsOutput,
        TimeSeriesServiceStatistics,
    )

_SIGMAS = 3


@operation
def get_time_series_service_statistics(
    ctx: Context, request: GetTimeSeriesServiceStatisticsInput
) -> GetTimeSeriesServiceStatisticsOutput:
    """A page of the periods in which something of the entity ended; without a selector, requests of clients.

    Reads: summaries, documents, groups.   Writes: summaries.   Raises: InvalidRequestException.
    Source: X-Ray API reference, GetTimeSeriesServiceStatistics; traces.md §2.7.
    """
    names = ("StartTime", "EndTime", "GroupName", "GroupARN", "EntitySelectorExpression", "Period")
    scope = ["time series", *(str(request.get(name)) for name in names)]
    first = int((cursor_of(ctx, request.get("NextToken"), scope) or [0])[0])
    selector, period_s = _selector(request), request.get("Period") or limits.TIME_SERIES_PERIOD_S
    if period_s < 1:
        raise invalid("Period must be a positive number of seconds")
    if request.get("ForecastStatistics") and selector is None:
        raise invalid("ForecastStatistics needs an EntitySelectorExpression")
    since_s, until_s = time_range(request["StartTime"], request["EndTime"])
    if (until_s - since_s) / period_s > limits.TIME_SERIES_PERIODS:
        raise invalid(f"The time range must not have more than {limits.TIME_SERIES_PERIODS:,} periods")
    selection, has_old_versions = group_selection(
        ctx, since_s, until_s, request.get("GroupName"), request.get("GroupARN")
    )
    series: list[TimeSeriesServiceStatistics] = []
    is_level = sum_up(ctx.store)
    if is_level:
        periods = _periods(counted.ended(ctx.store, selection, period_s), selector)
        is_edge = not isinstance(selector, Service)
        series = [_item(at_s, statistics, is_edge=is_edge) for at_s, statistics in sorted(periods.items())]
        if request.get("ForecastStatistics"):
            before = replace(selection, since_s=since_s - DAY_S, until_s=since_s)
            _forecast(series, _periods(counted.ended(ctx.store, before, period_s), selector).values())
    page = series[first : first + limits.TIME_SERIES_PAGE]
    answer: GetTimeSeriesServiceStatisticsOutput = {
        "TimeSeriesServiceStatistics": page,
        "ContainsOldGroupVersions": has_old_versions,
    }
    if not is_level or first + len(page) < len(series):
        answer["NextToken"] = next_token(ctx, scope, [first + len(page)])
    return answer


def _selector(request: GetTimeSeriesServiceStatisticsInput) -> Service | Edge | None:
    text = request.get("EntitySelectorExpression")
    if not text:
        return None
    with filter_errors("entity selector expression"):
        return parse_selector(text)


def _periods(found: Iterable[Ended], selector: Service | Edge | None) -> dict[int, Statistics]:
    """The statistics of what the selector means, by the start of the period."""
    periods: dict[int, Statistics] = defaultdict(Statistics)
    for each in found:
        if _is_meant(each, selector):
            periods[each.at_s].add(each.flags, each.count, each.took_us, each.took_ms)
    return periods


def _is_meant(each: Ended, selector: Service | Edge | None) -> bool:
    """Segments name a source only where they were called directly; calls are segments too where they are inferred."""
    is_of_client = bool(each.flags & columns.CLIENT)
    match selector:
        case None:
            return is_of_client
        case Service():
            is_segment = not each.is_call or bool(each.flags & columns.INFERRED)
            return is_segment and matches(selector.node, each.target)
        case Edge():
            source = client_node(each.target) if is_of_client else each.source
            return bool(source) and matches(selector.source, source) and matches(selector.target, each.target)


def matches(node: Node, key: str) -> bool:
    """Whether a selector's node is the node of the graph; it answers to the service it is of as well."""
    name, type_, account, service = node_parts(key)
    return (
        (node.name is None or node.name in (name, service))
        and (node.type is None or node.type == type_)
        and (node.account is None or node.account == account)
    )


def _item(at_s: int, statistics: Statistics, *, is_edge: bool) -> TimeSeriesServiceStatistics:
    found: TimeSeriesServiceStatistics = {
        "Timestamp": at_s * 1000,
        "ResponseTimeHistogram": histogram(statistics.histogram),
    }
    if is_edge:
        found["EdgeSummaryStatistics"] = statistics.summary()
    else:
        found["ServiceSummaryStatistics"] = statistics.summary()
    return found


def _forecast(series: list[TimeSeriesServiceStatistics], before: Iterable[Statistics]) -> None:
    """Each period says how many faults were to be expected: the mean of the day before, three standard deviations
    down and up."""
    faults = [statistics.faults for statistics in before]
    mean = sum(faults) / len(faults) if faults else 0.0
    spread = _SIGMAS * math.sqrt(sum((each - mean) ** 2 for each in faults) / len(faults)) if faults else 0.0
    low, high = max(0, round(mean - spread)), round(mean + spread)
    for each in series:
        each["ServiceForecastStatistics"] = {"FaultCountLow": low, "FaultCountHigh": high}
