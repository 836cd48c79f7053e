"""The service graph of a time range, and of single traces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayon import limits
from bayon.services.operation import Context, operation
from bayon.services.xray.errors import cursor_of, invalid, next_token
from bayon.services.xray.graph import graph, of_rows
from bayon.services.xray.groups import group_selection
from bayon.services.xray.linked import linked, links_of
from bayon.services.xray.rows import row_of
from bayon.services.xray.selection import kept_since_s, time_range
from bayon.services.xray.sum_up import sum_up
from bayon.services.xray.trace_id import canonical
from bayon.store import service_graph as counted
from bayon.store import traces

if TYPE_CHECKING:
    from bayon.shapes.xray import (
        GetServiceGraphInput,
        GetServiceGraphOutput,
        GetTraceGraphInput,
        GetTraceGraphOutput,
        Service,
    )


@operation
def get_service_graph(ctx: Context, request: GetServiceGraphInput) -> GetServiceGraphOutput:
    """A page of the services that had segments in the range, of the group's traces if one is named.

    While much has just arrived a page may be empty and still have a token.
    Reads: summaries, documents, groups.   Writes: summaries.   Raises: InvalidRequestException.
    Source: X-Ray API reference, GetServiceGraph; traces.md §2.6.
    """
    scope = ["service graph", *(str(request.get(name)) for name in ("StartTime", "EndTime", "GroupName", "GroupARN"))]
    first = int((cursor_of(ctx, request.get("NextToken"), scope) or [0])[0])
    since_s, until_s = time_range(request["StartTime"], request["EndTime"])
    selection, has_old_versions = group_selection(
        ctx, since_s, until_s, request.get("GroupName"), request.get("GroupARN")
    )
    services: list[Service] = []
    is_level = sum_up(ctx.store)
    if is_level:
        links = linked(ctx, counted.links(ctx.store, selection, limit=limits.LINKS_DRAWN))
        services = graph(counted.segments(ctx.store, selection), counted.calls(ctx.store, selection), links)
    page = services[first : first + limits.SERVICES_PAGE]
    answer: GetServiceGraphOutput = {
        "StartTime": request["StartTime"],
        "EndTime": request["EndTime"],
        "Services": page,
        "ContainsOldGroupVersions": has_old_versions,
    }
    if not is_level or first + len(page) < len(services):
        answer["NextToken"] = next_token(ctx, scope, [first + len(page)])
    return answer


@operation
def get_trace_graph(ctx: Context, request: GetTraceGraphInput) -> GetTraceGraphOutput:
    """The services of the traces, of those that are known.

    Reads: documents.   Raises: InvalidRequestException.
    Source: X-Ray API reference, GetTraceGraph; traces.md §2.6.
    """
    asked = list(dict.fromkeys(request["TraceIds"]))
    if not 1 <= len(asked) <= limits.TRACES_ASKED:
        raise invalid(f"TraceIds must name 1 to {limits.TRACES_ASKED} traces")
    if request.get("NextToken"):  # one page holds all that may be asked for, so none was ever given out
        raise invalid("Invalid NextToken")
    return {"Services": trace_graph(ctx, [id_ for each in asked if (id_ := canonical(each))])}


def trace_graph(ctx: Context, trace_ids: list[str]) -> list[Service]:
    """The services of those traces. Reads: documents."""
    held = traces.read(ctx.store, ctx.account, ctx.region, trace_ids) if trace_ids else {}
    rows = [row_of(ctx.account, ctx.region, documents) for documents in held.values()]
    rows = [row for row in rows if row.start_s >= kept_since_s(ctx)]
    return graph(*of_rows(rows), linked(ctx, links_of(rows)[: limits.LINKS_DRAWN]))
