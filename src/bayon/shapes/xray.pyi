"""Shapes of xray, generated from its model by `python -m bayon.wire.generate_shapes`."""

from typing import Required, TypedDict

class BatchGetTracesRequest(TypedDict, total=False):
    TraceIds: Required[list[str]]
    NextToken: str

class BatchGetTracesResult(TypedDict, total=False):
    Traces: list[Trace]
    UnprocessedTraceIds: list[str]
    NextToken: str

class PutTraceSegmentsRequest(TypedDict, total=False):
    TraceSegmentDocuments: Required[list[str]]

class PutTraceSegmentsResult(TypedDict, total=False):
    UnprocessedTraceSegments: list[UnprocessedTraceSegment]

class Segment(TypedDict, total=False):
    Id: str
    Document: str

class Trace(TypedDict, total=False):
    Id: str
    Duration: float
    LimitExceeded: bool
    Segments: list[Segment]

class UnprocessedTraceSegment(TypedDict, total=False):
    Id: str
    ErrorCode: str
    Message: str

BatchGetTracesInput = BatchGetTracesRequest
BatchGetTracesOutput = BatchGetTracesResult
PutTraceSegmentsInput = PutTraceSegmentsRequest
PutTraceSegmentsOutput = PutTraceSegmentsResult
