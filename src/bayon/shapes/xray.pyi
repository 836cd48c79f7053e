"""Shapes of xray, generated from its model by `python -m bayon.wire.generate_shapes`."""

from typing import Required, TypedDict

class Alias(TypedDict, total=False):
    Name: str
    Names: list[str]
    Type: str

class AnnotationValue(TypedDict, total=False):
    NumberValue: float
    BooleanValue: bool
    StringValue: str

class AnomalousService(TypedDict, total=False):
    ServiceId: ServiceId

class AvailabilityZoneDetail(TypedDict, total=False):
    Name: str

class BackendConnectionErrors(TypedDict, total=False):
    TimeoutCount: int
    ConnectionRefusedCount: int
    HTTPCode4XXCount: int
    HTTPCode5XXCount: int
    UnknownHostCount: int
    OtherCount: int

class BatchGetTracesRequest(TypedDict, total=False):
    TraceIds: Required[list[str]]
    NextToken: str

class BatchGetTracesResult(TypedDict, total=False):
    Traces: list[Trace]
    UnprocessedTraceIds: list[str]
    NextToken: str

class CancelTraceRetrievalRequest(TypedDict, total=False):
    RetrievalToken: Required[str]

class CancelTraceRetrievalResult(TypedDict, total=False):
    pass

class CloudWatchLogsConfiguration(TypedDict, total=False):
    SpansLogGroupKmsKeyId: str

class CreateGroupRequest(TypedDict, total=False):
    GroupName: Required[str]
    FilterExpression: str
    InsightsConfiguration: InsightsConfiguration
    Tags: list[Tag]

class CreateGroupResult(TypedDict, total=False):
    Group: Group

class CreateSamplingRuleRequest(TypedDict, total=False):
    SamplingRule: Required[SamplingRule]
    Tags: list[Tag]

class CreateSamplingRuleResult(TypedDict, total=False):
    SamplingRuleRecord: SamplingRuleRecord

class DeleteGroupRequest(TypedDict, total=False):
    GroupName: str
    GroupARN: str

class DeleteGroupResult(TypedDict, total=False):
    pass

class DeleteResourcePolicyRequest(TypedDict, total=False):
    PolicyName: Required[str]
    PolicyRevisionId: str

class DeleteResourcePolicyResult(TypedDict, total=False):
    pass

class DeleteSamplingRuleRequest(TypedDict, total=False):
    RuleName: str
    RuleARN: str

class DeleteSamplingRuleResult(TypedDict, total=False):
    SamplingRuleRecord: SamplingRuleRecord

class Edge(TypedDict, total=False):
    ReferenceId: int
    StartTime: int
    EndTime: int
    SummaryStatistics: EdgeStatistics
    ResponseTimeHistogram: list[HistogramEntry]
    Aliases: list[Alias]
    EdgeType: str
    ReceivedEventAgeHistogram: list[HistogramEntry]

class EdgeStatistics(TypedDict, total=False):
    OkCount: int
    ErrorStatistics: ErrorStatistics
    FaultStatistics: FaultStatistics
    TotalCount: int
    TotalResponseTime: float

class EncryptionConfig(TypedDict, total=False):
    KeyId: str
    Status: str
    Type: str

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

class ErrorStatistics(TypedDict, total=False):
    ThrottleCount: int
    OtherCount: int
    TotalCount: int

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

class FaultStatistics(TypedDict, total=False):
    OtherCount: int
    TotalCount: int

class ForecastStatistics(TypedDict, total=False):
    FaultCountHigh: int
    FaultCountLow: int

class GetEncryptionConfigRequest(TypedDict, total=False):
    pass

class GetEncryptionConfigResult(TypedDict, total=False):
    EncryptionConfig: EncryptionConfig

class GetGroupRequest(TypedDict, total=False):
    GroupName: str
    GroupARN: str

class GetGroupResult(TypedDict, total=False):
    Group: Group

class GetGroupsRequest(TypedDict, total=False):
    NextToken: str

class GetGroupsResult(TypedDict, total=False):
    Groups: list[GroupSummary]
    NextToken: str

class GetIndexingRulesRequest(TypedDict, total=False):
    NextToken: str

class GetIndexingRulesResult(TypedDict, total=False):
    IndexingRules: list[IndexingRule]
    NextToken: str

class GetInsightEventsRequest(TypedDict, total=False):
    InsightId: Required[str]
    MaxResults: int
    NextToken: str

class GetInsightEventsResult(TypedDict, total=False):
    InsightEvents: list[InsightEvent]
    NextToken: str

class GetInsightImpactGraphRequest(TypedDict, total=False):
    InsightId: Required[str]
    StartTime: Required[int]
    EndTime: Required[int]
    NextToken: str

class GetInsightImpactGraphResult(TypedDict, total=False):
    InsightId: str
    StartTime: int
    EndTime: int
    ServiceGraphStartTime: int
    ServiceGraphEndTime: int
    Services: list[InsightImpactGraphService]
    NextToken: str

class GetInsightRequest(TypedDict, total=False):
    InsightId: Required[str]

class GetInsightResult(TypedDict, total=False):
    Insight: Insight

class GetInsightSummariesRequest(TypedDict, total=False):
    States: list[str]
    GroupARN: str
    GroupName: str
    StartTime: Required[int]
    EndTime: Required[int]
    MaxResults: int
    NextToken: str

class GetInsightSummariesResult(TypedDict, total=False):
    InsightSummaries: list[InsightSummary]
    NextToken: str

class GetRetrievedTracesGraphRequest(TypedDict, total=False):
    RetrievalToken: Required[str]
    NextToken: str

class GetRetrievedTracesGraphResult(TypedDict, total=False):
    RetrievalStatus: str
    Services: list[RetrievedService]
    NextToken: str

class GetSamplingRulesRequest(TypedDict, total=False):
    NextToken: str

class GetSamplingRulesResult(TypedDict, total=False):
    SamplingRuleRecords: list[SamplingRuleRecord]
    NextToken: str

class GetSamplingStatisticSummariesRequest(TypedDict, total=False):
    NextToken: str

class GetSamplingStatisticSummariesResult(TypedDict, total=False):
    SamplingStatisticSummaries: list[SamplingStatisticSummary]
    NextToken: str

class GetSamplingTargetsRequest(TypedDict, total=False):
    SamplingStatisticsDocuments: Required[list[SamplingStatisticsDocument]]
    SamplingBoostStatisticsDocuments: list[SamplingBoostStatisticsDocument]

class GetSamplingTargetsResult(TypedDict, total=False):
    SamplingTargetDocuments: list[SamplingTargetDocument]
    LastRuleModification: int
    UnprocessedStatistics: list[UnprocessedStatistics]
    UnprocessedBoostStatistics: list[UnprocessedStatistics]

class GetServiceGraphRequest(TypedDict, total=False):
    StartTime: Required[int]
    EndTime: Required[int]
    GroupName: str
    GroupARN: str
    NextToken: str

class GetServiceGraphResult(TypedDict, total=False):
    StartTime: int
    EndTime: int
    Services: list[Service]
    ContainsOldGroupVersions: bool
    NextToken: str

class GetTimeSeriesServiceStatisticsRequest(TypedDict, total=False):
    StartTime: Required[int]
    EndTime: Required[int]
    GroupName: str
    GroupARN: str
    EntitySelectorExpression: str
    Period: int
    ForecastStatistics: bool
    NextToken: str

class GetTimeSeriesServiceStatisticsResult(TypedDict, total=False):
    TimeSeriesServiceStatistics: list[TimeSeriesServiceStatistics]
    ContainsOldGroupVersions: bool
    NextToken: str

class GetTraceGraphRequest(TypedDict, total=False):
    TraceIds: Required[list[str]]
    NextToken: str

class GetTraceGraphResult(TypedDict, total=False):
    Services: list[Service]
    NextToken: str

class GetTraceSegmentDestinationRequest(TypedDict, total=False):
    pass

class GetTraceSegmentDestinationResult(TypedDict, total=False):
    Destination: str
    Status: str

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

class GraphLink(TypedDict, total=False):
    ReferenceType: str
    SourceTraceId: str
    DestinationTraceIds: list[str]

class Group(TypedDict, total=False):
    GroupName: str
    GroupARN: str
    FilterExpression: str
    InsightsConfiguration: InsightsConfiguration

class GroupSummary(TypedDict, total=False):
    GroupName: str
    GroupARN: str
    FilterExpression: str
    InsightsConfiguration: InsightsConfiguration

class HistogramEntry(TypedDict, total=False):
    Value: float
    Count: int

class Http(TypedDict, total=False):
    HttpURL: str
    HttpStatus: int
    HttpMethod: str
    UserAgent: str
    ClientIp: str

class IndexingRule(TypedDict, total=False):
    Name: str
    ModifiedAt: int
    Rule: IndexingRuleValue

class IndexingRuleValue(TypedDict, total=False):
    Probabilistic: ProbabilisticRuleValue

class IndexingRuleValueUpdate(TypedDict, total=False):
    Probabilistic: ProbabilisticRuleValueUpdate

class Insight(TypedDict, total=False):
    InsightId: str
    GroupARN: str
    GroupName: str
    RootCauseServiceId: ServiceId
    Categories: list[str]
    State: str
    StartTime: int
    EndTime: int
    Summary: str
    ClientRequestImpactStatistics: RequestImpactStatistics
    RootCauseServiceRequestImpactStatistics: RequestImpactStatistics
    TopAnomalousServices: list[AnomalousService]

class InsightEvent(TypedDict, total=False):
    Summary: str
    EventTime: int
    ClientRequestImpactStatistics: RequestImpactStatistics
    RootCauseServiceRequestImpactStatistics: RequestImpactStatistics
    TopAnomalousServices: list[AnomalousService]

class InsightImpactGraphEdge(TypedDict, total=False):
    ReferenceId: int

class InsightImpactGraphService(TypedDict, total=False):
    ReferenceId: int
    Type: str
    Name: str
    Names: list[str]
    AccountId: str
    Edges: list[InsightImpactGraphEdge]

class InsightSummary(TypedDict, total=False):
    InsightId: str
    GroupARN: str
    GroupName: str
    RootCauseServiceId: ServiceId
    Categories: list[str]
    State: str
    StartTime: int
    EndTime: int
    Summary: str
    ClientRequestImpactStatistics: RequestImpactStatistics
    RootCauseServiceRequestImpactStatistics: RequestImpactStatistics
    TopAnomalousServices: list[AnomalousService]
    LastUpdateTime: int

class InsightsConfiguration(TypedDict, total=False):
    InsightsEnabled: bool
    NotificationsEnabled: bool

class InstanceIdDetail(TypedDict, total=False):
    Id: str

class ListResourcePoliciesRequest(TypedDict, total=False):
    NextToken: str

class ListResourcePoliciesResult(TypedDict, total=False):
    ResourcePolicies: list[ResourcePolicy]
    NextToken: str

class ListRetrievedTracesRequest(TypedDict, total=False):
    RetrievalToken: Required[str]
    TraceFormat: str
    NextToken: str

class ListRetrievedTracesResult(TypedDict, total=False):
    RetrievalStatus: str
    TraceFormat: str
    Traces: list[RetrievedTrace]
    NextToken: str

class ListTagsForResourceRequest(TypedDict, total=False):
    ResourceARN: Required[str]
    NextToken: str

class ListTagsForResourceResponse(TypedDict, total=False):
    Tags: list[Tag]
    NextToken: str

class ProbabilisticRuleValue(TypedDict, total=False):
    DesiredSamplingPercentage: Required[float]
    ActualSamplingPercentage: float

class ProbabilisticRuleValueUpdate(TypedDict, total=False):
    DesiredSamplingPercentage: Required[float]

class PutEncryptionConfigRequest(TypedDict, total=False):
    KeyId: str
    Type: Required[str]

class PutEncryptionConfigResult(TypedDict, total=False):
    EncryptionConfig: EncryptionConfig

class PutResourcePolicyRequest(TypedDict, total=False):
    PolicyName: Required[str]
    PolicyDocument: Required[str]
    PolicyRevisionId: str
    BypassPolicyLockoutCheck: bool

class PutResourcePolicyResult(TypedDict, total=False):
    ResourcePolicy: ResourcePolicy

class PutTelemetryRecordsRequest(TypedDict, total=False):
    TelemetryRecords: Required[list[TelemetryRecord]]
    EC2InstanceId: str
    Hostname: str
    ResourceARN: str

class PutTelemetryRecordsResult(TypedDict, total=False):
    pass

class PutTraceSegmentsRequest(TypedDict, total=False):
    TraceSegmentDocuments: Required[list[str]]

class PutTraceSegmentsResult(TypedDict, total=False):
    UnprocessedTraceSegments: list[UnprocessedTraceSegment]

class RequestImpactStatistics(TypedDict, total=False):
    FaultCount: int
    OkCount: int
    TotalCount: int

class ResourceARNDetail(TypedDict, total=False):
    ARN: str

class ResourcePolicy(TypedDict, total=False):
    PolicyName: str
    PolicyDocument: str
    PolicyRevisionId: str
    LastUpdatedTime: int

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

class RetrievedService(TypedDict, total=False):
    Service: Service
    Links: list[GraphLink]

class RetrievedTrace(TypedDict, total=False):
    Id: str
    Duration: float
    Spans: list[Span]

class RootCauseException(TypedDict, total=False):
    Name: str
    Message: str

class SamplingBoost(TypedDict, total=False):
    BoostRate: Required[float]
    BoostRateTTL: Required[int]

class SamplingBoostStatisticsDocument(TypedDict, total=False):
    RuleName: Required[str]
    ServiceName: Required[str]
    Timestamp: Required[int]
    AnomalyCount: Required[int]
    TotalCount: Required[int]
    SampledAnomalyCount: Required[int]

class SamplingRateBoost(TypedDict, total=False):
    MaxRate: Required[float]
    CooldownWindowMinutes: Required[int]

class SamplingRule(TypedDict, total=False):
    RuleName: str
    RuleARN: str
    ResourceARN: Required[str]
    Priority: Required[int]
    FixedRate: Required[float]
    ReservoirSize: Required[int]
    ServiceName: Required[str]
    ServiceType: Required[str]
    Host: Required[str]
    HTTPMethod: Required[str]
    URLPath: Required[str]
    Version: Required[int]
    Attributes: dict[str, str]
    SamplingRateBoost: SamplingRateBoost

class SamplingRuleRecord(TypedDict, total=False):
    SamplingRule: SamplingRule
    CreatedAt: int
    ModifiedAt: int

class SamplingRuleUpdate(TypedDict, total=False):
    RuleName: str
    RuleARN: str
    ResourceARN: str
    Priority: int
    FixedRate: float
    ReservoirSize: int
    Host: str
    ServiceName: str
    ServiceType: str
    HTTPMethod: str
    URLPath: str
    Attributes: dict[str, str]
    SamplingRateBoost: SamplingRateBoost

class SamplingStatisticSummary(TypedDict, total=False):
    RuleName: str
    Timestamp: int
    RequestCount: int
    BorrowCount: int
    SampledCount: int

class SamplingStatisticsDocument(TypedDict, total=False):
    RuleName: Required[str]
    ClientID: Required[str]
    Timestamp: Required[int]
    RequestCount: Required[int]
    SampledCount: Required[int]
    BorrowCount: int

class SamplingStrategy(TypedDict, total=False):
    Name: str
    Value: float

class SamplingTargetDocument(TypedDict, total=False):
    RuleName: str
    FixedRate: float
    ReservoirQuota: int
    ReservoirQuotaTTL: int
    Interval: int
    SamplingBoost: SamplingBoost

class Segment(TypedDict, total=False):
    Id: str
    Document: str

class Service(TypedDict, total=False):
    ReferenceId: int
    Name: str
    Names: list[str]
    Root: bool
    AccountId: str
    Type: str
    State: str
    StartTime: int
    EndTime: int
    Edges: list[Edge]
    SummaryStatistics: ServiceStatistics
    DurationHistogram: list[HistogramEntry]
    ResponseTimeHistogram: list[HistogramEntry]

class ServiceId(TypedDict, total=False):
    Name: str
    Names: list[str]
    AccountId: str
    Type: str

class ServiceStatistics(TypedDict, total=False):
    OkCount: int
    ErrorStatistics: ErrorStatistics
    FaultStatistics: FaultStatistics
    TotalCount: int
    TotalResponseTime: float

class Span(TypedDict, total=False):
    Id: str
    Document: str

class StartTraceRetrievalRequest(TypedDict, total=False):
    TraceIds: Required[list[str]]
    StartTime: Required[int]
    EndTime: Required[int]

class StartTraceRetrievalResult(TypedDict, total=False):
    RetrievalToken: str

class Tag(TypedDict, total=False):
    Key: Required[str]
    Value: Required[str]

class TagResourceRequest(TypedDict, total=False):
    ResourceARN: Required[str]
    Tags: Required[list[Tag]]

class TagResourceResponse(TypedDict, total=False):
    pass

class TelemetryRecord(TypedDict, total=False):
    Timestamp: Required[int]
    SegmentsReceivedCount: int
    SegmentsSentCount: int
    SegmentsSpilloverCount: int
    SegmentsRejectedCount: int
    BackendConnectionErrors: BackendConnectionErrors

class TimeSeriesServiceStatistics(TypedDict, total=False):
    Timestamp: int
    EdgeSummaryStatistics: EdgeStatistics
    ServiceSummaryStatistics: ServiceStatistics
    ServiceForecastStatistics: ForecastStatistics
    ResponseTimeHistogram: list[HistogramEntry]

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

class UnprocessedStatistics(TypedDict, total=False):
    RuleName: str
    ErrorCode: str
    Message: str

class UnprocessedTraceSegment(TypedDict, total=False):
    Id: str
    ErrorCode: str
    Message: str

class UntagResourceRequest(TypedDict, total=False):
    ResourceARN: Required[str]
    TagKeys: Required[list[str]]

class UntagResourceResponse(TypedDict, total=False):
    pass

class UpdateGroupRequest(TypedDict, total=False):
    GroupName: str
    GroupARN: str
    FilterExpression: str
    InsightsConfiguration: InsightsConfiguration

class UpdateGroupResult(TypedDict, total=False):
    Group: Group

class UpdateIndexingRuleRequest(TypedDict, total=False):
    Name: Required[str]
    Rule: Required[IndexingRuleValueUpdate]

class UpdateIndexingRuleResult(TypedDict, total=False):
    IndexingRule: IndexingRule

class UpdateSamplingRuleRequest(TypedDict, total=False):
    SamplingRuleUpdate: Required[SamplingRuleUpdate]

class UpdateSamplingRuleResult(TypedDict, total=False):
    SamplingRuleRecord: SamplingRuleRecord

class UpdateTraceSegmentDestinationRequest(TypedDict, total=False):
    Destination: str
    CloudWatchLogsConfiguration: CloudWatchLogsConfiguration

class UpdateTraceSegmentDestinationResult(TypedDict, total=False):
    Destination: str
    Status: str

class ValueWithServiceIds(TypedDict, total=False):
    AnnotationValue: AnnotationValue
    ServiceIds: list[ServiceId]

BatchGetTracesInput = BatchGetTracesRequest
BatchGetTracesOutput = BatchGetTracesResult
CancelTraceRetrievalInput = CancelTraceRetrievalRequest
CancelTraceRetrievalOutput = CancelTraceRetrievalResult
CreateGroupInput = CreateGroupRequest
CreateGroupOutput = CreateGroupResult
CreateSamplingRuleInput = CreateSamplingRuleRequest
CreateSamplingRuleOutput = CreateSamplingRuleResult
DeleteGroupInput = DeleteGroupRequest
DeleteGroupOutput = DeleteGroupResult
DeleteResourcePolicyInput = DeleteResourcePolicyRequest
DeleteResourcePolicyOutput = DeleteResourcePolicyResult
DeleteSamplingRuleInput = DeleteSamplingRuleRequest
DeleteSamplingRuleOutput = DeleteSamplingRuleResult
GetEncryptionConfigInput = GetEncryptionConfigRequest
GetEncryptionConfigOutput = GetEncryptionConfigResult
GetGroupInput = GetGroupRequest
GetGroupOutput = GetGroupResult
GetGroupsInput = GetGroupsRequest
GetGroupsOutput = GetGroupsResult
GetIndexingRulesInput = GetIndexingRulesRequest
GetIndexingRulesOutput = GetIndexingRulesResult
GetInsightInput = GetInsightRequest
GetInsightOutput = GetInsightResult
GetInsightEventsInput = GetInsightEventsRequest
GetInsightEventsOutput = GetInsightEventsResult
GetInsightImpactGraphInput = GetInsightImpactGraphRequest
GetInsightImpactGraphOutput = GetInsightImpactGraphResult
GetInsightSummariesInput = GetInsightSummariesRequest
GetInsightSummariesOutput = GetInsightSummariesResult
GetRetrievedTracesGraphInput = GetRetrievedTracesGraphRequest
GetRetrievedTracesGraphOutput = GetRetrievedTracesGraphResult
GetSamplingRulesInput = GetSamplingRulesRequest
GetSamplingRulesOutput = GetSamplingRulesResult
GetSamplingStatisticSummariesInput = GetSamplingStatisticSummariesRequest
GetSamplingStatisticSummariesOutput = GetSamplingStatisticSummariesResult
GetSamplingTargetsInput = GetSamplingTargetsRequest
GetSamplingTargetsOutput = GetSamplingTargetsResult
GetServiceGraphInput = GetServiceGraphRequest
GetServiceGraphOutput = GetServiceGraphResult
GetTimeSeriesServiceStatisticsInput = GetTimeSeriesServiceStatisticsRequest
GetTimeSeriesServiceStatisticsOutput = GetTimeSeriesServiceStatisticsResult
GetTraceGraphInput = GetTraceGraphRequest
GetTraceGraphOutput = GetTraceGraphResult
GetTraceSegmentDestinationInput = GetTraceSegmentDestinationRequest
GetTraceSegmentDestinationOutput = GetTraceSegmentDestinationResult
GetTraceSummariesInput = GetTraceSummariesRequest
GetTraceSummariesOutput = GetTraceSummariesResult
ListResourcePoliciesInput = ListResourcePoliciesRequest
ListResourcePoliciesOutput = ListResourcePoliciesResult
ListRetrievedTracesInput = ListRetrievedTracesRequest
ListRetrievedTracesOutput = ListRetrievedTracesResult
ListTagsForResourceInput = ListTagsForResourceRequest
ListTagsForResourceOutput = ListTagsForResourceResponse
PutEncryptionConfigInput = PutEncryptionConfigRequest
PutEncryptionConfigOutput = PutEncryptionConfigResult
PutResourcePolicyInput = PutResourcePolicyRequest
PutResourcePolicyOutput = PutResourcePolicyResult
PutTelemetryRecordsInput = PutTelemetryRecordsRequest
PutTelemetryRecordsOutput = PutTelemetryRecordsResult
PutTraceSegmentsInput = PutTraceSegmentsRequest
PutTraceSegmentsOutput = PutTraceSegmentsResult
StartTraceRetrievalInput = StartTraceRetrievalRequest
StartTraceRetrievalOutput = StartTraceRetrievalResult
TagResourceInput = TagResourceRequest
TagResourceOutput = TagResourceResponse
UntagResourceInput = UntagResourceRequest
UntagResourceOutput = UntagResourceResponse
UpdateGroupInput = UpdateGroupRequest
UpdateGroupOutput = UpdateGroupResult
UpdateIndexingRuleInput = UpdateIndexingRuleRequest
UpdateIndexingRuleOutput = UpdateIndexingRuleResult
UpdateSamplingRuleInput = UpdateSamplingRuleRequest
UpdateSamplingRuleOutput = UpdateSamplingRuleResult
UpdateTraceSegmentDestinationInput = UpdateTraceSegmentDestinationRequest
UpdateTraceSegmentDestinationOutput = UpdateTraceSegmentDestinationResult
