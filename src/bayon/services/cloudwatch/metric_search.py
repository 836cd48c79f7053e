"""The series that a SEARCH in an expression finds."""

from __future__ import annotations

from dataclasses import dataclass

from bayon import limits
from bayon.errors import LanguageError
from bayon.languages.metric_math.scope import Search
from bayon.languages.metric_math.values import Several
from bayon.languages.search import condition, parser
from bayon.services.cloudwatch import labels, metric_series, periods, statistics
from bayon.services.cloudwatch.metric_queries import MetricQuery
from bayon.services.cloudwatch.metric_series import Asked, Reader
from bayon.services.cloudwatch.statistics import Statistic
from bayon.store import series_index
from bayon.store.metric_series import Metric


@dataclass(frozen=True, slots=True)
class SearchFound:
    """The series, by namespace, metric name and dimensions; `more` where there are too many to show."""

    series: Several
    more: bool


def find(reader: Reader, search: Search, period_s: int, asked: Asked) -> SearchFound:
    """The statistic of every metric that was active within two weeks and that the search finds.

    Raises: LanguageError.   Reads: metrics, metric data.
    """
    statistic = statistics.parse(search.statistic)
    if statistic is None:
        raise LanguageError(f"SEARCH: '{search.statistic}' is not a valid statistic", search.span)
    if not periods.is_legal(period_s):
        raise LanguageError("SEARCH: the period must be 1, 5, 10, 20, 30 or a multiple of 60", search.span)
    metrics = _metrics(reader, search, asked)
    shown = metrics[: limits.SEARCH_SERIES]
    queries = [_query(metric, statistic, period_s, reader.account) for metric in shown]
    found = metric_series.find(reader, queries, labels.distinguishing(shown), asked)
    return SearchFound(tuple(each.series for each in found), more=len(metrics) > len(shown))


def _metrics(reader: Reader, search: Search, asked: Asked) -> list[Metric]:
    try:
        where = condition.compiled(parser.parse(search.query), reader.account)
    except LanguageError as error:
        begin = search.span[0] + 1  # the places in the search count from behind its quotation mark
        raise LanguageError(error.message, (begin + error.span[0], begin + error.span[1])) from error
    return series_index.search(
        reader.store,
        reader.account,
        reader.region,
        where.sql,
        where.parameters,
        active_since_s=asked.now_ms // 1000 - limits.METRICS_ACTIVE_S,
        limit=limits.SEARCH_SERIES + 1,
    )


def _query(metric: Metric, statistic: Statistic, period_s: int, account: str) -> MetricQuery:
    return MetricQuery(
        id="", metric=metric, statistic=statistic, period_s=period_s, unit=None, label=None, account=account, shown=True
    )
