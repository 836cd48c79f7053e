"""Resource policies: kept, listed and deleted. There is no identity here that they could let in or keep out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from bayon import limits
from bayon.errors import AwsError
from bayon.services.logs.identifiers import existing_group, group_name, invalid
from bayon.services.logs.resource_pages import listed
from bayon.services.operation import Context, operation
from bayon.state import log_resources
from bayon.state.log_resources import LogResource

if TYPE_CHECKING:
    from bayon.shapes import logs as shapes

ACCOUNT, RESOURCE = "resource_policy", "resource_policy_of_group"


@operation
def put_resource_policy(ctx: Context, request: shapes.PutResourcePolicyRequest) -> shapes.PutResourcePolicyResponse:
    """The policy of that name, or of that log group, is the document.

    Raises: InvalidParameterException, LimitExceededException, ResourceNotFoundException, OperationAbortedException
    where the revision is another.   Writes: log_resources.   Source: logs.md §2.1, the last inferred there.
    """
    document = request.get("policyDocument")
    _check_document(document)
    kind, name = _place(ctx, request)
    with ctx.state.write():
        old = log_resources.find(ctx.state, ctx.account, ctx.region, kind, name)
        _check_revision(request, old)
        if kind == ACCOUNT and old is None and _is_full(ctx):
            raise AwsError("LimitExceededException", "Resource limit exceeded.")
        body = {"document": document, "revision": str(_revision(old) + 1)}
        if kind == RESOURCE:
            body["policyName"] = request.get("policyName")
        policy = log_resources.put(ctx.state, ctx.account, ctx.region, kind, name, body, ctx.now_ms)
    described = _described(policy)
    return {"resourcePolicy": described, "revisionId": body["revision"]}  # type: ignore[typeddict-item]


def _check_document(document: str | None) -> None:
    """Raises: InvalidParameterException where it is no JSON object."""
    if document is None:
        raise invalid("policyDocument is required.")
    try:
        msgspec.json.decode(document, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError) as err:
        raise invalid("The policy document is not valid JSON.") from err


def _place(ctx: Context, request: Any) -> tuple[str, str]:
    """The kind and name under which the policy is kept: by its resource where it has one."""
    if "resourceArn" in request:
        return RESOURCE, existing_group(ctx, group_name(ctx, request["resourceArn"])).arn
    if not request.get("policyName"):
        raise invalid("One of policyName and resourceArn is required.")
    return ACCOUNT, request["policyName"]


def _is_full(ctx: Context) -> bool:
    return log_resources.count(ctx.state, ctx.account, ctx.region, ACCOUNT) >= limits.LOG_RESOURCE_POLICIES


def _revision(policy: LogResource | None) -> int:
    return int(policy.body["revision"]) if policy else 0


def _check_revision(request: Any, policy: LogResource | None) -> None:
    expected = request.get("expectedRevisionId")
    if expected is not None and expected != str(_revision(policy)):
        raise AwsError("OperationAbortedException", "The policy has another revision than the expected one.")


@operation
def describe_resource_policies(
    ctx: Context, request: shapes.DescribeResourcePoliciesRequest
) -> shapes.DescribeResourcePoliciesResponse:
    """One page of the account's policies, or of those of its log groups, by name.

    Raises: InvalidParameterException.   Reads: log_resources.   Source: logs.md §2.1.
    """
    kind = RESOURCE if request.get("policyScope") == "RESOURCE" or "resourceArn" in request else ACCOUNT
    if "resourceArn" in request:
        found = log_resources.find(ctx.state, ctx.account, ctx.region, kind, request["resourceArn"])
        return {"resourcePolicies": [_described(found)] if found else []}
    limit = request.get("limit", limits.LOG_DESCRIBE_PAGE)
    page, token = listed(ctx, kind, request, f"describe_resource_policies:{kind}", limit=limit)
    answer: shapes.DescribeResourcePoliciesResponse = {"resourcePolicies": [_described(each) for each in page]}
    return answer | token  # type: ignore[return-value]


def _described(policy: LogResource) -> shapes.ResourcePolicy:
    described: shapes.ResourcePolicy = {
        "policyDocument": policy.body["document"],
        "lastUpdatedTime": policy.modified_ms,
        "policyScope": "ACCOUNT" if policy.kind == ACCOUNT else "RESOURCE",
        "revisionId": policy.body["revision"],
    }
    if policy.kind == ACCOUNT:
        described["policyName"] = policy.name
        return described
    described["resourceArn"] = policy.name
    if policy.body.get("policyName"):
        described["policyName"] = policy.body["policyName"]
    return described


@operation
def delete_resource_policy(ctx: Context, request: shapes.DeleteResourcePolicyRequest) -> None:
    """There is no policy of that name, or of that log group.

    Raises: ResourceNotFoundException, OperationAbortedException, InvalidParameterException.   Writes: log_resources.
    Source: logs.md §2.1, the text recorded.
    """
    kind, name = _place(ctx, request)
    with ctx.state.write():
        policy = log_resources.find(ctx.state, ctx.account, ctx.region, kind, name)
        if policy is None:
            raise AwsError("ResourceNotFoundException", f"Policy with name [{name}] does not exist.")
        _check_revision(request, policy)
        log_resources.delete(ctx.state, ctx.account, ctx.region, kind, name)
