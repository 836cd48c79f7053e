"""The search over every resource that has, or once had, a tag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayon import limits
from bayon.errors import AwsError
from bayon.services.operation import Context, operation
from bayon.services.resourcegroupstaggingapi.paging import issued, redeemed
from bayon.state import tags
from bayon.state.tags import TaggedResource

if TYPE_CHECKING:
    from bayon.shapes import resourcegroupstaggingapi as shapes

PAGING = ("PaginationToken", "ResourcesPerPage", "TagsPerPage")
SELECTING = ("TagFilters", "ResourceTypeFilters")


@operation
def get_resources(ctx: Context, request: shapes.GetResourcesInput) -> shapes.GetResourcesOutput:
    """One page of the tagged resources that meet every filter, by ARN; an empty token ends the walk.

    Filters are AND-ed, the values of one OR-ed. There are no tag policies here, so every resource complies.
    Raises: InvalidParameterException, PaginationTokenExpiredException.   Reads: tags.
    Source: cost-incidents.md A.8; botocore, GetResourcesInput.
    """
    _check(request)
    if request.get("ExcludeCompliantResources", False):
        return {"ResourceTagMappingList": [], "PaginationToken": ""}
    filters, types = request.get("TagFilters", []), request.get("ResourceTypeFilters", [])
    scope = ["get_resources", filters, types]
    page_size = request.get("ResourcesPerPage", limits.TAGGED_PAGE)
    found = tags.search(
        ctx.state,
        ctx.account,
        ctx.region,
        filters=[(each["Key"], each.get("Values", [])) for each in filters if "Key" in each],
        types=types,
        arns=request.get("ResourceARNList"),
        after=redeemed(ctx, request.get("PaginationToken", ""), scope),
        limit=None if "ResourceARNList" in request else page_size + 1,
    )
    page = found if "ResourceARNList" in request else _page(found, page_size, request.get("TagsPerPage"))
    compliance = request.get("IncludeComplianceDetails", False)
    return {
        "ResourceTagMappingList": [_mapping(each, compliance=compliance) for each in page],
        "PaginationToken": issued(ctx, scope, page[-1].arn) if len(found) > len(page) else "",
    }


def _check(request: shapes.GetResourcesInput) -> None:
    """Raises: InvalidParameterException for what the model says in words only."""
    if "ResourceARNList" in request:
        for other in (*SELECTING, *PAGING):
            if request.get(other):
                raise _invalid(f"ResourceARNList cannot be combined with {other}")
    if not 1 <= request.get("ResourcesPerPage", 1) <= limits.TAGGED_PAGE_MAX:
        raise _invalid(f"ResourcesPerPage must be between 1 and {limits.TAGGED_PAGE_MAX}")
    if not limits.TAGS_PAGE_MIN <= request.get("TagsPerPage", limits.TAGS_PAGE_MIN) <= limits.TAGS_PAGE_MAX:
        raise _invalid(f"TagsPerPage must be between {limits.TAGS_PAGE_MIN} and {limits.TAGS_PAGE_MAX}")
    if len(request.get("ResourceTypeFilters", [])) > limits.TAGGED_TYPE_FILTERS:
        raise _invalid(f"ResourceTypeFilters can hold at most {limits.TAGGED_TYPE_FILTERS} types")
    if not all("Key" in each for each in request.get("TagFilters", [])):
        raise _invalid("Each of TagFilters must have a Key")
    if request.get("ExcludeCompliantResources", False) and not request.get("IncludeComplianceDetails", False):
        raise _invalid("ExcludeCompliantResources can be true only with IncludeComplianceDetails")


def _page(found: list[TaggedResource], resources: int, tags_max: int | None) -> list[TaggedResource]:
    """As many as the page holds; a resource without tags counts as one tag and none is split."""
    page = found[:resources]
    if tags_max is None:
        return page
    count = 0
    for place, each in enumerate(page):
        count += max(1, len(each.tags))
        if count > tags_max:
            return page[:place]
    return page


def _mapping(resource: TaggedResource, *, compliance: bool) -> shapes.ResourceTagMapping:
    mapping: shapes.ResourceTagMapping = {
        "ResourceARN": resource.arn,
        "Tags": [{"Key": key, "Value": value} for key, value in resource.tags.items()],
    }
    if compliance:
        mapping["ComplianceDetails"] = {
            "NoncompliantKeys": [],
            "KeysWithNoncompliantValues": [],
            "ComplianceStatus": True,
        }
    return mapping


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterException", message)
