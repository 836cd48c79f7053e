"""The items of an alarm's history, as DescribeAlarmHistory shows them. Pure.

Source: recorded items; of configuration changes and muted actions AWS publishes none, so those are reasoned.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from bayon import limits
from bayon.services.cloudwatch.alarm_messages import Change, Json
from bayon.services.cloudwatch.alarm_mutes import Mute
from bayon.services.cloudwatch.alarm_shapes import described
from bayon.state.alarm_history import Item
from bayon.state.alarms import Alarm, Contributor

STATE_UPDATE, ACTION, CONFIGURATION_UPDATE = "StateUpdate", "Action", "ConfigurationUpdate"
CONTRIBUTOR_UPDATE, CONTRIBUTOR_ACTION = "AlarmContributorStateUpdate", "AlarmContributorAction"
_SPELLED = {"OKActions": "okactions"}  # as AWS spells it
_DONE = {"Create": "created", "Update": "updated", "Delete": "deleted"}


def state_update(change: Change) -> Item:
    """The alarm changed its state."""
    before, after = change.before, change.after
    data = {"version": "1.0", "oldState": _state(before), "newState": _state(after)}
    summary = f"Alarm updated from {before.state} to {after.state}"
    return _item(after, after.state_updated_ms, STATE_UPDATE, summary, data)


def contributor_update(alarm: Alarm, before: Contributor, after: Contributor, at_ms: int) -> Item:
    """One of the alarm's series changed its state."""
    states = {"oldState": _of_contributor(before), "newState": _of_contributor(after)}
    summary = f"Alarm contributor updated from {before.state} to {after.state}"
    return _item(alarm, at_ms, CONTRIBUTOR_UPDATE, summary, {"version": "1.0", **states}, after)


def configured(what: str, alarm: Alarm, previous: Alarm | None, at_ms: int) -> Item:
    """The alarm was created, updated or deleted; `what` is Create, Update or Delete."""
    done = _DONE[what]
    data: Json = {"version": "1.0", "type": what, f"{done}Alarm": _camel(described(alarm))}
    if previous is not None and what == "Update":
        data["previousAlarm"] = _camel(described(previous))
    return _item(alarm, at_ms, CONFIGURATION_UPDATE, f'Alarm "{alarm.name}" {done}', data)


def action(change: Change, arn: str, published: str | None, error: str | None, at_ms: int) -> Item:
    """An action was carried out, or was not because of the error."""
    alarm = change.after
    state = "Succeeded" if error is None else "Failed"
    data = {
        "actionState": state,
        "stateUpdateTimestamp": alarm.state_updated_ms,
        "notificationResource": arn,
        "publishedMessage": published,
        "error": error,
    }
    summary = f"{'Successfully executed' if error is None else 'Failed to execute'} action {arn}"
    return _item(alarm, at_ms, _kind(change), summary, data, change.contributor)


def muted(change: Change, arn: str, muting: Sequence[Mute], at_ms: int) -> Item:
    """An action was held back by mute rules."""
    others = len(muting) - 1
    more = f" (and {others} other active mute rule{'s' if others > 1 else ''})" if others else ""
    data = {
        "actionState": "Muted",
        "stateUpdateTimestamp": change.after.state_updated_ms,
        "notificationResource": arn,
        "mutedBy": muting[0].rule.arn,
        "error": None,
    }
    summary = f"Action muted by alarm mute rule {muting[0].rule.name}{more}"
    return _item(change.after, at_ms, _kind(change), summary, data, change.contributor)


def _kind(change: Change) -> str:
    return CONTRIBUTOR_ACTION if change.contributor else ACTION


def _item(
    alarm: Alarm, at_ms: int, kind: str, summary: str, data: Json, contributor: Contributor | None = None
) -> Item:
    return Item(
        account=alarm.account,
        region=alarm.region,
        alarm=alarm.name,
        kind=alarm.kind,
        at_ms=at_ms,
        item=kind,
        summary=summary[: limits.ALARM_HISTORY_SUMMARY_CHARS],
        data=_bounded(data),
        contributor=contributor.id if contributor else None,
        attributes=contributor.attributes if contributor else None,
    )


def _state(alarm: Alarm) -> Json:
    found: Json = {"stateValue": alarm.state, "stateReason": alarm.reason}
    if alarm.reason_data is not None:
        found["stateReasonData"] = json.loads(alarm.reason_data)
    return found


def _of_contributor(contributor: Contributor) -> Json:
    return {"stateValue": contributor.state, "stateReason": contributor.reason}


def _camel(value: Any) -> Any:
    """The value with the first letter of every member in lower case, as items of configuration changes have it."""
    if isinstance(value, dict):
        return {_SPELLED.get(name, f"{name[0].lower()}{name[1:]}"): _camel(inner) for name, inner in value.items()}
    return [_camel(inner) for inner in value] if isinstance(value, list) else value


def _bounded(data: Json) -> str:
    """The data as JSON text within what an item may hold: what is longest is cut short, then left out."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    if len(text) <= limits.ALARM_HISTORY_DATA_CHARS:
        return text
    excess = len(text) - limits.ALARM_HISTORY_DATA_CHARS
    published = data.get("publishedMessage")
    if isinstance(published, str) and published:
        # Each character of the message may be two of the text, where it is escaped: then a second cut is due.
        return _bounded({**data, "publishedMessage": published[: max(0, len(published) - excess)]})
    for name in ("previousAlarm", "oldState", "updatedAlarm", "createdAlarm", "deletedAlarm", "newState"):
        if name in data:
            return _bounded({key: value for key, value in data.items() if key != name})
    return text[: limits.ALARM_HISTORY_DATA_CHARS]
