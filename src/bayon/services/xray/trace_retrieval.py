"""Retrieving traces by their ids, as Transaction Search does it: asked for first, then read page by page."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bayon import limits
from bayon.errors import AwsError
from bayon.services.operation import Context, operation
from bayon.services.xray.compiled import document
from bayon.services.xray.errors import cursor_of, invalid, next_token
from bayon.services.xray.graph import graph, of_rows
from bayon.services.xray.inferred import inferred_segments
from bayon.services.xray.linked import linked, links_of
from bayon.services.xray.merge import Trace, duration_s, merge
from bayon.services.xray.rows import row_of
from bayon.services.xray.selection import kept_since_s
from bayon.services.xray.service_ids import service_id
from bayon.services.xray.spans import spans_of
from bayon.services.xray.trace_id import canonical
from bayon.state import xray_resources
from bayon.store import traces
from bayon.store.trace_rows import TraceRow

if TYPE_CHECKING:
    from bayon.shapes import xray as shapes


@operation
def start_trace_retrieval(ctx: Context, request: shapes.StartTraceRetrievalRequest) -> shapes.StartTraceRetrievalResult:
    """The traces of those ids that lie in the range, both ends included, can be listed for an hour.

    Raises: InvalidRequestException.   Writes: retrievals.   Source: X-Ray API reference, StartTraceRetrieval.
    """
    asked = list(dict.fromkeys(request["TraceIds"]))
    if not 1 <= len(asked) <= limits.TRACES_RETRIEVED:
        raise invalid(f"TraceIds must name 1 to {limits.TRACES_RETRIEVED} traces")
    if request["EndTime"] < request["StartTime"]:
        raise invalid("EndTime must not be before StartTime")
    token = str(uuid.uuid4())
    fields = {
        "ids": [id_ for each in asked if (id_ := canonical(each))],
        "start_ms": request["StartTime"],
        "end_ms": request["EndTime"],
        "status": "COMPLETE",
    }
    xray_resources.put(ctx.state, ctx.account, ctx.region, "retrieval", token, fields, now_ms=ctx.now_ms)
    return {"RetrievalToken": token}


@operation
def list_retrieved_traces(ctx: Context, request: shapes.ListRetrievedTracesRequest) -> shapes.ListRetrievedTracesResult:
    """A page of the retrieval's traces, as segment documents or as spans; a long trace goes on in the next page.

    Reads: retrievals, documents.   Raises: InvalidRequestException, ResourceNotFoundException.
    Source: X-Ray API reference, ListRetrievedTraces; traces.md §2.12.
    """
    token, format_ = request["RetrievalToken"], request.get("TraceFormat") or "XRAY"
    scope = ["retrieved traces", token, format_]
    trace, span = (cursor_of(ctx, request.get("NextToken"), scope) or [0, 0])[:2]
    fields = _retrieval(ctx, token)
    found = _traces(ctx, fields)
    page: list[Any] = []
    while trace < len(found) and len(page) < limits.TRACES_ASKED:
        spans = _written(found[trace], format_)
        shown = spans[span : span + limits.SPANS_LISTED]
        page.append({"Id": found[trace].id, "Spans": shown} | _took(found[trace]))
        span += len(shown)
        if span < len(spans):
            break
        trace, span = trace + 1, 0
    answer: shapes.ListRetrievedTracesResult = {
        "RetrievalStatus": fields["status"],
        "TraceFormat": format_,
        "Traces": page,
    }
    return answer | {"NextToken": next_token(ctx, scope, [trace, span])} if trace < len(found) else answer


@operation
def get_retrieved_traces_graph(
    ctx: Context, request: shapes.GetRetrievedTracesGraphRequest
) -> shapes.GetRetrievedTracesGraphResult:
    """The services of the retrieval's traces, with the traces that theirs are linked to.

    Reads: retrievals, documents.   Raises: InvalidRequestException, ResourceNotFoundException.
    Source: X-Ray API reference, GetRetrievedTracesGraph.
    """
    token = request["RetrievalToken"]
    scope = ["retrieved graph", token]
    first = int((cursor_of(ctx, request.get("NextToken"), scope) or [0])[0])
    fields = _retrieval(ctx, token)
    rows = _rows(ctx, fields)
    services = graph(*of_rows(rows), linked(ctx, links_of(rows)[: limits.LINKS_DRAWN]))
    page = services[first : first + limits.SERVICES_PAGE]
    answer: shapes.GetRetrievedTracesGraphResult = {
        "RetrievalStatus": fields["status"],
        "Services": [{"Service": service, "Links": _links(rows, service)} for service in page],
    }
    if first + len(page) < len(services):
        answer["NextToken"] = next_token(ctx, scope, [first + len(page)])
    return answer


@operation
def cancel_trace_retrieval(
    ctx: Context, request: shapes.CancelTraceRetrievalRequest
) -> shapes.CancelTraceRetrievalResult:
    """The retrieval lists nothing more.

    Writes: retrievals.   Raises: ResourceNotFoundException.   Source: X-Ray API reference, CancelTraceRetrieval.
    """
    token = request["RetrievalToken"]
    with ctx.state.write():
        fields = {**_retrieval(ctx, token), "status": "CANCELLED", "ids": []}
        xray_resources.put(ctx.state, ctx.account, ctx.region, "retrieval", token, fields, now_ms=ctx.now_ms)
    return {}


def _retrieval(ctx: Context, token: str) -> Mapping[str, Any]:
    stored = xray_resources.find(ctx.state, ctx.account, ctx.region, "retrieval", token)
    if stored is None:
        raise AwsError("ResourceNotFoundException", "The retrieval does not exist", ResourceName=token)
    return stored.fields


def _rows(ctx: Context, fields: Mapping[str, Any]) -> list[TraceRow]:
    """Those of the traces that are known, in the range and within their retention."""
    ids = fields["ids"]
    held = traces.read(ctx.store, ctx.account, ctx.region, ids) if ids else {}
    rows = [row_of(ctx.account, ctx.region, held[id_]) for id_ in ids if id_ in held]
    since_s = kept_since_s(ctx)
    return [row for row in rows if row.start_s >= since_s and fields["start_ms"] <= row.at_s * 1000 <= fields["end_ms"]]


def _traces(ctx: Context, fields: Mapping[str, Any]) -> list[Trace]:
    kept = [row.trace_id for row in _rows(ctx, fields)]
    held = traces.read(ctx.store, ctx.account, ctx.region, kept) if kept else {}
    return [merge(id_, held[id_]) for id_ in kept if id_ in held]


def _written(trace: Trace, format_: str) -> list[dict[str, str]]:
    if format_ == "OTEL":
        return [{"Id": id_, "Document": text} for root in trace.roots for id_, text in spans_of(trace.id, root)]
    segments = trace.roots + inferred_segments(trace)
    return [{"Id": segment.id, "Document": document(trace.id, segment)} for segment in segments]


def _took(trace: Trace) -> dict[str, float]:
    took_s = duration_s(trace.entities())
    return {} if took_s is None else {"Duration": took_s}


def _links(rows: list[TraceRow], service: shapes.Service) -> list[Any]:
    """Of each trace that the service took part in, the traces that its segments name."""
    found = []
    for row in rows:
        pairs = zip(row.l_trace, row.l_node, strict=True)
        others = [other for other, node in pairs if _is(service, node)]
        if others:
            destinations = list(dict.fromkeys(others))
            found.append({"ReferenceType": "link", "SourceTraceId": row.trace_id, "DestinationTraceIds": destinations})
    return found


def _is(service: shapes.Service, node: str) -> bool:
    named = service_id(node)
    return all(service.get(key) == named.get(key) for key in ("Name", "Type", "AccountId"))
