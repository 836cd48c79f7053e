"""Metric points aggregate to what a plain computation gives, at every period and tier, settled or not."""

from __future__ import annotations

import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from bayon import limits
from bayon.store import metric_buckets, metric_series, metrics, roll_up
from bayon.store.metric_buckets import Buckets
from bayon.store.metric_series import Metric
from bayon.store.metrics import Points
from bayon.store.schema import TIERS
from bayon.store.store import Store

NOW_S = 1_772_445_600
DAY_S = 86_400
CPU, QUIET = Metric("app", "cpu", (("host", "a"),)), Metric("app", "cpu", ())


def add(points: Points, metric: Metric, at_s: int, value: float, *, resolution_s: int = 60, unit: str = "None") -> None:
    """One plain value."""
    points.metric.append(metric)
    points.unit.append(unit)
    points.at_s.append(at_s - at_s % resolution_s)
    points.resolution_s.append(resolution_s)
    points.count.append(1.0)
    for column in (points.sum, points.min, points.max):
        column.append(value)
    points.values.append([])
    points.weights.append([])
    points.opaque.append(False)


def samples(buckets: Buckets, place: int) -> tuple[list[float], list[float]]:
    """The distinct values of a bucket, ascending, with their weights."""
    cut = slice(buckets.ends[place], buckets.ends[place + 1])
    seen: Counter[float] = Counter()
    for value, weight in zip(buckets.values[cut].tolist(), buckets.weights[cut].tolist(), strict=True):
        seen[value] += weight
    return sorted(seen), [seen[value] for value in sorted(seen)]


def append(store: Store, points: Points) -> None:
    metrics.append(store, "1", "r", points, NOW_S * 1000)


def read(store: Store, start_s: int, end_s: int, period_s: int, *, weights: bool = False) -> list[Buckets]:
    """All plain columns, and with `weights` the single values too."""
    columns = ["count", "sum", "min", "max", "opaque", *(["weights"] if weights else [])]
    found = metric_buckets.read(
        store, "1", "r", [CPU, QUIET], start_s=start_s, end_s=end_s, period_s=period_s, now_s=NOW_S, columns=columns
    )
    assert QUIET not in found
    return found.get(CPU, [])


@pytest.mark.parametrize("period_s", [60, 120, 300, 3600, 7200, DAY_S])
@pytest.mark.parametrize("seed", range(2))
def test_buckets_hold_what_was_put(store: Store, seed: int, period_s: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sums, counts, extremes and values equal a plain aggregation, with late data and roll-ups in between, whether the
    engine puts buckets together (an odd seed) or numpy does."""
    monkeypatch.setattr(limits, "POINTS_UNGROUPED", 0 if seed % 2 else 1_000_000)
    rng = random.Random(seed)
    put: list[tuple[int, float]] = []
    for _ in range(6):
        points = Points()
        for _ in range(50):
            at_s, value = NOW_S - rng.randrange(3 * DAY_S), float(rng.randint(0, 200))
            add(points, CPU, at_s, value)
            put.append((at_s - at_s % 60, value))
        append(store, points)
        if rng.random() < 0.5:
            roll_up.settle_metrics(store, NOW_S, now=True)
    start_s, end_s = NOW_S - 2 * DAY_S, NOW_S - 1800
    expected: dict[int, list[float]] = defaultdict(list)
    for at_s, value in put:
        if start_s <= at_s < end_s:
            expected[start_s + (at_s - start_s) // period_s * period_s].append(value)
    (buckets,) = read(store, start_s, end_s, period_s, weights=True)
    assert buckets.start_s.tolist() == sorted(expected)
    for place, at_s in enumerate(buckets.start_s.tolist()):
        values = expected[at_s]
        assert (buckets.count[place], buckets.sum[place]) == (len(values), sum(values))
        assert (buckets.min[place], buckets.max[place]) == (min(values), max(values))
        distinct = sorted(set(values))
        assert samples(buckets, place) == (distinct, [values.count(value) for value in distinct])


def test_units_are_streams_of_their_own(store: Store) -> None:
    """One bucket list a unit, each with its own data."""
    points = Points()
    for unit, value in (("None", 10.0), ("Count", 5.0), ("Seconds", 1.0)):
        add(points, CPU, NOW_S - 60, value, unit=unit)
    append(store, points)
    found = {buckets.unit: buckets.sum.tolist() for buckets in read(store, NOW_S - 3600, NOW_S, 60)}
    assert found == {"None": [10.0], "Count": [5.0], "Seconds": [1.0]}


def test_one_second_data_is_kept_three_hours(store: Store) -> None:
    """Behind three hours it is seen only through the minutes (metrics.md §1.3, worked example 24)."""
    points = Points()
    for age_s in (1800, 4 * 3600):
        add(points, CPU, NOW_S - age_s, 1.0, resolution_s=1)
        add(points, CPU, NOW_S - age_s + 11, 2.0, resolution_s=1)
    append(store, points)
    for _ in range(2):
        (fine,) = read(store, NOW_S - 5 * 3600, NOW_S, 10)
        assert [NOW_S - at_s for at_s in fine.start_s] == [1800, 1790]
        (minutes,) = read(store, NOW_S - 5 * 3600, NOW_S, 60)
        assert minutes.sum.tolist() == [3.0, 3.0]
        roll_up.settle_metrics(store, NOW_S, now=True)


DISTRIBUTIONS: dict[str, Callable[[np.random.Generator, int], np.ndarray[Any, Any]]] = {
    "log-normal": lambda rng, size: rng.lognormal(3, 1.5, size),
    "bimodal": lambda rng, size: np.where(rng.random(size) < 0.7, rng.normal(20, 1, size), rng.normal(900, 30, size)),
    "constant": lambda rng, size: np.full(size, 137.77),
}


@pytest.mark.parametrize(("age_days", "period_s"), [(1, 60), (20, 300), (100, 3600)])
@pytest.mark.parametrize("shape", DISTRIBUTIONS)
def test_percentiles_hold_at_every_tier(store: Store, shape: str, age_days: int, period_s: int) -> None:
    """Of 5,000 points a bucket each percentile is within 0.4 % of the exact one, also where only a tier is left."""
    values = DISTRIBUTIONS[shape](np.random.default_rng(4), 5000)
    start_s = NOW_S - age_days * DAY_S
    points = Points()
    for value in values.tolist():
        add(points, CPU, start_s, value)
    append(store, points)
    roll_up.settle_metrics(store, NOW_S, now=True)
    (buckets,) = read(store, start_s, start_s + 3600, period_s, weights=True)
    distinct, weights = samples(buckets, 0)
    reach = np.cumsum(weights)
    for percentile in (1, 10, 50, 90, 99, 99.9):
        rank = math.ceil(percentile / 100 * len(values))
        exact = np.sort(values)[rank - 1]
        found = distinct[int(np.searchsorted(reach, rank))]
        assert abs(found - exact) <= 0.004 * abs(exact)


def test_expired_tiers_are_dropped(store: Store) -> None:
    """Each tier keeps its days and no more."""
    for age_days in (1, 20, 100, 500):
        points = Points()
        add(points, CPU, NOW_S - age_days * DAY_S, 1.0)
        append(store, points)
    roll_up.settle_metrics(store, NOW_S, now=True)
    roll_up.expire(store, NOW_S)
    rows = {tier.period_s: store.query(f"SELECT count() AS n FROM {tier.table}")["n"][0].as_py() for tier in TIERS}
    assert rows == {60: 1, 300: 2, 3600: 3}
    (buckets,) = read(store, NOW_S - 600 * DAY_S, NOW_S, 3600)
    assert buckets.sum.tolist() == [1.0, 1.0, 1.0]


def test_a_crash_between_tiers_changes_no_answer(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every period gives the same sums before the crash, after it and once settling has caught up."""
    points = Points()
    for age_s in range(60, 3 * DAY_S, 3600):
        add(points, CPU, NOW_S - age_s, 1.0)
    append(store, points)
    start_s = NOW_S - 4 * DAY_S

    def sums() -> list[float]:
        return [sum(read(store, start_s, NOW_S, period_s)[0].sum) for period_s in (60, 300, 3600)]

    before, write_day, done = sums(), roll_up._write_day, []

    def crash_on_the_third(*arguments: object) -> None:
        done.append(arguments)
        if len(done) == 3:
            raise KeyboardInterrupt
        write_day(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(roll_up, "_write_day", crash_on_the_third)
        with pytest.raises(KeyboardInterrupt):
            roll_up.settle_metrics(store, NOW_S, now=True)
    for _ in range(3):
        assert sums() == before
        store._load()  # what a restart reads again
        assert sums() == before
        roll_up.settle_metrics(store, NOW_S, now=True)


def test_metrics_are_listed_by_what_identifies_them(store: Store) -> None:
    """Filters, order, activity and paging of the listing."""
    points = Points()
    both = ((), (("x", "1"), ("y", "2")))
    names = [Metric(namespace, name, dims) for namespace in ("a", "b") for name in ("m", "n") for dims in both]
    for metric in names:
        add(points, metric, NOW_S - (7200 if metric.name == "m" else 60), 1.0)
    append(store, points)

    def listed(**filters: object) -> list[Metric]:
        return metric_series.list_metrics(store, "1", "r", **({"active_since_s": 0, "limit": 100} | filters))  # type: ignore[arg-type]

    assert listed() == names
    assert listed(namespace="a", name="m") == names[:2]
    assert listed(dimensions=[("x", "1")]) == names[1::2]
    assert listed(dimensions=[("x", None), ("y", "3")]) == []
    assert listed(active_since_s=NOW_S - 3600) == [metric for metric in names if metric.name == "n"]
    assert [*listed(limit=3), *listed(after=names[2])] == names
    assert metric_series.list_metrics(store, "1", "elsewhere", active_since_s=0, limit=9) == []
