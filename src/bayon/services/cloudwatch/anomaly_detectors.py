"""Anomaly detectors: put, listed and deleted. What they learn, and when, is `anomaly_models` and a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from bayon import limits
from bayon.errors import AwsError
from bayon.services import page_token
from bayon.services.cloudwatch import anomaly_subjects
from bayon.services.cloudwatch.metrics import dimensions_of
from bayon.services.operation import Context, operation
from bayon.state import anomaly_detectors
from bayon.state.anomaly_detectors import MATH, SINGLE, Detector

if TYPE_CHECKING:
    from bayon.shapes.cloudwatch import (
        DeleteAnomalyDetectorInput,
        DeleteAnomalyDetectorOutput,
        DescribeAnomalyDetectorsInput,
        DescribeAnomalyDetectorsOutput,
        PutAnomalyDetectorInput,
        PutAnomalyDetectorOutput,
    )

_VALUE, _COMBINATION = "InvalidParameterValueException", "InvalidParameterCombinationException"
_MISSING = "MissingRequiredParameterException"
_LEGACY = ("Namespace", "MetricName", "Dimensions", "Stat")
_FILTERS = ("Namespace", "MetricName", "Dimensions", "AnomalyDetectorTypes")


@operation
def put_anomaly_detector(ctx: Context, request: PutAnomalyDetectorInput) -> PutAnomalyDetectorOutput:
    """The detector has this configuration and learns anew, from the last two weeks.

    Raises: InvalidParameterValueException, InvalidParameterCombinationException, MissingRequiredParameterException.
    Writes: anomaly_detectors.   Source: CloudWatch API reference, PutAnomalyDetector.
    """
    kind, definition, found = _identified(ctx, request)
    options: dict[str, Any] = {
        name: request[name] for name in ("Configuration", "MetricCharacteristics") if name in request
    }
    _check_options(options)
    anomaly_detectors.put(
        ctx.state,
        ctx.account,
        ctx.region,
        found,
        kind=kind,
        definition=definition,
        options=options,
        now_ms=ctx.now_ms,
    )
    return {"AnomalyDetectorId": found}


def _identified(ctx: Context, request: Mapping[str, Any]) -> tuple[str, dict[str, Any], str]:
    """The kind, the definition and the id of the detector that the request means."""
    legacy = [name for name in _LEGACY if name in request]
    forms = [name for name in ("SingleMetricAnomalyDetector", "MetricMathAnomalyDetector") if name in request]
    if len(forms) + bool(legacy) > 1:
        one, other = ([legacy[0]] if legacy else []) + forms[:2] if legacy else forms[:2]
        raise AwsError(_COMBINATION, f"The parameters {one} and {other} are mutually exclusive.")
    if "MetricMathAnomalyDetector" in request:
        queries = request["MetricMathAnomalyDetector"].get("MetricDataQueries", [])
        return MATH, {"MetricDataQueries": queries}, anomaly_subjects.math_id(ctx.account, queries)
    members = request.get("SingleMetricAnomalyDetector", request)
    for name in ("Namespace", "MetricName", "Stat"):
        if name not in members:
            raise AwsError(_MISSING, f"The parameter {name} is required.")
    if members.get("AccountId", ctx.account) != ctx.account:
        raise AwsError(_VALUE, f"The value {members['AccountId']} for parameter AccountId is invalid.")
    dimensions = dimensions_of(members.get("Dimensions", []))
    definition = anomaly_subjects.single(members["Namespace"], members["MetricName"], dimensions, members["Stat"])
    return SINGLE, definition, anomaly_subjects.id_of(SINGLE, definition)


def _check_options(options: Mapping[str, Any]) -> None:
    given = options.get("Configuration", {})
    ranges = given.get("ExcludedTimeRanges", [])
    if len(ranges) > limits.ANOMALY_EXCLUDED_RANGES:
        size = limits.ANOMALY_EXCLUDED_RANGES
        raise AwsError(_VALUE, f"The collection ExcludedTimeRanges must not have a size greater than {size}.")
    if any(each["StartTime"] >= each["EndTime"] for each in ranges):
        raise AwsError(_VALUE, "The parameter StartTime must be less than the parameter EndTime.")
    try:
        ZoneInfo(given.get("MetricTimezone") or "UTC")
    except (KeyError, ValueError, OSError) as err:
        text = f"The value {given['MetricTimezone']} for parameter MetricTimezone is not a time zone."
        raise AwsError(_VALUE, text) from err


@operation
def describe_anomaly_detectors(ctx: Context, request: DescribeAnomalyDetectorsInput) -> DescribeAnomalyDetectorsOutput:
    """List the detectors that meet every condition, those of one metric unless other types are asked for.

    Raises: InvalidNextToken, InvalidParameterCombinationException.   Reads: anomaly_detectors.
    Source: CloudWatch API reference, DescribeAnomalyDetectors.
    """
    ids = request.get("AnomalyDetectorIds")
    if ids is not None and any(name in request for name in _FILTERS):
        raise AwsError(_COMBINATION, "AnomalyDetectorIds cannot be combined with other filters.")
    scope = [ctx.account, ctx.region, ids, *(request.get(name) for name in _FILTERS)]
    after = _position(request.get("NextToken"), scope, ctx.now_ms)
    size = min(request.get("MaxResults", limits.ANOMALY_DETECTORS_PAGE), limits.ANOMALY_DETECTORS_PAGE)
    kinds = [SINGLE, MATH] if ids is not None else request.get("AnomalyDetectorTypes", [SINGLE])
    found: list[Detector] = []
    while len(found) <= size and (
        page := anomaly_detectors.page(
            ctx.state, ctx.account, ctx.region, kinds=kinds, after=after, limit=limits.ALARMS_SCANNED
        )
    ):
        found += [each for each in page if _wanted(each, request)]
        after = page[-1].id
    answer: dict[str, Any] = {"AnomalyDetectors": [_shown(each) for each in found[:size]]}
    if len(found) > size:
        answer["NextToken"] = page_token.issue(scope, [found[size - 1].id], ctx.now_ms)
    return cast("DescribeAnomalyDetectorsOutput", answer)


def _position(token: str | None, scope: list[Any], now_ms: int) -> str | None:
    if token is None:
        return None
    try:
        (after,) = page_token.redeem(token, scope, now_ms, limits.METRIC_TOKEN_LIFE_MS)
    except page_token.BadTokenError as err:
        raise AwsError("InvalidNextToken", "The next token specified is invalid.") from err
    return cast("str", after)


def _wanted(detector: Detector, request: Mapping[str, Any]) -> bool:
    if "AnomalyDetectorIds" in request:
        return detector.id in request["AnomalyDetectorIds"]
    return any(_matches(metric, request) for metric in _metrics(detector))


def _metrics(detector: Detector) -> list[Mapping[str, Any]]:
    """The metrics that the detector is of."""
    if detector.kind == SINGLE:
        return [detector.definition]
    queries = detector.definition["MetricDataQueries"]
    return [query["MetricStat"]["Metric"] for query in queries if "MetricStat" in query]


def _matches(metric: Mapping[str, Any], request: Mapping[str, Any]) -> bool:
    same = all(metric.get(name) == request[name] for name in ("Namespace", "MetricName") if name in request)
    if "Dimensions" not in request:
        return same
    return same and dimensions_of(metric.get("Dimensions", [])) == dimensions_of(request["Dimensions"])


def _shown(detector: Detector) -> dict[str, Any]:
    """The detector as recordings show it: one of a metric in its new form and in its old one."""
    configuration = {"ExcludedTimeRanges": [], **detector.options.get("Configuration", {})}
    shown: dict[str, Any] = {
        "AnomalyDetectorId": detector.id,
        "Configuration": configuration,
        "StateValue": detector.state,
    }
    if "MetricCharacteristics" in detector.options:
        shown["MetricCharacteristics"] = detector.options["MetricCharacteristics"]
    if detector.kind == MATH:
        return shown | {"MetricMathAnomalyDetector": dict(detector.definition)}
    single = {"AccountId": detector.account, **detector.definition}
    return shown | {**detector.definition, "SingleMetricAnomalyDetector": single}


@operation
def delete_anomaly_detector(ctx: Context, request: DeleteAnomalyDetectorInput) -> DeleteAnomalyDetectorOutput:
    """The detector is gone, with what it has learnt; an alarm on its band makes another one.

    Raises: ResourceNotFoundException, InvalidParameterCombinationException, MissingRequiredParameterException.
    Writes: anomaly_detectors.   Source: CloudWatch API reference, DeleteAnomalyDetector.
    """
    if "AnomalyDetectorId" in request:
        found = request["AnomalyDetectorId"]
        if len(request) > 1:
            raise AwsError(_COMBINATION, "AnomalyDetectorId cannot be combined with other parameters.")
    else:
        _, _, found = _identified(ctx, request)
    if not anomaly_detectors.delete(ctx.state, ctx.account, ctx.region, found):
        raise AwsError("ResourceNotFoundException", ResourceType="AnomalyDetector", ResourceId=found)
    return {}
