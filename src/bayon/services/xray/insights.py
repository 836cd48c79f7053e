"""Insights: times at which faults of a group's services were out of the ordinary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bayon import limits
from bayon.clock import DAY_MS
from bayon.services.operation import Context, operation
from bayon.services.xray.errors import cursor_of, invalid, next_token
from bayon.services.xray.graph import graph
from bayon.services.xray.groups import group_selection, named
from bayon.services.xray.selection import time_range
from bayon.services.xray.service_ids import service_id
from bayon.services.xray.sum_up import sum_up
from bayon.state import xray_resources
from bayon.state.xray_resources import Resource
from bayon.store import service_graph as counted

if TYPE_CHECKING:
    from bayon.shapes import xray as shapes

_HOUR_MS = 3_600_000


@operation
def get_insight_summaries(ctx: Context, request: shapes.GetInsightSummariesRequest) -> shapes.GetInsightSummariesResult:
    """A page of the insights of a group, or of all, that were going on in the range, newest first.

    Reads: insights, groups.   Raises: InvalidRequestException.
    Source: X-Ray API reference, GetInsightSummaries; traces.md §2.10.
    """
    time_range(request["StartTime"], request["EndTime"])
    if request["StartTime"] < ctx.now_ms - limits.TRACE_RETENTION_DAYS * DAY_MS:
        raise invalid(f"StartTime must not be more than {limits.TRACE_RETENTION_DAYS} days ago")
    names = ("StartTime", "EndTime", "GroupName", "GroupARN", "States")
    scope = ["insights", *(str(request.get(name)) for name in names)]
    first = int((cursor_of(ctx, request.get("NextToken"), scope) or [0])[0])
    name, arn, states = request.get("GroupName"), request.get("GroupARN"), request.get("States") or []
    group = named(ctx, name, arn) if name or arn else None
    found = [
        insight
        for insight in xray_resources.every(ctx.state, "insight", account=ctx.account, region=ctx.region)
        if (group is None or insight.fields["group_arn"] == group.arn)
        and (not states or insight.fields["state"] in states)
        and insight.fields["start_ms"] < request["EndTime"]
        and insight.fields.get("end_ms", ctx.now_ms) >= request["StartTime"]
    ]
    found.sort(key=lambda insight: (-insight.fields["start_ms"], insight.name))
    size = min(request.get("MaxResults") or limits.XRAY_PAGE, limits.INSIGHTS_PAGE)
    page = found[first : first + size]
    answer: shapes.GetInsightSummariesResult = {
        "InsightSummaries": [_answer(each) | {"LastUpdateTime": each.modified_ms} for each in page]
    }
    if first + len(page) < len(found):
        answer["NextToken"] = next_token(ctx, scope, [first + len(page)])
    return answer


@operation
def get_insight(ctx: Context, request: shapes.GetInsightRequest) -> shapes.GetInsightResult:
    """The insight.

    Reads: insights.   Raises: InvalidRequestException.   Source: X-Ray API reference, GetInsight.
    """
    return {"Insight": _answer(_insight(ctx, request["InsightId"]))}


@operation
def get_insight_events(ctx: Context, request: shapes.GetInsightEventsRequest) -> shapes.GetInsightEventsResult:
    """A page of what changed of the insight, newest first.

    Reads: insights.   Raises: InvalidRequestException.   Source: X-Ray API reference, GetInsightEvents.
    """
    id_ = request["InsightId"]
    first = int((cursor_of(ctx, request.get("NextToken"), ["insight events", id_]) or [0])[0])
    events = list(reversed(_insight(ctx, id_).fields["events"]))
    size = min(request.get("MaxResults") or limits.INSIGHT_EVENTS_PAGE, limits.INSIGHT_EVENTS_PAGE)
    page = events[first : first + size]
    answer: shapes.GetInsightEventsResult = {
        "InsightEvents": [_impact(event) | {"EventTime": event["at_ms"]} for event in page]
    }
    if first + len(page) < len(events):
        answer["NextToken"] = next_token(ctx, ["insight events", id_], [first + len(page)])
    return answer


@operation
def get_insight_impact_graph(
    ctx: Context, request: shapes.GetInsightImpactGraphRequest
) -> shapes.GetInsightImpactGraphResult:
    """The services of the insight's group in the range, and who called whom.

    Reads: insights, groups, summaries.   Writes: summaries.   Raises: InvalidRequestException.
    Source: X-Ray API reference, GetInsightImpactGraph.
    """
    since_s, until_s = time_range(request["StartTime"], request["EndTime"])
    if request["EndTime"] - request["StartTime"] > limits.INSIGHT_GRAPH_HOURS * _HOUR_MS:
        raise invalid(f"The time range must not be longer than {limits.INSIGHT_GRAPH_HOURS} hours")
    if request["StartTime"] < ctx.now_ms - limits.TRACE_RETENTION_DAYS * DAY_MS:
        raise invalid(f"StartTime must not be more than {limits.TRACE_RETENTION_DAYS} days ago")
    insight = _insight(ctx, request["InsightId"])
    scope = ["insight graph", insight.name, request["StartTime"], request["EndTime"]]
    first = int((cursor_of(ctx, request.get("NextToken"), scope) or [0])[0])
    selection, _ = group_selection(ctx, since_s, until_s, None, insight.fields["group_arn"])
    is_level = sum_up(ctx.store)
    services = graph(counted.segments(ctx.store, selection), counted.calls(ctx.store, selection)) if is_level else []
    page = services[first : first + limits.SERVICES_PAGE]
    answer: shapes.GetInsightImpactGraphResult = {
        "InsightId": insight.name,
        "StartTime": request["StartTime"],
        "EndTime": request["EndTime"],
        "ServiceGraphStartTime": request["StartTime"],
        "ServiceGraphEndTime": request["EndTime"],
        "Services": [_drawn(service) for service in page],
    }
    if not is_level or first + len(page) < len(services):
        answer["NextToken"] = next_token(ctx, scope, [first + len(page)])
    return answer


def _insight(ctx: Context, id_: str) -> Resource:
    found = xray_resources.find(ctx.state, ctx.account, ctx.region, "insight", id_)
    if found is None:
        raise invalid(f"The insight {id_} does not exist")
    return found


def _answer(insight: Resource) -> Any:
    fields = insight.fields
    found = {
        "InsightId": insight.name,
        "GroupARN": fields["group_arn"],
        "GroupName": fields["group"],
        "RootCauseServiceId": service_id(fields["root"]),
        "Categories": ["FAULT"],
        "State": fields["state"],
        "StartTime": fields["start_ms"],
        **_impact(fields),
    }
    return found | ({"EndTime": fields["end_ms"]} if "end_ms" in fields else {})


def _impact(fields: Mapping[str, Any]) -> Any:
    return {
        "Summary": fields["summary"],
        "ClientRequestImpactStatistics": _statistics(fields["clients"]),
        "RootCauseServiceRequestImpactStatistics": _statistics(fields["of_root"]),
        "TopAnomalousServices": [{"ServiceId": service_id(node)} for node in fields["services"]],
    }


def _statistics(impact: Mapping[str, int]) -> dict[str, int]:
    return {"FaultCount": impact["faults"], "OkCount": impact["ok"], "TotalCount": impact["total"]}


def _drawn(service: shapes.Service) -> Any:
    kept = {key: service.get(key) for key in ("ReferenceId", "Type", "Name", "Names", "AccountId") if key in service}
    return kept | {"Edges": [{"ReferenceId": edge["ReferenceId"]} for edge in service["Edges"]]}
