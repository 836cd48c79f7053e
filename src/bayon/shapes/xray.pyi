"""Shapes of xray, generated from its model by `python -m bayon.wire.generate_shapes`."""

from typing import Required, TypedDict

class AnnotationValue(TypedDict, total=False):
    NumberValue: float
    BooleanValue: bool
    StringValue: str

class AvailabilityZoneDetail(TypedDict, total=False):
    Name: str

class BatchGetTracesRequest(TypedDict, total=False):
    TraceIds: Required[list[str]]
    NextToken: str

class BatchGetTracesResult(TypedDict, total=False):
    Traces: list[Trace]
    UnprocessedTraceIds: list[str]
    NextToken: str

class ErrorRootCause(TypedDict, total=False):
    Services: list[ErrorRootCauseService]
    ClientImpacting: bool

class ErrorRootCauseEntity(TypedDict, total=False):
    Name: str
    Exceptions: list[RootCauseException]
    Remote: bool

class ErrorRootCauseService(TypedDict, total=False):
    Name: str
    Names: list[str]
    Type: str
    AccountId: str
    EntityPath: list[ErrorRootCauseEntity]
    Inferred: bool

class FaultRootCause(TypedDict, total=False):
    Services: list[FaultRootCauseService]
    ClientImpacting: bool

class FaultRootCauseEntity(TypedDict, total=False):
    Name: str
    Exceptions: list[RootCauseException]
    Remote: bool

class FaultRootCauseService(TypedDict, total=False):
    Name: str
    Names: list[str]
    Type: str
    AccountId: str
    EntityPath: list[FaultRootCauseEntity]
    Inferred: bool

class GetTraceSummariesRequest(TypedDict, total=False):
    StartTime: Required[int]
    EndTime: Required[int]
    TimeRangeType: str
    Sampling: bool
    SamplingStrategy: SamplingStrategy
    FilterExpression: str
    NextToken: str

class GetTraceSummariesResult(TypedDict, total=False):
    TraceSummaries: list[TraceSummary]
    ApproximateTime: int
    TracesProcessedCount: int
    NextToken: str

class Http(TypedDict, total=False):
    HttpURL: str
    HttpStatus: int
    HttpMethod: str
    UserAgent: str
    ClientIp: str

class InstanceIdDetail(TypedDict, total=False):
    Id: str

class PutTraceSegmentsRequest(TypedDict, total=False):
    TraceSegmentDocuments: Required[list[str]]

class PutTraceSegmentsResult(TypedDict, total=False):
    UnprocessedTraceSegments: list[UnprocessedTraceSegment]

class ResourceARNDetail(TypedDict, total=False):
    ARN: str

class ResponseTimeRootCause(TypedDict, total=False):
    Services: list[ResponseTimeRootCauseService]
    ClientImpacting: bool

class ResponseTimeRootCauseEntity(TypedDict, total=False):
    Name: str
    Coverage: float
    Remote: bool

class ResponseTimeRootCauseService(TypedDict, total=False):
    Name: str
    Names: list[str]
    Type: str
    AccountId: str
    EntityPath: list[ResponseTimeRootCauseEntity]
    Inferred: bool

class RootCauseException(TypedDict, total=False):
    Name: str
    Message: str

class SamplingStrategy(TypedDict, total=False):
    Name: str
    Value: float

class Segment(TypedDict, total=False):
    Id: str
    Document: str

class ServiceId(TypedDict, total=False):
    Name: str
    Names: list[str]
    AccountId: str
    Type: str

class Trace(TypedDict, total=False):
    Id: str
    Duration: float
    LimitExceeded: bool
    Segments: list[Segment]

class TraceSummary(TypedDict, total=False):
    Id: str
    StartTime: int
    Duration: float
    ResponseTime: float
    HasFault: bool
    HasError: bool
    HasThrottle: bool
    IsPartial: bool
    Http: Http
    Annotations: dict[str, list[ValueWithServiceIds]]
    Users: list[TraceUser]
    ServiceIds: list[ServiceId]
    ResourceARNs: list[ResourceARNDetail]
    InstanceIds: list[InstanceIdDetail]
    AvailabilityZones: list[AvailabilityZoneDetail]
    EntryPoint: ServiceId
    FaultRootCauses: list[FaultRootCause]
    ErrorRootCauses: list[ErrorRootCause]
    ResponseTimeRootCauses: list[ResponseTimeRootCause]
    Revision: int
    MatchedEventTime: int

class TraceUser(TypedDict, total=False):
    UserName: str
    ServiceIds: list[ServiceId]

class UnprocessedTraceSegment(TypedDict, total=False):
    Id: str
    ErrorCode: str
    Message: str

class ValueWithServiceIds(TypedDict, total=False):
    AnnotationValue: AnnotationValue
    ServiceIds: list[ServiceId]

BatchGetTracesInput = BatchGetTracesRequest
BatchGetTracesOutput = BatchGetTracesResult
GetTraceSummariesInput = GetTraceSummariesRequest
GetTraceSummariesOutput = GetTraceSummariesResult
PutTraceSegmentsInput = PutTraceSegmentsRequest
PutTraceSegmentsOutput = PutTraceSegmentsResult
