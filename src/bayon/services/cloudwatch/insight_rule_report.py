"""What a Contributor Insights rule finds, computed from the log events that there are.

AWS counts events as they arrive, from the moment the rule is enabled; bayon looks at what the log groups hold, so a
rule reports on events from before it too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bayon import limits
from bayon.errors import AwsError
from bayon.languages.contributor_rule.rule import Rule, parse
from bayon.languages.contributor_rule.sql import compile_rule
from bayon.services.operation import Context, operation
from bayon.sql import Sql, Values
from bayon.state import insight_rules, log_groups
from bayon.state.database import State
from bayon.store import contributors
from bayon.store.contributors import Period, Range
from bayon.store.store import Store

if TYPE_CHECKING:
    from bayon.shapes.cloudwatch import (
        GetInsightRuleReportInput,
        GetInsightRuleReportOutput,
        InsightRuleContributor,
        InsightRuleMetricDatapoint,
    )

_VALUE = "InvalidParameterValueException"
_NOT_FOUND = "ResourceNotFoundException"
METRICS = ("UniqueContributors", "MaxContributorValue", "SampleCount", "Sum", "Minimum", "Maximum", "Average")


@operation
def get_insight_rule_report(ctx: Context, request: GetInsightRuleReportInput) -> GetInsightRuleReportOutput:
    """The greatest contributors of the range, and the metrics asked for in each of its periods.

    Reads: insight_rules, log events.   Raises: InvalidParameterValueException, ResourceNotFoundException.
    Source: CloudWatch API reference, GetInsightRuleReport; metrics.md §2.5 (recorded).
    """
    found = insight_rules.find(ctx.state, ctx.account, ctx.region, request["RuleName"])
    if found is None:
        raise AwsError(_NOT_FOUND, ResourceType="InsightRule", ResourceId=request["RuleName"])
    most, by, wanted = request.get("MaxContributorCount", 10), request.get("OrderBy", "Sum"), request.get("Metrics", [])
    period_s = request["Period"]
    start_ms, end_ms = _range(request["StartTime"], request["EndTime"], period_s)
    if not 1 <= most <= limits.INSIGHT_RULE_CONTRIBUTORS:
        raise AwsError(_VALUE, f"MaxContributorCount must be between 1 and {limits.INSIGHT_RULE_CONTRIBUTORS}.")
    if by not in ("Sum", "Maximum"):
        raise AwsError(_VALUE, f"The value {by} for parameter OrderBy is not supported.")
    if unknown := [name for name in wanted if name not in METRICS]:
        raise AwsError(_VALUE, f"The value {unknown[0]} for parameter Metrics is not supported.")
    if found.template:
        return _empty(start_ms, end_ms, period_s)
    rule = parse(found.definition)
    ids = _group_ids(ctx.state, ctx.account, ctx.region, rule)
    asked = Range(ids, start_ms, end_ms, period_s * 1000)
    keys, value, condition = _compiled(rule)
    shown, unique, together = contributors.contributors(
        ctx.store, asked, keys, value, condition, by_maximum=by == "Maximum", limit=most
    )
    periods = contributors.periods(ctx.store, asked, keys, value, condition) if wanted else []
    return {
        "KeyLabels": [key.label for key in rule.keys],
        "AggregationStatistic": "SampleCount" if rule.aggregate == "Count" else "Sum",
        "AggregateValue": together,
        "ApproximateUniqueCount": unique,
        "Contributors": [_shown(each) for each in shown],
        "MetricDatapoints": _datapoints(asked, periods, wanted),
    }


def insight_rule_metric(
    store: Store,
    state: State,
    account: str,
    region: str,
    *,
    rule_name: str,
    metric: str,
    start_ms: int,
    end_ms: int,
    period_s: int,
) -> dict[int, float]:
    """The metric of the rule at the starts of the periods that have one: what INSIGHT_RULE_METRIC answers.

    In: the range is aligned to the period. Raises: ResourceNotFoundException, InvalidParameterValueException.
    """
    found = insight_rules.find(state, account, region, rule_name)
    if found is None:
        raise AwsError(_NOT_FOUND, ResourceType="InsightRule", ResourceId=rule_name)
    if metric not in METRICS:
        raise AwsError(_VALUE, f"The value {metric} is not a metric of Contributor Insights rules.")
    if found.template:
        return {}
    rule = parse(found.definition)
    asked = Range(_group_ids(state, account, region, rule), start_ms, end_ms, period_s * 1000)
    periods = contributors.periods(store, asked, *_compiled(rule))
    return {period.start_ms: _value(period, metric) for period in periods}


def _range(start_ms: int, end_ms: int, period_s: int) -> tuple[int, int]:
    """The whole periods that hold the range. Raises: InvalidParameterValueException."""
    if period_s % 60:
        raise AwsError(_VALUE, "Period must be a multiple of 60.")
    if start_ms >= end_ms:
        raise AwsError(_VALUE, "The parameter StartTime must be less than the parameter EndTime.")
    period_ms = period_s * 1000
    start_ms -= start_ms % period_ms
    end_ms += -end_ms % period_ms
    if (end_ms - start_ms) // period_ms > limits.INSIGHT_RULE_PERIODS:
        raise AwsError(_VALUE, f"The range must not have more than {limits.INSIGHT_RULE_PERIODS} periods.")
    return start_ms, end_ms


def _compiled(rule: Rule) -> tuple[str, str, Sql]:
    values = Values("rule_")
    compiled = compile_rule(rule, values)
    return compiled.keys, compiled.value, Sql(compiled.condition, values.parameters)


def _group_ids(state: State, account: str, region: str, rule: Rule) -> list[int]:
    """The numbers of the groups that the rule names; those that there are not have no events."""
    prefix = log_groups.arn_of(account, region, "")
    found: set[int] = set()
    for text in rule.groups:
        name = text.removeprefix(prefix).removesuffix(":*") if text.startswith("arn:") else text
        if name.endswith("*"):
            found |= {group.id for group in _with_prefix(state, account, region, name[:-1])}
        elif group := log_groups.find(state, account, region, name):
            found.add(group.id)
    return sorted(found)


def _with_prefix(state: State, account: str, region: str, prefix: str) -> Sequence[Any]:
    return log_groups.page(state, account, region, prefix=prefix, limit=limits.INSIGHT_RULE_GROUPS_READ)


def _shown(each: contributors.Contributor) -> InsightRuleContributor:
    return {
        "Keys": list(each.keys),
        "ApproximateAggregateValue": each.total,
        "Datapoints": [{"Timestamp": at_ms, "ApproximateValue": value} for at_ms, value in each.periods],
    }


def _datapoints(asked: Range, periods: Sequence[Period], wanted: Sequence[str]) -> list[InsightRuleMetricDatapoint]:
    """One for each period of the range, also for those without events."""
    by_start = {period.start_ms: period for period in periods}
    nothing = Period(0, 0, 0.0, 0.0, 0.0, 0.0, 0.0)
    found: list[Any] = []
    for start_ms in range(asked.start_ms, asked.end_ms, asked.period_ms):
        period = by_start.get(start_ms, nothing)
        found.append({"Timestamp": start_ms} | {name: _value(period, name) for name in wanted})
    return found


def _value(period: Period, metric: str) -> float:
    match metric:
        case "UniqueContributors":
            return float(period.contributors)
        case "MaxContributorValue":
            return period.most
        case "SampleCount":
            return period.count
        case "Sum":
            return period.sum
        case "Minimum":
            return period.min
        case "Maximum":
            return period.max
        case _:
            return period.sum / period.count if period.count else 0.0


def _empty(start_ms: int, end_ms: int, period_s: int) -> GetInsightRuleReportOutput:
    """The report of a managed rule, which nothing feeds."""
    points: list[Any] = [{"Timestamp": at_ms} for at_ms in range(start_ms, end_ms, period_s * 1000)]
    return {
        "KeyLabels": [],
        "AggregationStatistic": "SampleCount",
        "AggregateValue": 0.0,
        "ApproximateUniqueCount": 0,
        "Contributors": [],
        "MetricDatapoints": points,
    }
