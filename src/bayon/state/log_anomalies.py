"""Log anomaly detectors, and what they have found."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, select, tuple_

from bayon.state import tags
from bayon.state.database import State
from bayon.state.statements import upsert
from bayon.state.tables import log_anomalies, log_anomaly_detectors

_detectors = log_anomaly_detectors.c
_anomalies = log_anomalies.c


@dataclass(frozen=True, slots=True)
class Detector:
    """A detector of one group; `evaluated_ms` is up to when it has looked, none before the first time."""

    arn: str
    account: str
    region: str
    name: str
    group_arn: str
    frequency: str
    pattern: str
    kms_key_id: str | None
    visible_days: int
    enabled: bool
    created_ms: int
    modified_ms: int
    evaluated_ms: int | None


@dataclass(frozen=True, slots=True)
class Anomaly:
    """A pattern that came unusually; `told` is what is said of it; `suppressed_until_ms` none where it is not."""

    id: str
    detector_arn: str
    pattern_id: str
    first_ms: int
    last_ms: int
    active: bool
    baseline: bool
    told: Mapping[str, Any]
    suppressed_ms: int | None
    suppressed_until_ms: int | None
    whole_pattern: bool


def put_detector(state: State, detector: Detector) -> None:
    """The detector is this one. Writes: log_anomaly_detectors."""
    with state.write() as connection:
        upsert(connection, log_anomaly_detectors, [asdict(detector)])


def find_detector(state: State, account: str, region: str, arn: str) -> Detector | None:
    """The detector of that ARN. Reads: log_anomaly_detectors."""
    found = _select(state, and_(_detectors.arn == arn, _detectors.account == account, _detectors.region == region))
    return found[0] if found else None


def detectors(
    state: State,
    account: str,
    region: str,
    *,
    group_arn: str | None = None,
    after: str | None = None,
    limit: int | None,
) -> list[Detector]:
    """The first `limit` detectors behind the ARN `after`, in order of their ARNs. Reads: log_anomaly_detectors."""
    conditions = [_detectors.account == account, _detectors.region == region]
    if group_arn is not None:
        conditions.append(_detectors.group_arn == group_arn)
    if after is not None:
        conditions.append(_detectors.arn > after)
    return _select(state, and_(*conditions), limit)


def every_enabled(state: State) -> list[Detector]:
    """Every detector of every account that is not paused. Reads: log_anomaly_detectors."""
    return _select(state, _detectors.enabled.is_(True))


def delete_detector(state: State, arn: str) -> None:
    """The detector is gone with its anomalies and tags. Writes: log_anomaly_detectors, log_anomalies, tags."""
    with state.write() as connection:
        connection.execute(log_anomaly_detectors.delete().where(_detectors.arn == arn))
        tags.forget(state, arn)


def put_anomalies(state: State, anomalies: Sequence[Anomaly]) -> None:
    """The anomalies are these. Writes: log_anomalies."""
    rows = [{**asdict(each), "told": json.dumps(dict(each.told))} for each in anomalies]
    with state.write() as connection:
        upsert(connection, log_anomalies, rows)


def anomalies(
    state: State, detector_arns: Sequence[str], *, after: tuple[int, str] | None = None, limit: int | None = None
) -> list[Anomaly]:
    """The first `limit` anomalies of the detectors behind the time and id, newest first. Reads: log_anomalies."""
    statement = select(log_anomalies).where(_anomalies.detector_arn.in_(detector_arns))
    if after is not None:
        statement = statement.where(tuple_(_anomalies.last_ms, _anomalies.id) < after)
    ordered = statement.order_by(_anomalies.last_ms.desc(), _anomalies.id.desc()).limit(limit)
    with state.read() as connection:
        return [_anomaly(row) for row in connection.execute(ordered).mappings()]


def expire(state: State, detector: Detector, before_ms: int) -> None:
    """No anomaly of the detector is left that was last seen before the time. Writes: log_anomalies."""
    doomed = and_(_anomalies.detector_arn == detector.arn, _anomalies.last_ms < before_ms)
    with state.write() as connection:
        connection.execute(log_anomalies.delete().where(doomed))


def _select(state: State, condition: ColumnElement[bool], limit: int | None = None) -> list[Detector]:
    statement = select(log_anomaly_detectors).where(condition).order_by(_detectors.arn).limit(limit)
    with state.read() as connection:
        return [Detector(**row) for row in connection.execute(statement).mappings()]


def _anomaly(row: RowMapping) -> Anomaly:
    return Anomaly(**{**row, "told": json.loads(row["told"])})
