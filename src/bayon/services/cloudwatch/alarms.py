"""Alarms of every kind: listed, found by their metric, and deleted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

from bayon import limits
from bayon.errors import AwsError
from bayon.services import page_token
from bayon.services.cloudwatch import alarm_shapes, alarm_transitions, composite_rules, metric_alarms
from bayon.services.cloudwatch.alarm_checks import invalid
from bayon.services.cloudwatch.metrics import dimensions_of
from bayon.services.operation import Context, operation
from bayon.state import alarms
from bayon.state.alarms import COMPOSITE, METRIC, Alarm

if TYPE_CHECKING:
    from bayon.shapes.cloudwatch import (
        DeleteAlarmsInput,
        DescribeAlarmsForMetricInput,
        DescribeAlarmsForMetricOutput,
        DescribeAlarmsInput,
        DescribeAlarmsOutput,
    )

_RELATIVES = ("ChildrenOfAlarmName", "ParentsOfAlarmName")
_SELECTS = ("AlarmNames", "AlarmNamePrefix", "AlarmTypes", *_RELATIVES, "StateValue", "ActionPrefix")


@operation
def describe_alarms(ctx: Context, request: DescribeAlarmsInput) -> DescribeAlarmsOutput:
    """List the alarms that meet every condition by name, metric alarms unless other types are asked for.

    Raises: ValidationException, InvalidNextToken.   Reads: alarms, alarm_children.
    Source: CloudWatch API reference, DescribeAlarms.
    """
    _check(request)
    scope = [ctx.account, ctx.region, *(request.get(name) for name in _SELECTS)]
    size = request.get("MaxRecords", limits.ALARMS_PAGE)
    found: list[Alarm] = []
    for alarm in _candidates(ctx, request, _position(request.get("NextToken"), scope, ctx.now_ms)):
        found.append(alarm)
        if len(found) > size:
            break
    shown = found[:size]
    answer = _answer(request, shown)
    if len(found) > size:
        answer["NextToken"] = page_token.issue(scope, [shown[-1].name], ctx.now_ms)
    return answer


def _check(request: DescribeAlarmsInput) -> None:
    given = [name for name in _SELECTS if name in request]
    for name in _RELATIVES:
        if name in request and len(given) > 1:
            other = next(each for each in given if each != name)
            raise invalid(f"{name} and {other} are mutually exclusive")
    if "AlarmNames" in request and "AlarmNamePrefix" in request:
        raise invalid("AlarmNames and AlarmNamePrefix are mutually exclusive")


def _position(token: str | None, scope: list[Any], now_ms: int) -> str | None:
    """The name behind which the page begins. Raises: InvalidNextToken."""
    if token is None:
        return None
    try:
        (after,) = page_token.redeem(token, scope, now_ms, limits.METRIC_TOKEN_LIFE_MS)
    except page_token.BadTokenError as err:
        raise AwsError("InvalidNextToken", "The next token specified is invalid.") from err
    return cast("str", after)


def _candidates(ctx: Context, request: DescribeAlarmsInput, after: str | None) -> Iterator[Alarm]:
    """The alarms behind the name that meet every condition, by name."""
    prefix, kinds = request.get("ActionPrefix"), request.get("AlarmTypes", [METRIC])
    for alarm in _listed(ctx, request, kinds, after):
        actions = [arn for arns in alarm.actions.values() for arn in arns]
        if prefix is None or any(arn.startswith(prefix) for arn in actions):
            yield alarm


def _listed(ctx: Context, request: DescribeAlarmsInput, kinds: Sequence[str], after: str | None) -> Iterator[Alarm]:
    here = (ctx.state, ctx.account, ctx.region)
    if few := _few(ctx, request):
        wanted = request.get("StateValue")
        of_kind = [alarm for alarm in few() if any(name in request for name in _RELATIVES) or alarm.kind in kinds]
        yield from (
            alarm
            for alarm in of_kind
            if (after is None or alarm.name > after) and (wanted is None or alarm.state == wanted)
        )
        return
    conditions: dict[str, Any] = {
        "kinds": kinds,
        "prefix": request.get("AlarmNamePrefix", ""),
        "in_state": request.get("StateValue"),
    }
    while page := alarms.page(*here, **conditions, after=after, limit=limits.ALARMS_SCANNED):
        yield from page
        after = page[-1].name


def _few(ctx: Context, request: DescribeAlarmsInput) -> Any:
    """How to read the alarms that the request names by their names or relatives, none where it does not."""
    here = (ctx.state, ctx.account, ctx.region)
    if "AlarmNames" in request:
        return lambda: alarms.named(*here, request["AlarmNames"])
    if "ParentsOfAlarmName" in request:
        return lambda: alarms.parents_of(*here, [request["ParentsOfAlarmName"]], roles=[alarms.RULE])
    if "ChildrenOfAlarmName" in request:
        parent = alarms.find(*here, request["ChildrenOfAlarmName"])
        return lambda: alarms.named(*here, alarms.children_of(ctx.state, parent.id)) if parent else []
    return None


def _answer(request: DescribeAlarmsInput, shown: list[Alarm]) -> DescribeAlarmsOutput:
    brief = None
    if "ChildrenOfAlarmName" in request:
        brief = alarm_shapes.as_child
    elif "ParentsOfAlarmName" in request:
        brief = alarm_shapes.as_parent
    if brief is None:
        return cast("DescribeAlarmsOutput", alarm_shapes.by_kind(shown))
    kinds = {"CompositeAlarms": COMPOSITE, "MetricAlarms": METRIC}
    lists = {member: [brief(alarm) for alarm in shown if alarm.kind == kind] for member, kind in kinds.items()}
    return cast("DescribeAlarmsOutput", {**lists, "LogAlarms": []})


@operation
def describe_alarms_for_metric(ctx: Context, request: DescribeAlarmsForMetricInput) -> DescribeAlarmsForMetricOutput:
    """List the alarms on the one metric, by name, that have its dimensions exactly; not those on expressions.

    Reads: alarms.   Source: CloudWatch API reference, DescribeAlarmsForMetric.
    """
    wanted = dimensions_of(request.get("Dimensions", []))
    same = [name for name in ("Statistic", "ExtendedStatistic", "Period", "Unit") if name in request]
    found = [
        alarm_shapes.described(alarm)
        for alarm in alarms.on_metric(ctx.state, ctx.account, ctx.region, request["Namespace"], request["MetricName"])
        if dimensions_of(alarm.config.get("Dimensions", [])) == wanted
        and all(alarm.config.get(name) == request[name] for name in same)
    ]
    return cast("DescribeAlarmsForMetricOutput", {"MetricAlarms": found})


@operation
def delete_alarms(ctx: Context, request: DeleteAlarmsInput) -> dict[str, Any]:
    """Those of the alarms that exist are gone, with their tags; their history stays.

    Raises: ResourceNotFound where none exists, ValidationException where a composite alarm still looks at one; then
    nothing is deleted.   Writes: alarms, tags, alarm_history, alarm_events.
    Source: CloudWatch API reference, DeleteAlarms.
    """
    with alarm_transitions.scene(ctx.state, ctx.now_ms) as scene:
        doomed = alarms.named(ctx.state, ctx.account, ctx.region, request["AlarmNames"])
        if request["AlarmNames"] and not doomed:
            raise AwsError("ResourceNotFound")
        if sum(alarm.kind == COMPOSITE for alarm in doomed) > limits.ALARMS_COMPOSITE_DELETED:
            raise invalid("Only one composite alarm can be deleted per request")
        _check_dependents(ctx, doomed)
        for alarm in doomed:
            metric_alarms.record(scene, "Delete", alarm, None)
        alarms.delete(ctx.state, doomed)
    return {}


def _check_dependents(ctx: Context, doomed: Sequence[Alarm]) -> None:
    """Raises: ValidationException where an alarm that stays looks at one of these, or one is on a cycle."""
    names = {alarm.name for alarm in doomed}
    needed = []
    for alarm in doomed:
        parents = alarms.parents_of(ctx.state, ctx.account, ctx.region, [alarm.name])
        cyclic = alarm.kind == COMPOSITE and composite_rules.on_cycle(ctx.state, alarm)
        if cyclic or any(parent.name not in names for parent in parents):
            needed.append(alarm.name)
    if needed:
        raise composite_rules.dependents_error(needed)
