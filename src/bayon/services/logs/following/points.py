"""Data points on their way from log events, by account and region."""

from __future__ import annotations

from collections.abc import Sequence

from bayon.store.derived import Place
from bayon.store.metric_series import Metric
from bayon.store.metrics import Points


class Derived:
    """The points that are derived from a window of events."""

    def __init__(self) -> None:
        self.points: dict[Place, Points] = {}

    def add(
        self,
        place: Place,
        metric: Metric,
        at_s: int,
        values: Sequence[float],
        weights: Sequence[float],
        *,
        unit: str = "None",
        resolution_s: int = 60,
    ) -> None:
        """A point with these values, each seen so many times, is among the points."""
        points = self.points.setdefault(place, Points())
        points.metric.append(metric)
        points.unit.append(unit)
        points.at_s.append(at_s)
        points.resolution_s.append(resolution_s)
        points.count.append(sum(weights))
        points.sum.append(sum(map(float.__mul__, map(float, values), map(float, weights))))
        points.min.append(min(values))
        points.max.append(max(values))
        lone = len(values) == 1
        points.values.append([] if lone else list(values))
        points.weights.append([] if lone else list(weights))
        points.opaque.append(False)
