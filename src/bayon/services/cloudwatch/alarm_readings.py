"""The data points that alarms on single metrics look at: read once for all alarms of a period, as arrays."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bayon import limits
from bayon.alarms.config import Points
from bayon.services.cloudwatch import statistics, units
from bayon.services.cloudwatch.alarm_watches import Watch
from bayon.services.cloudwatch.statistics import Statistic
from bayon.store import metric_buckets
from bayon.store.store import Store

Array = np.ndarray[Any, Any]
_RANK = np.array([units.ranked(units.UNITS).index(unit) for unit in units.UNITS], np.int64)
_NUMBER = {unit: number for number, unit in enumerate(units.UNITS)}
_UNITS = 32  # more than there are
_WIDTHS = (8, 32, 128, 512, 2048, 8192, 16384)  # how many windows are read together


@dataclass(frozen=True, slots=True)
class Batch:
    """Alarms whose series are read together: `width` windows of one period."""

    period_s: int
    width: int
    weights: bool
    watches: list[Watch] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read for a batch: a row an alarm, a column a window, oldest first, NaN where a window has no data or
    lies before the alarm's own range."""

    starts_s: range
    values: Array
    counts: Array

    def filled(self) -> Array:
        """Which alarms have any data."""
        some: Array = np.asarray((~np.isnan(self.values)).any(axis=1))
        return some

    def points(self, row: int, reach: int) -> Points:
        """The range of one alarm, of so many windows."""
        return Points(
            self.starts_s[-reach:], _nullable(self.values[row, -reach:]), _nullable(self.counts[row, -reach:])
        )


def batches(watches: Sequence[Watch]) -> list[Batch]:
    """The alarms in batches, so that each series is read once a period however many alarms watch it."""
    needs: defaultdict[tuple[int, int], tuple[bool, int]] = defaultdict(lambda: (False, 0))
    for watch in watches:
        key = (watch.config.period_s, watch.series)
        weights, reach = needs[key]
        assert watch.statistic is not None, "an alarm on a single metric has a statistic"
        needs[key] = (weights or watch.statistic.needs_weights, max(reach, watch.reach))
    found: dict[tuple[int, int, bool], list[Batch]] = {}
    for watch in watches:
        weights, reach = needs[watch.config.period_s, watch.series]
        width = next(each for each in _WIDTHS if each >= reach)
        of_kind = found.setdefault((watch.config.period_s, width, weights), [])
        if not of_kind or len(of_kind[-1].watches) >= max(1, limits.ALARM_READ_CELLS // width):
            of_kind.append(Batch(watch.config.period_s, width, weights))
        of_kind[-1].watches.append(watch)
    return [batch for of_kind in found.values() for batch in of_kind]


def read(store: Store, batch: Batch, *, end_s: int, now_s: int) -> Reading:
    """The windows of the batch that end at `end_s`. Reads: metric data."""
    starts = range(end_s - batch.width * batch.period_s, end_s, batch.period_s)
    series = np.unique(np.array([watch.series for watch in batch.watches], np.uint64))
    asked = {watch.config.statistic for watch in batch.watches}
    rows = metric_buckets.rows_of(
        store,
        series.tolist(),
        start_s=starts[0],
        end_s=end_s,
        period_s=batch.period_s,
        now_s=now_s,
        columns=("count", *statistics.columns(map(_statistic, asked))),
    )
    place = np.searchsorted(series, rows.series)
    unit, window = rows.unit.astype(np.int64), rows.place
    buckets = rows.buckets(0, len(rows))
    streams = _Streams(batch, series, place, unit)
    counts = streams.spread(window, buckets.count, np.arange(len(batch.watches)))
    values = np.full_like(counts, np.nan)
    for text, of_statistic in _by_statistic(batch).items():
        values[of_statistic] = streams.spread(window, statistics.over(_statistic(text), buckets), of_statistic)
    reach = np.array([watch.reach for watch in batch.watches])
    before = np.arange(batch.width) < (batch.width - reach)[:, None]
    values[before] = counts[before] = np.nan
    return Reading(starts, values, counts)


def on_calendar(store: Store, watch: Watch, edges: Sequence[tuple[int, int]], now_s: int) -> Points:
    """The alarm's values in windows of any length, given as (start, end). Reads: metric data."""
    values: list[float | None] = []
    counts: list[float | None] = []
    for start_s, end_s in edges:
        alike = replace(watch, config=replace(watch.config, period_s=end_s - start_s), reach=1)
        batch = Batch(end_s - start_s, 1, watch.statistic is not None and watch.statistic.needs_weights, [alike])
        points = read(store, batch, end_s=end_s, now_s=now_s).points(0, 1)
        values += points.values
        counts += points.counts
    return Points([start_s for start_s, _ in edges], values, counts)


class _Streams:
    """Which row of what was read belongs to which alarm: of the unit that it states, or else of the series' first."""

    def __init__(self, batch: Batch, series: Array, place: Array, unit: Array) -> None:
        self._width = batch.width
        first = np.full(len(series), len(units.UNITS), np.int64)
        np.minimum.at(first, place, _RANK[unit])
        self._keys = place * _UNITS + unit
        by_rank = np.argsort(_RANK)
        watched = np.searchsorted(series, np.array([watch.series for watch in batch.watches], np.uint64))
        chosen = np.append(by_rank, _UNITS - 1)[first[watched]]
        for row, watch in enumerate(batch.watches):
            if watch.unit is not None:
                chosen[row] = _NUMBER[watch.unit]
        self._wanted = watched * _UNITS + chosen

    def spread(self, window: Array, column: Array, alarms: Array) -> Array:
        """The column's values by alarm and window."""
        wanted, back = np.unique(self._wanted[alarms], return_inverse=True)
        found = np.searchsorted(wanted, self._keys)
        known = found < len(wanted)
        known[known] = wanted[found[known]] == self._keys[known]
        spread = np.full((len(wanted), self._width), np.nan)
        spread[found[known], window[known]] = column[known]
        by_alarm: Array = spread[back]
        return by_alarm


def _by_statistic(batch: Batch) -> dict[str, Array]:
    rows: defaultdict[str, list[int]] = defaultdict(list)
    for row, watch in enumerate(batch.watches):
        rows[watch.config.statistic].append(row)
    return {text: np.array(found) for text, found in rows.items()}


def _statistic(text: str) -> Statistic:
    statistic = statistics.parse(text)
    assert statistic is not None, "checked when the alarm was put"
    return statistic


def _nullable(row: Array) -> list[float | None]:
    return [None if math.isnan(value) else value for value in row.tolist()]
