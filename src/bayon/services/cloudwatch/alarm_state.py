"""SetAlarmState: an alarm is put into a state by hand, until its next evaluation."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bayon.errors import AwsError
from bayon.services.cloudwatch import alarm_transitions
from bayon.services.operation import Context, operation
from bayon.state import alarms

if TYPE_CHECKING:
    from bayon.shapes.cloudwatch import SetAlarmStateInput


@operation
def set_alarm_state(ctx: Context, request: SetAlarmStateInput) -> dict[str, Any]:
    """The alarm is in the state, and its actions run if it was not; a composite alarm stays so until a child changes.

    Raises: ResourceNotFound, InvalidFormatFault.   Writes: alarms, alarm_history, alarm_events, messages.
    Source: CloudWatch API reference, SetAlarmState.
    """
    data = request.get("StateReasonData")
    if data is not None:
        _check_json(data)
    with alarm_transitions.scene(ctx.state, ctx.now_ms) as scene:
        alarm = alarms.find(ctx.state, ctx.account, ctx.region, request["AlarmName"])
        if alarm is None:
            raise AwsError("ResourceNotFound")
        alarm_transitions.move(scene, alarm, request["StateValue"], reason=request["StateReason"], reason_data=data)
    return {}


def _check_json(text: str) -> None:
    try:
        json.loads(text)
    except (ValueError, RecursionError) as err:
        raise AwsError("InvalidFormatFault", "StateReasonData must be valid JSON") from err
