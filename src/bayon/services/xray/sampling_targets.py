"""How many requests each client may sample from a rule's reservoir, by what all report. Source: traces.md §2.9."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bayon import limits
from bayon.services.operation import Context, operation
from bayon.services.xray import sampling_rules
from bayon.services.xray.errors import cursor_of, invalid, next_token
from bayon.services.xray.sampling_rules import Rule
from bayon.state import sampling_reports
from bayon.state.sampling_reports import Report

if TYPE_CHECKING:
    from bayon.shapes import xray as shapes


@operation(lacks="SamplingBoost in the answers: no rate is ever raised for an anomaly")
def get_sampling_targets(ctx: Context, request: shapes.GetSamplingTargetsRequest) -> shapes.GetSamplingTargetsResult:
    """What clients report is kept for an hour, and each is told its share of the reservoir.

    Reads: sampling rules.   Reads, writes: sampling reports.   Raises: InvalidRequestException.
    Source: X-Ray API reference, GetSamplingTargets.
    """
    given: Sequence[Mapping[str, Any]] = request["SamplingStatisticsDocuments"]
    if len(given) > limits.SAMPLING_DOCUMENTS:
        raise invalid(f"There must not be more than {limits.SAMPLING_DOCUMENTS} statistics documents")
    rules = {rule.name: rule for rule in sampling_rules.every(ctx.state, ctx.account, ctx.region)}
    known = [document for document in given if document["RuleName"] in rules]
    with ctx.state.write():
        sampling_reports.add(ctx.state, ctx.account, ctx.region, [_report(ctx, each) for each in known])
        since_ms = ctx.now_ms - limits.SAMPLING_CLIENT_ACTIVE_MS
        recent = sampling_reports.since(ctx.state, ctx.account, ctx.region, since_ms)
    clients: dict[str, set[str]] = defaultdict(set)
    for report in recent:
        clients[report.rule].add(report.client)
    return {
        "SamplingTargetDocuments": [
            _target(ctx, rules[each["RuleName"]], each["ClientID"], clients[each["RuleName"]]) for each in known
        ],
        "LastRuleModification": max(rule.modified_ms for rule in rules.values()),
        "UnprocessedStatistics": [_unknown(each["RuleName"]) for each in given if each["RuleName"] not in rules],
        "UnprocessedBoostStatistics": [],
    }


@operation
def get_sampling_statistic_summaries(
    ctx: Context, request: shapes.GetSamplingStatisticSummariesRequest
) -> shapes.GetSamplingStatisticSummariesResult:
    """A page of what was reported in the last hour, by rule and ten seconds.

    Raises: InvalidRequestException.   Reads: sampling reports.
    Source: X-Ray API reference, GetSamplingStatisticSummaries.
    """
    first = int((cursor_of(ctx, request.get("NextToken"), ["sampling statistics"]) or [0])[0])
    window_ms = limits.SAMPLING_INTERVAL_S * 1000
    sums: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    since_ms = ctx.now_ms - limits.SAMPLING_REPORTS_KEPT_MS
    for report in sampling_reports.since(ctx.state, ctx.account, ctx.region, since_ms):
        counted = sums[report.at_ms // window_ms * window_ms, report.rule]
        for place, number in enumerate((report.requests, report.borrowed, report.sampled)):
            counted[place] += number
    every = sorted(sums.items())
    page = every[first : first + limits.XRAY_PAGE]
    answer: shapes.GetSamplingStatisticSummariesResult = {
        "SamplingStatisticSummaries": [
            {
                "RuleName": rule,
                "Timestamp": at_ms,
                "RequestCount": requests,
                "BorrowCount": borrowed,
                "SampledCount": sampled,
            }
            for (at_ms, rule), (requests, borrowed, sampled) in page
        ]
    }
    if first + len(page) < len(every):
        answer["NextToken"] = next_token(ctx, ["sampling statistics"], [first + len(page)])
    return answer


def quota(reservoir: int, client: str, clients: set[str]) -> int:
    """A client's share of a reservoir: equal parts, the rest one by one in the clients' order; in sum all of it."""
    order = sorted(clients)
    share, rest = divmod(reservoir, len(order))
    return share + (order.index(client) < rest)


def _report(ctx: Context, document: Mapping[str, Any]) -> Report:
    return Report(
        document["RuleName"],
        document["ClientID"],
        ctx.now_ms,
        document.get("RequestCount") or 0,
        # ADOT calls it so
        document.get("SampledCount") or document.get("SampleCount") or 0,
        document.get("BorrowCount") or 0,
    )


def _target(ctx: Context, rule: Rule, client: str, clients: set[str]) -> shapes.SamplingTargetDocument:
    return {
        "RuleName": rule.name,
        "FixedRate": rule.fields["FixedRate"],
        "ReservoirQuota": quota(rule.fields["ReservoirSize"], client, clients),
        "ReservoirQuotaTTL": ctx.now_ms + limits.SAMPLING_QUOTA_LIFE_MS,
        "Interval": limits.SAMPLING_INTERVAL_S,
    }


def _unknown(rule: str) -> shapes.UnprocessedStatistics:
    return {
        "RuleName": rule,
        "ErrorCode": "ResourceNotFoundException",
        "Message": f"The sampling rule {rule} does not exist",
    }
