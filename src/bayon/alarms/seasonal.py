"""What is to be expected of a series: a robust model of its level, trend and season, and the band around it. Pure.

Everything is a median, so that incidents in the data change little; the season is of the hour of day, or of the hour of
week once there is more than a week. The same input always gives the same model.
Source: ours; what it must be able to do is the user guide's, Using CloudWatch anomaly detection.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np

from bayon.clock import DAY_S

Array = np.ndarray[Any, Any]
HOURS: Final = 24
WEEK_HOURS: Final = 168
SIGMA: Final = 1.4826  # a deviation of normal noise, in median absolute deviations
LEAST_POINTS: Final = 24
LEAST_SPAN_S: Final = 3 * 3600
WEEKLY_DAYS: Final = 8
TREND_DAYS: Final = 5
FEW_DAYS: Final = 7
SPARSE: Final = 0.3
HALF_LIFE_DAYS = {"FAST": 1.0, "NORMAL": 3.0, "SLOW": 7.0}
OUTLIER_SIGMAS = {"MINIMAL": 8.0, "MODERATE": 5.0, "STRICT": 3.5}
DRIFT = {"FAST": 0.5, "NORMAL": 0.1, "SLOW": 0.02}
ODD_HOURS = {"FAST": 24, "NORMAL": 72, "SLOW": 168}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a detector learns; the names are those of PutAnomalyDetector."""

    zone: str = "UTC"
    speed: str = "NORMAL"
    strength: str = "MODERATE"
    spikes: bool = False
    percent: bool = False
    excluded_ms: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What has been learnt. `enough` says that it is of enough data to be trusted; `season` has a value an hour of day
    or of week, none where there is no season; the scales are by hour of day."""

    enough: bool
    level: float
    slope: float
    last_day: int
    season: list[float] = field(default_factory=list)
    scale: list[float] = field(default_factory=list)
    upper_scale: list[float] = field(default_factory=list)
    lowest: float | None = None
    highest: float | None = None
    odd_hours: int = 0


def fit(times_ms: Array, values: Array, period_s: int, options: Options) -> Model | None:
    """The model of the points, None where there are none. In: periods oldest first, at most two weeks of them."""
    kept = _outside(times_ms, options.excluded_ms)
    times_s, x = times_ms[kept] // 1000, values[kept].astype(np.float64)
    if not len(x):
        return None
    day, hour, week_hour = _slots(times_s, options.zone)
    if len(x) < LEAST_POINTS or times_s[-1] - times_s[0] + period_s < LEAST_SPAN_S:
        return _narrow(x, int(day[-1]), options)
    sparse = len(x) < SPARSE * ((times_s[-1] - times_s[0]) // period_s + 1)
    keep = np.ones(len(x), bool)
    for _ in range(4):
        model, e = _fitted(x, day, hour, week_hour, keep, period_s, options, sparse=sparse)
        far = np.abs(e) > OUTLIER_SIGMAS[options.strength] * max(_spread(e[keep]), _floor(x[keep], model.level))
        usual = _usual_spikes(far, day, hour) if options.spikes else np.zeros(len(x), bool)
        next_keep = ~far | usual
        if (next_keep == keep).all() or not next_keep.any():
            break
        keep = next_keep
    return _with_spikes(model, e, hour, keep & far) if options.spikes else model


def band(model: Model, times_ms: Array, width: float, options: Options) -> tuple[Array, Array]:
    """The lower and the upper bound at the times, `width` deviations to either side."""
    if not model.enough:
        half = np.full(len(times_ms), max(width * model.scale[0], 0.5 * abs(model.level)))
        centre = np.full(len(times_ms), model.level)
        return _clamped(model, centre - half, centre + half)
    day, hour, week_hour = _slots(times_ms // 1000, options.zone)
    centre = model.level + model.slope * (day - model.last_day) + _season_at(model, hour, week_hour)
    lower = centre - width * np.array(model.scale)[hour]
    upper = centre + width * np.array(model.upper_scale)[hour]
    return _clamped(model, lower, upper)


def drifted(model: Model, times_ms: Array, values: Array, options: Options) -> Model:
    """The model with what the last hour tells of its level: a lasting shift is learnt, a short incident is not."""
    if not model.enough or not len(values):
        return model
    day, hour, week_hour = _slots(times_ms // 1000, options.zone)
    e = values - (model.level + model.slope * (day - model.last_day) + _season_at(model, hour, week_hour))
    middle = float(np.median(e))
    if abs(middle) > 3 * float(np.median(np.array(model.scale)[hour])):
        odd = model.odd_hours + 1
        if odd < ODD_HOURS[options.speed]:
            return replace(model, odd_hours=odd)
        return replace(model, odd_hours=odd, level=model.level + DRIFT[options.speed] * middle)
    return replace(model, odd_hours=0, level=model.level + DRIFT[options.speed] * middle)


def _fitted(
    x: Array, day: Array, hour: Array, week_hour: Array, keep: Array, period_s: int, options: Options, *, sparse: bool
) -> tuple[Model, Array]:
    """The model of the kept points, and what is left of every point."""
    level, slope = _trend(x[keep], day[keep], HALF_LIFE_DAYS[options.speed])
    last = int(day[-1])
    r = x - (level + slope * (day - last))
    season, seasonal = ([], np.zeros(len(x))) if sparse else _season(r, day, hour, week_hour, keep)
    e = r - seasonal
    scale = _scales(e[keep], day[keep], hour[keep], period_s, _floor(x[keep], level))
    inside = options.percent and bool((x[keep] <= 100).all())
    model = Model(
        enough=True,
        level=level,
        slope=slope,
        last_day=last,
        season=season,
        scale=scale,
        upper_scale=scale,
        lowest=0.0 if (x[keep] >= 0).all() else None,
        highest=100.0 if inside else None,
    )
    return model, e


def _narrow(x: Array, last_day: int, options: Options) -> Model:
    """The model of too few points."""
    middle = float(np.median(x))
    scale = [max(_spread(x - middle), _floor(x, middle))]
    lowest = 0.0 if (x >= 0).all() else None
    highest = 100.0 if options.percent and (x <= 100).all() else None
    return Model(enough=False, level=middle, slope=0.0, last_day=last_day, scale=scale, lowest=lowest, highest=highest)


def _trend(x: Array, day: Array, half_life_days: float) -> tuple[float, float]:
    """The level of the last day, and the slope a day. Source: Theil and Sen, on daily medians."""
    days = np.unique(day)
    medians = np.array([np.median(x[day == each]) for each in days])
    slope = 0.0
    if len(days) >= TREND_DAYS:
        first, second = np.triu_indices(len(days), 1)
        slope = float(np.median((medians[second] - medians[first]) / (days[second] - days[first])))
    age = days[-1] - days
    weight = 0.5 ** (age / half_life_days)
    return float(np.sum(weight * (medians + slope * age)) / np.sum(weight)), slope


def _season(r: Array, day: Array, hour: Array, week_hour: Array, keep: Array) -> tuple[list[float], Array]:
    """The simplest season that explains nearly as much as the best, by slot and by point."""
    daily = _slot_medians(r[keep], day[keep], hour[keep], HOURS, np.zeros(HOURS), 0.5)
    candidates = [([], np.zeros(len(r))), (daily.tolist(), daily[hour])]
    if len(np.unique(day[keep])) >= WEEKLY_DAYS:
        base = np.tile(daily, WEEK_HOURS // HOURS)
        weekly = _slot_medians(r[keep], day[keep], week_hour[keep], WEEK_HOURS, base, 0.25)
        candidates.append((weekly.tolist(), weekly[week_hour]))
    scores = [float(np.median(np.abs((r - seasonal)[keep]))) for _, seasonal in candidates]
    best = min(scores)
    return next(each for each, score in zip(candidates, scores, strict=True) if score <= 1.10 * best)


def _slot_medians(r: Array, day: Array, slot: Array, size: int, base: Array, shrink: float) -> Array:
    """The median of each slot, drawn to `base` while it is known from few days."""
    found = base.astype(np.float64).copy()
    for each in np.unique(slot):
        inside = slot == each
        share = (days := len(np.unique(day[inside]))) / (days + shrink)
        found[each] = share * np.median(r[inside]) + (1 - share) * base[each]
    return found


def _scales(e: Array, day: Array, hour: Array, period_s: int, floor: float) -> list[float]:
    """A deviation for each hour of day, drawn to that of all, and wider while the hour is known from few days."""
    overall = _spread(e)
    prior = DAY_S / period_s
    scales = np.full(HOURS, max(overall, floor))
    for each in range(HOURS):
        inside = hour == each
        count = int(inside.sum())
        if count:
            own = _spread(e[inside])
            mixed = np.sqrt((count * own**2 + prior * overall**2) / (count + prior))
            days = len(np.unique(day[inside]))
            scales[each] = max(mixed, floor) * (np.sqrt(1 + 1 / days) if days < FEW_DAYS else 1.0)
    return [float(each) for each in scales]


def _usual_spikes(far: Array, day: Array, hour: Array) -> Array:
    """Which of the points far away are no outliers, because at least half of the days have one at about their hour."""
    least = len(np.unique(day)) / 2
    usual = np.zeros(len(far), bool)
    for each in range(HOURS):
        about = far & np.isin(hour, [(each - 1) % HOURS, each, (each + 1) % HOURS])
        if about.any() and len(np.unique(day[about])) >= least:
            usual |= far & (hour == each)
    return usual


def _with_spikes(model: Model, e: Array, hour: Array, spikes: Array) -> Model:
    """The model with room above for the spikes that belong to it."""
    upper = list(model.upper_scale)
    for each in np.unique(hour[spikes]).tolist():
        upper[each] = max(upper[each], float(np.quantile(e[hour == each], 0.95)) / 2)
    return replace(model, upper_scale=upper)


def _season_at(model: Model, hour: Array, week_hour: Array) -> Array:
    if not model.season:
        return np.zeros(len(hour))
    at: Array = np.array(model.season)[hour if len(model.season) == HOURS else week_hour]
    return at


def _clamped(model: Model, lower: Array, upper: Array) -> tuple[Array, Array]:
    low = -np.inf if model.lowest is None else model.lowest
    high = np.inf if model.highest is None else model.highest
    return np.clip(lower, low, high), np.clip(upper, low, high)


def _spread(e: Array) -> float:
    return SIGMA * float(np.median(np.abs(e)))


def _floor(x: Array, level: float) -> float:
    """The least deviation: a share of the level, and half of what the values can differ by where they are few."""
    distinct = np.unique(x)
    gap = float(np.diff(distinct).min()) / 2 if 1 < len(distinct) < 50 else 0.0
    return max(0.005 * abs(level), gap, 1e-9)


def _outside(times_ms: Array, excluded_ms: tuple[tuple[int, int], ...]) -> Array:
    kept = np.ones(len(times_ms), bool)
    for start_ms, end_ms in excluded_ms:
        kept &= (times_ms < start_ms) | (times_ms >= end_ms)
    return kept


def _slots(times_s: Array, zone: str) -> tuple[Array, Array, Array]:
    """Day, hour of day and hour of week (from Monday) of each time, as clocks of the place show them."""
    place = ZoneInfo(zone)
    whole, back = np.unique(times_s // 900, return_inverse=True)  # no zone's clock changes within a quarter of an hour
    offsets = [datetime.fromtimestamp(each * 900, place).utcoffset() for each in whole.tolist()]
    local_s = times_s + np.array([0 if each is None else int(each.total_seconds()) for each in offsets])[back]
    day, hour = local_s // DAY_S, local_s % DAY_S // 3600
    return day, hour, (day + 3) % 7 * HOURS + hour  # the epoch was a Thursday
