"""The events that EventBridge would carry about alarms. Pure, but for the random id of each.

Source: CloudWatch user guide, Alarm events and EventBridge; metrics.md §4.9.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bayon.alarms.reasons import moment
from bayon.services.cloudwatch.alarm_messages import SUPPRESSION, Change, Json
from bayon.state.alarms import METRIC, Alarm

STATE_CHANGE = "CloudWatch Alarm State Change"
CONTRIBUTOR_CHANGE = "CloudWatch Alarm Contributor State Change"
CONFIGURATION_CHANGE = "CloudWatch Alarm Configuration Change"
_CAMEL = {"OK": "okActions", "ALARM": "alarmActions", "INSUFFICIENT_DATA": "insufficientDataActions"}


def state_event(change: Change) -> Json:
    """The event of a state change, of the alarm or of one of its contributors."""
    alarm = change.after
    detail: Json = {"alarmName": alarm.name}
    if change.contributor is not None:
        each = change.contributor
        detail["alarmContributor"] = {"id": each.id, "attributes": dict(each.attributes)}
        detail["state"] = {"value": each.state, "reason": each.reason, "timestamp": moment(each.transitioned_ms)}
    else:
        detail["state"] = state_of(change.after)
        detail["previousState"] = state_of(change.before)
    detail["configuration"] = configuration(alarm)
    if change.muted is not None:
        arn, window = change.muted
        detail["muteDetail"] = {
            "mutedByArn": arn,
            "muteWindowStart": moment(window.start_ms),
            "muteWindowEnd": moment(window.end_ms),
        }
    if change.tags is not None:
        detail |= {"alarmTags": dict(change.tags), "alarmTagsStatus": "SUCCESS"}
    kind = CONTRIBUTOR_CHANGE if change.contributor else STATE_CHANGE
    return _event(alarm, kind, detail, alarm.state_updated_ms)


def configuration_event(operation: str, alarm: Alarm, previous: Alarm | None, now_ms: int) -> Json:
    """The event of an alarm that was created, updated or deleted."""
    state = {"value": alarm.state, "timestamp": moment(alarm.state_updated_ms)}
    if alarm.suppressed_by is not None:
        state["actionsSuppressedBy"] = alarm.suppressed_by
    detail: Json = {"alarmName": alarm.name, "operation": operation, "state": state}
    detail["configuration"] = full_configuration(alarm)
    if operation == "update" and previous is not None:
        detail["previousConfiguration"] = full_configuration(previous)
    return _event(alarm, CONFIGURATION_CHANGE, detail, now_ms)


def state_of(alarm: Alarm) -> Json:
    """An alarm's state as events have it."""
    found: Json = {"value": alarm.state, "reason": alarm.reason}
    if alarm.reason_data is not None:
        found["reasonData"] = alarm.reason_data
    found["timestamp"] = moment(alarm.state_updated_ms)
    if alarm.evaluation_state is not None:
        found["evaluationState"] = alarm.evaluation_state
    if alarm.suppressed_by is not None:
        found["actionsSuppressedBy"] = alarm.suppressed_by
        found["actionsSuppressedReason"] = f"Actions suppressed by {alarm.suppressed_by}"
    return found


def configuration(alarm: Alarm) -> Json:
    """What a state change tells of the alarm's configuration."""
    config = alarm.config
    found: Json = {"description": config["AlarmDescription"]} if "AlarmDescription" in config else {}
    if alarm.kind == METRIC:
        return found | {"metrics": _metrics(alarm)}
    found["alarmRule"] = config["AlarmRule"]
    return found | {f"{name[0].lower()}{name[1:]}": config[name] for name in SUPPRESSION if name in config}


def full_configuration(alarm: Alarm) -> Json:
    """What a configuration change tells of it."""
    config = alarm.config
    named = ("EvaluationPeriods", "DatapointsToAlarm", "Threshold", "ComparisonOperator", "TreatMissingData")
    found = {f"{name[0].lower()}{name[1:]}": config[name] for name in (*named, "ThresholdMetricId") if name in config}
    return (
        found
        | configuration(alarm)
        | {
            "alarmName": alarm.name,
            "actionsEnabled": alarm.actions_enabled,
            "timestamp": moment(alarm.updated_ms),
            **{_CAMEL[state]: list(alarm.actions.get(state, [])) for state in _CAMEL},
        }
    )


def _metrics(alarm: Alarm) -> list[Json]:
    config = alarm.config
    if "Metrics" in config:
        return [_event_query(query) for query in config["Metrics"]]
    identity = f"{alarm.arn} {alarm.revision}"  # the same id in every event of one configuration
    stat = {
        "Metric": {name: config.get(name, []) for name in ("Namespace", "MetricName", "Dimensions")},
        "Period": config["Period"],
        "Stat": config.get("Statistic", config.get("ExtendedStatistic")),
        **({"Unit": config["Unit"]} if "Unit" in config else {}),
    }
    return [_event_query({"Id": str(uuid.uuid5(uuid.NAMESPACE_URL, identity)), "MetricStat": stat})]


def _event_query(query: Mapping[str, Any]) -> Json:
    found: Json = {"id": query["Id"]}
    if "Label" in query:
        found["label"] = query["Label"]
    if "Expression" in query:
        found["expression"] = query["Expression"]
        found |= {"period": query["Period"]} if "Period" in query else {}
        return found | {"returnData": query.get("ReturnData", True)}
    stat = query["MetricStat"]
    metric = stat["Metric"]
    found["metricStat"] = {
        "metric": {
            "namespace": metric["Namespace"],
            "name": metric["MetricName"],
            "dimensions": {each["Name"]: each["Value"] for each in metric.get("Dimensions", [])},
        },
        "period": stat["Period"],
        "stat": stat["Stat"],
        **({"unit": stat["Unit"]} if "Unit" in stat else {}),
    }
    return found | {"returnData": query.get("ReturnData", True)}


def _event(alarm: Alarm, kind: str, detail: Json, at_ms: int) -> Json:
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": kind,
        "source": "aws.cloudwatch",
        "account": alarm.account,
        "time": datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": alarm.region,
        "resources": [alarm.arn],
        "detail": detail,
    }
