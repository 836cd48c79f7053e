"""Sampling rules: which share of which requests the SDKs record. Source: traces.md §2.9."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bayon import limits
from bayon.errors import AwsError
from bayon.services.operation import Context, operation
from bayon.services.xray.errors import cursor_of, invalid
from bayon.services.xray.tag_values import checked
from bayon.state import tags, xray_resources
from bayon.state.database import State
from bayon.state.xray_resources import Resource

if TYPE_CHECKING:
    from bayon.shapes import xray as shapes

DEFAULT = "Default"
_MATCHERS = ("ResourceARN", "ServiceName", "ServiceType", "Host", "HTTPMethod", "URLPath")
_NUMBERS = ("Priority", "FixedRate", "ReservoirSize")
_DEFAULT_RULE = dict.fromkeys(_MATCHERS, "*") | {
    "Priority": 10_000,
    "FixedRate": 0.05,
    "ReservoirSize": 1,
    "Version": 1,
    "Attributes": {},
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A sampling rule; `fields` are the members of SamplingRule but for its name and ARN."""

    name: str
    arn: str
    fields: Mapping[str, Any]
    created_ms: int
    modified_ms: int


@operation
def create_sampling_rule(ctx: Context, request: shapes.CreateSamplingRuleRequest) -> shapes.CreateSamplingRuleResult:
    """The rule exists; SDKs follow it from when they next ask for the rules.

    Raises: InvalidRequestException, RuleLimitExceededException.   Writes: sampling rules, tags.
    Source: X-Ray API reference, CreateSamplingRule.
    """
    given = dict(request["SamplingRule"])
    name = given.pop("RuleName", None)
    if not isinstance(name, str) or not name:
        raise invalid("RuleName is required")
    given.pop("RuleARN", None)
    fields = {"Attributes": {}} | {key: value for key, value in given.items() if value is not None}
    _check(fields)
    added = checked(request.get("Tags") or [])
    with ctx.state.write():
        known = [rule.name for rule in every(ctx.state, ctx.account, ctx.region)]
        if name in known:
            raise invalid(f"A sampling rule named {name} exists already")
        if len(known) - 1 >= limits.SAMPLING_RULES:
            message = f"There can be at most {limits.SAMPLING_RULES} sampling rules"
            raise AwsError("RuleLimitExceededException", message)
        stored = _put(ctx, name, fields)
        tags.put(ctx.state, stored.arn, added)
    return {"SamplingRuleRecord": _record(stored)}


@operation
def update_sampling_rule(ctx: Context, request: shapes.UpdateSamplingRuleRequest) -> shapes.UpdateSamplingRuleResult:
    """The rule has what the request gives; of the default rule only rate and reservoir can change.

    Raises: InvalidRequestException.   Writes: sampling rules.   Source: X-Ray API reference, UpdateSamplingRule.
    """
    given: dict[str, Any] = {key: value for key, value in request["SamplingRuleUpdate"].items() if value is not None}
    with ctx.state.write():
        rule = _named(ctx, given.pop("RuleName", None), given.pop("RuleARN", None))
        if rule.name == DEFAULT and given.keys() - {"FixedRate", "ReservoirSize"}:
            raise invalid("Only FixedRate and ReservoirSize of the Default rule can change")
        fields = dict(rule.fields) | given
        _check(fields, is_default=rule.name == DEFAULT)
        stored = _put(ctx, rule.name, fields)
    return {"SamplingRuleRecord": _record(stored)}


@operation
def delete_sampling_rule(ctx: Context, request: shapes.DeleteSamplingRuleRequest) -> shapes.DeleteSamplingRuleResult:
    """The rule is gone, and its tags.

    Raises: InvalidRequestException.   Writes: sampling rules, tags.
    Source: X-Ray API reference, DeleteSamplingRule.
    """
    with ctx.state.write():
        rule = _named(ctx, request.get("RuleName"), request.get("RuleARN"))
        if rule.name == DEFAULT:
            raise invalid("The Default rule cannot be deleted")
        xray_resources.delete(ctx.state, ctx.account, ctx.region, "sampling rule", rule.name)
        tags.forget(ctx.state, rule.arn)
    return {"SamplingRuleRecord": _record(rule)}


@operation
def get_sampling_rules(ctx: Context, request: shapes.GetSamplingRulesRequest) -> shapes.GetSamplingRulesResult:
    """Every rule on one page, by priority and name, since not all SDKs ask for another.

    Raises: InvalidRequestException.   Reads: sampling rules.   Source: X-Ray API reference, GetSamplingRules.
    """
    cursor_of(ctx, request.get("NextToken"), ["sampling rules"])
    return {"SamplingRuleRecords": [_record(rule) for rule in every(ctx.state, ctx.account, ctx.region)]}


def every(state: State, account: str, region: str) -> list[Rule]:
    """All rules of the account and region, by priority and name, the default one among them. Reads: sampling rules."""
    found = [_rule(each) for each in xray_resources.every(state, "sampling rule", account=account, region=region)]
    if DEFAULT not in {rule.name for rule in found}:
        found.append(Rule(DEFAULT, _arn(account, region, DEFAULT), _DEFAULT_RULE, 0, 0))
    return sorted(found, key=lambda rule: (rule.fields["Priority"], rule.name))


def _named(ctx: Context, name: str | None, arn: str | None) -> Rule:
    if not name and not arn:
        raise invalid("RuleName or RuleARN is required")
    for rule in every(ctx.state, ctx.account, ctx.region):
        if rule.arn == arn if arn else rule.name == name:
            return rule
    raise invalid(f"The sampling rule {arn or name} does not exist")


def _check(fields: Mapping[str, Any], *, is_default: bool = False) -> None:
    """Raises: InvalidRequestException for what the model leaves open."""
    for name in (*_MATCHERS, *_NUMBERS):
        if fields.get(name) is None:
            raise invalid(f"{name} is required")
    if not 1 <= fields["Priority"] <= limits.SAMPLING_PRIORITY and not is_default:
        raise invalid(f"Priority must be between 1 and {limits.SAMPLING_PRIORITY}")
    if not 0 <= fields["FixedRate"] <= 1:
        raise invalid("FixedRate must be between 0 and 1")
    if fields["ReservoirSize"] < 0:
        raise invalid("ReservoirSize must not be negative")
    if fields.get("Version", 1) != 1:
        raise invalid("Version must be 1")


def _put(ctx: Context, name: str, fields: Mapping[str, Any]) -> Rule:
    kept = {"Version": 1, **fields}
    return _rule(xray_resources.put(ctx.state, ctx.account, ctx.region, "sampling rule", name, kept, now_ms=ctx.now_ms))


def _rule(stored: Resource) -> Rule:
    created_ms = 0 if stored.name == DEFAULT else stored.created_ms
    arn = _arn(stored.account, stored.region, stored.name)
    return Rule(stored.name, arn, stored.fields, created_ms, stored.modified_ms)


def _arn(account: str, region: str, name: str) -> str:
    return f"arn:aws:xray:{region}:{account}:sampling-rule/{name}"


def _record(rule: Rule) -> Any:
    return {
        "SamplingRule": {"RuleName": rule.name, "RuleARN": rule.arn, **rule.fields},
        "CreatedAt": rule.created_ms,
        "ModifiedAt": rule.modified_ms,
    }
