"""Shapes of cloudwatch, generated from its model by `python -m bayon.wire.generate_shapes`."""

from typing import Required, TypedDict

class DashboardEntry(TypedDict, total=False):
    DashboardName: str
    DashboardArn: str
    LastModified: int
    Size: int

class DashboardValidationMessage(TypedDict, total=False):
    DataPath: str
    Message: str

class Datapoint(TypedDict, total=False):
    Timestamp: int
    SampleCount: float
    Average: float
    Sum: float
    Minimum: float
    Maximum: float
    Unit: str
    ExtendedStatistics: dict[str, float]

class DeleteDashboardsInput(TypedDict, total=False):
    DashboardNames: Required[list[str]]

class DeleteDashboardsOutput(TypedDict, total=False):
    pass

class Dimension(TypedDict, total=False):
    Name: Required[str]
    Value: Required[str]

class DimensionFilter(TypedDict, total=False):
    Name: Required[str]
    Value: str

class Entity(TypedDict, total=False):
    KeyAttributes: dict[str, str]
    Attributes: dict[str, str]

class EntityMetricData(TypedDict, total=False):
    Entity: Entity
    MetricData: list[MetricDatum]

class GetDashboardInput(TypedDict, total=False):
    DashboardName: Required[str]

class GetDashboardOutput(TypedDict, total=False):
    DashboardArn: str
    DashboardBody: str
    DashboardName: str

class GetMetricDataInput(TypedDict, total=False):
    MetricDataQueries: Required[list[MetricDataQuery]]
    StartTime: Required[int]
    EndTime: Required[int]
    NextToken: str
    ScanBy: str
    MaxDatapoints: int
    LabelOptions: LabelOptions

class GetMetricDataOutput(TypedDict, total=False):
    MetricDataResults: list[MetricDataResult]
    NextToken: str
    Messages: list[MessageData]

class GetMetricStatisticsInput(TypedDict, total=False):
    Namespace: Required[str]
    MetricName: Required[str]
    Dimensions: list[Dimension]
    StartTime: Required[int]
    EndTime: Required[int]
    Period: Required[int]
    Statistics: list[str]
    ExtendedStatistics: list[str]
    Unit: str

class GetMetricStatisticsOutput(TypedDict, total=False):
    Label: str
    Datapoints: list[Datapoint]

class LabelOptions(TypedDict, total=False):
    Timezone: str

class ListDashboardsInput(TypedDict, total=False):
    DashboardNamePrefix: str
    NextToken: str

class ListDashboardsOutput(TypedDict, total=False):
    DashboardEntries: list[DashboardEntry]
    NextToken: str

class ListMetricsInput(TypedDict, total=False):
    Namespace: str
    MetricName: str
    Dimensions: list[DimensionFilter]
    NextToken: str
    RecentlyActive: str
    IncludeLinkedAccounts: bool
    OwningAccount: str

class ListMetricsOutput(TypedDict, total=False):
    Metrics: list[Metric]
    NextToken: str
    OwningAccounts: list[str]

class ListTagsForResourceInput(TypedDict, total=False):
    ResourceARN: Required[str]

class ListTagsForResourceOutput(TypedDict, total=False):
    Tags: list[Tag]

class MessageData(TypedDict, total=False):
    Code: str
    Value: str

class Metric(TypedDict, total=False):
    Namespace: str
    MetricName: str
    Dimensions: list[Dimension]

class MetricDataQuery(TypedDict, total=False):
    Id: Required[str]
    MetricStat: MetricStat
    Expression: str
    Label: str
    ReturnData: bool
    Period: int
    AccountId: str

class MetricDataResult(TypedDict, total=False):
    Id: str
    Label: str
    Timestamps: list[int]
    Values: list[float]
    StatusCode: str
    Messages: list[MessageData]

class MetricDatum(TypedDict, total=False):
    MetricName: Required[str]
    Dimensions: list[Dimension]
    Timestamp: int
    Value: float
    StatisticValues: StatisticSet
    Values: list[float]
    Counts: list[float]
    Unit: str
    StorageResolution: int

class MetricStat(TypedDict, total=False):
    Metric: Required[Metric]
    Period: Required[int]
    Stat: Required[str]
    Unit: str

class PutDashboardInput(TypedDict, total=False):
    DashboardName: Required[str]
    DashboardBody: Required[str]
    Tags: list[Tag]

class PutDashboardOutput(TypedDict, total=False):
    DashboardValidationMessages: list[DashboardValidationMessage]

class PutMetricDataInput(TypedDict, total=False):
    Namespace: Required[str]
    MetricData: list[MetricDatum]
    EntityMetricData: list[EntityMetricData]
    StrictEntityValidation: bool

class StatisticSet(TypedDict, total=False):
    SampleCount: Required[float]
    Sum: Required[float]
    Minimum: Required[float]
    Maximum: Required[float]

class Tag(TypedDict, total=False):
    Key: Required[str]
    Value: Required[str]

class TagResourceInput(TypedDict, total=False):
    ResourceARN: Required[str]
    Tags: Required[list[Tag]]

class TagResourceOutput(TypedDict, total=False):
    pass

class UntagResourceInput(TypedDict, total=False):
    ResourceARN: Required[str]
    TagKeys: Required[list[str]]

class UntagResourceOutput(TypedDict, total=False):
    pass

PutMetricDataOutput = dict[str, object]
