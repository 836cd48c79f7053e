"""PutCompositeAlarm: alarms on the states of other alarms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bayon import limits
from bayon.services.cloudwatch import alarm_checks, alarm_transitions, composite_rules, metric_alarms
from bayon.services.cloudwatch.alarm_checks import invalid
from bayon.services.operation import Context, operation
from bayon.state import alarms
from bayon.state.alarms import COMPOSITE, RULE, SUPPRESSOR, Alarm

if TYPE_CHECKING:
    from bayon.shapes.cloudwatch import PutCompositeAlarmInput

_SUPPRESSION = ("ActionsSuppressor", "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod")
_CARRIED = {"sns", "lambda", "ssm", "ssm-incidents", "aiops"}


@operation
def put_composite_alarm(ctx: Context, request: PutCompositeAlarmInput) -> dict[str, Any]:
    """The alarm has this rule and is in the state that the rule says.

    Raises: ValidationException, InvalidParameterValueException.   Writes: alarms, alarm_children, tags, alarm_history,
    alarm_events, messages.   Source: CloudWatch API reference, PutCompositeAlarm.
    """
    _check_actions(ctx, request)
    rule = composite_rules.read(request["AlarmRule"])
    children = composite_rules.names(rule, ctx.account, ctx.region)
    suppressor = _suppressor(ctx, request)
    with alarm_transitions.scene(ctx.state, ctx.now_ms) as scene:
        composite_rules.check_children(ctx.state, ctx.account, ctx.region, [*children, *suppressor])
        _check_parents(ctx, children, request["AlarmName"])
        after, before = metric_alarms.put(ctx, scene, request, COMPOSITE, None)
        alarms.set_children(ctx.state, after.id, {RULE: children, SUPPRESSOR: suppressor})
        if before is not None and _replaces_suppressor(before, request) and before.suppressed_by:
            alarms.note(ctx.state, after.id, suppressed_by=None, suppressed_until_ms=None)
        current = alarms.find(ctx.state, ctx.account, ctx.region, after.name)
        assert current is not None, "it has just been put"
        alarm_transitions.reconsider(scene, current, "updated" if before else "created")
    return {}


def _check_actions(ctx: Context, request: PutCompositeAlarmInput) -> None:
    for action in alarm_checks.actions_of(request, ctx.region):
        if action.kind not in _CARRIED:
            raise invalid(f"Composite alarms do not support the action {action.arn}")
    alarm_checks.check_action_configuration(request)


def _suppressor(ctx: Context, request: Mapping[str, Any]) -> list[str]:
    """The name of the suppressor, if there is one. Raises: ValidationException."""
    given = [name for name in _SUPPRESSION if name in request]
    if not given:
        return []
    if missing := [name for name in _SUPPRESSION if name not in request]:
        raise invalid(f"{missing[0]} is required when {given[0]} is specified")
    for name in _SUPPRESSION[1:]:
        if not 0 <= request[name] <= limits.COMPOSITE_WAIT_S:
            raise invalid(f"{name} must be between 0 and {limits.COMPOSITE_WAIT_S} seconds")
    return [composite_rules.name_of(request["ActionsSuppressor"], ctx.account, ctx.region)]


def _check_parents(ctx: Context, children: list[str], name: str) -> None:
    for child in children:
        parents = alarms.parents_of(ctx.state, ctx.account, ctx.region, [child], roles=[RULE])
        if len({parent.name for parent in parents} | {name}) > limits.COMPOSITE_PARENTS:
            raise invalid(f"The alarm {child} must not have more than {limits.COMPOSITE_PARENTS} parents")


def _replaces_suppressor(before: Alarm, request: Mapping[str, Any]) -> bool:
    return any(before.config.get(name) != request.get(name) for name in _SUPPRESSION)
