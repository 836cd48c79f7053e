"""What an expression is evaluated in: the other queries' series, the range, and where searches and bands come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn

from bayon.errors import LanguageError
from bayon.languages.metric_math.tokens import Span
from bayon.languages.metric_math.values import Several, Value
from bayon.series import Series, Times


@dataclass(frozen=True, slots=True)
class Search:
    """A call of SEARCH; `period_s` is None where it names none, `span` is that of the query's text."""

    query: str
    statistic: str
    period_s: int | None
    span: Span


def _nowhere(*_: object) -> NoReturn:
    raise LanguageError("expected an expression over the given series only", (0, 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """`values` are what ids stand for: series of metrics, series and arrays of other expressions. `metrics` are those
    of plain metrics, in the order of their queries. `grid` answers the slots of the query range at a period in seconds;
    `period_s` is the period of what comes of no series, such as TIME_SERIES(1).

    The callables answer what stands outside, and raise LanguageError or AwsError: `search` the series that a SEARCH
    finds; `band` the lower and the upper bound of a series at a width, `of` being the id of the query whose
    series it is; `insight_rule` a metric of a Contributor Insights rule; `quota` the service quota of the
    usage metric with that id; `performance` the series of DB_PERF_INSIGHTS' arguments; `function`
    those of a LAMBDA call.
    """

    values: Mapping[str, Value]
    metrics: Mapping[str, Series]
    grid: Callable[[int], Times]
    period_s: int
    search: Callable[[Search], Several] = _nowhere
    band: Callable[[Series, float, str], tuple[Series, Series]] = _nowhere
    insight_rule: Callable[[str, str, int], Series] = _nowhere
    quota: Callable[[str], float | None] = _nowhere
    performance: Callable[[tuple[Value, ...]], Several] = _nowhere
    function: Callable[[str, tuple[Value, ...]], Several] = _nowhere
