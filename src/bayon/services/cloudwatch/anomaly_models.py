"""What anomaly detectors have learnt, and the bands that follow from it. The model itself is `alarms.seasonal`.

A detector learns at the period that it is asked at, since a sum over an hour is not twelve times one over five minutes
in its noise. A band of a metric that has no detector is computed for the occasion and kept nowhere but in a cache.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from bayon import limits
from bayon.alarms import seasonal
from bayon.alarms.seasonal import Model, Options
from bayon.series import Series, Times
from bayon.services.cloudwatch.metric_series import Reader
from bayon.state import anomaly_detectors
from bayon.state.anomaly_detectors import LITTLE, PENDING, TRAINED, Detector, Learnt

HOUR_MS = 3_600_000
BASE_PERIOD_S = 300
LEAST_PERIOD_S = 60
_CACHE = "anomaly models"

History = Callable[[int, int, int], Series]
"""The series that a detector learns from, between two times in milliseconds, at a period in seconds."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a band is asked of: the id that its detector has or would have, and where its history is."""

    detector: str
    history: History


def options_of(options: Mapping[str, Any], unit: str) -> Options:
    """The options of PutAnomalyDetector as the model takes them."""
    given = options.get("Configuration", {})
    return Options(
        zone=given.get("MetricTimezone") or "UTC",
        speed=given.get("AdaptationSpeed", "NORMAL"),
        strength=given.get("OutlierFilteringStrength", "MODERATE"),
        spikes=options.get("MetricCharacteristics", {}).get("PeriodicSpikes", False),
        percent=unit == "Percent",
        excluded_ms=tuple((each["StartTime"], each["EndTime"]) for each in given.get("ExcludedTimeRanges", [])),
    )


def band(
    reader: Reader, subject: Subject, series: Series, width: float, times_ms: Times, now_ms: int
) -> tuple[Series, Series]:
    """The lower and the upper bound of the series at the times; without points while nothing has been learnt.

    Reads: anomaly_detectors, metric data.   Writes: anomaly_detectors where a period is asked for that is new.
    """
    found = anomaly_detectors.find(reader.state, reader.account, reader.region, subject.detector)
    period_s = max(series.period_s, LEAST_PERIOD_S)
    options = options_of(found.options if found else {}, series.unit)
    if found is None:
        model = _occasional(reader, subject, period_s, options, now_ms)
    elif found.state == PENDING:
        model = None
    else:
        model = model_at(reader, found, subject.history, period_s, now_ms)
    if model is None:
        empty = replace(series, times_ms=times_ms[:0], values=series.values[:0])
        return replace(empty, label=f"{series.label} Low"), replace(empty, label=f"{series.label} High")
    lower, upper = seasonal.band(model, times_ms, width, options)
    low = replace(series, times_ms=times_ms, values=lower, label=f"{series.label} Low")
    return low, replace(low, values=upper, label=f"{series.label} High")


def model_at(reader: Reader, detector: Detector, history: History, period_s: int, now_ms: int) -> Model | None:
    """What the detector has learnt at the period, learnt now if it never was.

    Reads: anomaly_detectors.   Writes: anomaly_detectors.
    """
    known = anomaly_detectors.learnt(reader.state, detector).get(period_s)
    if known is None:
        return train(reader, detector, history, period_s, now_ms)
    return model_of(known)


def train(reader: Reader, detector: Detector, history: History, period_s: int, now_ms: int) -> Model | None:
    """The detector has learnt anew from the last two weeks at the period. Writes: anomaly_detectors."""
    model = _fit(history, period_s, detector.options, now_ms)
    kept = None if model is None else asdict(model)
    found = Learnt(period_s, kept, now_ms, now_ms)
    anomaly_detectors.learn(reader.state, detector, found, TRAINED if model and model.enough else LITTLE)
    return model


def follow(reader: Reader, detector: Detector, history: History, known: Learnt, now_ms: int) -> None:
    """The detector has learnt from the last hour what the level is now. Writes: anomaly_detectors."""
    model = model_of(known)
    assert model is not None, "only what was learnt is followed"
    series = history(now_ms - HOUR_MS, now_ms - now_ms % (known.period_s * 1000), known.period_s)
    moved = seasonal.drifted(model, series.times_ms, series.values, options_of(detector.options, series.unit))
    found = replace(known, model=asdict(moved), updated_ms=now_ms)
    anomaly_detectors.learn(reader.state, detector, found, TRAINED if moved.enough else LITTLE)


def model_of(known: Learnt) -> Model | None:
    """The model as it was kept."""
    return None if known.model is None else Model(**known.model)


def _fit(history: History, period_s: int, options: Mapping[str, Any], now_ms: int) -> Model | None:
    end_ms = now_ms - now_ms % (period_s * 1000) - period_s * 1000  # the newest period may still be filling up
    start_ms = end_ms - limits.ANOMALY_TRAINING_MS
    series = history(start_ms - start_ms % 300_000, end_ms, period_s)
    return seasonal.fit(series.times_ms, series.values, period_s, options_of(options, series.unit))


def _occasional(reader: Reader, subject: Subject, period_s: int, options: Options, now_ms: int) -> Model | None:
    """The model of a series without a detector, computed at most once an hour."""
    cache: dict[Any, Model | None] = reader.store.caches.setdefault(_CACHE, {})
    key = (reader.account, reader.region, subject.detector, period_s, options, now_ms // HOUR_MS)
    if key not in cache:
        if len(cache) >= limits.ANOMALY_MODELS_CACHED:
            cache.clear()
        cache[key] = _fit(subject.history, period_s, {}, now_ms)
    return cache[key]
