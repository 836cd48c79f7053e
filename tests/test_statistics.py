"""Every case of cases/statistics: datums of one minute in, statistics out."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from bayon.services.cloudwatch import datums, statistics
from bayon.store.metric_buckets import Buckets
from bayon.store.metrics import Points

NOW_MS = 1_772_445_600_000
CASES = [
    pytest.param(case, id=f"{path.stem}: {case['name']}")
    for path in sorted((Path(__file__).parent / "cases/statistics").glob("*.yaml"))
    for case in yaml.safe_load(path.read_text())["cases"]
]


def one_bucket(data: list[dict[str, Any]]) -> Buckets:
    """What the store answers for datums of one metric and one period."""
    points = Points()
    named: list[Any] = [{"MetricName": "m", **datum} for datum in data]
    assert datums.add(points, "App", named, "MetricData", NOW_MS) == []
    seen: Counter[float] = Counter()
    for values, weights, least, count in zip(points.values, points.weights, points.min, points.count, strict=True):
        for value, weight in zip(values or [least], weights or [count], strict=True):
            seen[value] += weight  # type: ignore[assignment]  # weights are fractional
    return Buckets(
        unit="None",
        start_s=np.array([0]),
        count=np.array([sum(points.count)]),
        sum=np.array([sum(points.sum)]),
        min=np.array([min(points.min)]),
        max=np.array([max(points.max)]),
        opaque=np.array([any(points.opaque)]),
        values=np.array([*seen]),
        weights=np.array([*seen.values()]),
        ends=np.array([0, len(seen)]),
    )


@pytest.mark.parametrize("case", CASES)
def test_case(case: dict[str, Any]) -> None:
    """Each statistic has the stated value, none where it says so, and each refused text names no statistic."""
    assert case["source"]
    for text, expected in case.get("statistics", {}).items():
        statistic = statistics.parse(text)
        assert statistic is not None, text
        (value,) = statistics.over(statistic, one_bucket(case["datums"])).tolist()
        found = None if math.isnan(value) else value
        assert found == (expected if expected is None else pytest.approx(expected, rel=1e-12)), text
    for text in case.get("refused", []):
        assert statistics.parse(text) is None, text
