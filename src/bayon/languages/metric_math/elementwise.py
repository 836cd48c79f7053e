"""Functions that answer a series for a series: mathematics of each value, and of each and the one before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bayon.languages.metric_math.function import ARRAY, SCALAR, SERIES, Function, Run, each
from bayon.languages.metric_math.values import Value, changed
from bayon.series import Series, Values

_ANY = ((SCALAR, SERIES, ARRAY),)
_LISTED = ((SERIES, ARRAY),)


def _of_values(compute: Callable[[Values], Values]) -> Callable[[Run, Sequence[Any]], Value]:
    """The computation on a scalar, a series or the members of an array; a result that is not finite is dropped."""

    def on_series(run: Run, series: Series) -> Series:
        with np.errstate(all="ignore"):
            return changed(series, *run.drops.kept(series.times_ms, compute(series.values)))

    lifted = each(on_series)

    def on(run: Run, arguments: Sequence[Any]) -> Value:
        if not isinstance(arguments[0], float):
            return lifted(run, arguments)
        with np.errstate(all="ignore"):
            found = float(compute(np.array(arguments))[0])
        if np.isfinite(arguments[0]) and not np.isfinite(found):
            raise run.wrong("the number has no finite result")
        return found

    return on


def _diff(_run: Run, series: Series) -> Series:
    return changed(series, series.times_ms[1:], np.diff(series.values))


def _diff_time(_run: Run, series: Series) -> Series:
    return changed(series, series.times_ms[1:], np.diff(series.times_ms) / 1000)


def _rate(run: Run, series: Series) -> Series:
    found = np.diff(series.values) / (np.diff(series.times_ms) / 1000)
    return changed(series, *run.drops.kept(series.times_ms[1:], found))


def _running_sum(run: Run, series: Series) -> Series:
    with np.errstate(all="ignore"):
        return changed(series, *run.drops.kept(series.times_ms, np.cumsum(series.values)))


ROWS = (
    Function("ABS", _ANY, _of_values(np.abs), "The absolute value of each point."),
    Function("CEIL", _ANY, _of_values(np.ceil), "Each point rounded up."),
    Function("FLOOR", _ANY, _of_values(np.floor), "Each point rounded down."),
    Function("LOG", _ANY, _of_values(np.log), "The natural logarithm; of 0 and below it drops the point."),
    Function("LOG10", _ANY, _of_values(np.log10), "The logarithm of base 10; of 0 and below it drops the point."),
    Function("DIFF", _LISTED, each(_diff), "Each point less the one before it."),
    Function("DIFF_TIME", _LISTED, each(_diff_time), "Seconds between each point and the one before it."),
    Function("RATE", _LISTED, each(_rate), "The change per second since the point before."),
    Function("RUNNING_SUM", _LISTED, each(_running_sum), "The sum of all points so far."),
)
