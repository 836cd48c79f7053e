"""IF: one value or another, by a condition at each time. A condition is false where it is 0."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bayon.languages.metric_math.function import SCALAR, SERIES, Function, Run
from bayon.languages.metric_math.values import Drops, Value, changed, column
from bayon.series import Series, Times, Values

_NOTHING = float("nan")


def _if(_run: Run, arguments: Sequence[Any]) -> Value:
    condition, then, *otherwise = arguments
    if isinstance(condition, Series):
        return _by_time(condition, then, otherwise[0] if otherwise else _NOTHING)
    chosen = then if condition != 0 else (otherwise[0] if otherwise else None)
    if chosen is None:
        return Series.empty("", then.period_s) if isinstance(then, Series) else _NOTHING
    return _like(chosen, [then, *otherwise])


def _by_time(condition: Series, then: float | Series, otherwise: float | Series) -> Series:
    """Decided wherever the condition has a point. A series without a point there counts as 0; but beside a scalar
    `then`, the other has none either.

    Source: metrics.md §3.4, the tables that AWS documents.
    """
    times_ms = condition.times_ms
    missing = 0.0 if isinstance(then, Series) else _NOTHING
    found = np.where(condition.values != 0, _at(then, times_ms, 0.0), _at(otherwise, times_ms, missing))
    return changed(condition, *Drops().kept(times_ms, found))


def _at(value: float | Series, times_ms: Times, missing: float) -> Values:
    return column(value, times_ms, missing) if isinstance(value, Series) else np.full(len(times_ms), value)


def _like(chosen: float | Series, among: Sequence[float | Series]) -> Value:
    """A scalar that stands beside a series is one at the same times."""
    beside = next((each for each in among if isinstance(each, Series)), None)
    if isinstance(chosen, Series) or beside is None:
        return chosen
    return changed(beside, beside.times_ms, np.full(len(beside), chosen))


_EITHER = (SCALAR, SERIES)
ROWS = (
    Function("IF", (_EITHER, _EITHER, _EITHER), _if, "One value where the condition is not 0, else another.", least=2),
)
