"""What an alarm's message says to a person: the text of an e-mail. Pure; how it reaches anybody is not known here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

_CHILDREN_SHOWN = 10
_ASKED = ("AlarmName", "NewStateValue", "NewStateReason", "StateChangeTime", "Region", "AlarmArn")
_SIGNS = {
    "GreaterThanThreshold": ">",
    "GreaterThanOrEqualToThreshold": ">=",
    "LessThanThreshold": "<",
    "LessThanOrEqualToThreshold": "<=",
    "LessThanLowerOrGreaterThanUpperThreshold": "outside the band",
    "LessThanLowerThreshold": "below the band",
    "GreaterThanUpperThreshold": "above the band",
}


def read(message: str) -> dict[str, Any] | None:
    """The alarm's message as an object, none where the text is not one. Source: metrics.md §4.9."""
    try:
        found = json.loads(message)
    except (ValueError, RecursionError):
        return None
    known = isinstance(found, dict) and all(isinstance(found.get(name), str) for name in _ASKED)
    return found if known else None


def readable(alarm: Mapping[str, Any]) -> str:
    """The text for people of an alarm's message, of a metric alarm or a composite one.

    Source: metrics.md §4.9, the skeleton; the words are ours.
    """
    paragraphs = [_opening(alarm), *(_block(title, rows) for title, rows in _blocks(alarm))]
    return "\n\n".join(paragraphs) + "\n"


def _opening(alarm: Mapping[str, Any]) -> str:
    return (
        f'The alarm "{alarm["AlarmName"]}" in {alarm["Region"]} has entered the {alarm["NewStateValue"]} state, '
        f'because "{alarm["NewStateReason"]}" at "{_date(alarm["StateChangeTime"])}".'
    )


def _blocks(alarm: Mapping[str, Any]) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    change = f"{alarm.get('OldStateValue', 'INSUFFICIENT_DATA')} -> {alarm['NewStateValue']}"
    yield (
        "Alarm Details:",
        [
            ("Name", alarm["AlarmName"]),
            ("Description", alarm.get("AlarmDescription")),
            ("State Change", change),
            ("Reason for State Change", alarm["NewStateReason"]),
            ("Timestamp", _date(alarm["StateChangeTime"])),
            ("AWS Account", alarm.get("AWSAccountId")),
            ("Alarm Arn", alarm["AlarmArn"]),
        ],
    )
    trigger = alarm.get("Trigger")
    if isinstance(trigger, dict):
        yield "Threshold:", [("The alarm is in the ALARM state when the metric is", _threshold(trigger))]
        yield "Monitored Metric:", _metric(trigger)
    if "AlarmRule" in alarm:
        yield "Alarm Rule:", [("Rule", alarm["AlarmRule"]), *_children(alarm)]
    yield (
        "State Change Actions:",
        [
            ("OK", _listed(alarm.get("OKActions"))),
            ("ALARM", _listed(alarm.get("AlarmActions"))),
            ("INSUFFICIENT_DATA", _listed(alarm.get("InsufficientDataActions"))),
        ],
    )


def _threshold(trigger: Mapping[str, Any]) -> str:
    sign = _SIGNS.get(str(trigger.get("ComparisonOperator")), str(trigger.get("ComparisonOperator")))
    limit = "" if trigger.get("Threshold") is None else f" {trigger['Threshold']}"
    periods = trigger.get("EvaluationPeriods", 1)
    asked = trigger.get("DatapointsToAlarm") or periods
    return f"{sign}{limit} for at least {asked} of the last {periods} period(s) of {trigger.get('Period')} seconds"


def _metric(trigger: Mapping[str, Any]) -> list[tuple[str, Any]]:
    if trigger.get("Metrics"):
        return [(str(each.get("Id")), json.dumps(each)) for each in trigger["Metrics"] if isinstance(each, dict)]
    dimensions = [f"{each.get('name')} = {each.get('value')}" for each in trigger.get("Dimensions") or []]
    return [
        ("MetricNamespace", trigger.get("Namespace")),
        ("MetricName", trigger.get("MetricName")),
        ("Dimensions", f"[{', '.join(dimensions)}]"),
        ("Period", f"{trigger.get('Period')} seconds"),
        ("Statistic", trigger.get("Statistic") or trigger.get("ExtendedStatistic")),
        ("Unit", trigger.get("Unit") or "not specified"),
        ("TreatMissingData", trigger.get("TreatMissingData") or "missing"),
    ]


def _children(alarm: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for child in (alarm.get("TriggeringChildren") or [])[:_CHILDREN_SHOWN]:
        state = child.get("State", {})
        yield "Triggering Child", f"{child.get('Arn')} in {state.get('Value')} at {_date(str(state.get('Timestamp')))}"


def _block(title: str, rows: list[tuple[str, Any]]) -> str:
    lines = (f"- {name + ':':<26} {'' if value is None else value}".rstrip() for name, value in rows)
    return "\n".join([title, *lines])


def _listed(arns: Any) -> str:
    return ", ".join(arns) if arns else "(none)"


def _date(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment.strftime("%A %d %B, %Y %H:%M:%S UTC")
