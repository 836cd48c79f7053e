"""A widget that shows an alarm: the metrics that the alarm watches, and its threshold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bayon.services.cloudwatch.metric_series import Reader
from bayon.services.cloudwatch.widget_metrics import refused
from bayon.state import alarms

_PATH = "/annotations/alarms/0"
_SIGNS = {
    "GreaterThanOrEqualToThreshold": ("≥", "above"),
    "GreaterThanThreshold": (">", "above"),
    "LessThanThreshold": ("<", "below"),
    "LessThanOrEqualToThreshold": ("≤", "below"),
}


def alarm_widget(reader: Reader, members: Mapping[str, Any]) -> Mapping[str, Any]:
    """The widget as it would be written without its alarm annotation. Raises: ValidationException for an alarm that is
    not there.

    Reads: alarms.
    """
    arns = (members.get("annotations") or {}).get("alarms")
    if not arns:
        return members
    prefix = alarms.arn_of(reader.account, reader.region, "")
    alarm = None
    if arns[0].startswith(prefix):
        alarm = alarms.find(reader.state, reader.account, reader.region, arns[0].removeprefix(prefix))
    if alarm is None or alarm.kind != alarms.METRIC:
        raise refused(_PATH, f"expected the ARN of a metric alarm of this account and region, found {arns[0]}")
    config = alarm.config
    metrics = [_entry(query) for query in config["Metrics"]] if config.get("Metrics") else [_single(config)]
    levels = [_level(config)] if config.get("Threshold") is not None else []
    return {"title": alarm.name, **members, "metrics": metrics, "annotations": {"horizontal": levels}}


def _single(config: Mapping[str, Any]) -> list[Any]:
    names = [config["Namespace"], config["MetricName"]]
    for dimension in config.get("Dimensions", []):
        names += [dimension["Name"], dimension["Value"]]
    stat = config.get("Statistic") or config.get("ExtendedStatistic")
    return [*names, {"stat": stat, "period": config["Period"]}]


def _entry(query: Mapping[str, Any]) -> list[Any]:
    options = {"id": query["Id"], "visible": query.get("ReturnData", True)}
    if "Label" in query:
        options["label"] = query["Label"]
    if "Expression" in query:
        period = {"period": query["Period"]} if "Period" in query else {}
        return [{**options, "expression": query["Expression"], **period}]
    stat = query["MetricStat"]
    named = {**stat["Metric"], "Statistic": stat["Stat"], "Period": stat["Period"]}
    *names, of = _single(named)
    return [*names, {**options, **of}]


def _level(config: Mapping[str, Any]) -> dict[str, Any]:
    sign, fill = _SIGNS.get(config["ComparisonOperator"], ("", "none"))
    metric = config.get("MetricName", "expression")
    return {"value": config["Threshold"], "label": f"{metric} {sign} {config['Threshold']:g}", "fill": fill}
