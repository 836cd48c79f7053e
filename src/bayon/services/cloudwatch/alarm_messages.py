"""What alarms say to a topic. Pure.

Source: recorded messages; metrics.md §4.9.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bayon.alarms.comparison import BANDS
from bayon.alarms.mutes import Window
from bayon.alarms.reasons import moment
from bayon.services.cloudwatch.alarm_checks import ACTIONS
from bayon.services.cloudwatch.regions import long_name
from bayon.state.alarms import METRIC, Alarm, Contributor

Json = dict[str, Any]
_UPPER = {
    "SampleCount": "SAMPLE_COUNT",
    "Average": "AVERAGE",
    "Sum": "SUM",
    "Minimum": "MINIMUM",
    "Maximum": "MAXIMUM",
}
SUPPRESSION = ("ActionsSuppressor", "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An alarm as it was and as it is; `contributor` where only one of its series changed, and then to its state.

    `triggers` are the children that changed a composite alarm; `muted` the window and rule that hold its actions back;
    `tags` what the alarm's tags add, None where they are not to be told.
    """

    before: Alarm
    after: Alarm
    triggers: Sequence[Json] = ()
    contributor: Contributor | None = None
    muted: tuple[str, Window] | None = None
    after_mute: bool = False
    tags: Mapping[str, str] | None = None

    @property
    def state(self) -> str:
        return self.contributor.state if self.contributor else self.after.state

    @property
    def reason(self) -> str:
        return self.contributor.reason if self.contributor else self.after.reason


def long_date(at_ms: int) -> str:
    """The time as composite alarms write it: `Friday 22 July, 2022 15:57:45 UTC`."""
    return datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%A %d %B, %Y %H:%M:%S UTC")


def trigger(child: Alarm) -> Json:
    """A child as StateReasonData names it."""
    return {"arn": child.arn, "state": {"value": child.state, "timestamp": moment(child.transitioned_ms)}}


def subject(change: Change) -> str:
    """The subject of the message to a topic, of any length."""
    return f'{change.state}: "{change.after.name}" in {long_name(change.after.region)}'


def message(change: Change) -> str:
    """The JSON message to a topic, keys in the order of recordings."""
    alarm = change.after
    found = _metric(change) if alarm.kind == METRIC else _composite(change)
    if change.contributor is not None:
        found["AlarmContributorId"] = change.contributor.id
        found["AlarmContributorAttributes"] = dict(change.contributor.attributes)
    if change.tags is not None:
        found |= {"AlarmTags": dict(change.tags), "AlarmTagsStatus": "SUCCESS"}
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def _metric(change: Change) -> Json:
    alarm = change.after
    return {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.config.get("AlarmDescription"),
        "AWSAccountId": alarm.account,
        "AlarmConfigurationUpdatedTimestamp": moment(alarm.updated_ms),
        "NewStateValue": change.state,
        "NewStateReason": change.reason,
        "StateChangeTime": moment(alarm.state_updated_ms),
        "Region": long_name(alarm.region),
        "AlarmArn": alarm.arn,
        "OldStateValue": change.before.state,
        **_actions(alarm),
        "ActionExecutedAfterMuteWindow": change.after_mute,
        "Trigger": _trigger(alarm.config),
    }


def _composite(change: Change) -> Json:
    alarm = change.after
    found = {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.config.get("AlarmDescription"),
        "AWSAccountId": alarm.account,
        "NewStateValue": change.state,
        "NewStateReason": change.reason,
        "StateChangeTime": moment(alarm.state_updated_ms),
        "Region": long_name(alarm.region),
        "AlarmArn": alarm.arn,
        **_actions(alarm),
        "OldStateValue": change.before.state,
        "AlarmRule": alarm.config["AlarmRule"],
        "TriggeringChildren": [
            {"Arn": each["arn"], "State": {"Value": each["state"]["value"], "Timestamp": each["state"]["timestamp"]}}
            for each in change.triggers
        ],
    }
    if change.after_mute:
        found["ActionExecutedAfterMuteWindow"] = True
    return found | {name: alarm.config[name] for name in SUPPRESSION if name in alarm.config}


def _actions(alarm: Alarm) -> Json:
    return {member: list(alarm.actions.get(state, [])) for state, member in ACTIONS.items()}


def _trigger(config: Mapping[str, Any]) -> Json:
    judged = {
        "Period": config.get("Period", _first_period(config)),
        "EvaluationPeriods": config["EvaluationPeriods"],
        **({"DatapointsToAlarm": config["DatapointsToAlarm"]} if "DatapointsToAlarm" in config else {}),
        "ComparisonOperator": config["ComparisonOperator"],
        **({} if config["ComparisonOperator"] in BANDS else {"Threshold": config["Threshold"]}),
        "TreatMissingData": config.get("TreatMissingData", "missing"),
        "EvaluateLowSampleCountPercentile": config.get("EvaluateLowSampleCountPercentile", ""),
    }
    if "Metrics" in config:
        found = judged | {"Metrics": [_query(query) for query in config["Metrics"]]}
        if "ThresholdMetricId" in config:
            found["ThresholdMetricId"] = config["ThresholdMetricId"]
        return found
    return {
        "MetricName": config["MetricName"],
        "Namespace": config["Namespace"],
        **_statistic(config),
        "Unit": config.get("Unit"),
        "Dimensions": _dimensions(config),
        **judged,
    }


def _statistic(config: Mapping[str, Any]) -> Json:
    if "Statistic" in config:
        return {"StatisticType": "Statistic", "Statistic": _UPPER[config["Statistic"]]}
    return {"StatisticType": "ExtendedStatistic", "ExtendedStatistic": config["ExtendedStatistic"]}


def _first_period(config: Mapping[str, Any]) -> int:
    queries = config.get("Metrics", [])
    stated = [query["MetricStat"]["Period"] for query in queries if "MetricStat" in query]
    return next(iter(stated + [query["Period"] for query in queries if "Period" in query]), 60)


def _dimensions(of: Mapping[str, Any]) -> list[Json]:
    return [{"value": each["Value"], "name": each["Name"]} for each in of.get("Dimensions", [])]


def _query(query: Mapping[str, Any]) -> Json:
    shown = {"ReturnData": query.get("ReturnData", True)}
    labelled = {"Label": query["Label"]} if "Label" in query else {}
    if "Expression" in query:
        return {"Expression": query["Expression"], "Id": query["Id"], **labelled, **shown}
    stat = query["MetricStat"]
    metric = {"Dimensions": _dimensions(stat["Metric"]), **{k: stat["Metric"][k] for k in ("MetricName", "Namespace")}}
    return {
        "Id": query["Id"],
        **labelled,
        "MetricStat": {"Metric": metric, "Period": stat["Period"], "Stat": stat["Stat"]},
        **shown,
    }
