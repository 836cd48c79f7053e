"""Statistics of single values: percentiles and trimmed ones, of many buckets at once. Pure.

Buckets of about one size are computed together, as rows of a table: sorted, one bucket's samples a row, filled up with
samples of no weight. How AWS interpolates is not published: percentiles here are the weighted nearest rank, and
trimming keeps a fraction of a sample on its edge.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Compute = Callable[[Numbers, Numbers, float, float], Numbers]


def over(compute: Compute, values: Numbers, weights: Numbers, ends: Whole, low: float, high: float) -> Numbers:
    """The statistic of each bucket, whose samples are `values[ends[i]:ends[i + 1]]`; NaN where it has no point.

    In: `compute` is one of the functions below.
    """
    lengths = np.diff(ends)
    found = np.full(len(lengths), np.nan)
    classes = np.where(lengths > 0, np.ceil(np.log2(np.maximum(lengths, 1))).astype(np.int64), -1)
    for each in np.unique(classes[classes >= 0]).tolist():
        members = np.flatnonzero(classes == each)
        table = _table(values, weights, ends[members], lengths[members], 1 << each)
        with np.errstate(invalid="ignore", divide="ignore"):  # of no weight there is no mean: NaN is the answer
            found[members] = compute(*table, low, high)
    return found


def _table(values: Numbers, weights: Numbers, firsts: Whole, lengths: Whole, width: int) -> tuple[Numbers, Numbers]:
    """The buckets as rows of sorted samples; those beyond a bucket's own repeat its last with no weight."""
    if width == 1:
        return values[firsts][:, None], weights[firsts][:, None]
    places = np.arange(width)
    beyond = places >= lengths[:, None]
    at = firsts[:, None] + np.minimum(places, lengths[:, None] - 1)
    table, weighed = values[at], np.where(beyond, 0.0, weights[at])
    known = np.where(beyond, np.inf, table)
    if (weights == weights[0]).all():  # mostly they are, of plain values: then their order is of no account
        table = np.sort(known, axis=1)
    else:
        order = np.argsort(known, axis=1, kind="stable")
        table, weighed = np.take_along_axis(known, order, axis=1), np.take_along_axis(weighed, order, axis=1)
    last = np.take_along_axis(table, lengths[:, None] - 1, axis=1)
    return np.where(beyond, last, table), weighed


def _noise(total: Numbers) -> Numbers:
    """What rounding may add to a share of the weight; less than this is no share."""
    return total * 1e-12


def percentile(values: Numbers, weights: Numbers, _low: float, high: float) -> Numbers:
    reached = np.cumsum(weights, axis=1)
    total = reached[:, -1:]
    before = (reached < high * total / 100 - _noise(total)).sum(axis=1)
    last = values.shape[1] - 1
    found: Numbers = np.take_along_axis(values, np.minimum(before, last)[:, None], axis=1)[:, 0]
    return found


def _kept_percent(weights: Numbers, low: float, high: float) -> Numbers:
    """How much of each sample's weight lies between the shares of the whole."""
    reached = np.cumsum(weights, axis=1)
    total = reached[:, -1:]
    share = np.minimum(reached, high * total / 100) - np.maximum(reached - weights, low * total / 100)
    return np.where(share > _noise(total), share, 0.0)


def _kept_values(values: Numbers, weights: Numbers, low: float, high: float) -> Numbers:
    return np.where((low < values) & (values <= high), weights, 0.0)


def _mean(values: Numbers, kept: Numbers) -> Numbers:
    weight = kept.sum(axis=1)
    return np.where(weight > 0, (values * kept).sum(axis=1) / weight, np.nan)


def _sum(values: Numbers, kept: Numbers) -> Numbers:
    return np.where(kept.any(axis=1), (values * kept).sum(axis=1), np.nan)


def trimmed_mean(values: Numbers, weights: Numbers, low: float, high: float) -> Numbers:
    return _mean(values, _kept_percent(weights, low, high))


def trimmed_count(_values: Numbers, weights: Numbers, low: float, high: float) -> Numbers:
    found: Numbers = _kept_percent(weights, low, high).sum(axis=1)
    return found


def trimmed_sum(values: Numbers, weights: Numbers, low: float, high: float) -> Numbers:
    return _sum(values, _kept_percent(weights, low, high))


def winsorized_mean(values: Numbers, weights: Numbers, low: float, high: float) -> Numbers:
    """What lies outside counts as the least and the greatest value that is kept."""
    kept = _kept_percent(weights, low, high)
    total = weights.sum(axis=1)
    least = np.where(kept > 0, values, np.inf).min(axis=1)
    most = np.where(kept > 0, values, -np.inf).max(axis=1)
    below, above = low * total / 100, total - high * total / 100
    found = (least * below + (values * kept).sum(axis=1) + most * above) / total
    return np.where(kept.any(axis=1), found, np.nan)


def mean_between(values: Numbers, weights: Numbers, low: float, high: float) -> Numbers:
    return _mean(values, _kept_values(values, weights, low, high))


def count_between(values: Numbers, weights: Numbers, low: float, high: float) -> Numbers:
    found: Numbers = _kept_values(values, weights, low, high).sum(axis=1)
    return found


def sum_between(values: Numbers, weights: Numbers, low: float, high: float) -> Numbers:
    return _sum(values, _kept_values(values, weights, low, high))


def clamped_mean(values: Numbers, weights: Numbers, low: float, high: float) -> Numbers:
    return _mean(np.clip(values, low, high), weights)


def percentile_rank(values: Numbers, weights: Numbers, low: float, high: float) -> Numbers:
    found: Numbers = 100 * count_between(values, weights, low, high) / weights.sum(axis=1)
    return found
