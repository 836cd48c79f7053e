"""Shapes of logs, generated from its model by `python -m bayon.wire.generate_shapes`."""

from typing import Required, TypedDict

class CreateLogGroupRequest(TypedDict, total=False):
    logGroupName: Required[str]
    kmsKeyId: str
    tags: dict[str, str]
    logGroupClass: str
    deletionProtectionEnabled: bool

class CreateLogStreamRequest(TypedDict, total=False):
    logGroupName: Required[str]
    logStreamName: Required[str]

class DataSourceFilter(TypedDict, total=False):
    name: Required[str]
    type: str

class DeleteLogGroupRequest(TypedDict, total=False):
    logGroupName: Required[str]

class DeleteLogStreamRequest(TypedDict, total=False):
    logGroupName: Required[str]
    logStreamName: Required[str]

class DeleteMetricFilterRequest(TypedDict, total=False):
    logGroupName: Required[str]
    filterName: Required[str]

class DeleteRetentionPolicyRequest(TypedDict, total=False):
    logGroupName: Required[str]

class DescribeLogGroupsRequest(TypedDict, total=False):
    accountIdentifiers: list[str]
    logGroupNamePrefix: str
    logGroupNamePattern: str
    nextToken: str
    limit: int
    includeLinkedAccounts: bool
    logGroupClass: str
    logGroupIdentifiers: list[str]

class DescribeLogGroupsResponse(TypedDict, total=False):
    logGroups: list[LogGroup]
    nextToken: str

class DescribeLogStreamsRequest(TypedDict, total=False):
    logGroupName: str
    logGroupIdentifier: str
    logStreamNamePrefix: str
    orderBy: str
    descending: bool
    nextToken: str
    limit: int

class DescribeLogStreamsResponse(TypedDict, total=False):
    logStreams: list[LogStream]
    nextToken: str

class DescribeMetricFiltersRequest(TypedDict, total=False):
    logGroupName: str
    filterNamePrefix: str
    nextToken: str
    limit: int
    metricName: str
    metricNamespace: str

class DescribeMetricFiltersResponse(TypedDict, total=False):
    metricFilters: list[MetricFilter]
    nextToken: str

class Entity(TypedDict, total=False):
    keyAttributes: dict[str, str]
    attributes: dict[str, str]

class FilterLogEventsRequest(TypedDict, total=False):
    logGroupName: str
    logGroupIdentifier: str
    logStreamNames: list[str]
    logStreamNamePrefix: str
    startTime: int
    endTime: int
    filterPattern: str
    nextToken: str
    limit: int
    startFromHead: bool
    interleaved: bool
    unmask: bool

class FilterLogEventsResponse(TypedDict, total=False):
    events: list[FilteredLogEvent]
    searchedLogStreams: list[SearchedLogStream]
    nextToken: str

class FilteredLogEvent(TypedDict, total=False):
    logStreamName: str
    timestamp: int
    message: str
    ingestionTime: int
    eventId: str

class GetLogEventsRequest(TypedDict, total=False):
    logGroupName: str
    logGroupIdentifier: str
    logStreamName: Required[str]
    startTime: int
    endTime: int
    nextToken: str
    limit: int
    startFromHead: bool
    unmask: bool

class GetLogEventsResponse(TypedDict, total=False):
    events: list[OutputLogEvent]
    nextForwardToken: str
    nextBackwardToken: str

class InputLogEvent(TypedDict, total=False):
    timestamp: Required[int]
    message: Required[str]

class ListLogGroupsRequest(TypedDict, total=False):
    logGroupNamePattern: str
    logGroupClass: str
    includeLinkedAccounts: bool
    accountIdentifiers: list[str]
    nextToken: str
    limit: int
    dataSources: list[DataSourceFilter]
    fieldIndexNames: list[str]
    logGroupTags: list[TagFilter]

class ListLogGroupsResponse(TypedDict, total=False):
    logGroups: list[LogGroupSummary]
    nextToken: str

class ListTagsForResourceRequest(TypedDict, total=False):
    resourceArn: Required[str]

class ListTagsForResourceResponse(TypedDict, total=False):
    tags: dict[str, str]

class ListTagsLogGroupRequest(TypedDict, total=False):
    logGroupName: Required[str]

class ListTagsLogGroupResponse(TypedDict, total=False):
    tags: dict[str, str]

class LogGroup(TypedDict, total=False):
    logGroupName: str
    creationTime: int
    retentionInDays: int
    metricFilterCount: int
    arn: str
    storedBytes: int
    kmsKeyId: str
    dataProtectionStatus: str
    inheritedProperties: list[str]
    logGroupClass: str
    logGroupArn: str
    deletionProtectionEnabled: bool
    bearerTokenAuthenticationEnabled: bool
    retentionPolicyName: str

class LogGroupSummary(TypedDict, total=False):
    logGroupName: str
    logGroupArn: str
    logGroupClass: str

class LogStream(TypedDict, total=False):
    logStreamName: str
    creationTime: int
    firstEventTimestamp: int
    lastEventTimestamp: int
    lastIngestionTime: int
    uploadSequenceToken: str
    arn: str
    storedBytes: int

class MetricFilter(TypedDict, total=False):
    filterName: str
    filterPattern: str
    metricTransformations: list[MetricTransformation]
    creationTime: int
    logGroupName: str
    applyOnTransformedLogs: bool
    fieldSelectionCriteria: str
    emitSystemFieldDimensions: list[str]

class MetricFilterMatchRecord(TypedDict, total=False):
    eventNumber: int
    eventMessage: str
    extractedValues: dict[str, str]

class MetricTransformation(TypedDict, total=False):
    metricName: Required[str]
    metricNamespace: Required[str]
    metricValue: Required[str]
    defaultValue: float
    dimensions: dict[str, str]
    unit: str

class OutputLogEvent(TypedDict, total=False):
    timestamp: int
    message: str
    ingestionTime: int

class PutLogEventsRequest(TypedDict, total=False):
    logGroupName: Required[str]
    logStreamName: Required[str]
    logEvents: Required[list[InputLogEvent]]
    sequenceToken: str
    entity: Entity

class PutLogEventsResponse(TypedDict, total=False):
    nextSequenceToken: str
    rejectedLogEventsInfo: RejectedLogEventsInfo
    rejectedEntityInfo: RejectedEntityInfo

class PutLogGroupDeletionProtectionRequest(TypedDict, total=False):
    logGroupIdentifier: Required[str]
    deletionProtectionEnabled: Required[bool]

class PutMetricFilterRequest(TypedDict, total=False):
    logGroupName: Required[str]
    filterName: Required[str]
    filterPattern: Required[str]
    metricTransformations: Required[list[MetricTransformation]]
    applyOnTransformedLogs: bool
    fieldSelectionCriteria: str
    emitSystemFieldDimensions: list[str]

class PutRetentionPolicyRequest(TypedDict, total=False):
    logGroupName: Required[str]
    retentionInDays: Required[int]

class RejectedEntityInfo(TypedDict, total=False):
    errorType: Required[str]

class RejectedLogEventsInfo(TypedDict, total=False):
    tooNewLogEventStartIndex: int
    tooOldLogEventEndIndex: int
    expiredLogEventEndIndex: int

class SearchedLogStream(TypedDict, total=False):
    logStreamName: str
    searchedCompletely: bool

class TagFilter(TypedDict, total=False):
    key: Required[str]
    values: list[str]

class TagLogGroupRequest(TypedDict, total=False):
    logGroupName: Required[str]
    tags: Required[dict[str, str]]

class TagResourceRequest(TypedDict, total=False):
    resourceArn: Required[str]
    tags: Required[dict[str, str]]

class TestMetricFilterRequest(TypedDict, total=False):
    filterPattern: Required[str]
    logEventMessages: Required[list[str]]

class TestMetricFilterResponse(TypedDict, total=False):
    matches: list[MetricFilterMatchRecord]

class UntagLogGroupRequest(TypedDict, total=False):
    logGroupName: Required[str]
    tags: Required[list[str]]

class UntagResourceRequest(TypedDict, total=False):
    resourceArn: Required[str]
    tagKeys: Required[list[str]]

CreateLogGroupInput = CreateLogGroupRequest
CreateLogGroupOutput = dict[str, object]
CreateLogStreamInput = CreateLogStreamRequest
CreateLogStreamOutput = dict[str, object]
DeleteLogGroupInput = DeleteLogGroupRequest
DeleteLogGroupOutput = dict[str, object]
DeleteLogStreamInput = DeleteLogStreamRequest
DeleteLogStreamOutput = dict[str, object]
DeleteMetricFilterInput = DeleteMetricFilterRequest
DeleteMetricFilterOutput = dict[str, object]
DeleteRetentionPolicyInput = DeleteRetentionPolicyRequest
DeleteRetentionPolicyOutput = dict[str, object]
DescribeLogGroupsInput = DescribeLogGroupsRequest
DescribeLogGroupsOutput = DescribeLogGroupsResponse
DescribeLogStreamsInput = DescribeLogStreamsRequest
DescribeLogStreamsOutput = DescribeLogStreamsResponse
DescribeMetricFiltersInput = DescribeMetricFiltersRequest
DescribeMetricFiltersOutput = DescribeMetricFiltersResponse
FilterLogEventsInput = FilterLogEventsRequest
FilterLogEventsOutput = FilterLogEventsResponse
GetLogEventsInput = GetLogEventsRequest
GetLogEventsOutput = GetLogEventsResponse
ListLogGroupsInput = ListLogGroupsRequest
ListLogGroupsOutput = ListLogGroupsResponse
ListTagsForResourceInput = ListTagsForResourceRequest
ListTagsForResourceOutput = ListTagsForResourceResponse
ListTagsLogGroupInput = ListTagsLogGroupRequest
ListTagsLogGroupOutput = ListTagsLogGroupResponse
PutLogEventsInput = PutLogEventsRequest
PutLogEventsOutput = PutLogEventsResponse
PutLogGroupDeletionProtectionInput = PutLogGroupDeletionProtectionRequest
PutLogGroupDeletionProtectionOutput = dict[str, object]
PutMetricFilterInput = PutMetricFilterRequest
PutMetricFilterOutput = dict[str, object]
PutRetentionPolicyInput = PutRetentionPolicyRequest
PutRetentionPolicyOutput = dict[str, object]
TagLogGroupInput = TagLogGroupRequest
TagLogGroupOutput = dict[str, object]
TagResourceInput = TagResourceRequest
TagResourceOutput = dict[str, object]
TestMetricFilterInput = TestMetricFilterRequest
TestMetricFilterOutput = TestMetricFilterResponse
UntagLogGroupInput = UntagLogGroupRequest
UntagLogGroupOutput = dict[str, object]
UntagResourceInput = UntagResourceRequest
UntagResourceOutput = dict[str, object]
