"""OpenTelemetry's metric points as points of CloudWatch metrics.

The namespace is the resource's `service.namespace` and `service.name`, joined by a slash, as AWS's exporter makes it.
The dimensions are the attributes of the point and of the scope and, of the resource, those of `RESOURCE_DIMENSIONS`.
Distributions keep their exact count, sum, minimum and maximum; of each bucket all values count as its middle, so that
percentiles are as good as the buckets are.

Sums since a start become what was added since the point before, which `cumulative.py` remembers.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, assert_never

from bayon import limits
from bayon.services.cloudwatch import datums, units
from bayon.services.otlp.signals import Histogram, Number, Point, Source, Stream, Summary
from bayon.store.metric_series import Metric
from bayon.store.metrics import Points

RESOURCE_DIMENSIONS = ("service.name", "deployment.environment.name", "deployment.environment")
DEFAULT_NAMESPACE = "OTLP"

# UCUM units and OpenTelemetry's words, as CloudWatch calls them.
_UNITS = {
    "s": "Seconds",
    "ms": "Milliseconds",
    "us": "Microseconds",
    "By": "Bytes",
    "bytes": "Bytes",
    "kBy": "Kilobytes",
    "MBy": "Megabytes",
    "GBy": "Gigabytes",
    "TBy": "Terabytes",
    "bit": "Bits",
    "kbit": "Kilobits",
    "Mbit": "Megabits",
    "Gbit": "Gigabits",
    "Tbit": "Terabits",
    "%": "Percent",
    "By/s": "Bytes/Second",
    "kBy/s": "Kilobytes/Second",
    "MBy/s": "Megabytes/Second",
    "GBy/s": "Gigabytes/Second",
    "bit/s": "Bits/Second",
    "1/s": "Count/Second",
    "count": "Count",
}

Totals = tuple[float, ...]
# From a point and its totals to what was added since the point before; none where that cannot be known, or where the
# point is one that was counted already.
Added = Callable[[Point, Totals], Totals | None]


@dataclass(frozen=True, slots=True)
class _Distribution:
    """What one point adds to its series."""

    count: float
    total: float
    least: float
    most: float
    values: list[float]
    weights: list[float]
    opaque: bool = False


def add(points: Points, found: Iterable[Point], added: Added, now_ms: int) -> Counter[str]:
    """The points are among `points`. Out: how many are not, by the reason in words."""
    refused: Counter[str] = Counter()
    for point in found:
        try:
            _add(points, point, added, now_ms)
        except _Refused as refusal:
            refused[str(refusal)] += 1
    return refused


class _Refused(Exception):
    """The point cannot be a CloudWatch metric; the text says why."""


def _add(points: Points, point: Point, added: Added, now_ms: int) -> None:
    at_ms = point.at_ns // 1_000_000
    if not now_ms - limits.DATUM_AGE_MS <= at_ms <= now_ms + limits.DATUM_AHEAD_MS:
        raise _Refused("the time is more than two weeks ago or two hours ahead")
    metric = _metric(point.stream, point)
    distribution = _distribution(point, added)
    if distribution is None or not distribution.count:
        return
    extremes = (distribution.total, distribution.least, distribution.most, *distribution.values)
    if not all(map(math.isfinite, extremes)) or max(map(abs, extremes)) > limits.DATUM_VALUE:
        raise _Refused("a value is not finite or too large")
    points.metric.append(metric)
    points.unit.append(_unit(point.stream.unit))
    points.at_s.append(at_ms // 60_000 * 60)
    points.resolution_s.append(60)
    points.count.append(distribution.count)
    points.sum.append(distribution.total)
    points.min.append(distribution.least)
    points.max.append(distribution.most)
    points.values.append(distribution.values)
    points.weights.append(distribution.weights)
    points.opaque.append(distribution.opaque)


# ── Identity ──


def _metric(stream: Stream, point: Point) -> Metric:
    shared = {key: stream.source.resource[key] for key in RESOURCE_DIMENSIONS if key in stream.source.resource}
    pairs = sorted((key, _text(value)) for key, value in (shared | stream.source.scope | point.attributes).items())
    dimensions = [(key, value) for key, value in pairs if value]
    if len(dimensions) > limits.DIMENSIONS:
        raise _Refused(f"a metric has at most {limits.DIMENSIONS} dimensions")
    try:
        return datums.metric(_namespace(stream.source), stream.name, *dimensions)
    except ValueError as err:
        raise _Refused("a name or attribute is longer or other than CloudWatch accepts") from err


def _namespace(source: Source) -> str:
    parts = (_text(source.resource.get(key)) for key in ("service.namespace", "service.name"))
    return "/".join(part for part in parts if part) or DEFAULT_NAMESPACE


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list() | dict():
            raise _Refused("an attribute is a list or a map, which no dimension can be")
        case _:
            return str(value).strip()


def _unit(ucum: str) -> str:
    if ucum.startswith("{"):  # an annotation such as {request}: things are counted
        return "Count"
    return _UNITS.get(ucum, units.NONE)


# ── What a point adds ──


def is_total(point: Point) -> bool:
    """Whether the point counts from a start, so that what it adds must be found out."""
    counts = not isinstance(point, Number) or (point.sums and point.stream.monotonic)
    return counts and not point.stream.delta


def _distribution(point: Point, added: Added) -> _Distribution | None:
    """None where the point adds nothing that is known."""
    match point:
        case Number():
            return _of_number(point, added)
        case Histogram():
            return _of_histogram(point, added)
        case Summary():
            return _of_summary(point, added)
        case _:
            assert_never(point)


def _of_number(point: Number, added: Added) -> _Distribution | None:
    value = point.value
    if is_total(point):
        since = added(point, (value,))
        if since is None:
            return None
        (value,) = since
    return _Distribution(1.0, value, value, value, [], [])


def _of_histogram(point: Histogram, added: Added) -> _Distribution | None:
    count, total, counts = float(point.count), point.sum, [float(number) for number in point.counts]
    least, most = point.min, point.max
    if is_total(point):
        since = added(point, (count, total or 0.0, *counts))
        if since is None:
            return None
        whole = since == (count, total or 0.0, *counts)
        count, total, counts = since[0], since[1] if total is not None else None, list(since[2:])
        if not whole:  # they are those since the start, not since the point before
            least = most = None
    return _buckets(count, total, least, most, point.bounds, counts)


def _buckets(
    count: float, total: float | None, least: float | None, most: float | None, bounds: list[float], counts: list[float]
) -> _Distribution:
    filled = [(low, high, number) for low, high, number in zip(bounds, bounds[1:], counts, strict=False) if number > 0]
    values = [_middle(low, high, least, most) for low, high, _ in filled]
    weights = [number for *_, number in filled]
    if total is None:
        total = math.fsum(value * weight for value, weight in zip(values, weights, strict=True))
    if not values:  # a histogram of no buckets says only how many and how much
        mean = total / count if count else 0.0
        known = least is not None and least == most
        return _Distribution(
            count, total, mean if least is None else least, mean if most is None else most, [], [], opaque=not known
        )
    bottom = least if least is not None else min(values)
    top = most if most is not None else max(values)
    return _Distribution(count, total, bottom, top, values, weights)


def _middle(low: float, high: float, least: float | None, most: float | None) -> float:
    """The value that stands for a bucket: its middle, within what the values are known to reach."""
    low = low if least is None else max(low, least)
    high = high if most is None else min(high, most)
    if math.isinf(low) or math.isinf(high):
        return low if math.isinf(high) else high
    return (low + high) / 2 if high > low else low


def _of_summary(point: Summary, added: Added) -> _Distribution | None:
    """A summary's quantiles are of a time that it does not say, so only their extremes are used."""
    since = added(point, (float(point.count), point.sum))
    if since is None or not since[0]:
        return None
    count, total = since
    mean = total / count
    values = [value for _, value in point.quantiles if math.isfinite(value)]
    least, most = (min(values[0], mean), max(values[-1], mean)) if values else (mean, mean)
    return _Distribution(count, total, least, most, [], [], opaque=count > 1)
