"""What metric math computes with: scalars, series, arrays of series; how they meet, and what becomes of odd numbers.

Two series meet on the union of their times; one that lacks a point where the other has one counts as 0 there. A result
that is no finite number is no point.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import reduce

import numpy as np

from bayon.errors import LanguageError
from bayon.languages.metric_math.tokens import Span
from bayon.series import Series, Times, Values

Several = tuple[Series, ...]
Value = float | Series | Several | str | tuple[str, ...]
Numbers = float | Series | Several
Compute = Callable[[Values, Values], Values]


def kind(value: Value) -> str:
    """What the value is, in words."""
    match value:
        case float():
            return "a scalar"
        case str():
            return "a string"
        case Series():
            return "a time series"
        case (str(), *_):
            return "an array of strings"
        case _:
            return "an array of time series"


class Drops:
    """Whether points were dropped because they were no finite numbers."""

    __slots__ = ("any",)

    def __init__(self) -> None:
        self.any = False

    def kept(self, times_ms: Times, values: Values) -> tuple[Times, Values]:
        """The points that are finite."""
        finite = np.isfinite(values)
        if finite.all():
            return times_ms, values
        self.any = True
        return times_ms[finite], values[finite]


def union(several: Sequence[Series]) -> Times:
    """Every time at which one of the series has a point, ascending."""
    if not several:
        return np.empty(0, np.int64)
    return reduce(
        lambda times, each: times if _same(times, each.times_ms) else np.union1d(times, each.times_ms),
        several[1:],
        several[0].times_ms,
    )


def column(series: Series, times_ms: Times, missing: float) -> Values:
    """The series' values at the times, `missing` where it has none."""
    if _same(series.times_ms, times_ms):
        return series.values
    if not len(series):
        return np.full(len(times_ms), missing)
    places = np.searchsorted(series.times_ms, times_ms).clip(max=len(series) - 1)
    return np.where(series.times_ms[places] == times_ms, series.values[places], missing)


def table(several: Several) -> tuple[Times, Values]:
    """The series as rows over the union of their times, NaN where one has no point."""
    times_ms = union(several)
    rows = [column(each, times_ms, np.nan) for each in several]
    return times_ms, np.vstack(rows) if rows else np.empty((0, 0))


def combined(left: Numbers, right: Numbers, compute: Compute, drops: Drops, span: Span) -> Numbers:
    """Both sides combined point by point, member by member of an array. Raises: LanguageError for two arrays.

    An array of one is as good as its member.
    """
    if isinstance(left, tuple) and isinstance(right, tuple):
        left, right = _alone(left), _alone(right)
    if isinstance(left, tuple):
        if isinstance(right, tuple):
            several = "Arrays of time series cannot be combined with each other; use one of their members"
            raise LanguageError(several, span)
        return tuple(_pair(each, right, compute, drops) for each in left)
    if isinstance(right, tuple):
        return tuple(_pair(left, each, compute, drops) for each in right)
    if isinstance(left, float) and isinstance(right, float):
        return _scalar(left, right, compute, span)
    return _pair(left, right, compute, drops)


def _pair(left: float | Series, right: float | Series, compute: Compute, drops: Drops) -> Series:
    """A series of two, at least one of which is a series."""
    with np.errstate(all="ignore"):
        if isinstance(left, Series) and isinstance(right, Series):
            times_ms = union((left, right))
            found = compute(column(left, times_ms, 0.0), column(right, times_ms, 0.0))
            return changed(left, *drops.kept(times_ms, found))
        if isinstance(left, Series):
            return changed(left, *drops.kept(left.times_ms, compute(left.values, np.full(len(left), right))))
        assert isinstance(right, Series), "two scalars are no series"
        return changed(right, *drops.kept(right.times_ms, compute(np.full(len(right), left), right.values)))


def _scalar(left: float, right: float, compute: Compute, span: Span) -> float:
    """Raises: LanguageError where two numbers have no result; what follows from a series without points has none
    either, and is NaN."""
    with np.errstate(all="ignore"):
        found = float(compute(np.array([left]), np.array([right]))[0])
    if np.isfinite([left, right]).all() and not np.isfinite(found):
        raise LanguageError("The expression has no finite result", span)
    return found if np.isfinite([left, right]).all() else float("nan")


def changed(series: Series, times_ms: Times, values: Values) -> Series:
    """The series with other points, which have no unit."""
    return replace(series, times_ms=times_ms, values=values, unit="")


def _alone(value: Numbers) -> Numbers:
    return value[0] if isinstance(value, tuple) and len(value) == 1 else value


def _same(left: Times, right: Times) -> bool:
    return left is right or (len(left) == len(right) and bool((left == right).all()))
