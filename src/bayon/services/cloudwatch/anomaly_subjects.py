"""What anomaly detectors are of: a metric with a statistic, or an expression with all that it is made of.

The same subject has the same id wherever it is named, so that a band in a query finds the detector that was put.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bayon import limits
from bayon.errors import AwsError
from bayon.languages.metric_math import tree
from bayon.languages.metrics_insights.tree import Query as InsightsQuery
from bayon.services.cloudwatch import metric_queries
from bayon.services.cloudwatch.anomaly_models import History, Subject
from bayon.services.cloudwatch.metric_queries import MetricQuery, Query
from bayon.services.cloudwatch.metric_series import Reader
from bayon.state.anomaly_detectors import MATH, SINGLE

Past = Callable[[Reader, Sequence[Query], str, int], History]
_VALUE = "InvalidParameterValueException"
_UNFIT = {"METRICS", "SEARCH", "DB_PERF_INSIGHTS", "ANOMALY_DETECTION_BAND"}


def single(namespace: str, name: str, dimensions: Sequence[tuple[str, str]], stat: str) -> dict[str, Any]:
    """The definition of a detector of one metric and statistic."""
    pairs = [{"Name": key, "Value": value} for key, value in sorted(dimensions)]
    return {"Namespace": namespace, "MetricName": name, "Dimensions": pairs, "Stat": stat}


def id_of(kind: str, definition: Any) -> str:
    """The id of the detector of that definition, always the same."""
    text = json.dumps([kind, definition], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def subject(reader: Reader, queries: Sequence[Query], name: str, now_ms: int, past: Past) -> Subject:
    """What the query of that id is to a detector."""
    return Subject(detector_of(queries, name), past(reader, queries, name, now_ms))


def detector_of(queries: Sequence[Query], name: str) -> str:
    """The id of the detector of the query of that id."""
    by_id = {query.id: query for query in queries}
    query = by_id[name]
    if isinstance(query, MetricQuery):
        return id_of(SINGLE, definition_of(query))
    made_of: dict[str, Any] = {}
    waiting = [name]
    while waiting:
        each = by_id[waiting.pop()]
        if each.id not in made_of:
            made_of[each.id], needed = _written(each)
            waiting += needed
    return id_of(MATH, [name, made_of])


def definition_of(query: MetricQuery) -> dict[str, Any]:
    """The definition of a detector of the query's metric."""
    return single(query.metric.namespace, query.metric.name, query.metric.dimensions, query.statistic.text)


def _written(query: Query) -> tuple[Any, list[str]]:
    """The query as something to compare, and the ids that it needs."""
    if isinstance(query, MetricQuery):
        return definition_of(query), []
    if isinstance(query.expression, InsightsQuery):
        return repr(query.expression), []
    return tree.render(query.expression), tree.ids(query.expression)


def math_id(account: str, queries: Sequence[Mapping[str, Any]]) -> str:
    """The id of the detector of the queries' one result.

    Raises: InvalidParameterValueException where there is no such one, or AWS does not learn from it.
    Source: user guide, Anomaly detection on metric math.
    """
    if not 0 < len(queries) <= limits.ANOMALY_MATH_QUERIES:
        raise AwsError(_VALUE, f"MetricDataQueries must have 1 to {limits.ANOMALY_MATH_QUERIES} elements.")
    if any(("MetricStat" in query) == ("Expression" in query) for query in queries):
        raise AwsError(_VALUE, "Each element of MetricDataQueries must have either MetricStat or Expression.")
    shown = [query["Id"] for query in queries if query.get("ReturnData", True)]
    if len(shown) != 1:
        raise AwsError(_VALUE, "Exactly one element of MetricDataQueries must return data.")
    periods = {query["MetricStat"]["Period"] for query in queries if "MetricStat" in query}
    if len(periods) > 1 or any(not 60 <= period_s <= 3600 for period_s in periods):
        raise AwsError(_VALUE, "All metrics of MetricDataQueries must have one period from 60 to 3600.")
    try:
        parsed = metric_queries.read(queries, account)  # type: ignore[arg-type]  # checked above
    except AwsError as err:
        raise AwsError(_VALUE, err.message) from err
    trees = [query.expression for query in parsed if not isinstance(query, MetricQuery)]
    called = {name for each in trees if not isinstance(each, InsightsQuery) for name in tree.calls(each)}
    if unfit := called & _UNFIT:
        raise AwsError(_VALUE, f"{min(unfit)} cannot be used in an anomaly detector.")
    return detector_of(parsed, shown[0])
