"""Metric data points: raw for fifteen days, rolled up to five minutes and an hour for longer.

A series is (account, region, namespace, name, set of dimensions); each of its units is a stream of its own. Values keep
their exact weights at full resolution and eight significant binary digits in the roll-ups. Metric semantics that are not
storage (rounding of times, statistics from weights, labels) live in `services.cloudwatch`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from bayon import limits
from bayon.store.schema import DAY_S, HIGH_RESOLUTION_KEPT_S, TIERS, UNITS, Tier
from bayon.store.settle import WEIGHED
from bayon.store.settle import expire_metrics as expire
from bayon.store.store import Store

Dimensions = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Metric:
    """What identifies a series within an account and region; dimensions sorted by name, each name once."""

    namespace: str
    name: str
    dimensions: Dimensions


@dataclass(slots=True)
class Points:
    """Data points as columns of equal length.

    `resolution_s` is 1 or 60 and `at_s` already floored to it. A point has either its values with their weights, or, when
    `values` is empty, only count, sum, minimum and maximum; `opaque` says that it is a statistic set whose individual
    values cannot be known, so that percentiles over it do not exist.
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
    """One unit's stream of one series, aggregated to periods: columns of equal length, oldest first, empty ones left out.

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


__all__ = ["Buckets", "Dimensions", "Metric", "Points", "append", "expire", "list_metrics", "read"]

_UNIT_NUMBERS = {unit: number for number, unit in enumerate(UNITS)}
_DIMENSIONS = pa.list_(pa.struct([("name", pa.string()), ("value", pa.string())]))


def append(store: Store, account: str, region: str, points: Points, now_ms: int) -> None:
    """The points are durable and their series listed.

    Raises: StoreError, retryable, when too many appends wait or the disk is full; then nothing was kept.
    """
    if not points.metric:
        return
    numbers, seen = _series_numbers(store, account, region, points)
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
    blocks = {"metric_recent": pa.table(block)}
    if seen:
        blocks["metric_series"] = _series_block(account, region, seen)
    store.append(blocks)
    known = _known_series(store, account, region)
    for metric, (number, last_s) in seen.items():
        known[metric] = (number, last_s)


def series_number(account: str, region: str, metric: Metric) -> int:
    """The 64-bit number of a series, the same in every process and for ever."""
    parts = [account, region, metric.namespace, metric.name, *(text for pair in metric.dimensions for text in pair)]
    digest = hashlib.blake2b("\x00".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


_Known = dict[Metric, tuple[int, int]]


def _known_series(store: Store, account: str, region: str) -> _Known:
    """Series whose listing is durable, with their number and the latest time that was listed: a bounded cache."""
    known: _Known = store.caches.setdefault(("series", account, region), {})
    if len(known) > limits.SERIES_CACHED:
        known.clear()
    return known


def _series_numbers(store: Store, account: str, region: str, points: Points) -> tuple[list[int], _Known]:
    """The number of each point's series, and the series whose listing is missing or out of date."""
    known = _known_series(store, account, region)
    numbers: list[int] = []
    seen: _Known = {}
    for metric, at_s in zip(points.metric, points.at_s, strict=True):
        entry = known.get(metric)
        if entry is None:
            entry = seen.get(metric) or (series_number(account, region, metric), -1)
        number, last_s = entry
        numbers.append(number)
        if at_s > last_s + limits.SERIES_SEEN_S or last_s < 0:
            seen[metric] = (number, max(at_s, last_s))
    return numbers, seen


def _series_block(account: str, region: str, seen: _Known) -> pa.Table:
    dimensions = [[{"name": name, "value": value} for name, value in metric.dimensions] for metric in seen]
    return pa.table(
        {
            "account": pa.array([account] * len(seen)),
            "region": pa.array([region] * len(seen)),
            "namespace": pa.array([metric.namespace for metric in seen]),
            "name": pa.array([metric.name for metric in seen]),
            "dimensions": pa.array(dimensions, _DIMENSIONS),
            "series": pa.array([number for number, _ in seen.values()], pa.uint64()),
            "last_s": pa.array([last_s for _, last_s in seen.values()], pa.uint32()),
        }
    )


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

    Bucket k covers [start_s + k·period_s, start_s + (k+1)·period_s). What a tier no longer keeps at this period (AWS's age
    rules, by `now_s`) is left out.
    """
    series = {series_number(account, region, metric): metric for metric in metrics}
    bounds = {"series": list(series), "start": start_s, "end": end_s, "period": period_s}
    while True:
        version = store.tiers_version
        sql, parameters = _query(store, start_s, end_s, period_s, now_s, weights)
        rows = store.query(sql, bounds | parameters)
        if version == store.tiers_version and version % 2 == 0:
            return _by_metric(rows, series, start_s, period_s, weights)


def _query(
    store: Store, start_s: int, end_s: int, period_s: int, now_s: int, weights: bool
) -> tuple[str, Mapping[str, Any]]:
    """The aggregation to periods over the finest or the fewest rows that hold the range, and its parameters."""
    within = "series IN {series:Array(UInt64)} AND at_s >= {start:UInt32} AND at_s < {end:UInt32} AND at_s >= {kept:UInt32}"
    plain = "series, unit, at_s, count, sum, min, max, opaque"
    parameters: dict[str, Any] = {}
    if period_s < 60:
        parameters["kept"] = max(0, now_s - HIGH_RESOLUTION_KEPT_S)
        sources = f"SELECT {plain}, {WEIGHED} FROM metric_recent WHERE {within}"
    else:
        tier = _tier(start_s, end_s, period_s, now_s, weights)
        days = store.tier_generations(tier)
        ahead = {day: days[day] for day in range(start_s // DAY_S, end_s // DAY_S + 1) if day in days}
        parameters["kept"] = max(0, now_s - tier.kept_s)
        parameters["days"], parameters["generations"] = list(ahead), list(ahead.values())
        unsettled = (
            f"generation > transform(intDiv(at_s, {DAY_S}), {{days:Array(UInt32)}}, {{generations:Array(UInt64)}}, toUInt64(0))"
            if ahead
            else "1"
        )
        sources = (
            f"SELECT {plain}, {WEIGHED} FROM metric_recent WHERE {within} AND {unsettled} "
            f"UNION ALL SELECT {plain}, values AS seen, weights AS times FROM {tier.table} WHERE {within}"
        )
    merged = ", sumMap(seen, times) AS merged, merged.1 AS values, merged.2 AS weights" if weights else ""
    return (
        "SELECT series, unit, intDiv(at_s - {start:UInt32}, {period:UInt32}) AS bucket, sum(count) AS count, sum(sum) AS sum, "
        f"min(min) AS min, max(max) AS max, max(opaque) AS opaque{merged} "
        f"FROM ({sources}) GROUP BY series, unit, bucket ORDER BY series, unit, bucket",
        parameters,
    )


def _tier(start_s: int, end_s: int, period_s: int, now_s: int, weights: bool) -> Tier:
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
    rows: pa.Table, series: Mapping[int, Metric], start_s: int, period_s: int, weights: bool
) -> dict[Metric, list[Buckets]]:
    """The sorted rows cut where the series or the unit changes."""
    if not rows.num_rows:
        return {}
    numbers, units = (rows[name].to_numpy() for name in ("series", "unit"))
    starts = (rows["bucket"].to_numpy().astype(np.int64) * period_s + start_s).tolist()
    count, total, least, most = (rows[name].to_numpy().tolist() for name in ("count", "sum", "min", "max"))
    opaque = rows["opaque"].to_numpy().astype(bool).tolist()
    seen, times = (rows[name].to_pylist() if weights else [[]] * len(starts) for name in ("values", "weights"))
    cuts = np.flatnonzero((np.diff(numbers) != 0) | (np.diff(units) != 0)) + 1
    found: dict[Metric, list[Buckets]] = {}
    for first, last in zip([0, *cuts.tolist()], [*cuts.tolist(), len(starts)], strict=True):
        cut = slice(first, last)
        stream = Buckets(
            UNITS[int(units[first])], starts[cut], count[cut], total[cut], least[cut], most[cut],
            seen[cut], times[cut], opaque[cut],
        )  # fmt: skip
        found.setdefault(series[int(numbers[first])], []).append(stream)
    return found


def list_metrics(
    store: Store,
    account: str,
    region: str,
    *,
    namespace: str | None = None,
    name: str | None = None,
    dimensions: Sequence[tuple[str, str | None]] = (),
    active_since_s: int,
    after: Metric | None = None,
    limit: int,
) -> list[Metric]:
    """Metrics with a point at or after `active_since_s` that have all the named dimensions, in order of (namespace, name,
    dimensions), those behind `after` first."""
    where = ["account = {account:String}", "region = {region:String}"]
    parameters: dict[str, Any] = {"account": account, "region": region, "since": max(0, active_since_s), "limit": limit}
    if namespace is not None:
        where.append("namespace = {namespace:String}")
        parameters["namespace"] = namespace
    if name is not None:
        where.append("name = {name:String}")
        parameters["name"] = name
    for place, (key, value) in enumerate(dimensions):
        same_value = "" if value is None else f" AND d.value = {{value{place}:String}}"
        where.append(f"arrayExists(d -> d.name = {{key{place}:String}}{same_value}, dimensions)")
        parameters[f"key{place}"] = key
        if value is not None:
            parameters[f"value{place}"] = value
    if after is not None:
        where.append(
            "(namespace, name, dimensions) > ({after_namespace:String}, {after_name:String}, "
            "{after_dimensions:Array(Tuple(String, String))})"
        )
        parameters |= {"after_namespace": after.namespace, "after_name": after.name}
        parameters["after_dimensions"] = list(after.dimensions)
    rows = store.query(
        f"SELECT toString(namespace) AS ns, name, dimensions FROM metric_series WHERE {' AND '.join(where)} "
        "GROUP BY namespace, name, dimensions HAVING max(last_s) >= {since:UInt32} "
        "ORDER BY ns, name, dimensions LIMIT {limit:UInt32}",
        parameters,
    )
    columns = (rows[column].to_pylist() for column in ("ns", "name", "dimensions"))
    return [
        Metric(namespace, name, tuple((pair["name"], pair["value"]) for pair in pairs))
        for namespace, name, pairs in zip(*columns, strict=True)
    ]
