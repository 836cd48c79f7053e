"""Keys that a log group or query results are said to be encrypted with: noted and shown, as there is no KMS here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bayon.services.logs.identifiers import existing_group, group_name, invalid, no_group
from bayon.services.operation import Context, operation
from bayon.state import log_groups, log_resources

if TYPE_CHECKING:
    from bayon.shapes import logs as shapes

QUERY_RESULTS = "query_results_key"
_NAME = "account"


@operation
def associate_kms_key(ctx: Context, request: shapes.AssociateKmsKeyRequest) -> None:
    """The group, or the account's query results, are said to be encrypted with the key.

    Raises: InvalidParameterException, ResourceNotFoundException.   Writes: log_groups, log_resources.
    Source: logs.md §2.1.
    """
    _set(ctx, request, request["kmsKeyId"])


@operation
def disassociate_kms_key(ctx: Context, request: shapes.DisassociateKmsKeyRequest) -> None:
    """The group, or the account's query results, are not said to be encrypted with a key.

    Raises: InvalidParameterException, ResourceNotFoundException.   Writes: log_groups, log_resources.
    Source: logs.md §2.1.
    """
    _set(ctx, request, None)


def _set(ctx: Context, request: Any, key: str | None) -> None:
    name, resource = request.get("logGroupName"), request.get("resourceIdentifier")
    if (name is None) == (resource is None):
        raise invalid("Exactly one of logGroupName and resourceIdentifier is required.")
    if resource is not None and resource.endswith(":query-result:*"):
        if key is None:
            log_resources.delete(ctx.state, ctx.account, ctx.region, QUERY_RESULTS, _NAME)
        else:
            body = {"key": key}
            log_resources.put(ctx.state, ctx.account, ctx.region, QUERY_RESULTS, _NAME, body, ctx.now_ms)
        return
    group = existing_group(ctx, name if name is not None else group_name(ctx, resource))
    if not log_groups.set_kms_key(ctx.state, ctx.account, ctx.region, group.name, key):
        raise no_group()
