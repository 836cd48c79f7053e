"""Data protection policies of log groups: put, get, delete. When they mask is in `protection.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayon import limits
from bayon.errors import AwsError, Unimplemented
from bayon.services.logs.identifiers import existing_group, group_name, invalid
from bayon.services.logs.protection import KIND, document_of, put_of_group
from bayon.services.operation import Context, operation
from bayon.state import log_group_policies

if TYPE_CHECKING:
    from bayon.shapes import logs as shapes


@operation(lacks="findings destinations, and data identifiers that need more than a pattern to be found")
def put_data_protection_policy(
    ctx: Context, request: shapes.PutDataProtectionPolicyRequest
) -> shapes.PutDataProtectionPolicyResponse:
    """What arrives in the group from now on is masked where the policy's identifiers find something.

    Raises: InvalidParameterException, ResourceNotFoundException, Unimplemented for what bayon cannot find or send.
    Writes: log_group_policies.   Source: logs.md §5.8.
    """
    document = request["policyDocument"]
    check_document(document, "PutDataProtectionPolicy")
    with ctx.state.write():
        group = existing_group(ctx, group_name(ctx, request["logGroupIdentifier"]))
        updated_ms = put_of_group(ctx.state, group.id, document, ctx.now_ms)
    return {
        "logGroupIdentifier": request["logGroupIdentifier"],
        "policyDocument": document,
        "lastUpdatedTime": updated_ms,
    }


def check_document(document: str, operation_name: str) -> None:
    """Raises: InvalidParameterException, Unimplemented."""
    from bayon.languages.data_protection import policy

    if len(document) > limits.ACCOUNT_POLICY_CHARS:
        raise invalid(f"policyDocument can have at most {limits.ACCOUNT_POLICY_CHARS} characters.")
    try:
        read = policy.read(document)
    except policy.PolicyError as err:
        raise invalid(f"Invalid data protection policy document: {err.message}") from err
    if read.not_found:
        raise Unimplemented(f"{operation_name} with the data identifier {read.not_found[0]}")
    if read.has_destination:
        raise Unimplemented(f"{operation_name} with a FindingsDestination")


@operation
def get_data_protection_policy(
    ctx: Context, request: shapes.GetDataProtectionPolicyRequest
) -> shapes.GetDataProtectionPolicyResponse:
    """The group's policy; without one the document is absent.

    Raises: ResourceNotFoundException.   Reads: log_group_policies.   Source: logs.md §2.2, the latter inferred there.
    """
    group = existing_group(ctx, group_name(ctx, request["logGroupIdentifier"]))
    answer: shapes.GetDataProtectionPolicyResponse = {"logGroupIdentifier": request["logGroupIdentifier"]}
    held = log_group_policies.find(ctx.state, group.id, KIND)
    document = document_of(held.body) if held else None
    if held is not None and document is not None:
        answer["policyDocument"] = document
        answer["lastUpdatedTime"] = held.modified_ms
    return answer


@operation
def delete_data_protection_policy(ctx: Context, request: shapes.DeleteDataProtectionPolicyRequest) -> None:
    """What arrives in the group from now on is not masked; what arrived before stays so.

    Raises: ResourceNotFoundException, also where there is no policy.   Writes: log_group_policies.
    Source: logs.md §5.8.
    """
    with ctx.state.write():
        group = existing_group(ctx, group_name(ctx, request["logGroupIdentifier"]))
        held = log_group_policies.find(ctx.state, group.id, KIND)
        if held is None or document_of(held.body) is None:
            raise AwsError("ResourceNotFoundException", "The specified data protection policy does not exist.")
        put_of_group(ctx.state, group.id, None, ctx.now_ms)
