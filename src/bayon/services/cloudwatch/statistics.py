"""Statistics: their texts, and their values over periods. Pure.

A statistic's text is parsed once into a `Statistic`; `over` computes it for every bucket of a stream. How AWS
interpolates is not published: percentiles here are the weighted nearest rank, and trimming keeps a fraction of a sample
on its edge.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from bayon.store.metrics import Buckets

Weighted = list[tuple[float, float]]  # (value, weight), values ascending
SIMPLE = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")


@dataclass(frozen=True, slots=True)
class Statistic:
    """A statistic of kind `kind` between `low` and `high`, which are percent of all samples where `percent` is true and
    values otherwise; an open side is infinite."""

    text: str
    kind: str
    low: float = -math.inf
    high: float = math.inf
    percent: bool = False

    @property
    def needs_weights(self) -> bool:
        return self.kind not in SIMPLE


_NUMBER = r"\d{1,3}(?:\.\d{1,10})?"
_PERCENTILE = re.compile(rf"(p|tm|tc|ts|wm)({_NUMBER})")
_PERCENTS = re.compile(rf"(TM|TC|TS|WM)\((?:({_NUMBER})%)?:(?:({_NUMBER})%)?\)")
_VALUE = r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
_VALUES = re.compile(rf"(TM|TC|TS|WM|PR)\(({_VALUE})?:({_VALUE})?\)")


@lru_cache(maxsize=4096)
def parse(text: str) -> Statistic | None:
    """The statistic that the text names, None if it names none.

    Source: CloudWatch statistics definitions.
    """
    if text in SIMPLE:
        return Statistic(text, text)
    if text in ("IQM", "iqm"):
        return Statistic(text, "TM", 25, 75, percent=True)
    if match := _PERCENTILE.fullmatch(text):
        return _within(Statistic(text, match[1].upper(), 0, float(match[2]), percent=True))
    if match := _PERCENTS.fullmatch(text):
        return _within(_range(text, match, 0, 100, percent=True))
    if match := _VALUES.fullmatch(text):
        return _within(_range(text, match, -math.inf, math.inf, percent=False))
    return None


def _range(text: str, match: re.Match[str], lowest: float, highest: float, *, percent: bool) -> Statistic | None:
    kind, low, high = match.groups()
    if low is None and high is None:
        return None
    bounds = lowest if low is None else float(low), highest if high is None else float(high)
    return Statistic(text, kind, *bounds, percent=percent)


def _within(statistic: Statistic | None) -> Statistic | None:
    if statistic is None or statistic.low > statistic.high or (statistic.percent and statistic.high > 100):
        return None
    return statistic


def over(statistic: Statistic, buckets: Buckets) -> list[float | None]:
    """The statistic of each bucket, None where it has no point.

    In: buckets read with weights where the statistic needs them. Statistics of single values do not exist where a
    statistic set hides them or where a value is negative.
    Source: CloudWatch statistics definitions; CloudWatch concepts, Percentiles.
    """
    match statistic.kind:
        case "SampleCount":
            return list(buckets.count)
        case "Sum":
            return list(buckets.sum)
        case "Minimum":
            return list(buckets.min)
        case "Maximum":
            return list(buckets.max)
        case "Average":
            return [total / count if count else None for total, count in zip(buckets.sum, buckets.count, strict=True)]
    compute = _COMPUTE[statistic.kind, statistic.percent]
    columns = zip(buckets.values, buckets.weights, buckets.count, buckets.min, buckets.opaque, strict=True)
    return [
        None if opaque or lowest < 0 or not count else compute(statistic, values, weights)
        for values, weights, count, lowest, opaque in columns
    ]


def _percentile(statistic: Statistic, values: Sequence[float], weights: Sequence[float]) -> float:
    if len(values) == 1:
        return values[0]
    reached = list(accumulate(weights))
    rank = statistic.high * reached[-1] / 100
    return values[min(bisect_left(reached, rank - _noise(reached[-1])), len(values) - 1)]


def _noise(weight: float) -> float:
    """What rounding may add to a share of the weight; less than this is no share."""
    return weight * 1e-12


def _kept_percent(statistic: Statistic, values: Sequence[float], weights: Sequence[float]) -> Weighted:
    total = math.fsum(weights)
    first, last, noise = statistic.low * total / 100, statistic.high * total / 100, _noise(total)
    kept: Weighted = []
    end = 0.0
    for value, weight in zip(values, weights, strict=True):
        start, end = end, end + weight
        share = min(end, last) - max(start, first)
        if share > noise:
            kept.append((value, share))
    return kept


def _kept_values(statistic: Statistic, values: Sequence[float], weights: Sequence[float]) -> Weighted:
    pairs = zip(values, weights, strict=True)
    return [(value, weight) for value, weight in pairs if statistic.low < value <= statistic.high]


def _weight(samples: Iterable[tuple[float, float]]) -> float:
    return math.fsum(weight for _, weight in samples)


def _total(samples: Iterable[tuple[float, float]]) -> float:
    return math.fsum(value * weight for value, weight in samples)


def _mean(kept: Weighted) -> float | None:
    return _total(kept) / _weight(kept) if kept else None


def _sum(kept: Weighted) -> float | None:
    return _total(kept) if kept else None


def _rank(statistic: Statistic, values: Sequence[float], weights: Sequence[float]) -> float:
    return 100 * _weight(_kept_values(statistic, values, weights)) / math.fsum(weights)


def _winsorized_percent(statistic: Statistic, values: Sequence[float], weights: Sequence[float]) -> float | None:
    kept = _kept_percent(statistic, values, weights)
    if not kept:
        return None
    total = math.fsum(weights)
    below, above = statistic.low * total / 100, total - statistic.high * total / 100
    return (kept[0][0] * below + _total(kept) + kept[-1][0] * above) / total


def _winsorized_values(statistic: Statistic, values: Sequence[float], weights: Sequence[float]) -> float:
    clamped = [min(max(value, statistic.low), statistic.high) for value in values]
    return _total(zip(clamped, weights, strict=True)) / math.fsum(weights)


Compute = Callable[[Statistic, Sequence[float], Sequence[float]], float | None]
_COMPUTE: dict[tuple[str, bool], Compute] = {  # by kind and whether the bounds are percent
    ("P", True): _percentile,
    ("TM", True): lambda statistic, values, weights: _mean(_kept_percent(statistic, values, weights)),
    ("TC", True): lambda statistic, values, weights: _weight(_kept_percent(statistic, values, weights)),
    ("TS", True): lambda statistic, values, weights: _sum(_kept_percent(statistic, values, weights)),
    ("WM", True): _winsorized_percent,
    ("TM", False): lambda statistic, values, weights: _mean(_kept_values(statistic, values, weights)),
    ("TC", False): lambda statistic, values, weights: _weight(_kept_values(statistic, values, weights)),
    ("TS", False): lambda statistic, values, weights: _sum(_kept_values(statistic, values, weights)),
    ("WM", False): _winsorized_values,
    ("PR", False): _rank,
}
