"""PutMetricAlarm: alarms on a metric, on metric math, on Metrics Insights queries and on anomaly bands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bayon.alarms import reasons
from bayon.errors import AwsError
from bayon.services.cloudwatch import (
    alarm_checks,
    alarm_event_shapes,
    alarm_items,
    alarm_queries,
    alarm_transitions,
)
from bayon.services.cloudwatch.alarm_checks import ACTIONS
from bayon.services.cloudwatch.alarm_transitions import Scene
from bayon.services.cloudwatch.metric_series import Reader
from bayon.services.cloudwatch.tags import checked
from bayon.services.operation import Context, operation
from bayon.state import alarms, tags
from bayon.state.alarms import METRIC, Alarm

if TYPE_CHECKING:
    from bayon.shapes.cloudwatch import PutMetricAlarmInput

_APART = {"AlarmName", "ActionsEnabled", "Tags", *ACTIONS.values()}


@operation(lacks="PromQL (EvaluationCriteria)")
def put_metric_alarm(ctx: Context, request: PutMetricAlarmInput) -> dict[str, Any]:
    """The alarm has this configuration and is evaluated soon; one that was there keeps its state and its tags.

    Raises: ValidationException, InvalidParameterValueException, InvalidParameterCombinationException.
    Writes: alarms, tags, alarm_history, alarm_events.   Source: CloudWatch API reference, PutMetricAlarm.
    """
    alarm_checks.check(request, ctx.region)
    metric = None if "Metrics" in request else (request["Namespace"], request["MetricName"])
    if metric is None:
        reader = Reader(store=ctx.store, state=ctx.state, account=ctx.account, region=ctx.region)
        alarm_queries.check(reader, request, ctx.now_ms)
    with alarm_transitions.scene(ctx.state, ctx.now_ms) as scene:
        put(ctx, scene, request, METRIC, metric)
    return {}


def put(
    ctx: Context, scene: Scene, request: Mapping[str, Any], kind: str, metric: tuple[str, str] | None
) -> tuple[Alarm, Alarm | None]:
    """The alarm is as the request says, and that it changed is on record. Out: it, and as it was before.

    Raises: ValidationException where an alarm of another kind has the name.
    """
    wanted = checked(request.get("Tags", []))
    before = alarms.put(
        ctx.state,
        ctx.account,
        ctx.region,
        request["AlarmName"],
        kind=kind,
        config={name: value for name, value in request.items() if name not in _APART},
        actions={state: list(request.get(member, [])) for state, member in ACTIONS.items()},
        actions_enabled=request.get("ActionsEnabled", True),
        metric=metric,
        reason=reasons.CREATED,
        now_ms=ctx.now_ms,
    )
    after = alarms.find(ctx.state, ctx.account, ctx.region, request["AlarmName"])
    assert after is not None, "it has just been put"
    if before is None:
        tags.put(ctx.state, after.arn, wanted)
    elif before.kind != kind:
        raise AwsError("ValidationException", f"An alarm of another type is named {before.name}")
    record(scene, "Update" if before else "Create", after, before)
    return after, before


def record(scene: Scene, what: str, alarm: Alarm, before: Alarm | None) -> None:
    """That the alarm was created, updated or deleted is in its history and told as an event."""
    scene.history.append(alarm_items.configured(what, alarm, before, scene.now_ms))
    event = alarm_event_shapes.configuration_event(what.lower(), alarm, before, scene.now_ms)
    scene.tell(alarm, event)
