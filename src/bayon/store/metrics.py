"""Metric data points: raw for fifteen days, rolled up to five minutes and an hour for longer.

A series is (account, region, namespace, name, set of dimensions); each of its units is a stream of its own. Values keep
their exact weights at full resolution and eight significant binary digits in the roll-ups. Metric semantics that are not
storage (rounding of times, statistics from weights, labels) live in `services.cloudwatch`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

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


def append(store: Store, account: str, region: str, points: Points, now_ms: int) -> None:
    """The points are durable and their series listed.

    Raises: StoreError, retryable, when too many appends wait or the disk is full; then nothing was kept.
    """
    raise NotImplementedError


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
    raise NotImplementedError


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
    raise NotImplementedError
