"""EnableAlarmActions and DisableAlarmActions: whether alarms run their actions. Nothing that was missed is made up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bayon.services.operation import Context, operation
from bayon.state import alarms

if TYPE_CHECKING:
    from bayon.shapes.cloudwatch import DisableAlarmActionsInput, EnableAlarmActionsInput


@operation
def enable_alarm_actions(ctx: Context, request: EnableAlarmActionsInput) -> dict[str, Any]:
    """Those of the alarms that exist run their actions.

    Writes: alarms.   Source: CloudWatch API reference, EnableAlarmActions.
    """
    return _set(ctx, request["AlarmNames"], enabled=True)


@operation
def disable_alarm_actions(ctx: Context, request: DisableAlarmActionsInput) -> dict[str, Any]:
    """Those of the alarms that exist do not run their actions.

    Writes: alarms.   Source: CloudWatch API reference, DisableAlarmActions.
    """
    return _set(ctx, request["AlarmNames"], enabled=False)


def _set(ctx: Context, names: Sequence[str], *, enabled: bool) -> dict[str, Any]:
    with ctx.state.write():
        found = alarms.named(ctx.state, ctx.account, ctx.region, names)
        ids = [alarm.id for alarm in found]
        alarms.set_actions_enabled(ctx.state, ids, enabled=enabled, now_ms=ctx.now_ms)
    return {}
