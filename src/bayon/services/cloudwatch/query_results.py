"""The series that queries answer with, metrics and expressions alike: for GetMetricData, widgets and alarms.

Takes who reads what and when as arguments, so that a job can ask as a request does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

import numpy as np

from bayon import limits
from bayon.errors import AwsError, LanguageError, Unimplemented
from bayon.languages.metric_math import tree
from bayon.languages.metric_math.evaluate import evaluate
from bayon.languages.metric_math.scope import Scope, Search
from bayon.languages.metric_math.values import Several, Value
from bayon.languages.metrics_insights.tree import Query as InsightsQuery
from bayon.series import Series, Times
from bayon.services.cloudwatch import (
    anomaly_models,
    anomaly_subjects,
    labels,
    metric_search,
    metric_series,
    metrics_insights,
    periods,
)
from bayon.services.cloudwatch.insight_rule_report import insight_rule_metric
from bayon.services.cloudwatch.labels import Wording
from bayon.services.cloudwatch.metric_queries import ExpressionQuery, MetricQuery, Query, explained
from bayon.services.cloudwatch.metric_series import Asked, Found, Reader

if TYPE_CHECKING:
    from bayon.shapes.cloudwatch import MessageData

_PERIOD_S = 300  # of an expression that nothing gives one, metrics.md §3.5
_DROPPED = {
    "Code": "ArithmeticError",
    "Value": "One or more data-points have been dropped due to non-numeric values (NaN, -Infinite, +Infinite)",
}


def results(
    reader: Reader, queries: Sequence[Query], *, start_ms: int, end_ms: int, now_ms: int, offset_s: int = 0
) -> list[Found]:
    """What the queries answer, in their order, several in a row where an expression comes to several series.

    In: `now_ms` decides rounding and what tiers still keep, `offset_s` the labels' time zone.
    Raises: ValidationException for an expression that is wrong.   Reads: metric data.
    """
    answers = Answers(reader, queries, Asked(start_ms, end_ms, now_ms, offset_s))
    return [found for answer in answers.of(range(len(queries))) for found in answer]


def past(reader: Reader, queries: Sequence[Query], name: str, now_ms: int) -> anomaly_models.History:
    """How to read what one of the queries would have answered, at any time and period."""
    place = next(number for number, query in enumerate(queries) if query.id == name)

    def read(start_ms: int, end_ms: int, period_s: int) -> Series:
        alike = [_at_period(query, period_s) for query in queries]
        ((found, *_),) = Answers(reader, alike, Asked(start_ms, end_ms, now_ms, 0)).of([place])
        return found.series

    return read


def _at_period(query: Query, period_s: int) -> Query:
    return replace(query, period_s=period_s, label=None)


class Answers:
    """The answers of `queries`, each computed when it is first needed, with what it depends on."""

    def __init__(self, reader: Reader, queries: Sequence[Query], asked: Asked) -> None:
        self.queries = queries
        self._reader, self._asked = reader, asked
        self._metrics = {query.id: query for query in queries if isinstance(query, MetricQuery)}
        plain = [query for query in self._metrics.values() if query.label is None]
        members = labels.distinguishing([query.metric for query in plain])
        self._members = {query.id: label for query, label in zip(plain, members, strict=True)}
        self._defaults = metric_series.default_labels(self._metrics.values())
        self._expressions = {query.id: query for query in queries if isinstance(query, ExpressionQuery)}
        self._needs = {query.id: self._needed(query) for query in self._expressions.values()}
        self._order = _ordered(self._needs)
        self._found: dict[str, list[Found]] = {}
        self._values: dict[str, Value] = {}
        self._messages: dict[str, MessageData] = {}
        self._searches = 0

    @property
    def messages(self) -> list[MessageData]:
        """What AWS says about the whole answer."""
        return list(self._messages.values())

    def default_label(self, query: Query) -> str:
        return self._defaults.get(query.id, query.id)

    def points(self) -> int:
        """How many points have been computed."""
        return sum(len(found.series) for several in self._found.values() for found in several)

    def points_at_most(self, position: int) -> int:
        """How many points answering the query may take, with what it needs."""
        query = self.queries[position]
        needed = [self._metrics[name] for name in self._closure([query.id]) if name in self._metrics]
        return sum(-(-(self._asked.end_ms - self._asked.start_ms) // (1000 * each.period_s)) for each in needed)

    def of(self, positions: Iterable[int]) -> list[list[Found]]:
        """The answers of the queries at these places, from one read of the store for each period."""
        ids = [self.queries[position].id for position in positions]
        needed = self._closure(ids)
        self._read([name for name in self._metrics if name in needed and name not in self._found])
        for name in self._order:
            if name in needed and name not in self._found:
                with explained(name):
                    self._evaluate(self._expressions[name])
        return [self._found[name] for name in ids]

    def _needed(self, query: ExpressionQuery) -> list[str]:
        """The ids that the expression refers to, named or by METRICS(). Raises: ValidationException."""
        if isinstance(query.expression, InsightsQuery):
            return []
        with explained(query.id):
            for each in tree.nodes(query.expression):
                if isinstance(each, tree.Id) and each.name not in self._metrics.keys() | self._expressions.keys():
                    raise LanguageError(f"Unknown identifier '{each.name}'", each.span)
        named = tree.ids(query.expression)
        return [*named, *self._metrics] if "METRICS" in tree.calls(query.expression) else named

    def _closure(self, ids: Iterable[str]) -> set[str]:
        found: set[str] = set()
        waiting = list(ids)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self._needs.get(name, [])
        return found

    def _read(self, ids: Sequence[str]) -> None:
        queries = [self._metrics[name] for name in ids]
        read = metric_series.find(self._reader, queries, [self._defaults[name] for name in ids], self._asked)
        for found in read:
            self._found[found.query.id] = [found]
            self._values[found.query.id] = found.series

    def _evaluate(self, query: ExpressionQuery) -> None:
        if isinstance(query.expression, InsightsQuery):
            self._ask_insights(query, query.expression)
            return
        answer = evaluate(query.expression, self._scope(query))
        self._values[query.id] = answer.series if answer.array else answer.series[0]
        messages = [_DROPPED] if answer.dropped else []
        self._found[query.id] = [
            Found(query, each, messages) for each in self._labelled(query, answer.series, array=answer.array)
        ]

    def _ask_insights(self, query: ExpressionQuery, expression: InsightsQuery) -> None:
        found = metrics_insights.find(self._reader, expression, query.period_s or _PERIOD_S, self._asked)
        array = bool(expression.group_by)
        self._values[query.id] = found.series if array else found.series[0]
        if found.partial:
            self._say("MaxMatchingResultsExceeded", f"More than {limits.INSIGHTS_METRICS} metrics match the query")
        if found.clipped:
            self._say("MaxQueryTimeRangeExceeded", "The query range begins more than two weeks ago")
        labelled = self._labelled(query, found.series, array=array)
        self._found[query.id] = [Found(query, each, [], partial=found.partial) for each in labelled]

    def _search(self, query: ExpressionQuery, search: Search) -> Several:
        self._searches += 1
        if self._searches > limits.SEARCHES:
            raise LanguageError(f"expected at most {limits.SEARCHES} searches in a call", search.span)
        found = metric_search.find(self._reader, search, search.period_s or query.period_s or _PERIOD_S, self._asked)
        if found.more:
            self._say("MaxMetricsExceeded", f"More than {limits.SEARCH_SERIES} metrics match a search")
        return found.series

    def _insight_rule(self, query: ExpressionQuery, rule: str, metric: str, period_s: int) -> Series:
        """Raises: LanguageError where there is no such rule or metric, or the query has no period."""
        span = query.expression.span
        if query.period_s is None or period_s % 60:
            raise LanguageError("INSIGHT_RULE_METRIC needs a Period of the query in whole minutes", span)
        period_ms = period_s * 1000
        try:
            found = insight_rule_metric(
                self._reader.store,
                self._reader.state,
                self._reader.account,
                self._reader.region,
                rule_name=rule,
                metric=metric,
                start_ms=self._asked.start_ms // period_ms * period_ms,
                end_ms=-(-self._asked.end_ms // period_ms) * period_ms,
                period_s=period_s,
            )
        except AwsError as error:
            raise LanguageError(error.message or f"Insight rule '{rule}' does not exist", span) from error
        times_ms = sorted(found)
        return Series.of(times_ms, (found[time_ms] for time_ms in times_ms), f"{rule} {metric}", "", period_s)

    def _say(self, code: str, text: str) -> None:
        self._messages[code] = {"Code": code, "Value": text}

    def _scope(self, query: ExpressionQuery) -> Scope:
        return Scope(
            values=self._values,
            metrics=_Metrics(self._values, self._metrics, self._members),
            grid=self._grid,
            period_s=query.period_s or self._period_s(query),
            search=partial(self._search, query),
            band=self._band,
            insight_rule=partial(self._insight_rule, query),
            quota=lambda _: None,
            performance=lambda _: (),
            function=_no_function,
        )

    def _band(self, series: Series, width: float, of: str) -> tuple[Series, Series]:
        found = anomaly_subjects.subject(self._reader, self.queries, of, self._asked.now_ms, past)
        return anomaly_models.band(self._reader, found, series, width, self._grid(series.period_s), self._asked.now_ms)

    def _grid(self, period_s: int) -> Times:
        """The starts of the periods of the query range."""
        start_s, end_s = periods.rounded(self._asked.start_ms, self._asked.end_ms, period_s, self._asked.now_ms // 1000)
        return np.arange(start_s, end_s, period_s, dtype=np.int64) * 1000

    def _period_s(self, query: ExpressionQuery) -> int:
        """That of the first series that the expression refers to, else of the call's first metric."""
        values = [self._values.get(name) for name in self._needs[query.id]]
        named = [each for value in values for each in (value if isinstance(value, tuple) else (value,))]
        found = [each.period_s for each in named if isinstance(each, Series)]
        return next(iter([*found, *(metric.period_s for metric in self._metrics.values())]), _PERIOD_S)

    def _labelled(self, query: ExpressionQuery, several: Several, *, array: bool) -> Iterator[Series]:
        """One series has the query's label, else its id; of several each has its own, behind the query's if that is a
        plain one.

        Source: metrics.md §1.9.
        """
        for each in several:
            default = each.label if array else query.id
            label = default if query.label is None else query.label
            if labels.is_dynamic(label):
                wording = Wording(each.properties, self._asked.offset_s, self._asked.now_ms)
                label = labels.render(label, replace(each, label=default), wording)
            elif array and query.label is not None:
                label = f"{query.label} {default}"
            yield replace(each, label=label)


class _Metrics(Mapping[str, Series]):
    """The series of plain metrics among all values, in the order of their queries, labelled as members of an array."""

    def __init__(
        self, values: Mapping[str, Value], queries: Mapping[str, MetricQuery], members: Mapping[str, str]
    ) -> None:
        self._values, self._queries, self._members = values, queries, members

    def __getitem__(self, name: str) -> Series:
        value = self._values[name] if name in self._queries else None
        if not isinstance(value, Series):
            raise KeyError(name)
        return replace(value, label=self._members.get(name, value.label))

    def __iter__(self) -> Iterator[str]:
        return iter(name for name in self._queries if name in self._values)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _ordered(needs: Mapping[str, Sequence[str]]) -> list[str]:
    """The expressions, each behind those it needs. Raises: ValidationException for a circle."""
    among = {name: [each for each in named if each in needs] for name, named in needs.items()}
    try:
        return [*TopologicalSorter(among).static_order()]
    except CycleError as err:
        circle = err.args[1]
        raise AwsError("ValidationException", f"Error in expression '{circle[0]}': Circular reference") from err


def _no_function(_name: str, _arguments: tuple[Value, ...]) -> Several:
    raise Unimplemented("GetMetricData with LAMBDA")
