"""Reading whole traces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayon import limits
from bayon.errors import AwsError
from bayon.services.operation import Context, operation
from bayon.services.xray.compiled import document
from bayon.services.xray.inferred import inferred_segments
from bayon.services.xray.merge import Trace, duration_s, merge
from bayon.services.xray.selection import kept_since_s
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
        "Traces": [_answer(trace, documents) for trace, documents in found.values()],
        "UnprocessedTraceIds": [id_ for id_ in asked if ids[id_] not in found],
    }


def _kept(ctx: Context, ids: list[str]) -> dict[str, tuple[Trace, list[SegmentDocument]]]:
    """Those traces that are within their retention, merged and as documents, in the order asked."""
    found = traces.read(ctx.store, ctx.account, ctx.region, ids) if ids else {}
    merged = {id_: (merge(id_, found[id_]), found[id_]) for id_ in ids if id_ in found}
    since_s = kept_since_s(ctx)
    return {id_: each for id_, each in merged.items() if _began_s(each[0]) >= since_s}


def _began_s(trace: Trace) -> float:
    return min(entity.start_s or 0.0 for entity in trace.entities())


def _answer(trace: Trace, documents: list[SegmentDocument]) -> TraceOutput:
    segments = sorted(trace.roots + inferred_segments(trace), key=lambda entity: (entity.start_s or 0.0, entity.id))
    written: list[Segment] = [{"Id": entity.id, "Document": document(trace.id, entity)} for entity in segments]
    full = size_bytes(documents) >= limits.TRACE_BYTES
    answer: TraceOutput = {"Id": trace.id, "LimitExceeded": full, "Segments": written}
    took_s = duration_s(trace.entities())
    return answer if took_s is None else answer | {"Duration": took_s}
