"""Functions that answer less than they are given: a series to a scalar, an array to one series, point by point."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from bayon.languages.metric_math.function import ARRAY, SERIES, Function, Run
from bayon.languages.metric_math.values import Several, Value, table
from bayon.series import Series, Values

OfPoints = Callable[[Values], float]
OfMembers = Callable[[Values], npt.NDArray[np.floating[Any]]]

_LISTED = ((SERIES, ARRAY),)


def _reduction(of_points: OfPoints, of_members: OfMembers) -> Callable[[Run, Sequence[Any]], Value]:
    """A scalar of a series' points, NaN where it has none and they have no result; a series of an array's members,
    given as rows with NaN where one has no point."""

    def on(run: Run, arguments: Sequence[Any]) -> Value:
        operand = arguments[0]
        if isinstance(operand, Series):
            return float(of_points(operand.values)) if len(operand) else _of_nothing(of_points)
        return _over_members(run, operand, of_members)

    return on


def _of_nothing(of_points: OfPoints) -> float:
    return 0.0 if of_points in (np.sum, np.size) else float("nan")


def _over_members(run: Run, members: Several, of_members: OfMembers) -> Series:
    times_ms, rows = table(members)
    period_s = members[0].period_s if members else run.scope.period_s
    if not len(times_ms):
        return Series.empty("", period_s)
    with np.errstate(all="ignore"):
        values = np.asarray(of_members(rows), np.float64)
    return Series(*run.drops.kept(times_ms, values), "", "", period_s)


def _metric_count(_run: Run, arguments: Sequence[Any]) -> Value:
    return float(len(arguments[0]))


def _mean_with_zeros(rows: Values) -> npt.NDArray[np.floating[Any]]:
    """AWS counts a member without a point as 0."""
    return np.asarray(np.nansum(rows, axis=0) / len(rows), np.float64)


def _present(rows: Values) -> npt.NDArray[np.floating[Any]]:
    return np.asarray((~np.isnan(rows)).sum(axis=0), np.float64)


def _rows(name: str, of_points: OfPoints, of_members: OfMembers, says: str) -> Function:
    return Function(name, _LISTED, _reduction(of_points, of_members), says)


ROWS = (
    _rows("SUM", np.sum, lambda rows: np.nansum(rows, axis=0), "The sum."),
    _rows("AVG", np.mean, _mean_with_zeros, "The mean; of an array with missing points as 0."),
    _rows("MIN", np.min, lambda rows: np.nanmin(rows, axis=0), "The least value."),
    _rows("MAX", np.max, lambda rows: np.nanmax(rows, axis=0), "The greatest value."),
    _rows("STDDEV", np.std, lambda rows: np.nanstd(rows, axis=0), "The standard deviation of a population."),
    _rows("DATAPOINT_COUNT", np.size, _present, "How many points there are."),
    Function("METRIC_COUNT", ((ARRAY,),), _metric_count, "How many members the array has, empty ones included."),
)
