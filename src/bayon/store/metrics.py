"""Metric data points in: raw for fifteen days, rolled up to five minutes and an hour for longer.

A series is (account, region, namespace, name, set of dimensions); each of its units is a stream of its own. Values keep
their exact weights at full resolution and eight significant binary digits in the roll-ups. Reading them is
`metric_buckets`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from bayon.store.journal import Blocks
from bayon.store.metric_series import Metric, known_series, series_block, series_numbers
from bayon.store.schema import UNITS
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


_UNIT_NUMBERS = {unit: number for number, unit in enumerate(UNITS)}


def append(
    store: Store, account: str, region: str, points: Points, now_ms: int, *, beside: Blocks | None = None
) -> None:
    """The points are durable and their series listed, and so is what stands `beside` them; all or nothing.

    Raises: StoreError, retryable, when too many appends wait or the disk is full; then nothing was kept.
    """
    blocks = dict(beside or {})
    if not points.metric and not blocks:
        return
    numbers, seen = series_numbers(store, account, region, points.metric, points.at_s)
    if numbers:
        blocks["metric_recent"] = points_block(points, numbers)
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
