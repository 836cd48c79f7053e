"""Metric data points: raw for fifteen days, rolled up to five minutes and an hour for longer.

A series is (account, region, namespace, name, set of dimensions); each of its units is a stream of its own. Values keep
their exact weights at full resolution and eight significant binary digits in the roll-ups. Metric semantics that are
not storage (rounding of times, statistics from weights, labels) live in `services.cloudwatch`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bayon.clock import DAY_S
from bayon.store.metric_series import Metric, known_series, series_block, series_number, series_numbers
from bayon.store.roll_up import WEIGHED
from bayon.store.schema import HIGH_RESOLUTION_KEPT_S, TIERS, UNITS, Tier
from bayon.store.store import Store


@dataclass(slots=True)
class Points:
    """Data points as columns of equal length.

    `resolution_s` is 1 or 60 and `at_s` already floored to it. A point has either its values with their weights, or,
    when `values` is empty, only count, sum, minimum and maximum; `opaque` says that it is a statistic set whose
    individual values cannot be known, so that percentiles over it do not exist.
    """

    metric: list[Metric] = field(default_factory=list)
    unit: list[str] = field(default_factory=list)
    at_s: list[int] = field(default_factory=list)
    resolution_s: list[int] = field(default_factory=list)
    count: list[float] = field(default_factory=list)
    sum: list[float] = field(default_factory=list)
    min: list[float] = field(default_factory=list)
    max: list[float] = field(default_factory=list)
    values: list[list[float]] = field(default_factory=list)
    weights: list[list[float]] = field(default_factory=list)
    opaque: list[bool] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Buckets:
    """One unit's stream of one series, aggregated to periods: columns of equal length, oldest first, empty ones left
    out.

    `values[i]` and `weights[i]` are the bucket's distinct values ascending with their weights; both are empty where the
    weights were not asked for, and `opaque[i]` is true where they cannot be known.
    """

    unit: str
    start_s: list[int]
    count: list[float]
    sum: list[float]
    min: list[float]
    max: list[float]
    values: list[list[float]]
    weights: list[list[float]]
    opaque: list[bool]


# The generation as of which the tier holds a row's day: recent points count behind it, the tier's own at it.
_HELD = f"transform(intDiv(at_s, {DAY_S}), {{days:Array(UInt32)}}, {{generations:Array(UInt64)}}, toUInt64(0))"
_UNIT_NUMBERS = {unit: number for number, unit in enumerate(UNITS)}


def append(store: Store, account: str, region: str, points: Points, now_ms: int) -> None:
    """The points are durable and their series listed.

    Raises: StoreError, retryable, when too many appends wait or the disk is full; then nothing was kept.
    """
    if not points.metric:
        return
    numbers, seen = series_numbers(store, account, region, points.metric, points.at_s)
    blocks = {"metric_recent": points_block(points, numbers)}
    if seen:
        blocks["metric_series"] = series_block(account, region, seen)
    store.append(blocks)
    known_series(store, account, region).update(seen)


def points_block(points: Points, numbers: Sequence[int]) -> pa.Table:
    """The points as rows of `metric_recent`; `numbers` are those of their series."""
    block = {
        "series": pa.array(numbers, pa.uint64()),
        "unit": pa.array([_UNIT_NUMBERS[unit] for unit in points.unit], pa.uint8()),
        "at_s": pa.array(points.at_s, pa.uint32()),
        "resolution_s": pa.array(points.resolution_s, pa.uint8()),
        "count": pa.array(points.count, pa.float64()),
        "sum": pa.array(points.sum, pa.float64()),
        "min": pa.array(points.min, pa.float64()),
        "max": pa.array(points.max, pa.float64()),
        "values": pa.array(points.values, pa.list_(pa.float64())),
        "weights": pa.array(points.weights, pa.list_(pa.float64())),
        "opaque": pa.array(points.opaque, pa.bool_()).cast(pa.uint8()),
    }
    return pa.table(block)


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
    weights: bool,
) -> dict[Metric, list[Buckets]]:
    """Per metric its streams, one `Buckets` a unit that has data in [start_s, end_s); metrics without data are absent.

    Bucket k covers [start_s + k·period_s, start_s + (k+1)·period_s). What a tier no longer keeps at this period
    (AWS's age rules, by `now_s`) is left out.
    """
    series = {series_number(account, region, metric): metric for metric in metrics}
    rows = columns(store, list(series), start_s=start_s, end_s=end_s, period_s=period_s, now_s=now_s, weights=weights)
    return _by_metric(rows, series, start_s, period_s, weights=weights)


def columns(
    store: Store, series: Sequence[int], *, start_s: int, end_s: int, period_s: int, now_s: int, weights: bool
) -> pa.Table:
    """The streams of many series, given by number, as `read` has them, in columns: a row is one series' unit in one
    period, and `bucket` counts periods from the start. Sorted by series, unit and bucket."""
    bounds = {"series": list(series), "start": start_s, "end": end_s, "period": period_s}
    sql, parameters = _query(store, start_s, end_s, period_s, now_s, weights=weights)
    return store.query(sql, bounds | parameters)


def _query(
    store: Store, start_s: int, end_s: int, period_s: int, now_s: int, *, weights: bool
) -> tuple[str, dict[str, Any]]:
    """The aggregation to periods over the finest or the fewest rows that hold the range, and its parameters."""
    within = (
        "series IN {series:Array(UInt64)} AND at_s >= greatest({start:UInt32}, {kept:UInt32}) AND at_s < {end:UInt32}"
    )
    plain = "series, unit, at_s, count, sum, min, max, opaque"
    parameters: dict[str, Any] = {}
    if period_s < 60:
        parameters["kept"] = max(0, now_s - HIGH_RESOLUTION_KEPT_S)
        sources = f"SELECT {plain}, {WEIGHED} FROM metric_recent WHERE {within}"
    else:
        tier = _tier(start_s, end_s, period_s, now_s, weights=weights)
        parameters["kept"] = max(0, now_s - tier.kept_s)
        days = store.tier_days[tier.table]
        held = [(day, days[day]) for day in range(start_s // DAY_S, end_s // DAY_S + 1) if day in days]
        sources = f"SELECT {plain}, {WEIGHED} FROM metric_recent WHERE {within}"
        if held:
            parameters["days"], parameters["generations"] = (list(column) for column in zip(*held, strict=True))
            sources += (
                f" AND generation > {_HELD} "
                f"UNION ALL SELECT {plain}, values AS seen, weights AS times FROM {tier.table} "
                f"WHERE {within} AND generation = {_HELD}"
            )
    merged = ", sumMap(seen, times) AS merged, merged.1 AS values, merged.2 AS weights" if weights else ""
    sql = (
        "SELECT series, unit, intDiv(at_s - {start:UInt32}, {period:UInt32}) AS bucket, sum(count) AS count, "
        f"sum(sum) AS sum, min(min) AS min, max(max) AS max, max(opaque) AS opaque{merged} "
        f"FROM ({sources}) GROUP BY series, unit, bucket ORDER BY series, unit, bucket"
    )
    return sql, parameters


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


def _by_metric(
    rows: pa.Table, series: Mapping[int, Metric], start_s: int, period_s: int, *, weights: bool
) -> dict[Metric, list[Buckets]]:
    """The sorted rows cut where the series or the unit changes."""
    if not rows.num_rows:
        return {}
    numbers, units = (rows[name].to_numpy() for name in ("series", "unit"))
    starts = (rows["bucket"].to_numpy().astype(np.int64) * period_s + start_s).tolist()
    count, total, least, most = (rows[name].to_numpy().tolist() for name in ("count", "sum", "min", "max"))
    opaque = rows["opaque"].to_numpy().astype(bool).tolist()
    nothing: list[list[float]] = [[]] * len(starts)
    seen, times = (lists(rows[name]) if weights else nothing for name in ("values", "weights"))
    cuts = np.flatnonzero((np.diff(numbers) != 0) | (np.diff(units) != 0)) + 1
    found: dict[Metric, list[Buckets]] = {}
    for first, last in zip([0, *cuts.tolist()], [*cuts.tolist(), len(starts)], strict=True):
        cut = slice(first, last)
        stream = Buckets(
            unit=UNITS[int(units[first])],
            start_s=starts[cut],
            count=count[cut],
            sum=total[cut],
            min=least[cut],
            max=most[cut],
            values=seen[cut],
            weights=times[cut],
            opaque=opaque[cut],
        )
        found.setdefault(series[int(numbers[first])], []).append(stream)
    return found


def lists(column: pa.ChunkedArray) -> list[list[float]]:
    """The lists of a list column; slices of one flat list are far cheaper than an object at a time."""
    joined = column.combine_chunks()
    flat = joined.flatten().to_numpy().tolist()
    ends = np.cumsum(pc.list_value_length(joined).to_numpy()).tolist()
    return [flat[first:last] for first, last in zip([0, *ends], ends, strict=False)]
