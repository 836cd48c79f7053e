"""The data points of alarms on expressions: metric math, Metrics Insights, and anomaly bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bayon.alarms.config import Points
from bayon.errors import LanguageError
from bayon.languages.metric_math import tree
from bayon.languages.metrics_insights.tree import Query as InsightsQuery
from bayon.series import Series
from bayon.services.cloudwatch import alarm_checks, anomaly_training, metric_queries, query_results
from bayon.services.cloudwatch.alarm_watches import Watch
from bayon.services.cloudwatch.metric_queries import ExpressionQuery, Query
from bayon.services.cloudwatch.metric_series import Asked, Found, Reader
from bayon.state.database import State
from bayon.store.store import Store

_BAND = "ANOMALY_DETECTION_BAND"


@dataclass(frozen=True, slots=True)
class Group:
    """One series that an alarm watches, and what tells it from the others."""

    points: Points
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Watched:
    """What an alarm's expression came to; `partial` says that not all of it could be looked at."""

    groups: Sequence[Group]
    partial: bool


def read(store: Store, state: State, watch: Watch, now_ms: int) -> Watched:
    """The series of the alarm's expression over its range.

    Raises: AwsError where the expression cannot be computed.   Reads: metric data, anomaly_detectors.
    """
    reader = Reader(store=store, state=state, account=watch.account, region=watch.region)
    queries = metric_queries.read(watch.queries, watch.account)  # type: ignore[arg-type]  # as they were put
    end_s = now_ms // 1000 // watch.every_s * watch.every_s
    starts = range(end_s - watch.reach * watch.config.period_s, end_s, watch.config.period_s)
    if watch.band is not None:
        of = _banded(queries, watch.band)
        anomaly_training.ensure(reader, watch.queries, queries, of, watch.config.period_s, now_ms)
    found = query_results.results(reader, queries, start_ms=starts[0] * 1000, end_ms=end_s * 1000, now_ms=now_ms)
    shown = [each for each in found if each.query.shown and each.query.id != watch.band]
    bounds = [_slots(each.series, starts) for each in found if each.query.id == watch.band]
    lower, upper = bounds if len(bounds) == 2 else ((), ())
    groups = [Group(_points(each, starts, lower, upper), _attributes(each.series)) for each in shown]
    return Watched(groups, partial=any(each.partial for each in shown))


def check(reader: Reader, request: Mapping[str, Any], now_ms: int) -> None:
    """Nothing happens. Raises: ValidationException where an expression of the alarm is wrong, or what it watches is
    several series that no ORDER BY puts in order."""
    queries = metric_queries.read(request["Metrics"], reader.account)
    if any("SEARCH" in _calls(query) for query in queries):
        raise alarm_checks.many_series_error()
    answers = query_results.Answers(reader, queries, Asked(now_ms - 3_600_000, now_ms, now_ms, 0))
    for place, query in enumerate(queries):
        if query.id == request.get("ThresholdMetricId"):
            with metric_queries.explained(query.id):
                _banded(queries, query.id)
        elif query.shown and not _ordered(query) and len(answers.of([place])[0]) > 1:
            raise alarm_checks.many_series_error()


def _calls(query: Query) -> set[str]:
    """The functions of metric math that the query calls."""
    if not isinstance(query, ExpressionQuery) or isinstance(query.expression, InsightsQuery):
        return set()
    return tree.calls(query.expression)


def _ordered(query: Query) -> bool:
    """Whether the query is one of Metrics Insights that puts its series in order."""
    insights = isinstance(query, ExpressionQuery) and isinstance(query.expression, InsightsQuery)
    return insights and query.expression.order_by is not None  # type: ignore[union-attr]  # an Insights query, as above


def _banded(queries: Sequence[Query], band: str) -> str:
    """The id of the query that the band is of. Raises: LanguageError where it is none."""
    for query in queries:
        if query.id == band and isinstance(query, ExpressionQuery) and not isinstance(query.expression, InsightsQuery):
            for node in tree.nodes(query.expression):
                if isinstance(node, tree.Call) and node.name == _BAND and isinstance(node.arguments[0], tree.Id):
                    return node.arguments[0].name
            raise LanguageError(f"expected {_BAND} of the id of a metric or of an expression", (0, 0))
    raise LanguageError(f"expected {_BAND}", (0, 0))


def _attributes(series: Series) -> dict[str, str]:
    """The keys that the series is grouped by, with their values."""
    return {key.removeprefix("Dim."): value for key, value in series.properties.items() if key.startswith("Dim.")}


def _points(found: Found, starts: range, lower: Sequence[float | None], upper: Sequence[float | None]) -> Points:
    return Points(starts, _slots(found.series, starts), (), lower, upper)


def _slots(series: Series, starts: range) -> list[float | None]:
    """The values of the windows, none where the series has no point."""
    by_start = dict(zip((series.times_ms // 1000).tolist(), series.values.tolist(), strict=True))
    return [by_start.get(start_s) for start_s in starts]
