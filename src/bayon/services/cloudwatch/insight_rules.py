"""Contributor Insights rules: made, listed, switched and deleted. What they find is in `insight_rule_report.py`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bayon import limits
from bayon.errors import AwsError, Unimplemented
from bayon.languages.contributor_rule.rule import BadRuleError, parse
from bayon.services import page_token
from bayon.services.cloudwatch.tags import checked
from bayon.services.operation import Context, operation
from bayon.state import insight_rules, tags
from bayon.state.insight_rules import InsightRule

if TYPE_CHECKING:
    from bayon.shapes.cloudwatch import (
        DeleteInsightRulesInput,
        DeleteInsightRulesOutput,
        DescribeInsightRulesInput,
        DescribeInsightRulesOutput,
        DisableInsightRulesInput,
        DisableInsightRulesOutput,
        EnableInsightRulesInput,
        EnableInsightRulesOutput,
        PartialFailure,
        PutInsightRuleInput,
        PutInsightRuleOutput,
    )
    from bayon.shapes.cloudwatch import InsightRule as Listed

_VALUE = "InvalidParameterValueException"
_STATES = {"ENABLED": True, "DISABLED": False}


@operation(lacks="rules that apply to transformed log events")
def put_insight_rule(ctx: Context, request: PutInsightRuleInput) -> PutInsightRuleOutput:
    """The rule has this definition; tags are kept only if it is new.

    Raises: InvalidParameterValueException.   Writes: insight_rules, tags.
    Source: CloudWatch API reference, PutInsightRule; the texts of refusals are ours.
    """
    name, state = request["RuleName"], request.get("RuleState", "ENABLED")
    if state not in _STATES:
        raise AwsError(_VALUE, f"The value {state} for parameter RuleState is not supported.")
    try:
        parse(request["RuleDefinition"])
    except BadRuleError as err:
        raise AwsError(_VALUE, f"The rule definition is invalid: {err}") from err
    if request.get("ApplyOnTransformedLogs"):
        raise Unimplemented("PutInsightRule with ApplyOnTransformedLogs")
    wanted = checked(request.get("Tags", []))
    with ctx.state.write():
        before = insight_rules.find(ctx.state, ctx.account, ctx.region, name)
        if before is not None and before.template:
            raise AwsError(_VALUE, f"The rule {name} is managed and cannot be changed.")
        rule = InsightRule(
            account=ctx.account,
            region=ctx.region,
            name=name,
            definition=request["RuleDefinition"],
            enabled=_STATES[state],
            transformed=False,
        )
        insight_rules.put(ctx.state, rule)
        if before is None:
            tags.put(ctx.state, rule.arn, wanted)
    return {}


@operation
def describe_insight_rules(ctx: Context, request: DescribeInsightRulesInput) -> DescribeInsightRulesOutput:
    """The rules by name, five hundred a page unless fewer are asked for.

    Reads: insight_rules.   Raises: InvalidNextToken.   Source: CloudWatch API reference, DescribeInsightRules.
    """
    limit = request.get("MaxResults", limits.INSIGHT_RULES_PAGE)
    scope, after = [ctx.account, ctx.region, "insight rules"], None
    if token := request.get("NextToken"):
        try:
            (after,) = page_token.redeem(token, scope, ctx.now_ms, limits.METRIC_TOKEN_LIFE_MS)
        except page_token.BadTokenError as err:
            raise AwsError("InvalidNextToken", "The token specified is invalid.") from err
    found = insight_rules.page(ctx.state, ctx.account, ctx.region, after=after, limit=limit + 1)
    answer: DescribeInsightRulesOutput = {"InsightRules": [_listed(rule) for rule in found[:limit]]}
    if len(found) > limit:
        answer["NextToken"] = page_token.issue(scope, [found[limit - 1].name], ctx.now_ms)
    return answer


def _listed(rule: InsightRule) -> Listed:
    """Source: metrics.md §2.5 (recorded)."""
    return {
        "Name": rule.name,
        "State": "ENABLED" if rule.enabled else "DISABLED",
        "Schema": "ServiceLogRule/1" if rule.template else "CloudWatchLogRule/1",
        "Definition": rule.definition,
        "ManagedRule": bool(rule.template),
        "ApplyOnTransformedLogs": rule.transformed,
    }


@operation
def enable_insight_rules(ctx: Context, request: EnableInsightRulesInput) -> EnableInsightRulesOutput:
    """The rules are enabled; each that there is not is told of.

    Raises: InvalidParameterValueException.   Writes: insight_rules.
    Source: CloudWatch API reference, EnableInsightRules.
    """
    return {"Failures": _switched(ctx, request["RuleNames"], enabled=True)}


@operation
def disable_insight_rules(ctx: Context, request: DisableInsightRulesInput) -> DisableInsightRulesOutput:
    """The rules are disabled; each that there is not is told of.

    Raises: InvalidParameterValueException.   Writes: insight_rules.
    Source: CloudWatch API reference, DisableInsightRules.
    """
    return {"Failures": _switched(ctx, request["RuleNames"], enabled=False)}


@operation
def delete_insight_rules(ctx: Context, request: DeleteInsightRulesInput) -> DeleteInsightRulesOutput:
    """The rules are gone, with their tags; each that there was not is told of.

    Raises: InvalidParameterValueException.   Writes: insight_rules, tags.
    Source: CloudWatch API reference, DeleteInsightRules.
    """
    names = request["RuleNames"]
    _check_number(names)
    return {"Failures": _unknown(names, insight_rules.delete(ctx.state, ctx.account, ctx.region, names))}


def _switched(ctx: Context, names: list[str], *, enabled: bool) -> list[PartialFailure]:
    _check_number(names)
    return _unknown(names, insight_rules.set_enabled(ctx.state, ctx.account, ctx.region, names, enabled=enabled))


def _check_number(names: list[str]) -> None:
    if not 0 < len(names) <= limits.INSIGHT_RULES_PAGE:
        raise AwsError(_VALUE, f"The collection RuleNames must have 1 to {limits.INSIGHT_RULES_PAGE} members.")


def _unknown(names: Iterable[str], known: set[str]) -> list[PartialFailure]:
    """Source: reasoned, the codes of a rule that there is not."""
    return [
        {
            "FailureResource": name,
            "ExceptionType": "ResourceNotFoundException",
            "FailureCode": "ResourceNotFound",
            "FailureDescription": f"Insight rule {name} does not exist",
        }
        for name in names
        if name not in known
    ]
