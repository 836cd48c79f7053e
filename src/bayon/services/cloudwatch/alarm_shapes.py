"""Alarms as the operations describe them. What was not given is not there: clients compare it with what they put."""

from __future__ import annotations

from typing import Any

from bayon.services.cloudwatch.alarm_checks import ACTIONS
from bayon.state.alarms import COMPOSITE, METRIC, Alarm


def described(alarm: Alarm) -> dict[str, Any]:
    """The alarm with everything known of it. Source: recorded answers of DescribeAlarms."""
    shown: dict[str, Any] = {
        "AlarmName": alarm.name,
        "AlarmArn": alarm.arn,
        "AlarmConfigurationUpdatedTimestamp": alarm.updated_ms,
        "ActionsEnabled": alarm.actions_enabled,
        **{member: list(alarm.actions.get(state, [])) for state, member in ACTIONS.items()},
        "StateValue": alarm.state,
        "StateReason": alarm.reason,
        "StateUpdatedTimestamp": alarm.state_updated_ms,
        "StateTransitionedTimestamp": alarm.transitioned_ms,
        **alarm.config,
    }
    if alarm.reason_data is not None:
        shown["StateReasonData"] = alarm.reason_data
    if alarm.kind == METRIC and alarm.metric_name is not None:
        shown.setdefault("Dimensions", [])
    if alarm.evaluation_state is not None:
        shown["EvaluationState"] = alarm.evaluation_state
    if alarm.suppressed_by is not None:
        shown["ActionsSuppressedBy"] = alarm.suppressed_by
        shown["ActionsSuppressedReason"] = f"Actions suppressed by {alarm.suppressed_by}"
    return shown


def by_kind(alarms: list[Alarm]) -> dict[str, list[dict[str, Any]]]:
    """The alarms in the lists of DescribeAlarms, all of which are always there."""
    return {
        "CompositeAlarms": [described(alarm) for alarm in alarms if alarm.kind == COMPOSITE],
        "MetricAlarms": [described(alarm) for alarm in alarms if alarm.kind == METRIC],
        "LogAlarms": [],
    }


def as_child(alarm: Alarm) -> dict[str, Any]:
    """What DescribeAlarms shows of a composite alarm's child."""
    return {
        "AlarmName": alarm.name,
        "AlarmArn": alarm.arn,
        "StateValue": alarm.state,
        "StateUpdatedTimestamp": alarm.state_updated_ms,
    }


def as_parent(alarm: Alarm) -> dict[str, Any]:
    """What DescribeAlarms shows of an alarm's parent."""
    return {"AlarmName": alarm.name, "AlarmArn": alarm.arn}
