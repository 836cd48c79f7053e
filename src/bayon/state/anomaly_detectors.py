"""Anomaly detectors, and what they have learnt. How they learn is decided above."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from bayon.state.database import State
from bayon.state.statements import upsert
from bayon.state.tables import anomaly_detectors, anomaly_models

SINGLE, MATH = "SINGLE_METRIC", "METRIC_MATH"
PENDING, LITTLE, TRAINED = "PENDING_TRAINING", "TRAINED_INSUFFICIENT_DATA", "TRAINED"
_columns = anomaly_detectors.c
_model = anomaly_models.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """A detector: of one metric and statistic, or of queries; `options` are its Configuration and
    MetricCharacteristics."""

    account: str
    region: str
    id: str
    kind: str
    definition: Mapping[str, Any]
    options: Mapping[str, Any]
    state: str
    revision: int
    created_ms: int


@dataclass(frozen=True, slots=True)
class Learnt:
    """What a detector has learnt at one period; `model` is none where there was no data."""

    period_s: int
    model: Mapping[str, Any] | None
    fitted_ms: int
    updated_ms: int


def put(
    state: State,
    account: str,
    region: str,
    detector: str,
    *,
    kind: str,
    definition: Mapping[str, Any],
    options: Mapping[str, Any],
    now_ms: int,
) -> Detector:
    """The detector has these options and has learnt nothing yet. Writes: anomaly_detectors, anomaly_models."""
    with state.write() as connection:
        before = find(state, account, region, detector)
        row: dict[str, Any] = {
            "account": account,
            "region": region,
            "id": detector,
            "kind": kind,
            "definition": json.dumps(definition),
            "options": json.dumps(options),
            "state": PENDING,
            "revision": before.revision + 1 if before else 1,
            "created_ms": before.created_ms if before else now_ms,
        }
        upsert(connection, anomaly_detectors, [row])
        connection.execute(anomaly_models.delete().where(*_learnt_by(account, region, detector)))
    return Detector(**{**row, "definition": definition, "options": options})


def find(state: State, account: str, region: str, detector: str) -> Detector | None:
    """The detector of that id. Reads: anomaly_detectors."""
    found = _select(state, _columns.account == account, _columns.region == region, _columns.id == detector)
    return found[0] if found else None


def page(
    state: State, account: str, region: str, *, kinds: Sequence[str], after: str | None, limit: int
) -> list[Detector]:
    """The first `limit` detectors behind the id `after`, by id. Reads: anomaly_detectors."""
    conditions = [_columns.account == account, _columns.region == region, _columns.kind.in_(kinds)]
    if after is not None:
        conditions.append(_columns.id > after)
    return _select(state, *conditions, limit=limit)


def every(state: State) -> list[Detector]:
    """All detectors of all accounts and regions. Reads: anomaly_detectors."""
    return _select(state)


def delete(state: State, account: str, region: str, detector: str) -> bool:
    """The detector is gone, with what it has learnt; false where there was none.

    Writes: anomaly_detectors, anomaly_models.
    """
    doomed = (_columns.account == account, _columns.region == region, _columns.id == detector)
    with state.write() as connection:
        connection.execute(anomaly_models.delete().where(*_learnt_by(account, region, detector)))
        return connection.execute(anomaly_detectors.delete().where(*doomed)).rowcount == 1


def learnt(state: State, detector: Detector) -> dict[int, Learnt]:
    """What the detector has learnt, by period. Reads: anomaly_models."""
    statement = select(_model.period_s, _model.model, _model.fitted_ms, _model.updated_ms)
    own = statement.where(*_learnt_by(detector.account, detector.region, detector.id))
    with state.read() as connection:
        return {
            period_s: Learnt(period_s, json.loads(model) if model else None, fitted_ms, updated_ms)
            for period_s, model, fitted_ms, updated_ms in connection.execute(own)
        }


def learn(state: State, detector: Detector, found: Learnt, trained: str) -> None:
    """The detector has learnt this and is in the state `trained`, unless it has been put anew or deleted since.

    Writes: anomaly_detectors, anomaly_models.
    """
    same = (
        _columns.account == detector.account,
        _columns.region == detector.region,
        _columns.id == detector.id,
        _columns.revision == detector.revision,
    )
    row = {
        "account": detector.account,
        "region": detector.region,
        "detector": detector.id,
        "period_s": found.period_s,
        "model": None if found.model is None else json.dumps(found.model),
        "fitted_ms": found.fitted_ms,
        "updated_ms": found.updated_ms,
    }
    with state.write() as connection:
        if connection.execute(anomaly_detectors.update().where(*same).values(state=trained)).rowcount == 1:
            upsert(connection, anomaly_models, [row])


def _learnt_by(account: str, region: str, detector: str) -> list[Any]:
    return [_model.account == account, _model.region == region, _model.detector == detector]


def _select(state: State, *conditions: Any, limit: int | None = None) -> list[Detector]:
    statement = select(anomaly_detectors).where(*conditions).order_by(_columns.id).limit(limit)
    with state.read() as connection:
        return [
            Detector(**{**row, "definition": json.loads(row["definition"]), "options": json.loads(row["options"])})
            for row in connection.execute(statement).mappings()
        ]
