"""The queries of a GetMetricData request or a metric alarm, checked and parsed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bayon import limits
from bayon.errors import AwsError, LanguageError
from bayon.languages.metric_math import parser as metric_math
from bayon.languages.metric_math.tree import Node
from bayon.languages.metrics_insights import parser as metrics_insights
from bayon.languages.metrics_insights.tree import Query as InsightsQuery
from bayon.services.cloudwatch import labels, periods, statistics
from bayon.services.cloudwatch.metrics import dimensions_of
from bayon.services.cloudwatch.statistics import Statistic
from bayon.store.metric_series import Metric

if TYPE_CHECKING:
    from bayon.shapes.cloudwatch import GetMetricDataInput, MetricDataQuery

_ID = re.compile(r"[a-z][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricQuery:
    """One metric, statistic and period that is asked for.

    `unit` is None for whichever unit has data, `label` None for the default; `account` must hold the metric.
    """

    id: str
    metric: Metric
    statistic: Statistic
    period_s: int
    unit: str | None
    label: str | None
    account: str
    shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressionQuery:
    """An expression that is asked for, of metric math or Metrics Insights; `period_s` is None where the query names
    none."""

    id: str
    expression: Node | InsightsQuery
    period_s: int | None
    label: str | None
    shown: bool


Query = MetricQuery | ExpressionQuery


def parse(request: GetMetricDataInput, account: str) -> list[Query]:
    """The request's queries.

    Raises: ValidationException with every fault of the request.
    Source: GetMetricData API reference; texts as users quote them, where they do.
    """
    queries = request["MetricDataQueries"]
    faults = [*_request_faults(request), *_query_faults(queries)]
    if faults:
        raise AwsError("ValidationException", "".join(f"{fault}\n" for fault in faults))
    return read(queries, account)


def read(queries: Sequence[MetricDataQuery], account: str) -> list[Query]:
    """The queries as they are computed. Raises: ValidationException where an expression is none.

    In: each of them with either a MetricStat, whose statistic is one, or an Expression.
    """
    return [_metric(query, account) if "MetricStat" in query else _expression(query) for query in queries]


def _metric(query: MetricDataQuery, account: str) -> MetricQuery:
    stat = query["MetricStat"]
    metric, statistic = stat["Metric"], statistics.parse(stat["Stat"])
    assert statistic is not None, "checked before"
    return MetricQuery(
        id=query["Id"],
        metric=Metric(
            metric.get("Namespace", ""), metric.get("MetricName", ""), dimensions_of(metric.get("Dimensions", []))
        ),
        statistic=statistic,
        period_s=stat["Period"],
        unit=stat.get("Unit"),
        label=query.get("Label"),
        account=query.get("AccountId", account),
        shown=query.get("ReturnData", True),
    )


def _expression(query: MetricDataQuery) -> ExpressionQuery:
    text = query["Expression"]
    with explained(query["Id"]):
        expression = metrics_insights.parse(text) if metrics_insights.is_query(text) else metric_math.parse(text)
    return ExpressionQuery(
        id=query["Id"],
        expression=expression,
        period_s=query.get("Period"),
        label=query.get("Label"),
        shown=query.get("ReturnData", True),
    )


@contextmanager
def explained(query_id: str) -> Iterator[None]:
    """An error of a query's expression leaves the block as AWS words it.

    Source: metrics.md §1.8, quoted by users.
    """
    try:
        yield
    except LanguageError as error:
        raise AwsError("ValidationException", f"Error in expression '{query_id}': {error.message}") from error


def _request_faults(request: GetMetricDataInput) -> Iterator[str]:
    start_ms, end_ms, count = request["StartTime"], request["EndTime"], len(request["MetricDataQueries"])
    if end_ms < start_ms:
        yield "The parameter EndTime must be greater than StartTime."
    if end_ms == start_ms:
        yield "The parameter StartTime must not equal parameter EndTime."
    if request.get("MaxDatapoints", 1) < 1:
        yield "The parameter MaxDatapoints must be greater than or equal to 1."
    if labels.timezone_offset_s(request.get("LabelOptions", {}).get("Timezone", labels.UTC_OFFSET)) is None:
        yield "The parameter LabelOptions.Timezone must be + or - followed by four digits."
    if not count:
        yield "The parameter MetricDataQueries is required."
    if count > limits.METRIC_DATA_QUERIES:
        yield f"The collection MetricDataQueries must not have a size greater than {limits.METRIC_DATA_QUERIES}."


def _query_faults(queries: Sequence[MetricDataQuery]) -> Iterator[str]:
    for position, query in enumerate(queries[: limits.METRIC_DATA_QUERIES], 1):
        path = f"MetricDataQueries.member.{position}"
        if not _ID.fullmatch(query["Id"]):
            yield f"The value {query['Id']} for parameter {path}.Id is not matching the expected pattern {_ID.pattern}."
        if "Period" in query and not periods.is_legal(query["Period"]):
            yield f"The parameter {path}.Period must be 1, 5, 10, 20, 30 or a multiple of 60."
        if labels.fields_excess(query.get("Label", "")):
            yield f"The value {query['Label']} for parameter {path}.Label has more dynamic values than allowed."
        yield from _form_faults(query, path)
    if sum(metrics_insights.is_query(query.get("Expression", "")) for query in queries) > limits.INSIGHTS_QUERIES:
        yield "The parameter MetricDataQueries must not have more than one Metrics Insights query."
    if len({query["Id"] for query in queries}) < len(queries):
        yield "The values for parameter Id in MetricDataQueries are not unique."


def _form_faults(query: MetricDataQuery, path: str) -> Iterator[str]:
    stat = query.get("MetricStat")
    if stat is None:
        if "Expression" not in query:
            yield f"The parameter {path}.MetricStat is required."
        return
    if "Expression" in query:
        both = f"The parameters {path}.Expression and {path}.MetricStat"
        yield f"{both} are mutually exclusive and you have specified both."
    for name in ("Namespace", "MetricName"):
        if name not in stat["Metric"]:
            yield f"The parameter {path}.MetricStat.Metric.{name} is required."
    if not periods.is_legal(stat["Period"]):
        yield f"The parameter {path}.MetricStat.Period must be 1, 5, 10, 20, 30 or a multiple of 60."
    if statistics.parse(stat["Stat"]) is None:
        yield f"The value {stat['Stat']} for parameter {path}.MetricStat.Stat is not a valid statistic."
