"""Metric data out, aggregated to periods: columns from the engine to whoever computes statistics, never a point at a
time.

Metric semantics that are not storage (rounding of times, statistics from weights, labels) live in
`services.cloudwatch`. Writing is `metrics`, rolling up `roll_up`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from bayon import limits
from bayon.clock import DAY_S
from bayon.store.metric_series import Metric, series_number
from bayon.store.roll_up import WEIGHED
from bayon.store.schema import HIGH_RESOLUTION_KEPT_S, TIERS, UNITS, Tier
from bayon.store.store import Store

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Buckets:
    """One unit's stream of one series, aggregated to periods: columns of equal length, oldest first, empty ones left
    out. A column that was not asked for is empty.

    Where weights were asked for, bucket i holds the samples `values[ends[i]:ends[i + 1]]`, in no order and perhaps one
    value several times, with their `weights`; none where `opaque[i]` says that they cannot be known.
    """

    unit: str
    start_s: Whole
    count: Numbers
    sum: Numbers
    min: Numbers
    max: Numbers
    opaque: npt.NDArray[np.bool_]
    values: Numbers
    weights: Numbers
    ends: Whole


@dataclass(frozen=True, slots=True)
class Stream:
    """One unit's stream of a series: the buckets from `first` up to `last` of the rows that were read."""

    unit: str
    first: int
    last: int


_NONE = np.empty(0)
NOTHING = Stream("", 0, 0)

# The columns that can be asked for, with how the engine and numpy aggregate each.
_PLAIN: dict[str, tuple[str, np.ufunc]] = {
    "count": ("sum", np.add),
    "sum": ("sum", np.add),
    "min": ("min", np.minimum),
    "max": ("max", np.maximum),
    "opaque": ("max", np.maximum),
}
WEIGHTS = ("count", "min", "opaque", "weights")  # what statistics of single values need

# The generation as of which the tier holds a row's day: recent points count behind it, the tier's own at it.
_HELD = f"transform(intDiv(at_s, {DAY_S}), {{days:Array(UInt32)}}, {{generations:Array(UInt64)}}, toUInt64(0))"


def read(
    store: Store,
    account: str,
    region: str,
    metrics: Sequence[Metric],
    *,
    start_s: int,
    end_s: int,
    period_s: int,
    now_s: int,
    columns: Collection[str],
) -> dict[Metric, list[Buckets]]:
    """Per metric its streams, one `Buckets` a unit that has data in [start_s, end_s); metrics without data are absent.

    Bucket k covers [start_s + k·period_s, start_s + (k+1)·period_s). What a tier no longer keeps at this period
    (AWS's age rules, by `now_s`) is left out.
    """
    numbers = {metric: series_number(account, region, metric) for metric in metrics}
    rows = rows_of(
        store, [*numbers.values()], start_s=start_s, end_s=end_s, period_s=period_s, now_s=now_s, columns=columns
    )
    streams = rows.streams()
    found = {metric: streams[number] for metric, number in numbers.items() if number in streams}
    return {metric: [rows.buckets(each.first, each.last) for each in several] for metric, several in found.items()}


def rows_of(
    store: Store,
    series: Sequence[int],
    *,
    start_s: int,
    end_s: int,
    period_s: int,
    now_s: int,
    columns: Collection[str],
) -> Rows:
    """The streams of many series, given by number, as `read` has them, all in one."""
    weights = "weights" in columns
    wanted = [name for name in _PLAIN if name in columns or (weights and name == "max")]
    sources, parameters = points(store, start_s, end_s, period_s, now_s, weights=weights)
    parameters["series"] = list(series)
    # Single values are best put together outside the engine however many share a bucket; plain columns where few do.
    apart_s = min(period_s, TIERS[0].period_s) if weights else period_s
    most = len(series) * (-(-(end_s - start_s) // apart_s) + 1) * 3 // 2 + 1000
    if most <= limits.POINTS_UNGROUPED:
        rows = store.query(_ungrouped(sources, wanted, most, weights=False), parameters)
        alike = not weights or not (pc.less(rows["min"], rows["max"])).to_numpy().any()
        if rows.num_rows <= most and not alike:
            rows = store.query(_ungrouped(sources, wanted, most, weights=True), parameters)
        if rows.num_rows <= most:
            return Rows(rows, wanted, start_s, period_s, weights=weights)
    rows = store.query(_grouped(sources, wanted, weights=weights), parameters)
    return Rows(rows, wanted, start_s, period_s, weights=weights)


def points(
    store: Store, start_s: int, end_s: int, period_s: int, now_s: int, *, weights: bool, series: str = ""
) -> tuple[str, dict[str, Any]]:
    """The SQL of the rows that hold the range, of the series in the parameter `series` or those that the SQL `series`
    selects, and its parameters."""
    within = (
        f"series IN {series or '{series:Array(UInt64)}'} "
        "AND at_s >= greatest({start:UInt32}, {kept:UInt32}) AND at_s < {end:UInt32}"
    )
    plain = "series, unit, at_s, count, sum, min, max, opaque"
    parameters: dict[str, Any] = {"start": start_s, "end": end_s, "period": period_s}
    recent = f"SELECT {plain}, {WEIGHED} FROM metric_recent WHERE {within}"
    if period_s < TIERS[0].period_s:
        return recent, parameters | {"kept": max(0, now_s - HIGH_RESOLUTION_KEPT_S)}
    tier = _tier(start_s, end_s, period_s, now_s, weights=weights)
    parameters["kept"] = max(0, now_s - tier.kept_s)
    days = store.tier_days[tier.table]
    range_days = range(start_s // DAY_S, (end_s - 1) // DAY_S + 1)
    held = [(day, days[day]) for day in range_days if day in days]
    if not held:
        return recent, parameters
    parameters["days"], parameters["generations"] = (list(column) for column in zip(*held, strict=True))
    # What every day's tier holds is passed over by the whole part.
    parameters["passed"] = min(parameters["generations"]) if len(held) == len(range_days) else 0
    return (
        f"{recent} AND generation > {{passed:UInt64}} AND generation > {_HELD} "
        f"UNION ALL SELECT {plain}, values AS seen, weights AS times FROM {tier.table} "
        f"WHERE {within} AND generation = {_HELD}"
    ), parameters


def _tier(start_s: int, end_s: int, period_s: int, now_s: int, *, weights: bool) -> Tier:
    """The tier to read: with weights the finest that still holds the start, without them the coarsest that is exact."""
    aligned = [
        tier
        for tier in TIERS
        if period_s % tier.period_s == 0
        and start_s % tier.period_s == 0
        and (end_s % tier.period_s == 0 or end_s > now_s)
    ] or [TIERS[0]]
    holding = [tier for tier in aligned if start_s >= now_s - tier.kept_s] or aligned[-1:]
    return holding[0] if weights else holding[-1]


def _ungrouped(sources: str, wanted: Sequence[str], most: int, *, weights: bool) -> str:
    """The rows as they are, one too many where there are more than `most`: where hardly any share a bucket, putting
    them together is far quicker outside the engine (measured 2026-11: 140 ms of 460)."""
    columns = ", ".join(
        ["series", "unit", "at_s", *wanted, *(["seen AS sampled", "times AS weighed"] if weights else [])]
    )
    return f"SELECT {columns} FROM ({sources}) ORDER BY series, unit, at_s LIMIT {most + 1}"


def _grouped(sources: str, wanted: Sequence[str], *, weights: bool) -> str:
    """The rows aggregated to buckets, as rows that stand at the starts of theirs."""
    merged = ", sumMap(seen, times) AS merged, merged.1 AS sampled, merged.2 AS weighed" if weights else ""
    plain = "".join(f", {_PLAIN[name][0]}({name}) AS {name}" for name in wanted)
    return (
        "SELECT series, unit, {start:UInt32} + intDiv(at_s - {start:UInt32}, {period:UInt32}) * {period:UInt32} AS at, "
        f"at AS at_s{plain}{merged} FROM ({sources}) GROUP BY series, unit, at ORDER BY series, unit, at"
    )


class Rows:
    """Buckets of many streams, sorted by series, unit and time: of bucket i, `series[i]`, the unit's number `unit[i]`,
    `place[i]`, counted in periods from the start, and `start_s[i]`. `cuts` are where another stream begins."""

    def __init__(self, rows: pa.Table, wanted: Sequence[str], start_s: int, period_s: int, *, weights: bool) -> None:
        series, unit = rows["series"].to_numpy(), rows["unit"].to_numpy()
        place = (rows["at_s"].to_numpy().astype(np.int64) - start_s) // period_s
        differs = np.ones(rows.num_rows, np.bool_)
        differs[1:] = (np.diff(series) != 0) | (np.diff(unit) != 0)
        streams = np.flatnonzero(differs)
        differs[1:] |= np.diff(place) != 0
        firsts = np.flatnonzero(differs)
        self.series, self.unit, self.place = series[firsts], unit[firsts], place[firsts]
        self.cuts = np.searchsorted(firsts, streams)
        self.start_s = start_s + self.place * period_s
        self._plain = {name: _put_together(rows[name].to_numpy(), firsts, _PLAIN[name][1]) for name in wanted}
        self._values = self._weights = _NONE
        self._ends = np.zeros(len(firsts) + 1, np.int64)
        if weights:
            self._values, self._weights, ends = _flat(rows) if "sampled" in rows.column_names else _alike(rows)
            self._ends = ends[np.append(firsts, len(ends) - 1)]

    def __len__(self) -> int:
        return len(self.series)

    def streams(self) -> dict[int, list[Stream]]:
        """The streams of each series, by its number."""
        found: dict[int, list[Stream]] = {}
        for first, last in pairwise([*self.cuts.tolist(), len(self)]):
            stream = Stream(UNITS[self.unit[first]], first, last)
            found.setdefault(int(self.series[first]), []).append(stream)
        return found

    def buckets(self, first: int, last: int) -> Buckets:
        """The buckets from `first` up to `last`, whose unit is that of the first."""
        cut = slice(first, last)
        plain = {name: column[cut] for name, column in self._plain.items()}
        samples = slice(self._ends[first], self._ends[last])
        return Buckets(
            unit=UNITS[self.unit[first]] if first < last else "",
            start_s=self.start_s[cut],
            count=plain.get("count", _NONE),
            sum=plain.get("sum", _NONE),
            min=plain.get("min", _NONE),
            max=plain.get("max", _NONE),
            opaque=plain.get("opaque", _NONE).astype(np.bool_),
            values=self._values[samples],
            weights=self._weights[samples],
            ends=self._ends[first : last + 1] - self._ends[first],
        )


def _put_together(column: npt.NDArray[Any], firsts: Whole, aggregate: np.ufunc) -> npt.NDArray[Any]:
    if len(firsts) == len(column):
        return column
    found: npt.NDArray[Any] = aggregate.reduceat(column, firsts)
    return found


def _flat(rows: pa.Table) -> tuple[Numbers, Numbers, Whole]:
    """All rows' samples one after another, and where each row's end, beginning with 0."""
    sampled, weighed = (rows[name].combine_chunks() for name in ("sampled", "weighed"))
    lengths = pc.list_value_length(sampled).to_numpy(zero_copy_only=False)
    ends = np.concatenate(([0], np.cumsum(lengths, dtype=np.int64)))
    return sampled.flatten().to_numpy(), weighed.flatten().to_numpy(), ends


def _alike(rows: pa.Table) -> tuple[Numbers, Numbers, Whole]:
    """The samples of rows of which each holds one value only, however often: its least one. An opaque row has none."""
    known = rows["opaque"].to_numpy() == 0
    ends = np.concatenate(([0], np.cumsum(known, dtype=np.int64)))
    return rows["min"].to_numpy()[known], rows["count"].to_numpy()[known], ends
