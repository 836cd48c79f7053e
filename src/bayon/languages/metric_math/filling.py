"""FILL, and functions that have a point in every slot of the query range."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bayon.languages.metric_math.function import ARRAY, SCALAR, SERIES, Function, Run
from bayon.languages.metric_math.values import Drops, Value, changed, column
from bayon.series import Series, Times, Values


def _fill(run: Run, arguments: Sequence[Any]) -> Value:
    operand, filler = arguments
    if isinstance(operand, Series):
        return _filled(run, operand, filler)
    return tuple(_filled(run, member, filler) for member in operand)


def _filled(run: Run, series: Series, filler: float | str | Series) -> Series:
    """The series with a point in each slot that the filler can fill; its own points stay as they are."""
    times_ms = np.union1d(run.scope.grid(series.period_s), series.times_ms)
    known = column(series, times_ms, np.nan)
    gaps = np.isnan(known)
    known[gaps] = _fillings(series, filler, times_ms)[gaps]
    # What is still missing was never a point: it does not count as dropped.
    return changed(series, *Drops().kept(times_ms, known))


def _fillings(series: Series, filler: float | str | Series, times_ms: Times) -> Values:
    """What the filler says for each time, NaN where nothing."""
    if isinstance(filler, float):
        return np.full(len(times_ms), filler)
    if isinstance(filler, Series):
        return column(filler, times_ms, np.nan)
    if not len(series):
        return np.full(len(times_ms), np.nan)
    if filler == "LINEAR":
        return np.interp(times_ms, series.times_ms, series.values, left=np.nan, right=np.nan)
    before = np.searchsorted(series.times_ms, times_ms, side="right") - 1
    return np.where(before < 0, np.nan, series.values[before.clip(min=0)])


def _time_series(run: Run, arguments: Sequence[Any]) -> Value:
    """A scalar of no points, such as the mean of an empty series, has no value in any slot."""
    times_ms = run.scope.grid(run.scope.period_s)
    values = np.full(len(times_ms), arguments[0])
    return Series(*Drops().kept(times_ms, values), "", "", run.scope.period_s)


def _calendar(part: Callable[[Times], Any]) -> Callable[[Run, Sequence[Any]], Value]:
    """A part of the UTC time of every slot, of seconds since the epoch."""

    def on(run: Run, arguments: Sequence[Any]) -> Value:
        series = arguments[0]
        times_ms = run.scope.grid(series.period_s)
        return changed(series, times_ms, np.asarray(part(times_ms // 1000), np.float64))

    return on


def _day(seconds: Times) -> Times:
    """Monday is 1; the epoch was a Thursday."""
    return (seconds // 86_400 + 3) % 7 + 1


def _date(seconds: Times) -> Any:
    days = seconds.astype("datetime64[s]").astype("datetime64[D]")
    return (days - days.astype("datetime64[M]")).astype(np.int64) + 1


def _month(seconds: Times) -> Any:
    return seconds.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64) % 12 + 1


def _year(seconds: Times) -> Any:
    return seconds.astype("datetime64[s]").astype("datetime64[Y]").astype(np.int64) + 1970


_ONE = ((SERIES,),)
ROWS = (
    Function(
        "FILL",
        ((SERIES, ARRAY), (SCALAR, SERIES, "REPEAT", "LINEAR")),
        _fill,
        "A point in every empty slot: a number, another series' point, the last one again, or one on a line.",
    ),
    Function("TIME_SERIES", ((SCALAR,),), _time_series, "The scalar in every slot."),
    Function("MINUTE", _ONE, _calendar(lambda seconds: seconds // 60 % 60), "The minute of every slot, 0 to 59, UTC."),
    Function("HOUR", _ONE, _calendar(lambda seconds: seconds // 3600 % 24), "The hour of every slot, 0 to 23, UTC."),
    Function("DAY", _ONE, _calendar(_day), "The day of the week of every slot, Monday 1 to Sunday 7, UTC."),
    Function("DATE", _ONE, _calendar(_date), "The day of the month of every slot, UTC."),
    Function("MONTH", _ONE, _calendar(_month), "The month of every slot, 1 to 12, UTC."),
    Function("YEAR", _ONE, _calendar(_year), "The year of every slot, UTC."),
    Function("EPOCH", _ONE, _calendar(lambda seconds: seconds), "Seconds from 1970 to every slot."),
)
