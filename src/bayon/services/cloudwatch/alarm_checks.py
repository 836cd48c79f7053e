"""What is wrong with a PutMetricAlarm request that its model cannot say. Pure.

Source: metrics.md §2.3: texts as users quote them where they do, reasoned in their manner otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bayon import limits
from bayon.alarms.comparison import BANDS
from bayon.errors import AwsError, Unimplemented
from bayon.services.cloudwatch import action_arns, statistics
from bayon.services.cloudwatch.action_arns import Action

if TYPE_CHECKING:
    from bayon.shapes.cloudwatch import MetricDataQuery, PutMetricAlarmInput

ACTIONS = {"OK": "OKActions", "ALARM": "AlarmActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}
_SINGLE = ("MetricName", "Namespace", "Period", "Statistic", "ExtendedStatistic", "Dimensions", "Unit")
_FAST_S = (10, 20, 30)
_CALENDAR_S = (60, 300, 3600, 86_400, 604_800)
_BAND = "ANOMALY_DETECTION_BAND"
_MANY_SERIES = (
    "Metrics expression that return multi time series are only allowed for MetricsInsights expression with an "
    "ORDER BY clause"
)
_TOO_LONG = "Metrics cannot be checked across more than {span} (EvaluationPeriods * Period must be <= {limit_s})."


def check(request: PutMetricAlarmInput, region: str) -> None:
    """Nothing happens. Raises: ValidationException, InvalidParameterValueException, or Unimplemented."""
    if "EvaluationCriteria" in request or "EvaluationInterval" in request:
        raise Unimplemented("PutMetricAlarm with EvaluationCriteria")
    if len(json.dumps(request)) > limits.ALARM_PAYLOAD_BYTES:
        raise invalid(f"The alarm must not be larger than {limits.ALARM_PAYLOAD_BYTES // 1024} KB")
    actions = actions_of(request, region)
    _check_source(request)
    _check_counts(request)
    _check_span(request)
    _check_threshold(request)
    _check_options(request)
    if "Metrics" in request:
        _check_metrics(request["Metrics"], request)
        _check_math_actions(request, actions)
    check_action_configuration(request)


def actions_of(request: Mapping[str, Any], region: str) -> list[Action]:
    """Every action of the request. Raises: ValidationException."""
    return [action_arns.parse(arn, region) for name in ACTIONS.values() for arn in request.get(name, [])]


def check_action_configuration(request: Mapping[str, Any]) -> None:
    """Raises: ValidationException where tags are both chosen and left out."""
    propagation = request.get("ActionConfiguration", {}).get("AlarmTagsPropagation", {})
    if "IncludedTagKeys" in propagation and "ExcludedTagKeys" in propagation:
        raise invalid("IncludedTagKeys and ExcludedTagKeys are mutually exclusive")


def _check_source(request: PutMetricAlarmInput) -> None:
    if "Metrics" in request:
        if alone := [name for name in _SINGLE if name in request]:
            raise invalid(f"{alone[0]} cannot be specified together with Metrics")
        return
    for name in ("MetricName", "Namespace", "Period"):
        if name not in request:
            raise invalid(f"{name} is required for alarms on a single metric")
    if "Statistic" in request and "ExtendedStatistic" in request:
        raise invalid("Statistic and ExtendedStatistic are mutually exclusive")
    if "Statistic" not in request and "ExtendedStatistic" not in request:
        raise invalid("Either Statistic or ExtendedStatistic is required")
    if "ExtendedStatistic" in request and not _is_extended(request["ExtendedStatistic"]):
        raise AwsError(
            "InvalidParameterValueException",
            f"The value {request['ExtendedStatistic']} for parameter ExtendedStatistic is not supported.",
        )


def _is_extended(text: str) -> bool:
    """Whether an alarm may watch the statistic: percentiles and the trimmed ones of documented bounds."""
    found = statistics.parse(text)
    if found is None or not found.needs_weights:
        return False
    if found.percent and found.kind in ("TM", "TC", "TS", "WM"):
        return all(10 <= bound <= 90 for bound in (found.low, found.high) if bound not in (0, 100))
    return True


def _check_counts(request: PutMetricAlarmInput) -> None:
    for name in ("ComparisonOperator", "EvaluationPeriods"):
        if name not in request:
            raise invalid(f"{name} is required")
    if request.get("DatapointsToAlarm", 1) > request["EvaluationPeriods"]:
        raise invalid("DatapointsToAlarm must be less than or equal to EvaluationPeriods")


def _check_span(request: PutMetricAlarmInput) -> None:
    calendar = request.get("EvaluationWindow", {}).get("WallClockWindow")
    for period_s in periods_of(request):
        if period_s not in _FAST_S and period_s % 60:
            raise invalid("Period must be 10, 20, 30 or a multiple of 60")
        if calendar is not None and period_s not in _CALENDAR_S:
            raise invalid(f"Period must be one of {', '.join(map(str, _CALENDAR_S))} with a WallClockWindow")
        long = period_s >= 3600
        limit_s = limits.ALARM_SPAN_S if long else limits.ALARM_SHORT_SPAN_S
        if period_s * request["EvaluationPeriods"] > limit_s:
            raise invalid(_TOO_LONG.format(span="seven days" if long else "a day", limit_s=limit_s))
    if calendar is not None:
        _check_zone(calendar.get("Timezone", "UTC"))


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as err:
        raise invalid(f"Timezone must be a name of the IANA database, found {name}") from err


def periods_of(request: Mapping[str, Any]) -> list[int]:
    """Every period that the request states."""
    if "Metrics" not in request:
        return [request["Period"]]
    stats = [query["MetricStat"]["Period"] for query in request["Metrics"] if "MetricStat" in query]
    return stats + [query["Period"] for query in request["Metrics"] if "Period" in query]


def _check_threshold(request: PutMetricAlarmInput) -> None:
    band, named = request["ComparisonOperator"] in BANDS, "ThresholdMetricId" in request
    if band and not named:
        raise invalid("ComparisonOperators for ranges require ThresholdMetricId to be set")
    if named and "Threshold" in request:
        raise invalid("Threshold and ThresholdMetricId are mutually exclusive")
    if named and not band:
        raise invalid("ThresholdMetricId requires a ComparisonOperator for ranges")
    if not named and "Threshold" not in request:
        raise invalid("Threshold is required for the ComparisonOperator")
    if named and "Metrics" not in request:
        raise invalid("Metrics list must contain exactly one metric matching the ThresholdMetricId parameter")


def _check_options(request: PutMetricAlarmInput) -> None:
    _check_option(request, "TreatMissingData", ("breaching", "notBreaching", "ignore", "missing"), ", and ")
    _check_option(request, "EvaluateLowSampleCountPercentile", ("evaluate", "ignore"), " and ")


def _check_option(request: Mapping[str, Any], name: str, known: Sequence[str], last: str) -> None:
    if name in request and request[name] not in known:
        listed = f"{', '.join(known[:-1])}{last}{known[-1]}"
        found = f"Option {request[name]} is not supported."
        raise invalid(f"{found} Supported options for parameter {name} are {listed}.")


def _check_metrics(queries: Sequence[MetricDataQuery], request: PutMetricAlarmInput) -> None:
    stats = [query for query in queries if "MetricStat" in query]
    sound = all(("MetricStat" in query) != ("Expression" in query) for query in queries)
    known = all({"Namespace", "MetricName"} <= query["MetricStat"]["Metric"].keys() for query in stats)
    if not queries or not sound or not known or len({query["Id"] for query in queries}) < len(queries):
        raise invalid("Invalid metrics list")
    if len(stats) > limits.ALARM_METRIC_STATS or len(queries) - len(stats) > limits.ALARM_EXPRESSIONS:
        most = f"{limits.ALARM_METRIC_STATS} metrics and {limits.ALARM_EXPRESSIONS} expressions"
        raise invalid(f"Invalid metrics list: expected at most {most}")
    for query in stats:
        if statistics.parse(query["MetricStat"]["Stat"]) is None:
            raise invalid(f"Invalid metrics list: the value {query['MetricStat']['Stat']} for Stat is not supported.")
    shown = [query for query in queries if query.get("ReturnData", True)]
    if "ThresholdMetricId" in request:
        _check_band(queries, shown, request["ThresholdMetricId"])
    elif len(shown) != 1:
        raise invalid("Exactly one element of the metrics list should return data.")
    if any(query.get("Expression", "").lstrip().upper().startswith("SEARCH") for query in queries):
        raise invalid(_MANY_SERIES)
    if len({query["MetricStat"]["Period"] for query in stats}) > 1:
        raise invalid("All metrics of the alarm must have the same period")


def _check_band(queries: Sequence[MetricDataQuery], shown: Sequence[MetricDataQuery], band: str) -> None:
    named = [query for query in queries if query["Id"] == band and _BAND in query.get("Expression", "")]
    if len(named) != 1:
        raise invalid("Metrics list must contain exactly one metric matching the ThresholdMetricId parameter")
    if len(shown) != 2 or not any(query["Id"] == band for query in shown):
        raise invalid("Exactly two elements of the metrics list should return data.")


def _check_math_actions(request: PutMetricAlarmInput, actions: Iterable[Action]) -> None:
    kinds = {action.kind for action in actions}
    banded = "ThresholdMetricId" in request
    if "ec2" in kinds:
        raise invalid("EC2 actions are not supported for alarms on metric math")
    if banded and "autoscaling" in kinds:
        raise invalid("Auto Scaling actions are not supported for alarms on anomaly detection")
    if banded and min(periods_of(request), default=60) < 60:
        raise invalid("Period must be at least 60 for alarms on anomaly detection")


def many_series_error() -> AwsError:
    """The expression that is watched may not give several series."""
    return invalid(_MANY_SERIES)


def invalid(message: str) -> AwsError:
    """A request that an alarm operation refuses."""
    return AwsError("ValidationException", message)
