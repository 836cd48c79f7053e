"""The members of a PutMetricData request as columns of points.

Datums of the common form, one `Value` each, go column by column; a request with any other datum, or with a fault, goes
datum by datum. What is wrong with a datum, and in which words, is `datum_checks`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING

from bayon import limits
from bayon.services.cloudwatch import datum_checks, units
from bayon.services.cloudwatch.datum_checks import Problem
from bayon.store.metric_series import Metric
from bayon.store.metrics import Points

if TYPE_CHECKING:
    from bayon.shapes.cloudwatch import MetricDatum, StatisticSet

_pair = itemgetter("Name", "Value")
_OTHER_FORMS = frozenset(("StatisticValues", "Values", "Counts"))
_RESOLUTIONS_S = frozenset((1, 60))
# Shared by all points of one value, which stands in their minimum; nobody changes them.
_ONCE = [1.0]
_NOTHING: list[float] = []


def add(points: Points, namespace: str, data: Sequence[MetricDatum], path: str, now_ms: int) -> list[Problem]:
    """The datums are among `points`; or some are wrong, which is the answer, and `points` is of no more use.

    In: `path` is the request member that holds them, as AWS's texts spell it (`MetricData`).
    """
    if _add_plain(points, namespace, data, now_ms):
        return []
    problems: list[Problem] = []
    for position, datum in enumerate(data, 1):
        found = datum_checks.problems(datum, f"{path}.member.{position}", now_ms)
        problems += found
        if not problems:
            _add(points, namespace, datum, now_ms)
    return problems


@lru_cache(maxsize=limits.METRICS_CACHED)
def metric(namespace: str, name: str, *dimensions: tuple[str, str]) -> Metric:
    """The metric so named, of two dimensions of one name the last.

    Raises: ValueError where a name or a dimension is not what AWS accepts.
    """
    if datum_checks.name_problems(name, dimensions, ""):
        raise ValueError(name)
    return Metric(namespace, name, tuple(sorted(dict(dimensions).items())))


def _add_plain(points: Points, namespace: str, data: Sequence[MetricDatum], now_ms: int) -> bool:
    """The datums are among `points` if all are right and of the common form; nothing is, otherwise."""
    try:
        values = [float(datum["Value"]) for datum in data]
        metrics = [metric(namespace, datum["MetricName"], *map(_pair, datum.get("Dimensions", ()))) for datum in data]
    except (KeyError, ValueError):
        return False
    times_ms = [datum.get("Timestamp", now_ms) for datum in data]
    unit = [datum.get("Unit", units.NONE) for datum in data]
    resolution_s = [datum.get("StorageResolution", 60) for datum in data]
    right = (
        all(map(_OTHER_FORMS.isdisjoint, data))
        and math.isfinite(sum(values))  # a NaN would slip through the comparisons
        and max(map(abs, values), default=0) <= limits.DATUM_VALUE
        and min(times_ms, default=now_ms) >= now_ms - limits.DATUM_AGE_MS
        and max(times_ms, default=now_ms) <= now_ms + limits.DATUM_AHEAD_MS
        and units.KNOWN.issuperset(unit)
        and _RESOLUTIONS_S.issuperset(resolution_s)
    )
    if not right:
        return False
    points.metric += metrics
    points.unit += unit
    points.at_s += [
        time_ms // 60_000 * 60 if step_s == 60 else time_ms // 1000
        for time_ms, step_s in zip(times_ms, resolution_s, strict=True)
    ]
    points.resolution_s += resolution_s
    points.count += _ONCE * len(values)
    points.sum += values
    points.min += values
    points.max += values
    points.values += [_NOTHING] * len(values)
    points.weights += [_NOTHING] * len(values)
    points.opaque += [False] * len(values)
    return True


def _add(points: Points, namespace: str, datum: MetricDatum, now_ms: int) -> None:
    """The datum, which is right, is among `points`."""
    if statistics := datum.get("StatisticValues"):
        _add_statistics(points, statistics)
    else:
        values, weights = _weighted(datum)
        if not values:
            return  # every count was zero: nothing was measured
        points.count.append(math.fsum(weights))
        points.sum.append(math.fsum(map(float.__mul__, values, weights)))
        points.min.append(min(values))
        points.max.append(max(values))
        points.values.append(values)
        points.weights.append(weights)
        points.opaque.append(False)
    step_s = datum.get("StorageResolution", 60)
    points.metric.append(metric(namespace, datum["MetricName"], *map(_pair, datum.get("Dimensions", ()))))
    points.unit.append(datum.get("Unit", units.NONE))
    points.at_s.append(datum.get("Timestamp", now_ms) // (step_s * 1000) * step_s)
    points.resolution_s.append(step_s)


def _weighted(datum: MetricDatum) -> tuple[list[float], list[float]]:
    values = datum.get("Values")
    if not values:
        return [float(datum["Value"])], _ONCE
    counts = datum.get("Counts")
    if not counts:
        return list(map(float, values)), [1.0] * len(values)
    counted = [(float(value), float(count)) for value, count in zip(values, counts, strict=True) if count]
    return [value for value, _ in counted], [count for _, count in counted]


def _add_statistics(points: Points, statistics: StatisticSet) -> None:
    """The set's numbers are among `points`, opaque unless all its values must be the same."""
    count, total = float(statistics["SampleCount"]), float(statistics["Sum"])
    least, most = float(statistics["Minimum"]), float(statistics["Maximum"])
    known = least == most and total == least * count
    points.count.append(count)
    points.sum.append(total)
    points.min.append(least)
    points.max.append(most)
    points.values.append(_NOTHING)
    points.weights.append(_NOTHING)
    points.opaque.append(not known)
