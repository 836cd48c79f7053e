"""Alarm mute rules: windows of time in which alarms change, but run no actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from bayon import limits
from bayon.alarms import mutes
from bayon.errors import AwsError
from bayon.services import page_token
from bayon.services.cloudwatch.alarm_checks import invalid
from bayon.services.cloudwatch.alarm_mutes import schedule_of
from bayon.services.cloudwatch.tags import checked
from bayon.services.operation import Context, operation
from bayon.state import alarm_mute_rules, alarms, tags
from bayon.state.alarm_mute_rules import MuteRule

if TYPE_CHECKING:
    from bayon.shapes.cloudwatch import (
        DeleteAlarmMuteRuleInput,
        GetAlarmMuteRuleInput,
        GetAlarmMuteRuleOutput,
        ListAlarmMuteRulesInput,
        ListAlarmMuteRulesOutput,
        PutAlarmMuteRuleInput,
    )


@operation(lifted=True)
def put_alarm_mute_rule(ctx: Context, request: PutAlarmMuteRuleInput) -> dict[str, Any]:
    """The rule has this schedule and these targets; tags are kept only if it is new.

    Raises: ValidationException, LimitExceededFault.   Reads: alarms.   Writes: alarm_mute_rules, tags.
    Source: CloudWatch API reference, PutAlarmMuteRule; texts reasoned.
    """
    name = request["Name"]
    config = {member: value for member, value in request.items() if member not in ("Name", "Tags")}
    _check_schedule(config)
    wanted = checked(request.get("Tags", []))
    with ctx.state.write():
        _check_targets(ctx, request.get("MuteTargets", {}).get("AlarmNames", []))
        if alarm_mute_rules.put(ctx.state, ctx.account, ctx.region, name, config, now_ms=ctx.now_ms):
            tags.put(ctx.state, alarm_mute_rules.arn_of(ctx.account, ctx.region, name), wanted)
            _check_quota(ctx)
    return {}


def _check_schedule(config: dict[str, Any]) -> None:
    try:
        schedule_of(config)
    except mutes.ScheduleError as err:
        raise invalid(str(err)) from err
    if config.get("StartDate", 0) >= config.get("ExpireDate", float("inf")):
        raise invalid("StartDate must be before ExpireDate")


def _check_targets(ctx: Context, names: list[str]) -> None:
    known = {alarm.name for alarm in alarms.named(ctx.state, ctx.account, ctx.region, names)}
    if unknown := [name for name in names if name not in known]:
        raise invalid(f"The alarms [{', '.join(unknown)}] do not exist")


def _check_quota(ctx: Context) -> None:
    strict = ctx.settings.parity == "strict"
    if strict and alarm_mute_rules.count(ctx.state, ctx.account, ctx.region) > limits.MUTE_RULES:
        raise AwsError("LimitExceededFault", f"An account has at most {limits.MUTE_RULES} alarm mute rules in a region")


@operation
def get_alarm_mute_rule(ctx: Context, request: GetAlarmMuteRuleInput) -> GetAlarmMuteRuleOutput:
    """Answer the rule as it was put, and whether it mutes now.

    Raises: ResourceNotFoundException.   Reads: alarm_mute_rules.
    Source: CloudWatch API reference, GetAlarmMuteRule.
    """
    name = request["AlarmMuteRuleName"]
    rule = alarm_mute_rules.find(ctx.state, ctx.account, ctx.region, name)
    if rule is None:
        arn = alarm_mute_rules.arn_of(ctx.account, ctx.region, name)
        raise AwsError("ResourceNotFoundException", ResourceType="AlarmMuteRule", ResourceId=arn)
    shown = {"Name": rule.name, **_summary(rule, ctx.now_ms), **rule.config}
    return cast("GetAlarmMuteRuleOutput", shown)


def _summary(rule: MuteRule, now_ms: int) -> dict[str, Any]:
    once = rule.config["Rule"]["Schedule"]["Expression"].startswith("at(")
    shown = {
        "AlarmMuteRuleArn": rule.arn,
        "Status": mutes.status(schedule_of(rule.config), now_ms),
        "MuteType": "ONE_TIME" if once else "RECURRING",
        "LastUpdatedTimestamp": rule.updated_ms,
    }
    return shown | ({"ExpireDate": rule.config["ExpireDate"]} if "ExpireDate" in rule.config else {})


@operation
def list_alarm_mute_rules(ctx: Context, request: ListAlarmMuteRulesInput) -> ListAlarmMuteRulesOutput:
    """List the rules by name, those that mute one alarm, or are of one status, where asked.

    Raises: InvalidNextToken.   Reads: alarm_mute_rules.   Source: CloudWatch API reference, ListAlarmMuteRules.
    """
    alarm, statuses = request.get("AlarmName"), request.get("Statuses")
    scope = [ctx.account, ctx.region, alarm, statuses]
    after = _position(request.get("NextToken"), scope, ctx.now_ms)
    size = request.get("MaxRecords", limits.MUTE_RULES_PAGE)
    rules = [
        rule
        for rule in alarm_mute_rules.every(ctx.state, ctx.account, ctx.region)
        if rule.name > after and (alarm is None or alarm in rule.config.get("MuteTargets", {}).get("AlarmNames", []))
    ]
    listed = [(rule.name, _summary(rule, ctx.now_ms)) for rule in rules]
    found = [(name, summary) for name, summary in listed if not statuses or summary["Status"] in statuses]
    answer: dict[str, Any] = {"AlarmMuteRuleSummaries": [summary for _, summary in found[:size]]}
    if len(found) > size:
        answer["NextToken"] = page_token.issue(scope, [found[size - 1][0]], ctx.now_ms)
    return cast("ListAlarmMuteRulesOutput", answer)


def _position(token: str | None, scope: list[Any], now_ms: int) -> str:
    if token is None:
        return ""
    try:
        (after,) = page_token.redeem(token, scope, now_ms, limits.METRIC_TOKEN_LIFE_MS)
    except page_token.BadTokenError as err:
        raise AwsError("InvalidNextToken", "The next token specified is invalid.") from err
    return cast("str", after)


@operation
def delete_alarm_mute_rule(ctx: Context, request: DeleteAlarmMuteRuleInput) -> dict[str, Any]:
    """There is no such rule; a window of it is over, so that what it held back is done soon.

    Writes: alarm_mute_rules, tags.   Source: CloudWatch API reference, DeleteAlarmMuteRule.
    """
    alarm_mute_rules.delete(ctx.state, ctx.account, ctx.region, request["AlarmMuteRuleName"])
    return {}
