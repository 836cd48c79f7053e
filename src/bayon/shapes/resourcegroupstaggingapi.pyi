"""Shapes of resourcegroupstaggingapi, generated from its model by `python -m bayon.wire.generate_shapes`."""

from typing import Required, TypedDict

class ComplianceDetails(TypedDict, total=False):
    NoncompliantKeys: list[str]
    KeysWithNoncompliantValues: list[str]
    MissingTagKeys: list[str]
    ComplianceStatus: bool

class FailureInfo(TypedDict, total=False):
    StatusCode: int
    ErrorCode: str
    ErrorMessage: str

class GetResourcesInput(TypedDict, total=False):
    PaginationToken: str
    TagFilters: list[TagFilter]
    ResourcesPerPage: int
    TagsPerPage: int
    ResourceTypeFilters: list[str]
    IncludeComplianceDetails: bool
    ExcludeCompliantResources: bool
    ResourceARNList: list[str]

class GetResourcesOutput(TypedDict, total=False):
    PaginationToken: str
    ResourceTagMappingList: list[ResourceTagMapping]

class GetTagKeysInput(TypedDict, total=False):
    PaginationToken: str

class GetTagKeysOutput(TypedDict, total=False):
    PaginationToken: str
    TagKeys: list[str]

class GetTagValuesInput(TypedDict, total=False):
    PaginationToken: str
    Key: Required[str]

class GetTagValuesOutput(TypedDict, total=False):
    PaginationToken: str
    TagValues: list[str]

class ResourceTagMapping(TypedDict, total=False):
    ResourceARN: str
    Tags: list[Tag]
    ComplianceDetails: ComplianceDetails

class Tag(TypedDict, total=False):
    Key: Required[str]
    Value: Required[str]

class TagFilter(TypedDict, total=False):
    Key: str
    Values: list[str]

class TagResourcesInput(TypedDict, total=False):
    ResourceARNList: Required[list[str]]
    Tags: Required[dict[str, str]]

class TagResourcesOutput(TypedDict, total=False):
    FailedResourcesMap: dict[str, FailureInfo]

class UntagResourcesInput(TypedDict, total=False):
    ResourceARNList: Required[list[str]]
    TagKeys: Required[list[str]]

class UntagResourcesOutput(TypedDict, total=False):
    FailedResourcesMap: dict[str, FailureInfo]
