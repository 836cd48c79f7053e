"""Functions whose answer stands outside the expression: searches, bands, quotas, rules, periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from bayon.languages.metric_math.function import ARRAY, SCALAR, SERIES, TEXT, TEXTS, Function, Run
from bayon.languages.metric_math.scope import Search
from bayon.languages.metric_math.tree import Id
from bayon.languages.metric_math.values import Value
from bayon.series import Series


def _search(run: Run, arguments: Sequence[Any]) -> Value:
    query, statistic, *period = arguments
    if period and not (period[0] > 0 and period[0] == int(period[0])):
        raise run.wrong(f"expected a period in whole seconds, found {period[0]:g}")
    span = run.call.arguments[0].span
    return run.scope.search(Search(query, statistic, int(period[0]) if period else None, span))


def _band(run: Run, arguments: Sequence[Any]) -> Value:
    """The lower and the upper bound, two deviations wide unless asked otherwise."""
    series, *width = arguments
    if width and not width[0] > 0:
        raise run.wrong(f"expected a width above 0, found {width[0]:g}")
    of = run.call.arguments[0]
    if not isinstance(of, Id):
        raise run.wrong("expected the id of a metric or of an expression, found an expression")
    return tuple(run.scope.band(series, width[0] if width else 2.0, of.name))


def _period(run: Run, _arguments: Sequence[Any]) -> Value:
    return float(_metric(run).period_s)


def _service_quota(run: Run, _arguments: Sequence[Any]) -> Value:
    usage = _metric(run)
    of = run.call.arguments[0]
    quota = run.scope.quota(of.name) if isinstance(of, Id) else None
    times_ms = run.scope.grid(usage.period_s)
    if quota is None:
        return Series.empty(usage.label, usage.period_s)
    return replace(usage, times_ms=times_ms, values=np.full(len(times_ms), quota))


def _metric(run: Run) -> Series:
    """The plain metric that is the argument."""
    of = run.call.arguments[0]
    if not isinstance(of, Id) or of.name not in run.scope.metrics:
        raise run.wrong("expected the id of a metric, found an expression")
    return run.scope.metrics[of.name]


def _insight_rule_metric(run: Run, arguments: Sequence[Any]) -> Value:
    rule, metric = arguments
    return run.scope.insight_rule(rule, metric, run.scope.period_s)


def _db_perf_insights(run: Run, arguments: Sequence[Any]) -> Value:
    return run.scope.performance(tuple(arguments))


def _lambda(run: Run, arguments: Sequence[Any]) -> Value:
    function, *given = arguments
    return run.scope.function(function, tuple(given))


_TEXT = (TEXT,)
_METRIC = ((SERIES,),)
ROWS = (
    Function("SEARCH", (_TEXT, _TEXT, (SCALAR,)), _search, "The series of every metric that the text finds.", least=2),
    Function(
        "ANOMALY_DETECTION_BAND",
        ((SERIES,), (SCALAR,)),
        _band,
        "The lower and the upper bound of what is expected of the series.",
        least=1,
    ),
    Function("PERIOD", _METRIC, _period, "The period of the metric in seconds."),
    Function("SERVICE_QUOTA", _METRIC, _service_quota, "The quota of a usage metric; without a known one, no points."),
    Function("INSIGHT_RULE_METRIC", (_TEXT, _TEXT), _insight_rule_metric, "A metric of a Contributor Insights rule."),
    Function(
        "DB_PERF_INSIGHTS", (_TEXT, _TEXT, (TEXT, TEXTS)), _db_perf_insights, "Nothing: there is no such database."
    ),
    Function(
        "LAMBDA",
        (_TEXT, (SCALAR, SERIES, ARRAY, TEXT, TEXTS)),
        _lambda,
        "Series of a custom data source.",
        least=1,
        endless=True,
    ),
)
