"""Resource policies: which other services may send traces. They are kept and guarded by revision."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bayon import limits
from bayon.errors import AwsError
from bayon.services.operation import Context, operation
from bayon.services.xray.errors import cursor_of, invalid, next_token
from bayon.state import xray_resources
from bayon.state.xray_resources import Resource

if TYPE_CHECKING:
    from bayon.shapes import xray as shapes


@operation(lacks="refusing what a policy does not allow, and the lockout check that belongs to it")
def put_resource_policy(ctx: Context, request: shapes.PutResourcePolicyRequest) -> shapes.PutResourcePolicyResult:
    """The policy is kept under a new revision, if the revision given, if any, is the one there was.

    Raises: MalformedPolicyDocumentException, InvalidPolicyRevisionIdException, PolicySizeLimitExceededException,
    PolicyCountLimitExceededException.   Writes: resource policies.
    Source: X-Ray API reference, PutResourcePolicy.
    """
    name, document = request["PolicyName"], request["PolicyDocument"]
    _check(document)
    with ctx.state.write():
        known = {policy.name: policy for policy in _every(ctx)}
        before = known.get(name)
        _check_revision(before, request.get("PolicyRevisionId"))
        if before is None and len(known) >= limits.XRAY_POLICIES:
            message = f"There can be at most {limits.XRAY_POLICIES} resource policies"
            raise AwsError("PolicyCountLimitExceededException", message)
        fields = {"document": document, "revision": int(before.fields["revision"]) + 1 if before else 1}
        stored = xray_resources.put(
            ctx.state, ctx.account, ctx.region, "resource policy", name, fields, now_ms=ctx.now_ms
        )
    return {"ResourcePolicy": _answer(stored)}


@operation
def list_resource_policies(
    ctx: Context, request: shapes.ListResourcePoliciesRequest
) -> shapes.ListResourcePoliciesResult:
    """A page of the policies, by name.

    Raises: InvalidRequestException.   Reads: resource policies.
    Source: X-Ray API reference, ListResourcePolicies.
    """
    first = int((cursor_of(ctx, request.get("NextToken"), ["policies"]) or [0])[0])
    every = _every(ctx)
    page = every[first : first + limits.XRAY_PAGE]
    answer: shapes.ListResourcePoliciesResult = {"ResourcePolicies": [_answer(policy) for policy in page]}
    if first + len(page) < len(every):
        answer["NextToken"] = next_token(ctx, ["policies"], [first + len(page)])
    return answer


@operation
def delete_resource_policy(
    ctx: Context, request: shapes.DeleteResourcePolicyRequest
) -> shapes.DeleteResourcePolicyResult:
    """The policy is gone, if the revision given, if any, is the one there was.

    Raises: InvalidRequestException, InvalidPolicyRevisionIdException.   Writes: resource policies.
    Source: X-Ray API reference, DeleteResourcePolicy.
    """
    name = request["PolicyName"]
    with ctx.state.write():
        before = xray_resources.find(ctx.state, ctx.account, ctx.region, "resource policy", name)
        if before is None:
            raise invalid(f"The resource policy {name} does not exist")
        _check_revision(before, request.get("PolicyRevisionId"))
        xray_resources.delete(ctx.state, ctx.account, ctx.region, "resource policy", name)
    return {}


def _every(ctx: Context) -> list[Resource]:
    return xray_resources.every(ctx.state, "resource policy", account=ctx.account, region=ctx.region)


def _check(document: str) -> None:
    if len(document.encode()) > limits.XRAY_POLICY_BYTES:
        message = f"The policy must not be larger than {limits.XRAY_POLICY_BYTES} bytes"
        raise AwsError("PolicySizeLimitExceededException", message)
    try:
        policy = json.loads(document)
    except (ValueError, RecursionError) as err:
        raise AwsError("MalformedPolicyDocumentException", "The policy document is not valid JSON") from err
    if not isinstance(policy, dict) or not isinstance(policy.get("Statement"), (list, dict)):
        raise AwsError("MalformedPolicyDocumentException", "The policy document must have a Statement")


def _check_revision(before: Resource | None, given: str | None) -> None:
    """A revision of 0 asks for a policy that is new."""
    found = str(before.fields["revision"]) if before else "0"
    if given is not None and given != found:
        message = f"The policy's revision is {found}, not {given}"
        raise AwsError("InvalidPolicyRevisionIdException", message)


def _answer(policy: Resource) -> Any:
    return {
        "PolicyName": policy.name,
        "PolicyDocument": policy.fields["document"],
        "PolicyRevisionId": str(policy.fields["revision"]),
        "LastUpdatedTime": policy.modified_ms,
    }
