"""Log anomaly detectors: create, change, list, delete. What they find is in `anomalies.py`."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from bayon import limits
from bayon.errors import AwsError
from bayon.services.logs.filter_patterns import read_pattern
from bayon.services.logs.identifiers import existing_group, group_name, invalid
from bayon.services.logs.paging import issued, redeemed
from bayon.services.operation import Context, operation
from bayon.state import log_anomalies, tags
from bayon.state.log_anomalies import Detector

if TYPE_CHECKING:
    from bayon.shapes import logs as shapes

TRAINING_MS = 15 * 60_000  # user guide, log anomaly detection: it starts with the data of the last two weeks, if any


@operation(lifted=True)
def create_log_anomaly_detector(
    ctx: Context, request: shapes.CreateLogAnomalyDetectorRequest
) -> shapes.CreateLogAnomalyDetectorResponse:
    """The detector looks at the group from now on, each period.

    Raises: InvalidParameterException, ResourceNotFoundException, LimitExceededException.
    Reads: log_groups.   Writes: log_anomaly_detectors, tags.   Source: logs.md §2.2.
    """
    arns = request["logGroupArnList"]
    if len(arns) != 1:
        raise invalid(f"Exactly one log group ARN must be given, found {len(arns)}.")
    pattern = request.get("filterPattern", "")
    read_pattern(pattern)
    group = existing_group(ctx, group_name(ctx, arns[0]))
    if group.log_group_class != "STANDARD":
        raise invalid("Anomaly detection needs a log group of the STANDARD class.")
    with ctx.state.write():
        held = log_anomalies.detectors(ctx.state, ctx.account, ctx.region, limit=limits.LOG_ANOMALY_DETECTORS)
        if ctx.settings.parity == "strict" and len(held) == limits.LOG_ANOMALY_DETECTORS:
            raise AwsError("LimitExceededException", "Resource limit exceeded.")
        detector = Detector(
            arn=f"arn:aws:logs:{ctx.region}:{ctx.account}:anomaly-detector:{uuid.uuid4()}",
            account=ctx.account,
            region=ctx.region,
            name=request.get("detectorName", group.name),
            group_arn=group.arn,
            frequency=request.get("evaluationFrequency", "FIVE_MIN"),
            pattern=pattern,
            kms_key_id=request.get("kmsKeyId"),
            visible_days=request.get("anomalyVisibilityTime", limits.LOG_ANOMALY_VISIBLE_DAYS),
            enabled=True,
            created_ms=ctx.now_ms,
            modified_ms=ctx.now_ms,
            evaluated_ms=None,
        )
        log_anomalies.put_detector(ctx.state, detector)
        tags.put(ctx.state, detector.arn, request.get("tags", {}))
    return {"anomalyDetectorArn": detector.arn}


@operation
def update_log_anomaly_detector(ctx: Context, request: shapes.UpdateLogAnomalyDetectorRequest) -> None:
    """The detector looks as often, and at what, as the request says, or is paused.

    Raises: InvalidParameterException, ResourceNotFoundException.   Writes: log_anomaly_detectors.
    Source: logs.md §2.2.
    """
    read_pattern(request.get("filterPattern", ""))
    with ctx.state.write():
        found = existing(ctx, request["anomalyDetectorArn"])
        changed = replace(
            found,
            frequency=request.get("evaluationFrequency", found.frequency),
            pattern=request.get("filterPattern", found.pattern),
            visible_days=request.get("anomalyVisibilityTime", found.visible_days),
            enabled=request["enabled"],
            modified_ms=ctx.now_ms,
        )
        log_anomalies.put_detector(ctx.state, changed)


@operation
def delete_log_anomaly_detector(ctx: Context, request: shapes.DeleteLogAnomalyDetectorRequest) -> None:
    """The detector is gone with what it found.

    Raises: ResourceNotFoundException.   Writes: log_anomaly_detectors, log_anomalies, tags.   Source: logs.md §2.2.
    """
    with ctx.state.write():
        log_anomalies.delete_detector(ctx.state, existing(ctx, request["anomalyDetectorArn"]).arn)


@operation
def get_log_anomaly_detector(
    ctx: Context, request: shapes.GetLogAnomalyDetectorRequest
) -> shapes.GetLogAnomalyDetectorResponse:
    """The detector.

    Raises: ResourceNotFoundException.   Reads: log_anomaly_detectors.   Source: logs.md §2.2.
    """
    described = _described(ctx, existing(ctx, request["anomalyDetectorArn"]))
    described.pop("anomalyDetectorArn")
    return described


@operation
def list_log_anomaly_detectors(
    ctx: Context, request: shapes.ListLogAnomalyDetectorsRequest
) -> shapes.ListLogAnomalyDetectorsResponse:
    """One page of detectors, of one group or of all.

    Raises: InvalidParameterException, ResourceNotFoundException.   Reads: log_anomaly_detectors.
    Source: logs.md §2.2.
    """
    group_arn = request.get("filterLogGroupArn")
    if group_arn is not None:
        group_arn = existing_group(ctx, group_name(ctx, group_arn)).arn
    scope = ["list_log_anomaly_detectors", group_arn]
    after = redeemed(ctx, request["nextToken"], scope)[0] if "nextToken" in request else None
    limit = request.get("limit", limits.LOG_DESCRIBE_PAGE)
    found = log_anomalies.detectors(
        ctx.state, ctx.account, ctx.region, group_arn=group_arn, after=after, limit=limit + 1
    )
    answer: shapes.ListLogAnomalyDetectorsResponse = {
        "anomalyDetectors": [_described(ctx, each) for each in found[:limit]]
    }
    if len(found) > limit:
        answer["nextToken"] = issued(ctx, scope, [found[limit - 1].arn])
    return answer


def existing(ctx: Context, arn: str) -> Detector:
    """Raises: ResourceNotFoundException."""
    found = log_anomalies.find_detector(ctx.state, ctx.account, ctx.region, arn)
    if found is None:
        raise AwsError("ResourceNotFoundException", "The specified anomaly detector does not exist.")
    return found


def _described(ctx: Context, detector: Detector) -> shapes.AnomalyDetector:
    described: shapes.AnomalyDetector = {
        "anomalyDetectorArn": detector.arn,
        "detectorName": detector.name,
        "logGroupArnList": [detector.group_arn],
        "evaluationFrequency": detector.frequency,
        "anomalyDetectorStatus": _status(ctx, detector),
        "creationTimeStamp": detector.created_ms,
        "lastModifiedTimeStamp": detector.modified_ms,
        "anomalyVisibilityTime": detector.visible_days,
    }
    if detector.pattern:
        described["filterPattern"] = detector.pattern
    if detector.kms_key_id is not None:
        described["kmsKeyId"] = detector.kms_key_id
    return described


def _status(ctx: Context, detector: Detector) -> str:
    if not detector.enabled:
        return "PAUSED"
    if detector.evaluated_ms is None:
        return "INITIALIZING"
    return "TRAINING" if ctx.now_ms - detector.created_ms < TRAINING_MS else "ANALYZING"
