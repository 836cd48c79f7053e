"""Uploading segment documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayon.services.operation import Context, operation
from bayon.services.xray.upload import Refusal, take

if TYPE_CHECKING:
    from bayon.shapes.xray import PutTraceSegmentsInput, PutTraceSegmentsOutput, UnprocessedTraceSegment


@operation
def put_trace_segments(ctx: Context, request: PutTraceSegmentsInput) -> PutTraceSegmentsOutput:
    """The good documents are durable; each bad one is answered with its reason.

    Reads: traces near their quota.   Writes: segment documents.
    Source: X-Ray API reference, PutTraceSegments.
    """
    texts = request["TraceSegmentDocuments"]
    refused = take(ctx.store, ctx.account, ctx.region, texts, ctx.now_ms)
    return {"UnprocessedTraceSegments": [_unprocessed(each) for each in refused]}


def _unprocessed(refusal: Refusal) -> UnprocessedTraceSegment:
    message = refusal.message or f"Invalid segment. ErrorCode: {refusal.code}"
    answer: UnprocessedTraceSegment = {"ErrorCode": refusal.code, "Message": message}
    if refusal.id is not None:
        answer["Id"] = refusal.id
    return answer
