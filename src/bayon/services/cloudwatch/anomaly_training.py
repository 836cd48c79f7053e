"""When anomaly detectors learn: at once when they are put, or when an alarm needs them; then again and again.

What was learnt of enough data is learnt anew four times a day and follows the level every hour in between; before that
it is learnt anew every hour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bayon.services.cloudwatch import anomaly_models, anomaly_subjects, metric_queries, query_results
from bayon.services.cloudwatch.anomaly_models import BASE_PERIOD_S, HOUR_MS, LEAST_PERIOD_S, History
from bayon.services.cloudwatch.metric_queries import MetricQuery, Query
from bayon.services.cloudwatch.metric_series import Reader
from bayon.state import anomaly_detectors
from bayon.state.anomaly_detectors import MATH, PENDING, SINGLE, TRAINED, Detector, Learnt
from bayon.state.database import State
from bayon.store.store import Store

ANEW_MS = 6 * HOUR_MS


def train_new(store: Store, state: State, now_ms: int) -> None:
    """Every detector that was put has learnt what there is to learn. Writes: anomaly_detectors."""
    for detector in anomaly_detectors.every(state):
        if detector.state == PENDING:
            reader = _reader(store, state, detector)
            anomaly_models.train(reader, detector, _history(reader, detector, now_ms), BASE_PERIOD_S, now_ms)


def train_again(store: Store, state: State, now_ms: int) -> None:
    """Every detector knows of the last hour. Writes: anomaly_detectors."""
    for detector in anomaly_detectors.every(state):
        reader = _reader(store, state, detector)
        history = _history(reader, detector, now_ms)
        for known in anomaly_detectors.learnt(state, detector).values():
            _again(reader, detector, history, known, now_ms)


def _again(reader: Reader, detector: Detector, history: History, known: Learnt, now_ms: int) -> None:
    anew_ms = ANEW_MS if detector.state == TRAINED else HOUR_MS
    if now_ms - known.fitted_ms >= anew_ms:
        anomaly_models.train(reader, detector, history, known.period_s, now_ms)
    elif now_ms - known.updated_ms >= HOUR_MS and known.model is not None:
        anomaly_models.follow(reader, detector, history, known, now_ms)


def ensure(
    reader: Reader, given: Sequence[Mapping[str, Any]], queries: Sequence[Query], name: str, period_s: int, now_ms: int
) -> None:
    """A detector of the query of that id exists and has learnt, made now if there was none.

    Source: user guide, anomaly detection alarms. Writes: anomaly_detectors.
    """
    found_id = anomaly_subjects.detector_of(queries, name)
    found = anomaly_detectors.find(reader.state, reader.account, reader.region, found_id)
    if found is None:
        kind, definition = _defined(given, queries, name)
        found = anomaly_detectors.put(
            reader.state,
            reader.account,
            reader.region,
            found_id,
            kind=kind,
            definition=definition,
            options={},
            now_ms=now_ms,
        )
    if found.state == PENDING:
        history = query_results.past(reader, queries, name, now_ms)
        anomaly_models.train(reader, found, history, max(period_s, LEAST_PERIOD_S), now_ms)


def _defined(given: Sequence[Mapping[str, Any]], queries: Sequence[Query], name: str) -> tuple[str, dict[str, Any]]:
    """The kind and the definition of the detector that an alarm makes."""
    query = next(each for each in queries if each.id == name)
    if isinstance(query, MetricQuery):
        return SINGLE, anomaly_subjects.definition_of(query)
    bandless = [each for each in given if "ANOMALY_DETECTION_BAND" not in each.get("Expression", "")]
    return MATH, {"MetricDataQueries": [{**each, "ReturnData": each["Id"] == name} for each in bandless]}


def _history(reader: Reader, detector: Detector, now_ms: int) -> History:
    """Where the detector's past is read."""
    if detector.kind == SINGLE:
        metric = {key: value for key, value in detector.definition.items() if key != "Stat"}
        stat = {"Metric": metric, "Period": BASE_PERIOD_S, "Stat": detector.definition["Stat"]}
        given: list[dict[str, Any]] = [{"Id": "m1", "MetricStat": stat}]
    else:
        given = detector.definition["MetricDataQueries"]
    name = next(query["Id"] for query in given if query.get("ReturnData", True))
    queries = metric_queries.read(given, detector.account)  # type: ignore[arg-type]  # as they were put
    return query_results.past(reader, queries, name, now_ms)


def _reader(store: Store, state: State, detector: Detector) -> Reader:
    return Reader(store=store, state=state, account=detector.account, region=detector.region)
