"""The series that a Metrics Insights query answers with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from bayon import limits
from bayon.languages.metrics_insights.compile import Plan, compiled
from bayon.languages.metrics_insights.tree import Order, Query
from bayon.series import Series, Values
from bayon.services.cloudwatch import periods
from bayon.services.cloudwatch.metric_series import Asked, Reader
from bayon.store import series_index
from bayon.store.series_index import Groups

_FIGURES: dict[str, Callable[[Values], Any]] = {
    "AVG": np.mean,
    "COUNT": np.size,
    "MAX": np.max,
    "MIN": np.min,
    "SUM": np.sum,
}


@dataclass(frozen=True, slots=True)
class Insights:
    """One series, or one a group; `partial` where there were too many metrics, `clipped` where the range began too long
    ago."""

    series: tuple[Series, ...]
    partial: bool
    clipped: bool


def find(reader: Reader, query: Query, period_s: int, asked: Asked) -> Insights:
    """What the query comes to, at a minute or coarser.

    Reads: metrics, metric data.
    """
    plan, now_s = compiled(query, reader.account), asked.now_ms // 1000
    first_ms = asked.now_ms - limits.INSIGHTS_RANGE_S * 1000
    period_s = max(period_s, 60)
    start_s, end_s = periods.rounded(max(asked.start_ms, first_ms), asked.end_ms, period_s, now_s)
    groups = _aggregated(reader, plan, start_s, end_s, period_s, now_s)
    counted = series_index.count(
        reader.store,
        reader.account,
        reader.region,
        plan.where,
        plan.parameters,
        active_since_s=now_s - limits.METRICS_ACTIVE_S,
    )
    series = _series(groups, query, period_s)
    ordered = _ordered(series, query.order_by)[: query.limit or limits.INSIGHTS_SERIES]
    if not query.group_by and not ordered:
        ordered = [Series.empty("", period_s)]
    return Insights(tuple(ordered), partial=counted > limits.INSIGHTS_METRICS, clipped=asked.start_ms < first_ms)


def _aggregated(reader: Reader, plan: Plan, start_s: int, end_s: int, period_s: int, now_s: int) -> Groups:
    return series_index.aggregate(
        reader.store,
        reader.account,
        reader.region,
        plan.where,
        plan.parameters,
        keys=plan.keys,
        value=plan.value,
        active_since_s=now_s - limits.METRICS_ACTIVE_S,
        limit=limits.INSIGHTS_METRICS,
        start_s=start_s,
        end_s=end_s,
        period_s=period_s,
        now_s=now_s,
    )


def _series(groups: Groups, query: Query, period_s: int) -> list[Series]:
    """The groups' series, labelled with the values of their keys."""
    there = np.isfinite(groups.values)
    group, start_s, values = groups.group[there], groups.start_s[there], groups.values[there]
    ends = np.searchsorted(group, np.arange(len(groups.keys) + 1))
    found = []
    for keys, first, last in zip(groups.keys, ends.tolist(), ends[1:].tolist(), strict=False):
        named = {f"Dim.{key.text}": value for key, value in zip(query.group_by, keys, strict=True)}
        times_ms = start_s[first:last] * 1000
        found.append(Series(times_ms, values[first:last], " ".join(keys), "", period_s, named))
    return found


def _ordered(series: list[Series], order: Order | None) -> list[Series]:
    """By a figure of each series' points where the query says so, else by the keys; series without points last."""
    if order is None:
        return series
    sign, figure = -1 if order.descending else 1, _FIGURES[order.function]
    return sorted(series, key=lambda each: (not len(each), sign * float(figure(each.values)) if len(each) else 0.0))
