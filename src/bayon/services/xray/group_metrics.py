"""How many traces each group got a minute, as the metric that X-Ray publishes. Source: traces.md §2.8."""

from __future__ import annotations

from bayon.services.xray.groups import every, group_condition
from bayon.services.xray.sum_up import sum_up
from bayon.state.database import State
from bayon.store import cursors, metrics, summaries
from bayon.store.metric_series import Metric
from bayon.store.metrics import Points
from bayon.store.store import Store

NAMESPACE, METRIC = "AWS/X-Ray", "ApproximateTraceCount"
_CURSOR = "group metrics"
_MINUTE_MS = 60_000
_ARRIVING_MS = 10_000  # a trace counts to the minute in which it was received, and is durable a little later


def publish(store: Store, state: State, now_ms: int) -> None:
    """Every whole minute up to now has its count of new traces a group, each once.

    Reads: groups, summaries.   Writes: summaries, metrics.
    """
    until_ms = (now_ms - _ARRIVING_MS) // _MINUTE_MS * _MINUTE_MS
    since_ms = cursors.position(store, _CURSOR)
    if until_ms <= since_ms or not sum_up(store):
        return
    for account, region in summaries.places(store, since_ms, until_ms):
        points = Points()
        for group in every(state, account, region):
            found = group_condition(state, group)
            counts = summaries.count_by_minute(store, account, region, since_ms, until_ms, found.sql, found.parameters)
            for minute, count in counts.items():
                _add(points, Metric(NAMESPACE, METRIC, (("GroupName", group.name),)), minute * 60, count)
        metrics.append(store, account, region, points, now_ms)
    cursors.append(store, {}, _CURSOR, until_ms)


def _add(points: Points, metric: Metric, at_s: int, value: float) -> None:
    points.metric.append(metric)
    points.unit.append("Count")
    points.at_s.append(at_s)
    points.resolution_s.append(60)
    points.count.append(1.0)
    for column in (points.sum, points.min, points.max):
        column.append(float(value))
    points.values.append([])
    points.weights.append([])
    points.opaque.append(False)
