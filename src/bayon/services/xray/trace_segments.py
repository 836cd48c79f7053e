"""Uploading segment documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayon.services.operation import Context, operation
from bayon.services.xray.trace_size import Room
from bayon.services.xray.upload import Refusal, check
from bayon.store import traces
from bayon.store.traces import SegmentDocument

if TYPE_CHECKING:
    from bayon.shapes.xray import PutTraceSegmentsInput, PutTraceSegmentsOutput, UnprocessedTraceSegment


@operation
def put_trace_segments(ctx: Context, request: PutTraceSegmentsInput) -> PutTraceSegmentsOutput:
    """The good documents are durable; each bad one is answered with its reason.

    Reads: traces near their quota.   Writes: segment documents.
    Source: X-Ray API reference, PutTraceSegments.
    """
    good: list[SegmentDocument] = []
    refused: list[UnprocessedTraceSegment] = []
    now_s, room = ctx.now_ms / 1000, Room(ctx)
    for text in request["TraceSegmentDocuments"]:
        document = check(text, now_s)
        if isinstance(document, Refusal):
            refused.append(_unprocessed(document))
        elif not room.admit(document):
            message = "This trace has reached its maximum allocated quota"
            refused.append(_unprocessed(Refusal(document.id, "InvalidSegment", message)))
        else:
            good.append(document)
    if good:
        traces.append(ctx.store, ctx.account, ctx.region, good, ctx.now_ms)
    return {"UnprocessedTraceSegments": refused}


def _unprocessed(refusal: Refusal) -> UnprocessedTraceSegment:
    message = refusal.message or f"Invalid segment. ErrorCode: {refusal.code}"
    answer: UnprocessedTraceSegment = {"ErrorCode": refusal.code, "Message": message}
    if refusal.id is not None:
        answer["Id"] = refusal.id
    return answer
