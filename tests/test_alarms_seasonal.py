"""The anomaly model on its own: what it must be able to do, as properties and on made-up data with a fixed seed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from bayon.alarms import seasonal
from bayon.alarms.seasonal import Model, Options, band, drifted, fit

START_MS = 1_772_409_600_000  # Monday 2026-03-02, midnight
STEP_S = 300
DAYS = 14
Array = np.ndarray[Any, Any]
TIMES = START_MS + np.arange(DAYS * 86_400 // STEP_S, dtype=np.int64) * STEP_S * 1000
HOURS = (TIMES - START_MS) / 3_600_000
NEXT = TIMES[-1] + np.arange(1, 2 * 86_400 // STEP_S, dtype=np.int64) * STEP_S * 1000


def shape(times_ms: Array) -> Array:
    """Daily and weekly ups and downs and a trend."""
    hours = (times_ms - START_MS) / 3_600_000
    weekend = hours % 168 >= 120
    found: Array = 100 + 30 * np.sin(hours * 2 * np.pi / 24) - 25 * weekend + hours / 24
    return found


def noisy(times_ms: Array = TIMES, seed: int = 7) -> Array:
    found: Array = shape(times_ms) + np.random.default_rng(seed).normal(0, 3, len(times_ms))
    return found


def fitted(times_ms: Array, values: Array, options: Options | None = None) -> Model:
    model = fit(times_ms, values, STEP_S, options or Options())
    assert model is not None
    return model


def covered(model: Model, times_ms: Array, values: Array, width: float = 2.0) -> float:
    lower, upper = band(model, times_ms, width, Options())
    return float(np.mean((lower <= values) & (values <= upper)))


def test_the_band_holds_most_of_what_follows() -> None:
    """Two deviations hold about 95 % of normal noise over a daily and weekly season and a trend."""
    model = fitted(TIMES, noisy())
    assert model.enough
    assert len(model.season) == seasonal.WEEK_HOURS
    assert 0.9 <= covered(model, NEXT, noisy(NEXT, seed=8)) <= 0.99


def test_outliers_change_little() -> None:
    """One and a half percent of gross errors leave the band as wide as it was."""
    clean, dirty = noisy(), noisy()
    dirty[::67] += 500
    widths = [np.median(np.subtract(*band(fitted(TIMES, each), NEXT, 2, Options())[::-1])) for each in (clean, dirty)]
    assert widths[1] == pytest.approx(widths[0], rel=0.1)


def test_a_constant_gives_a_thin_band() -> None:
    """metrics.md §5.2: 5.0 for two weeks has a deviation of half a percent."""
    lower, upper = band(fitted(TIMES, np.full(len(TIMES), 5.0)), NEXT, 1, Options())
    assert np.allclose(lower, 4.975)
    assert np.allclose(upper, 5.025)


def test_a_shift_and_a_scale_of_the_data_are_those_of_the_band() -> None:
    """While no clamp and no floor binds."""
    values = noisy() + 1000
    lower, upper = band(fitted(TIMES, values), NEXT, 2, Options())
    shifted = band(fitted(TIMES, values + 250), NEXT, 2, Options())
    scaled = band(fitted(TIMES, values * 3), NEXT, 2, Options())
    assert np.allclose(shifted, np.stack([lower, upper]) + 250, atol=4)  # the floor is a share of the level
    assert np.allclose(scaled, np.stack([lower, upper]) * 3, rtol=1e-9)


def test_an_excluded_range_might_as_well_not_exist() -> None:
    """Excluding data equals never having had it."""
    bad = noisy()
    inside = (TIMES[1000] <= TIMES) & (TIMES[1400] > TIMES)
    bad[inside] = 9999
    excluded = Options(excluded_ms=((int(TIMES[1000]), int(TIMES[1400])),))
    assert fitted(TIMES, bad, excluded) == fitted(TIMES[~inside], bad[~inside])


@pytest.mark.parametrize("width", [0.5, 1, 2, 5])
def test_a_wider_band_is_nowhere_narrower(width: float) -> None:
    """And its bounds never cross."""
    model = fitted(TIMES, noisy())
    lower, upper = band(model, NEXT, width, Options())
    wider = band(model, NEXT, width * 1.5, Options())
    assert (lower <= upper).all()
    assert (wider[0] <= lower).all()
    assert (wider[1] >= upper).all()


def test_what_cannot_be_negative_or_above_a_hundred_percent_stays_so() -> None:
    """User guide: bands stay in the logical range of the metric."""
    values = np.clip(np.random.default_rng(3).normal(98, 4, len(TIMES)), 0, 100)
    model = fitted(TIMES, values, Options(percent=True))
    _, upper = band(model, NEXT, 5, Options(percent=True))
    assert upper.max() == 100
    small = fitted(TIMES, np.abs(np.random.default_rng(3).normal(0, 1, len(TIMES))))
    assert band(small, NEXT, 5, Options())[0].min() == 0


def test_too_little_data_is_said_to_be_so() -> None:
    """Nothing at all has no model; two hours have one that is not trusted."""
    assert fit(TIMES[:0], noisy()[:0], STEP_S, Options()) is None
    little = fitted(TIMES[:24], noisy()[:24])
    assert not little.enough
    lower, upper = band(little, NEXT[:3], 2, Options())
    assert (upper - lower >= abs(little.level)).all()
    assert fitted(TIMES[:40], noisy()[:40]).enough


def test_sparse_data_has_no_season() -> None:
    """Fewer than a third of the periods."""
    some = slice(None, None, 5)
    assert fitted(TIMES[some], noisy()[some]).season == []


def test_usual_spikes_are_no_outliers() -> None:
    """A job that runs at three every night is expected there, when the detector knows of spikes."""
    values = np.random.default_rng(5).normal(10, 0.5, len(TIMES))
    at_three = HOURS % 24 == 3
    values[at_three] = 40
    _, plain = band(fitted(TIMES, values), NEXT, 2, Options())
    _, upper = band(fitted(TIMES, values, Options(spikes=True)), NEXT, 2, Options(spikes=True))
    three = ((NEXT - START_MS) / 3_600_000) % 24 == 3
    assert plain[three].max() < 40
    assert upper[three].max() > plain[three].max()


def test_the_hours_are_those_of_the_place() -> None:
    """Clocks in New York went forward on 8 March 2026: what follows them is explained better by them."""
    zone = ZoneInfo("America/New_York")
    busy = [9 <= datetime.fromtimestamp(time_ms / 1000, zone).hour < 17 for time_ms in TIMES.tolist()]
    values = np.where(busy, 100.0, 10.0) + np.random.default_rng(2).normal(0, 1, len(TIMES))
    shares = []
    for options in (Options(zone="America/New_York"), Options()):
        lower, upper = band(fitted(TIMES, values, options), TIMES, 4, options)
        shares.append(np.mean((lower <= values) & (values <= upper)))
    assert shares[0] > 0.99 > 0.98 > shares[1]


def test_a_lasting_shift_is_learnt_and_a_short_one_is_not() -> None:
    """With speed NORMAL after three days of hours that are out of line."""
    model = fitted(TIMES, noisy())
    hour = NEXT[:12]
    for _ in range(seasonal.ODD_HOURS["NORMAL"] - 1):
        model = drifted(model, hour, shape(hour) + 500, Options())
    assert model.level == pytest.approx(fitted(TIMES, noisy()).level)
    model = drifted(model, hour, shape(hour) + 500, Options())
    assert model.level > fitted(TIMES, noisy()).level + 40
    calm = drifted(fitted(TIMES, noisy()), hour, shape(hour) + 1, Options())
    assert calm.odd_hours == 0
