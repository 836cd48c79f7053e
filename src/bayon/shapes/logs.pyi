"""Shapes of logs, generated from its model by `python -m bayon.wire.generate_shapes`."""

from typing import Required, TypedDict

class AccountPolicy(TypedDict, total=False):
    policyName: str
    policyDocument: str
    lastUpdatedTime: int
    policyType: str
    scope: str
    selectionCriteria: str
    accountId: str

class AddKeyEntry(TypedDict, total=False):
    key: Required[str]
    value: Required[str]
    overwriteIfExists: bool

class AddKeys(TypedDict, total=False):
    entries: Required[list[AddKeyEntry]]

class Anomaly(TypedDict, total=False):
    anomalyId: Required[str]
    patternId: Required[str]
    anomalyDetectorArn: Required[str]
    patternString: Required[str]
    patternRegex: str
    priority: str
    firstSeen: Required[int]
    lastSeen: Required[int]
    description: Required[str]
    active: Required[bool]
    state: Required[str]
    histogram: Required[dict[str, int]]
    logSamples: Required[list[LogEvent]]
    patternTokens: Required[list[PatternToken]]
    logGroupArnList: Required[list[str]]
    suppressed: bool
    suppressedDate: int
    suppressedUntil: int
    isPatternLevelSuppression: bool

class AnomalyDetector(TypedDict, total=False):
    anomalyDetectorArn: str
    detectorName: str
    logGroupArnList: list[str]
    evaluationFrequency: str
    filterPattern: str
    anomalyDetectorStatus: str
    kmsKeyId: str
    creationTimeStamp: int
    lastModifiedTimeStamp: int
    anomalyVisibilityTime: int

class AssociateKmsKeyRequest(TypedDict, total=False):
    logGroupName: str
    kmsKeyId: Required[str]
    resourceIdentifier: str

class CSV(TypedDict, total=False):
    quoteCharacter: str
    delimiter: str
    columns: list[str]
    source: str
    destination: str

class CancelExportTaskRequest(TypedDict, total=False):
    taskId: Required[str]

class ConfigurationTemplate(TypedDict, total=False):
    service: str
    logType: str
    resourceType: str
    deliveryDestinationType: str
    defaultDeliveryConfigValues: ConfigurationTemplateDeliveryConfigValues
    allowedFields: list[RecordField]
    allowedOutputFormats: list[str]
    allowedActionForAllowVendedLogsDeliveryForResource: str
    allowedFieldDelimiters: list[str]
    allowedSuffixPathFields: list[str]
    deliverySourceConfiguration: list[DeliverySourceConfigurationSchema]
    s3TablesIntegration: S3TablesIntegration

class ConfigurationTemplateDeliveryConfigValues(TypedDict, total=False):
    recordFields: list[str]
    fieldDelimiter: str
    s3DeliveryConfiguration: S3DeliveryConfiguration

class CopyValue(TypedDict, total=False):
    entries: Required[list[CopyValueEntry]]

class CopyValueEntry(TypedDict, total=False):
    source: Required[str]
    target: Required[str]
    overwriteIfExists: bool

class CreateDeliveryRequest(TypedDict, total=False):
    deliverySourceName: Required[str]
    deliveryDestinationArn: Required[str]
    recordFields: list[str]
    fieldDelimiter: str
    s3DeliveryConfiguration: S3DeliveryConfiguration
    tags: dict[str, str]

class CreateDeliveryResponse(TypedDict, total=False):
    delivery: Delivery

CreateExportTaskRequest = TypedDict(
    "CreateExportTaskRequest",
    {
        "taskName": str,
        "logGroupName": Required[str],
        "logStreamNamePrefix": str,
        "from": Required[int],
        "to": Required[int],
        "destination": Required[str],
        "destinationPrefix": str,
    },
    total=False,
)

class CreateExportTaskResponse(TypedDict, total=False):
    taskId: str

class CreateLogAnomalyDetectorRequest(TypedDict, total=False):
    logGroupArnList: Required[list[str]]
    detectorName: str
    evaluationFrequency: str
    filterPattern: str
    kmsKeyId: str
    anomalyVisibilityTime: int
    tags: dict[str, str]

class CreateLogAnomalyDetectorResponse(TypedDict, total=False):
    anomalyDetectorArn: str

class CreateLogGroupRequest(TypedDict, total=False):
    logGroupName: Required[str]
    kmsKeyId: str
    tags: dict[str, str]
    logGroupClass: str
    deletionProtectionEnabled: bool

class CreateLogStreamRequest(TypedDict, total=False):
    logGroupName: Required[str]
    logStreamName: Required[str]

class CreateLookupTableRequest(TypedDict, total=False):
    lookupTableName: Required[str]
    description: str
    tableBody: str
    queryId: str
    kmsKeyId: str
    tags: dict[str, str]

class CreateLookupTableResponse(TypedDict, total=False):
    lookupTableArn: str
    createdAt: int

class DataSourceFilter(TypedDict, total=False):
    name: Required[str]
    type: str

class DateTimeConverter(TypedDict, total=False):
    source: Required[str]
    target: Required[str]
    targetFormat: str
    matchPatterns: Required[list[str]]
    sourceTimezone: str
    targetTimezone: str
    locale: str

class DeleteAccountPolicyRequest(TypedDict, total=False):
    policyName: Required[str]
    policyType: Required[str]
    dryRun: bool

class DeleteAccountPolicyResponse(TypedDict, total=False):
    dryRunResult: DryRunResult

class DeleteDataProtectionPolicyRequest(TypedDict, total=False):
    logGroupIdentifier: Required[str]

class DeleteDeliveryDestinationPolicyRequest(TypedDict, total=False):
    deliveryDestinationName: Required[str]

class DeleteDeliveryDestinationRequest(TypedDict, total=False):
    name: Required[str]

class DeleteDeliveryRequest(TypedDict, total=False):
    id: Required[str]

class DeleteDeliverySourceRequest(TypedDict, total=False):
    name: Required[str]

class DeleteDestinationRequest(TypedDict, total=False):
    destinationName: Required[str]

class DeleteIndexPolicyRequest(TypedDict, total=False):
    logGroupIdentifier: Required[str]

class DeleteIndexPolicyResponse(TypedDict, total=False):
    pass

class DeleteKeys(TypedDict, total=False):
    withKeys: Required[list[str]]

class DeleteLogAnomalyDetectorRequest(TypedDict, total=False):
    anomalyDetectorArn: Required[str]

class DeleteLogGroupRequest(TypedDict, total=False):
    logGroupName: Required[str]

class DeleteLogStreamRequest(TypedDict, total=False):
    logGroupName: Required[str]
    logStreamName: Required[str]

class DeleteLookupTableRequest(TypedDict, total=False):
    lookupTableArn: Required[str]

class DeleteMetricFilterRequest(TypedDict, total=False):
    logGroupName: Required[str]
    filterName: Required[str]

class DeleteQueryDefinitionRequest(TypedDict, total=False):
    queryDefinitionId: Required[str]

class DeleteQueryDefinitionResponse(TypedDict, total=False):
    success: bool

class DeleteResourcePolicyRequest(TypedDict, total=False):
    policyName: str
    resourceArn: str
    expectedRevisionId: str

class DeleteRetentionPolicyRequest(TypedDict, total=False):
    logGroupName: Required[str]

class DeleteSubscriptionFilterRequest(TypedDict, total=False):
    logGroupName: Required[str]
    filterName: Required[str]

class DeleteTransformerRequest(TypedDict, total=False):
    logGroupIdentifier: Required[str]

class Delivery(TypedDict, total=False):
    id: str
    arn: str
    deliverySourceName: str
    deliveryDestinationArn: str
    deliveryDestinationType: str
    recordFields: list[str]
    fieldDelimiter: str
    s3DeliveryConfiguration: S3DeliveryConfiguration
    tags: dict[str, str]

class DeliveryDestination(TypedDict, total=False):
    name: str
    arn: str
    deliveryDestinationType: str
    outputFormat: str
    deliveryDestinationConfiguration: DeliveryDestinationConfiguration
    roleArn: str
    tags: dict[str, str]

class DeliveryDestinationConfiguration(TypedDict, total=False):
    destinationResourceArn: Required[str]

class DeliverySource(TypedDict, total=False):
    name: str
    arn: str
    resourceArns: list[str]
    service: str
    logType: str
    tags: dict[str, str]
    deliverySourceConfiguration: dict[str, str]
    status: str
    statusReason: str

class DeliverySourceConfigurationSchema(TypedDict, total=False):
    keyName: Required[str]
    valueType: Required[str]
    defaultValue: Required[str]
    supportedValues: list[str]
    minValue: float
    maxValue: float

class DescribeAccountPoliciesRequest(TypedDict, total=False):
    policyType: Required[str]
    policyName: str
    accountIdentifiers: list[str]
    nextToken: str

class DescribeAccountPoliciesResponse(TypedDict, total=False):
    accountPolicies: list[AccountPolicy]
    nextToken: str

class DescribeConfigurationTemplatesRequest(TypedDict, total=False):
    service: str
    logTypes: list[str]
    resourceTypes: list[str]
    deliveryDestinationTypes: list[str]
    nextToken: str
    limit: int

class DescribeConfigurationTemplatesResponse(TypedDict, total=False):
    configurationTemplates: list[ConfigurationTemplate]
    nextToken: str

class DescribeDeliveriesRequest(TypedDict, total=False):
    nextToken: str
    limit: int
    deliverySourceNames: list[str]

class DescribeDeliveriesResponse(TypedDict, total=False):
    deliveries: list[Delivery]
    nextToken: str

class DescribeDeliveryDestinationsRequest(TypedDict, total=False):
    nextToken: str
    limit: int
    names: list[str]

class DescribeDeliveryDestinationsResponse(TypedDict, total=False):
    deliveryDestinations: list[DeliveryDestination]
    nextToken: str

class DescribeDeliverySourcesRequest(TypedDict, total=False):
    nextToken: str
    limit: int
    resourceArns: list[str]

class DescribeDeliverySourcesResponse(TypedDict, total=False):
    deliverySources: list[DeliverySource]
    nextToken: str

class DescribeDestinationsRequest(TypedDict, total=False):
    DestinationNamePrefix: str
    nextToken: str
    limit: int

class DescribeDestinationsResponse(TypedDict, total=False):
    destinations: list[Destination]
    nextToken: str

class DescribeExportTasksRequest(TypedDict, total=False):
    taskId: str
    statusCode: str
    nextToken: str
    limit: int

class DescribeExportTasksResponse(TypedDict, total=False):
    exportTasks: list[ExportTask]
    nextToken: str

class DescribeFieldIndexesRequest(TypedDict, total=False):
    logGroupIdentifiers: Required[list[str]]
    indexCategories: list[str]
    nextToken: str

class DescribeFieldIndexesResponse(TypedDict, total=False):
    fieldIndexes: list[FieldIndex]
    nextToken: str

class DescribeIndexPoliciesRequest(TypedDict, total=False):
    logGroupIdentifiers: Required[list[str]]
    nextToken: str

class DescribeIndexPoliciesResponse(TypedDict, total=False):
    indexPolicies: list[IndexPolicy]
    nextToken: str

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

class DescribeLookupTablesRequest(TypedDict, total=False):
    lookupTableNamePrefix: str
    maxResults: int
    nextToken: str

class DescribeLookupTablesResponse(TypedDict, total=False):
    lookupTables: list[LookupTable]
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

class DescribeQueriesRequest(TypedDict, total=False):
    logGroupName: str
    status: str
    maxResults: int
    nextToken: str
    queryLanguage: str

class DescribeQueriesResponse(TypedDict, total=False):
    queries: list[QueryInfo]
    nextToken: str

class DescribeQueryDefinitionsRequest(TypedDict, total=False):
    queryLanguage: str
    queryDefinitionNamePrefix: str
    maxResults: int
    nextToken: str

class DescribeQueryDefinitionsResponse(TypedDict, total=False):
    queryDefinitions: list[QueryDefinition]
    nextToken: str

class DescribeResourcePoliciesRequest(TypedDict, total=False):
    nextToken: str
    limit: int
    resourceArn: str
    policyScope: str

class DescribeResourcePoliciesResponse(TypedDict, total=False):
    resourcePolicies: list[ResourcePolicy]
    nextToken: str

class DescribeSubscriptionFiltersRequest(TypedDict, total=False):
    logGroupName: Required[str]
    filterNamePrefix: str
    nextToken: str
    limit: int

class DescribeSubscriptionFiltersResponse(TypedDict, total=False):
    subscriptionFilters: list[SubscriptionFilter]
    nextToken: str

class Destination(TypedDict, total=False):
    destinationName: str
    targetArn: str
    roleArn: str
    accessPolicy: str
    arn: str
    creationTime: int

class DisassociateKmsKeyRequest(TypedDict, total=False):
    logGroupName: str
    resourceIdentifier: str

class DryRunResult(TypedDict, total=False):
    totalMatchedLogGroups: int
    increasedRetentionLogGroupCount: int
    decreasedRetentionLogGroupCount: int
    unchangedRetentionLogGroupCount: int
    failedAnalysisCount: int
    topLogGroupsImpacted: list[LogGroupImpact]

class Entity(TypedDict, total=False):
    keyAttributes: dict[str, str]
    attributes: dict[str, str]

ExportTask = TypedDict(
    "ExportTask",
    {
        "taskId": str,
        "taskName": str,
        "logGroupName": str,
        "from": int,
        "to": int,
        "destination": str,
        "destinationPrefix": str,
        "status": ExportTaskStatus,
        "executionInfo": ExportTaskExecutionInfo,
    },
    total=False,
)

class ExportTaskExecutionInfo(TypedDict, total=False):
    creationTime: int
    completionTime: int

class ExportTaskStatus(TypedDict, total=False):
    code: str
    message: str

class FieldIndex(TypedDict, total=False):
    logGroupIdentifier: str
    fieldIndexName: str
    lastScanTime: int
    firstEventTime: int
    lastEventTime: int
    type: str
    indexCategory: str

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

class GetDataProtectionPolicyRequest(TypedDict, total=False):
    logGroupIdentifier: Required[str]

class GetDataProtectionPolicyResponse(TypedDict, total=False):
    logGroupIdentifier: str
    policyDocument: str
    lastUpdatedTime: int

class GetDeliveryDestinationPolicyRequest(TypedDict, total=False):
    deliveryDestinationName: Required[str]

class GetDeliveryDestinationPolicyResponse(TypedDict, total=False):
    policy: Policy

class GetDeliveryDestinationRequest(TypedDict, total=False):
    name: Required[str]

class GetDeliveryDestinationResponse(TypedDict, total=False):
    deliveryDestination: DeliveryDestination

class GetDeliveryRequest(TypedDict, total=False):
    id: Required[str]

class GetDeliveryResponse(TypedDict, total=False):
    delivery: Delivery

class GetDeliverySourceRequest(TypedDict, total=False):
    name: Required[str]

class GetDeliverySourceResponse(TypedDict, total=False):
    deliverySource: DeliverySource

class GetLogAnomalyDetectorRequest(TypedDict, total=False):
    anomalyDetectorArn: Required[str]

class GetLogAnomalyDetectorResponse(TypedDict, total=False):
    detectorName: str
    logGroupArnList: list[str]
    evaluationFrequency: str
    filterPattern: str
    anomalyDetectorStatus: str
    kmsKeyId: str
    creationTimeStamp: int
    lastModifiedTimeStamp: int
    anomalyVisibilityTime: int

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

class GetLogGroupFieldsRequest(TypedDict, total=False):
    logGroupName: str
    time: int
    logGroupIdentifier: str

class GetLogGroupFieldsResponse(TypedDict, total=False):
    logGroupFields: list[LogGroupField]

class GetLogRecordRequest(TypedDict, total=False):
    logRecordPointer: Required[str]
    unmask: bool

class GetLogRecordResponse(TypedDict, total=False):
    logRecord: dict[str, str]

class GetLookupTableRequest(TypedDict, total=False):
    lookupTableArn: Required[str]

class GetLookupTableResponse(TypedDict, total=False):
    lookupTableArn: str
    lookupTableName: str
    description: str
    tableBody: str
    sizeBytes: int
    lastUpdatedTime: int
    kmsKeyId: str

class GetQueryResultsRequest(TypedDict, total=False):
    queryId: Required[str]
    nextToken: str
    maxItems: int

class GetQueryResultsResponse(TypedDict, total=False):
    queryLanguage: str
    results: list[list[ResultField]]
    statistics: QueryStatistics
    status: str
    encryptionKey: str
    nextToken: str

class GetTransformerRequest(TypedDict, total=False):
    logGroupIdentifier: Required[str]

class GetTransformerResponse(TypedDict, total=False):
    logGroupIdentifier: str
    creationTime: int
    lastModifiedTime: int
    transformerConfig: list[Processor]

class Grok(TypedDict, total=False):
    source: str
    match: Required[str]

class IndexPolicy(TypedDict, total=False):
    logGroupIdentifier: str
    lastUpdateTime: int
    policyDocument: str
    policyName: str
    source: str

class InputLogEvent(TypedDict, total=False):
    timestamp: Required[int]
    message: Required[str]

class ListAnomaliesRequest(TypedDict, total=False):
    anomalyDetectorArn: str
    suppressionState: str
    limit: int
    nextToken: str

class ListAnomaliesResponse(TypedDict, total=False):
    anomalies: list[Anomaly]
    nextToken: str

class ListLogAnomalyDetectorsRequest(TypedDict, total=False):
    filterLogGroupArn: str
    limit: int
    nextToken: str

class ListLogAnomalyDetectorsResponse(TypedDict, total=False):
    anomalyDetectors: list[AnomalyDetector]
    nextToken: str

class ListLogGroupsForQueryRequest(TypedDict, total=False):
    queryId: Required[str]
    nextToken: str
    maxResults: int

class ListLogGroupsForQueryResponse(TypedDict, total=False):
    logGroupIdentifiers: list[str]
    nextToken: str

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

class ListToMap(TypedDict, total=False):
    source: Required[str]
    key: Required[str]
    valueKey: str
    target: str
    flatten: bool
    flattenedElement: str

class LiveTailSessionLogEvent(TypedDict, total=False):
    logStreamName: str
    logGroupIdentifier: str
    message: str
    timestamp: int
    ingestionTime: int

class LiveTailSessionMetadata(TypedDict, total=False):
    sampled: bool

class LiveTailSessionStart(TypedDict, total=False):
    requestId: str
    sessionId: str
    logGroupIdentifiers: list[str]
    logStreamNames: list[str]
    logStreamNamePrefixes: list[str]
    logEventFilterPattern: str

class LiveTailSessionUpdate(TypedDict, total=False):
    sessionMetadata: LiveTailSessionMetadata
    sessionResults: list[LiveTailSessionLogEvent]

class LogEvent(TypedDict, total=False):
    timestamp: int
    message: str

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

class LogGroupField(TypedDict, total=False):
    name: str
    percent: int

class LogGroupImpact(TypedDict, total=False):
    logGroupName: str
    currentRetention: str
    proposedRetention: str
    storedBytes: int

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

class LookupTable(TypedDict, total=False):
    lookupTableArn: str
    lookupTableName: str
    description: str
    tableFields: list[str]
    recordsCount: int
    sizeBytes: int
    lastUpdatedTime: int
    kmsKeyId: str

class LowerCaseString(TypedDict, total=False):
    withKeys: Required[list[str]]

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

class MoveKeyEntry(TypedDict, total=False):
    source: Required[str]
    target: Required[str]
    overwriteIfExists: bool

class MoveKeys(TypedDict, total=False):
    entries: Required[list[MoveKeyEntry]]

class OutputLogEvent(TypedDict, total=False):
    timestamp: int
    message: str
    ingestionTime: int

class ParseCloudfront(TypedDict, total=False):
    source: str

class ParseJSON(TypedDict, total=False):
    source: str
    destination: str

class ParseKeyValue(TypedDict, total=False):
    source: str
    destination: str
    fieldDelimiter: str
    keyValueDelimiter: str
    keyPrefix: str
    nonMatchValue: str
    overwriteIfExists: bool

class ParsePostgres(TypedDict, total=False):
    source: str

class ParseRoute53(TypedDict, total=False):
    source: str

class ParseToOCSF(TypedDict, total=False):
    source: str
    eventSource: Required[str]
    ocsfVersion: Required[str]
    mappingVersion: str

class ParseVPC(TypedDict, total=False):
    source: str

class ParseWAF(TypedDict, total=False):
    source: str

class PatternToken(TypedDict, total=False):
    dynamicTokenPosition: int
    isDynamic: bool
    tokenString: str
    enumerations: dict[str, int]
    inferredTokenName: str

class Policy(TypedDict, total=False):
    deliveryDestinationPolicy: str

class Processor(TypedDict, total=False):
    addKeys: AddKeys
    copyValue: CopyValue
    csv: CSV
    dateTimeConverter: DateTimeConverter
    deleteKeys: DeleteKeys
    grok: Grok
    listToMap: ListToMap
    lowerCaseString: LowerCaseString
    moveKeys: MoveKeys
    parseCloudfront: ParseCloudfront
    parseJSON: ParseJSON
    parseKeyValue: ParseKeyValue
    parseRoute53: ParseRoute53
    parseToOCSF: ParseToOCSF
    parsePostgres: ParsePostgres
    parseVPC: ParseVPC
    parseWAF: ParseWAF
    renameKeys: RenameKeys
    splitString: SplitString
    substituteString: SubstituteString
    trimString: TrimString
    typeConverter: TypeConverter
    upperCaseString: UpperCaseString

class PutAccountPolicyRequest(TypedDict, total=False):
    policyName: Required[str]
    policyDocument: Required[str]
    policyType: Required[str]
    scope: str
    selectionCriteria: str
    dryRun: bool

class PutAccountPolicyResponse(TypedDict, total=False):
    accountPolicy: AccountPolicy
    dryRunResult: DryRunResult

class PutBearerTokenAuthenticationRequest(TypedDict, total=False):
    logGroupIdentifier: Required[str]
    bearerTokenAuthenticationEnabled: Required[bool]

class PutDataProtectionPolicyRequest(TypedDict, total=False):
    logGroupIdentifier: Required[str]
    policyDocument: Required[str]

class PutDataProtectionPolicyResponse(TypedDict, total=False):
    logGroupIdentifier: str
    policyDocument: str
    lastUpdatedTime: int

class PutDeliveryDestinationPolicyRequest(TypedDict, total=False):
    deliveryDestinationName: Required[str]
    deliveryDestinationPolicy: Required[str]

class PutDeliveryDestinationPolicyResponse(TypedDict, total=False):
    policy: Policy

class PutDeliveryDestinationRequest(TypedDict, total=False):
    name: Required[str]
    outputFormat: str
    deliveryDestinationConfiguration: DeliveryDestinationConfiguration
    deliveryDestinationType: str
    roleArn: str
    tags: dict[str, str]

class PutDeliveryDestinationResponse(TypedDict, total=False):
    deliveryDestination: DeliveryDestination

class PutDeliverySourceRequest(TypedDict, total=False):
    name: Required[str]
    resourceArn: Required[str]
    logType: Required[str]
    tags: dict[str, str]
    deliverySourceConfiguration: dict[str, str]

class PutDeliverySourceResponse(TypedDict, total=False):
    deliverySource: DeliverySource

class PutDestinationPolicyRequest(TypedDict, total=False):
    destinationName: Required[str]
    accessPolicy: Required[str]
    forceUpdate: bool

class PutDestinationRequest(TypedDict, total=False):
    destinationName: Required[str]
    targetArn: Required[str]
    roleArn: Required[str]
    tags: dict[str, str]

class PutDestinationResponse(TypedDict, total=False):
    destination: Destination

class PutIndexPolicyRequest(TypedDict, total=False):
    logGroupIdentifier: Required[str]
    policyDocument: Required[str]

class PutIndexPolicyResponse(TypedDict, total=False):
    indexPolicy: IndexPolicy

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

class PutQueryDefinitionRequest(TypedDict, total=False):
    queryLanguage: str
    name: Required[str]
    queryDefinitionId: str
    logGroupNames: list[str]
    queryString: Required[str]
    clientToken: str
    parameters: list[QueryParameter]

class PutQueryDefinitionResponse(TypedDict, total=False):
    queryDefinitionId: str

class PutResourcePolicyRequest(TypedDict, total=False):
    policyName: str
    policyDocument: str
    resourceArn: str
    expectedRevisionId: str

class PutResourcePolicyResponse(TypedDict, total=False):
    resourcePolicy: ResourcePolicy
    revisionId: str

class PutRetentionPolicyRequest(TypedDict, total=False):
    logGroupName: Required[str]
    retentionInDays: Required[int]

class PutSubscriptionFilterRequest(TypedDict, total=False):
    logGroupName: Required[str]
    filterName: Required[str]
    filterPattern: Required[str]
    destinationArn: Required[str]
    roleArn: str
    distribution: str
    applyOnTransformedLogs: bool
    fieldSelectionCriteria: str
    emitSystemFields: list[str]

class PutTransformerRequest(TypedDict, total=False):
    logGroupIdentifier: Required[str]
    transformerConfig: Required[list[Processor]]

class QueryDefinition(TypedDict, total=False):
    queryLanguage: str
    queryDefinitionId: str
    name: str
    queryString: str
    lastModified: int
    logGroupNames: list[str]
    parameters: list[QueryParameter]

class QueryInfo(TypedDict, total=False):
    queryLanguage: str
    queryId: str
    queryString: str
    status: str
    createTime: int
    logGroupName: str
    queryDuration: int
    bytesScanned: float
    userIdentity: str

class QueryParameter(TypedDict, total=False):
    name: Required[str]
    defaultValue: str
    description: str

class QueryStatistics(TypedDict, total=False):
    recordsMatched: float
    recordsScanned: float
    estimatedRecordsSkipped: float
    bytesScanned: float
    estimatedBytesSkipped: float
    logGroupsScanned: float
    resultCount: float

class RecordField(TypedDict, total=False):
    name: str
    mandatory: bool

class RejectedEntityInfo(TypedDict, total=False):
    errorType: Required[str]

class RejectedLogEventsInfo(TypedDict, total=False):
    tooNewLogEventStartIndex: int
    tooOldLogEventEndIndex: int
    expiredLogEventEndIndex: int

class RenameKeyEntry(TypedDict, total=False):
    key: Required[str]
    renameTo: Required[str]
    overwriteIfExists: bool

class RenameKeys(TypedDict, total=False):
    entries: Required[list[RenameKeyEntry]]

class ResourcePolicy(TypedDict, total=False):
    policyName: str
    policyDocument: str
    lastUpdatedTime: int
    policyScope: str
    resourceArn: str
    revisionId: str

class ResultField(TypedDict, total=False):
    field: str
    value: str

class S3DeliveryConfiguration(TypedDict, total=False):
    suffixPath: str
    enableHiveCompatiblePath: bool

class S3TablesIntegration(TypedDict, total=False):
    datasourceName: str
    datasourceType: str

class SearchedLogStream(TypedDict, total=False):
    logStreamName: str
    searchedCompletely: bool

class SessionStreamingException(TypedDict, total=False):
    message: str

class SessionTimeoutException(TypedDict, total=False):
    message: str

class SplitString(TypedDict, total=False):
    entries: Required[list[SplitStringEntry]]

class SplitStringEntry(TypedDict, total=False):
    source: Required[str]
    delimiter: Required[str]

class StartLiveTailRequest(TypedDict, total=False):
    logGroupIdentifiers: Required[list[str]]
    logStreamNames: list[str]
    logStreamNamePrefixes: list[str]
    logEventFilterPattern: str

class StartLiveTailResponse(TypedDict, total=False):
    responseStream: StartLiveTailResponseStream

class StartLiveTailResponseStream(TypedDict, total=False):
    sessionStart: LiveTailSessionStart
    sessionUpdate: LiveTailSessionUpdate
    SessionTimeoutException: SessionTimeoutException
    SessionStreamingException: SessionStreamingException

class StartQueryRequest(TypedDict, total=False):
    queryLanguage: str
    logGroupName: str
    logGroupNames: list[str]
    logGroupIdentifiers: list[str]
    startTime: Required[int]
    endTime: Required[int]
    queryString: Required[str]
    limit: int

class StartQueryResponse(TypedDict, total=False):
    queryId: str

class StopQueryRequest(TypedDict, total=False):
    queryId: Required[str]

class StopQueryResponse(TypedDict, total=False):
    success: bool

class SubscriptionFilter(TypedDict, total=False):
    filterName: str
    logGroupName: str
    filterPattern: str
    destinationArn: str
    roleArn: str
    distribution: str
    applyOnTransformedLogs: bool
    creationTime: int
    fieldSelectionCriteria: str
    emitSystemFields: list[str]

class SubstituteString(TypedDict, total=False):
    entries: Required[list[SubstituteStringEntry]]

SubstituteStringEntry = TypedDict(
    "SubstituteStringEntry",
    {
        "source": Required[str],
        "from": Required[str],
        "to": Required[str],
    },
    total=False,
)

class SuppressionPeriod(TypedDict, total=False):
    value: int
    suppressionUnit: str

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

class TestTransformerRequest(TypedDict, total=False):
    transformerConfig: Required[list[Processor]]
    logEventMessages: Required[list[str]]

class TestTransformerResponse(TypedDict, total=False):
    transformedLogs: list[TransformedLogRecord]

class TransformedLogRecord(TypedDict, total=False):
    eventNumber: int
    eventMessage: str
    transformedEventMessage: str

class TrimString(TypedDict, total=False):
    withKeys: Required[list[str]]

class TypeConverter(TypedDict, total=False):
    entries: Required[list[TypeConverterEntry]]

class TypeConverterEntry(TypedDict, total=False):
    key: Required[str]
    type: Required[str]

class UntagLogGroupRequest(TypedDict, total=False):
    logGroupName: Required[str]
    tags: Required[list[str]]

class UntagResourceRequest(TypedDict, total=False):
    resourceArn: Required[str]
    tagKeys: Required[list[str]]

class UpdateAnomalyRequest(TypedDict, total=False):
    anomalyId: str
    patternId: str
    anomalyDetectorArn: Required[str]
    suppressionType: str
    suppressionPeriod: SuppressionPeriod
    baseline: bool

class UpdateDeliveryConfigurationRequest(TypedDict, total=False):
    id: Required[str]
    recordFields: list[str]
    fieldDelimiter: str
    s3DeliveryConfiguration: S3DeliveryConfiguration

class UpdateDeliveryConfigurationResponse(TypedDict, total=False):
    pass

class UpdateLogAnomalyDetectorRequest(TypedDict, total=False):
    anomalyDetectorArn: Required[str]
    evaluationFrequency: str
    filterPattern: str
    anomalyVisibilityTime: int
    enabled: Required[bool]

class UpdateLookupTableRequest(TypedDict, total=False):
    lookupTableArn: Required[str]
    description: str
    tableBody: str
    queryId: str
    kmsKeyId: str

class UpdateLookupTableResponse(TypedDict, total=False):
    lookupTableArn: str
    lastUpdatedTime: int

class UpperCaseString(TypedDict, total=False):
    withKeys: Required[list[str]]

AssociateKmsKeyInput = AssociateKmsKeyRequest
AssociateKmsKeyOutput = dict[str, object]
CancelExportTaskInput = CancelExportTaskRequest
CancelExportTaskOutput = dict[str, object]
CreateDeliveryInput = CreateDeliveryRequest
CreateDeliveryOutput = CreateDeliveryResponse
CreateExportTaskInput = CreateExportTaskRequest
CreateExportTaskOutput = CreateExportTaskResponse
CreateLogAnomalyDetectorInput = CreateLogAnomalyDetectorRequest
CreateLogAnomalyDetectorOutput = CreateLogAnomalyDetectorResponse
CreateLogGroupInput = CreateLogGroupRequest
CreateLogGroupOutput = dict[str, object]
CreateLogStreamInput = CreateLogStreamRequest
CreateLogStreamOutput = dict[str, object]
CreateLookupTableInput = CreateLookupTableRequest
CreateLookupTableOutput = CreateLookupTableResponse
DeleteAccountPolicyInput = DeleteAccountPolicyRequest
DeleteAccountPolicyOutput = DeleteAccountPolicyResponse
DeleteDataProtectionPolicyInput = DeleteDataProtectionPolicyRequest
DeleteDataProtectionPolicyOutput = dict[str, object]
DeleteDeliveryInput = DeleteDeliveryRequest
DeleteDeliveryOutput = dict[str, object]
DeleteDeliveryDestinationInput = DeleteDeliveryDestinationRequest
DeleteDeliveryDestinationOutput = dict[str, object]
DeleteDeliveryDestinationPolicyInput = DeleteDeliveryDestinationPolicyRequest
DeleteDeliveryDestinationPolicyOutput = dict[str, object]
DeleteDeliverySourceInput = DeleteDeliverySourceRequest
DeleteDeliverySourceOutput = dict[str, object]
DeleteDestinationInput = DeleteDestinationRequest
DeleteDestinationOutput = dict[str, object]
DeleteIndexPolicyInput = DeleteIndexPolicyRequest
DeleteIndexPolicyOutput = DeleteIndexPolicyResponse
DeleteLogAnomalyDetectorInput = DeleteLogAnomalyDetectorRequest
DeleteLogAnomalyDetectorOutput = dict[str, object]
DeleteLogGroupInput = DeleteLogGroupRequest
DeleteLogGroupOutput = dict[str, object]
DeleteLogStreamInput = DeleteLogStreamRequest
DeleteLogStreamOutput = dict[str, object]
DeleteLookupTableInput = DeleteLookupTableRequest
DeleteLookupTableOutput = dict[str, object]
DeleteMetricFilterInput = DeleteMetricFilterRequest
DeleteMetricFilterOutput = dict[str, object]
DeleteQueryDefinitionInput = DeleteQueryDefinitionRequest
DeleteQueryDefinitionOutput = DeleteQueryDefinitionResponse
DeleteResourcePolicyInput = DeleteResourcePolicyRequest
DeleteResourcePolicyOutput = dict[str, object]
DeleteRetentionPolicyInput = DeleteRetentionPolicyRequest
DeleteRetentionPolicyOutput = dict[str, object]
DeleteSubscriptionFilterInput = DeleteSubscriptionFilterRequest
DeleteSubscriptionFilterOutput = dict[str, object]
DeleteTransformerInput = DeleteTransformerRequest
DeleteTransformerOutput = dict[str, object]
DescribeAccountPoliciesInput = DescribeAccountPoliciesRequest
DescribeAccountPoliciesOutput = DescribeAccountPoliciesResponse
DescribeConfigurationTemplatesInput = DescribeConfigurationTemplatesRequest
DescribeConfigurationTemplatesOutput = DescribeConfigurationTemplatesResponse
DescribeDeliveriesInput = DescribeDeliveriesRequest
DescribeDeliveriesOutput = DescribeDeliveriesResponse
DescribeDeliveryDestinationsInput = DescribeDeliveryDestinationsRequest
DescribeDeliveryDestinationsOutput = DescribeDeliveryDestinationsResponse
DescribeDeliverySourcesInput = DescribeDeliverySourcesRequest
DescribeDeliverySourcesOutput = DescribeDeliverySourcesResponse
DescribeDestinationsInput = DescribeDestinationsRequest
DescribeDestinationsOutput = DescribeDestinationsResponse
DescribeExportTasksInput = DescribeExportTasksRequest
DescribeExportTasksOutput = DescribeExportTasksResponse
DescribeFieldIndexesInput = DescribeFieldIndexesRequest
DescribeFieldIndexesOutput = DescribeFieldIndexesResponse
DescribeIndexPoliciesInput = DescribeIndexPoliciesRequest
DescribeIndexPoliciesOutput = DescribeIndexPoliciesResponse
DescribeLogGroupsInput = DescribeLogGroupsRequest
DescribeLogGroupsOutput = DescribeLogGroupsResponse
DescribeLogStreamsInput = DescribeLogStreamsRequest
DescribeLogStreamsOutput = DescribeLogStreamsResponse
DescribeLookupTablesInput = DescribeLookupTablesRequest
DescribeLookupTablesOutput = DescribeLookupTablesResponse
DescribeMetricFiltersInput = DescribeMetricFiltersRequest
DescribeMetricFiltersOutput = DescribeMetricFiltersResponse
DescribeQueriesInput = DescribeQueriesRequest
DescribeQueriesOutput = DescribeQueriesResponse
DescribeQueryDefinitionsInput = DescribeQueryDefinitionsRequest
DescribeQueryDefinitionsOutput = DescribeQueryDefinitionsResponse
DescribeResourcePoliciesInput = DescribeResourcePoliciesRequest
DescribeResourcePoliciesOutput = DescribeResourcePoliciesResponse
DescribeSubscriptionFiltersInput = DescribeSubscriptionFiltersRequest
DescribeSubscriptionFiltersOutput = DescribeSubscriptionFiltersResponse
DisassociateKmsKeyInput = DisassociateKmsKeyRequest
DisassociateKmsKeyOutput = dict[str, object]
FilterLogEventsInput = FilterLogEventsRequest
FilterLogEventsOutput = FilterLogEventsResponse
GetDataProtectionPolicyInput = GetDataProtectionPolicyRequest
GetDataProtectionPolicyOutput = GetDataProtectionPolicyResponse
GetDeliveryInput = GetDeliveryRequest
GetDeliveryOutput = GetDeliveryResponse
GetDeliveryDestinationInput = GetDeliveryDestinationRequest
GetDeliveryDestinationOutput = GetDeliveryDestinationResponse
GetDeliveryDestinationPolicyInput = GetDeliveryDestinationPolicyRequest
GetDeliveryDestinationPolicyOutput = GetDeliveryDestinationPolicyResponse
GetDeliverySourceInput = GetDeliverySourceRequest
GetDeliverySourceOutput = GetDeliverySourceResponse
GetLogAnomalyDetectorInput = GetLogAnomalyDetectorRequest
GetLogAnomalyDetectorOutput = GetLogAnomalyDetectorResponse
GetLogEventsInput = GetLogEventsRequest
GetLogEventsOutput = GetLogEventsResponse
GetLogGroupFieldsInput = GetLogGroupFieldsRequest
GetLogGroupFieldsOutput = GetLogGroupFieldsResponse
GetLogRecordInput = GetLogRecordRequest
GetLogRecordOutput = GetLogRecordResponse
GetLookupTableInput = GetLookupTableRequest
GetLookupTableOutput = GetLookupTableResponse
GetQueryResultsInput = GetQueryResultsRequest
GetQueryResultsOutput = GetQueryResultsResponse
GetTransformerInput = GetTransformerRequest
GetTransformerOutput = GetTransformerResponse
ListAnomaliesInput = ListAnomaliesRequest
ListAnomaliesOutput = ListAnomaliesResponse
ListLogAnomalyDetectorsInput = ListLogAnomalyDetectorsRequest
ListLogAnomalyDetectorsOutput = ListLogAnomalyDetectorsResponse
ListLogGroupsInput = ListLogGroupsRequest
ListLogGroupsOutput = ListLogGroupsResponse
ListLogGroupsForQueryInput = ListLogGroupsForQueryRequest
ListLogGroupsForQueryOutput = ListLogGroupsForQueryResponse
ListTagsForResourceInput = ListTagsForResourceRequest
ListTagsForResourceOutput = ListTagsForResourceResponse
ListTagsLogGroupInput = ListTagsLogGroupRequest
ListTagsLogGroupOutput = ListTagsLogGroupResponse
PutAccountPolicyInput = PutAccountPolicyRequest
PutAccountPolicyOutput = PutAccountPolicyResponse
PutBearerTokenAuthenticationInput = PutBearerTokenAuthenticationRequest
PutBearerTokenAuthenticationOutput = dict[str, object]
PutDataProtectionPolicyInput = PutDataProtectionPolicyRequest
PutDataProtectionPolicyOutput = PutDataProtectionPolicyResponse
PutDeliveryDestinationInput = PutDeliveryDestinationRequest
PutDeliveryDestinationOutput = PutDeliveryDestinationResponse
PutDeliveryDestinationPolicyInput = PutDeliveryDestinationPolicyRequest
PutDeliveryDestinationPolicyOutput = PutDeliveryDestinationPolicyResponse
PutDeliverySourceInput = PutDeliverySourceRequest
PutDeliverySourceOutput = PutDeliverySourceResponse
PutDestinationInput = PutDestinationRequest
PutDestinationOutput = PutDestinationResponse
PutDestinationPolicyInput = PutDestinationPolicyRequest
PutDestinationPolicyOutput = dict[str, object]
PutIndexPolicyInput = PutIndexPolicyRequest
PutIndexPolicyOutput = PutIndexPolicyResponse
PutLogEventsInput = PutLogEventsRequest
PutLogEventsOutput = PutLogEventsResponse
PutLogGroupDeletionProtectionInput = PutLogGroupDeletionProtectionRequest
PutLogGroupDeletionProtectionOutput = dict[str, object]
PutMetricFilterInput = PutMetricFilterRequest
PutMetricFilterOutput = dict[str, object]
PutQueryDefinitionInput = PutQueryDefinitionRequest
PutQueryDefinitionOutput = PutQueryDefinitionResponse
PutResourcePolicyInput = PutResourcePolicyRequest
PutResourcePolicyOutput = PutResourcePolicyResponse
PutRetentionPolicyInput = PutRetentionPolicyRequest
PutRetentionPolicyOutput = dict[str, object]
PutSubscriptionFilterInput = PutSubscriptionFilterRequest
PutSubscriptionFilterOutput = dict[str, object]
PutTransformerInput = PutTransformerRequest
PutTransformerOutput = dict[str, object]
StartLiveTailInput = StartLiveTailRequest
StartLiveTailOutput = StartLiveTailResponse
StartQueryInput = StartQueryRequest
StartQueryOutput = StartQueryResponse
StopQueryInput = StopQueryRequest
StopQueryOutput = StopQueryResponse
TagLogGroupInput = TagLogGroupRequest
TagLogGroupOutput = dict[str, object]
TagResourceInput = TagResourceRequest
TagResourceOutput = dict[str, object]
TestMetricFilterInput = TestMetricFilterRequest
TestMetricFilterOutput = TestMetricFilterResponse
TestTransformerInput = TestTransformerRequest
TestTransformerOutput = TestTransformerResponse
UntagLogGroupInput = UntagLogGroupRequest
UntagLogGroupOutput = dict[str, object]
UntagResourceInput = UntagResourceRequest
UntagResourceOutput = dict[str, object]
UpdateAnomalyInput = UpdateAnomalyRequest
UpdateAnomalyOutput = dict[str, object]
UpdateDeliveryConfigurationInput = UpdateDeliveryConfigurationRequest
UpdateDeliveryConfigurationOutput = UpdateDeliveryConfigurationResponse
UpdateLogAnomalyDetectorInput = UpdateLogAnomalyDetectorRequest
UpdateLogAnomalyDetectorOutput = dict[str, object]
UpdateLookupTableInput = UpdateLookupTableRequest
UpdateLookupTableOutput = UpdateLookupTableResponse
