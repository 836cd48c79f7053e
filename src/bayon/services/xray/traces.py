"""Reading whole traces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayon import limits
from bayon.clock import DAY_S
from bayon.errors import AwsError
from bayon.services.operation import Context, operation
from bayon.services.xray.compiled import document
from bayon.services.xray.inferred import inferred_segments
from bayon.services.xray.merge import duration_s, merge
from bayon.services.xray.trace_id import canonical
from bayon.services.xray.trace_size import size_bytes
from bayon.store import traces
from bayon.store.traces import SegmentDocument

if TYPE_CHECKING:
    from bayon.shapes.xray import BatchGetTracesInput, BatchGetTracesOutput, Segment
    from bayon.shapes.xray import Trace as TraceOutput


@operation
def batch_get_traces(ctx: Context, request: BatchGetTracesInput) -> BatchGetTracesOutput:
    """Each trace asked for, as its segments' documents; ids of which nothing is held are named instead.

    Reads: segment documents.   Raises: InvalidRequestException.
    Source: X-Ray API reference, BatchGetTraces; the words of the errors are ours.
    """
    asked = list(dict.fromkeys(request["TraceIds"]))
    if not 1 <= len(asked) <= limits.TRACES_ASKED:
        raise AwsError("InvalidRequestException", f"TraceIds must name 1 to {limits.TRACES_ASKED} traces")
    if request.get("NextToken"):  # one page holds all that may be asked for, so none was ever given out
        raise AwsError("InvalidRequestException", "Invalid NextToken")
    ids = {id_: canonical(id_) for id_ in asked}
    found = _kept(ctx, [id_ for id_ in dict.fromkeys(ids.values()) if id_])
    return {
        "Traces": [_answer(id_, documents) for id_, documents in found.items()],
        "UnprocessedTraceIds": [id_ for id_ in asked if ids[id_] not in found],
    }


def _kept(ctx: Context, ids: list[str]) -> dict[str, list[SegmentDocument]]:
    """The documents of those traces that are within their retention, in the order asked."""
    since_s = ctx.now_ms / 1000 - limits.TRACE_RETENTION_DAYS * DAY_S
    found = traces.read(ctx.store, ctx.account, ctx.region, ids) if ids else {}
    young = {id_ for id_, held in found.items() if min(document.start_s for document in held) >= since_s}
    return {id_: found[id_] for id_ in ids if id_ in young}


def _answer(trace_id: str, documents: list[SegmentDocument]) -> TraceOutput:
    trace = merge(trace_id, documents)
    segments = sorted(trace.roots + inferred_segments(trace), key=lambda entity: (entity.start_s or 0.0, entity.id))
    written: list[Segment] = [{"Id": entity.id, "Document": document(trace_id, entity)} for entity in segments]
    full = size_bytes(documents) >= limits.TRACE_BYTES
    answer: TraceOutput = {"Id": trace_id, "LimitExceeded": full, "Segments": written}
    took_s = duration_s(trace.entities())
    return answer if took_s is None else answer | {"Duration": took_s}
