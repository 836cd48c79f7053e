"""Statistics: their texts, and their values over periods. Pure.

A statistic's text is parsed once into a `Statistic`; `over` computes it for every bucket of a stream.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from bayon.services.cloudwatch import weighted
from bayon.services.cloudwatch.weighted import Numbers
from bayon.store.metric_buckets import WEIGHTS, Buckets

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
        return "weights" in columns([self])


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


def columns(wanted: Iterable[Statistic]) -> frozenset[str]:
    """The columns of buckets that these statistics are computed from."""
    return frozenset(column for statistic in wanted for column in _COLUMNS.get(statistic.kind, WEIGHTS))


def over(statistic: Statistic, buckets: Buckets) -> Numbers:
    """The statistic of each bucket, NaN where it has no point.

    In: buckets read with the statistic's `columns`. Statistics of single values do not exist where a statistic set
    hides them or where a value is negative.
    Source: CloudWatch statistics definitions; CloudWatch concepts, Percentiles.
    """
    match statistic.kind:
        case "SampleCount":
            return buckets.count
        case "Sum":
            return buckets.sum
        case "Minimum":
            return buckets.min
        case "Maximum":
            return buckets.max
        case "Average":
            with np.errstate(invalid="ignore", divide="ignore"):
                return np.where(buckets.count != 0, buckets.sum / buckets.count, np.nan)
    compute = _COMPUTE[statistic.kind, statistic.percent]
    found = weighted.over(compute, buckets.values, buckets.weights, buckets.ends, statistic.low, statistic.high)
    found[buckets.opaque | (buckets.min < 0) | (buckets.count == 0)] = np.nan
    return found


_COLUMNS = {
    "SampleCount": ("count",),
    "Average": ("count", "sum"),
    "Sum": ("sum",),
    "Minimum": ("min",),
    "Maximum": ("max",),
}
_COMPUTE: dict[tuple[str, bool], weighted.Compute] = {  # by kind and whether the bounds are percent
    ("P", True): weighted.percentile,
    ("TM", True): weighted.trimmed_mean,
    ("TC", True): weighted.trimmed_count,
    ("TS", True): weighted.trimmed_sum,
    ("WM", True): weighted.winsorized_mean,
    ("TM", False): weighted.mean_between,
    ("TC", False): weighted.count_between,
    ("TS", False): weighted.sum_between,
    ("WM", False): weighted.clamped_mean,
    ("PR", False): weighted.percentile_rank,
}
