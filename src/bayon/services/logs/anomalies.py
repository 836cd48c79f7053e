"""Anomalies that detectors have found: list them, and say which are none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bayon import limits
from bayon.errors import AwsError
from bayon.services.logs.identifiers import invalid
from bayon.services.logs.log_anomaly_detectors import existing
from bayon.services.logs.paging import issued, redeemed
from bayon.services.operation import Context, operation
from bayon.state import log_anomalies
from bayon.state.log_anomalies import Anomaly, Detector

if TYPE_CHECKING:
    from bayon.shapes import logs as shapes

UNITS_MS = {"SECONDS": 1000, "MINUTES": 60_000, "HOURS": 3_600_000}
FOREVER_MS = 2**53


@operation
def list_anomalies(ctx: Context, request: shapes.ListAnomaliesRequest) -> shapes.ListAnomaliesResponse:
    """One page of anomalies of one detector or of all, those seen last first.

    Raises: InvalidParameterException, ResourceNotFoundException.   Reads: log_anomaly_detectors, log_anomalies.
    Source: logs.md §2.2; botocore, Anomaly.
    """
    arn, wanted = request.get("anomalyDetectorArn"), request.get("suppressionState")
    scope = ["list_anomalies", arn, wanted]
    cursor = redeemed(ctx, request["nextToken"], scope) if "nextToken" in request else None
    limit = request.get("limit", limits.LOG_DESCRIBE_PAGE)
    detectors = [existing(ctx, arn)] if arn else log_anomalies.detectors(ctx.state, ctx.account, ctx.region, limit=None)
    by_arn = {detector.arn: detector for detector in detectors}
    after = None if cursor is None else (int(cursor[0] or 0), str(cursor[1]))
    found = log_anomalies.anomalies(ctx.state, list(by_arn), after=after)
    matching = [each for each in found if wanted in (None, _suppression(each, ctx.now_ms))]
    answer: shapes.ListAnomaliesResponse = {
        "anomalies": [_described(each, by_arn[each.detector_arn], ctx.now_ms) for each in matching[:limit]]
    }
    if len(matching) > limit:
        last = matching[limit - 1]
        answer["nextToken"] = issued(ctx, scope, [last.last_ms, last.id])
    return answer


@operation
def update_anomaly(ctx: Context, request: shapes.UpdateAnomalyRequest) -> None:
    """The anomaly, or every one of the pattern, is suppressed for a while, for ever or no longer; or is the baseline.

    Raises: InvalidParameterException, ResourceNotFoundException.   Writes: log_anomalies.
    Source: logs.md §2.2; botocore, UpdateAnomalyRequest.
    """
    anomaly_id, pattern_id = request.get("anomalyId"), request.get("patternId")
    if (anomaly_id is None) == (pattern_id is None):
        raise invalid("Exactly one of anomalyId and patternId must be given.")
    until_ms = _until_ms(ctx, request)
    with ctx.state.write():
        detector = existing(ctx, request["anomalyDetectorArn"])
        found = [
            each
            for each in log_anomalies.anomalies(ctx.state, [detector.arn])
            if anomaly_id == each.id or pattern_id == each.pattern_id
        ]
        if not found:
            raise AwsError("ResourceNotFoundException", "The specified anomaly does not exist.")
        changed = [
            replace(
                each,
                suppressed_ms=None if until_ms is None else ctx.now_ms,
                suppressed_until_ms=until_ms,
                whole_pattern=pattern_id is not None,
                baseline=request.get("baseline", each.baseline),
            )
            for each in found
        ]
        log_anomalies.put_anomalies(ctx.state, changed)


def _until_ms(ctx: Context, request: shapes.UpdateAnomalyRequest) -> int | None:
    """When the suppression ends; none where there is to be none."""
    match request.get("suppressionType"):
        case "INFINITE":
            return FOREVER_MS
        case "LIMITED":
            period = request.get("suppressionPeriod", {})
            unit = UNITS_MS.get(period.get("suppressionUnit", ""))
            if unit is None or period.get("value", 0) < 1:
                raise invalid("A suppressionPeriod with a value and a unit is required for the type LIMITED.")
            return min(ctx.now_ms + period["value"] * unit, FOREVER_MS)
        case _:
            return None


def _suppression(anomaly: Anomaly, now_ms: int) -> str:
    until_ms = anomaly.suppressed_until_ms
    return "SUPPRESSED" if until_ms is not None and until_ms > now_ms else "UNSUPPRESSED"


def _described(anomaly: Anomaly, detector: Detector, now_ms: int) -> shapes.Anomaly:
    suppressed = _suppression(anomaly, now_ms) == "SUPPRESSED"
    described: shapes.Anomaly = {
        "anomalyId": anomaly.id,
        "patternId": anomaly.pattern_id,
        "anomalyDetectorArn": anomaly.detector_arn,
        "firstSeen": anomaly.first_ms,
        "lastSeen": anomaly.last_ms,
        "active": anomaly.active,
        "state": "Baseline" if anomaly.baseline else "Suppressed" if suppressed else "Active",
        "logGroupArnList": [detector.group_arn],
        "suppressed": suppressed,
        **anomaly.told,  # type: ignore[typeddict-item]
    }
    if suppressed and anomaly.suppressed_ms is not None and anomaly.suppressed_until_ms is not None:
        described["suppressedDate"] = anomaly.suppressed_ms
        described["suppressedUntil"] = anomaly.suppressed_until_ms
        described["isPatternLevelSuppression"] = anomaly.whole_pattern
    return described
