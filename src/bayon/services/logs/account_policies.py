"""Account policies: put, describe, delete. Where they apply is in `account_selection.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from bayon import limits
from bayon.errors import AwsError, Unimplemented
from bayon.services.logs import account_retention, protection
from bayon.services.logs.account_selection import KINDS, CriteriaError, read_criteria
from bayon.services.logs.data_protection_policies import check_document
from bayon.services.logs.field_indexes import check_index_document
from bayon.services.logs.identifiers import invalid
from bayon.services.logs.paging import issued, redeemed
from bayon.services.logs.transformers import check_config
from bayon.services.operation import Context, operation
from bayon.state import log_resources
from bayon.state.log_resources import LogResource

if TYPE_CHECKING:
    from bayon.shapes import logs as shapes

# Types whose policies select groups by prefix, and how many of them there may be. Source: botocore, PutAccountPolicy.
_SELECTING = {"FIELD_INDEX_POLICY": 20, "TRANSFORMER_POLICY": 20, "RETENTION_POLICY": 20}
_NOT_SERVED = ("SUBSCRIPTION_FILTER_POLICY", "METRIC_EXTRACTION_POLICY")


@operation(lacks="subscription filter and metric extraction policies, and criteria by data source")
def put_account_policy(ctx: Context, request: shapes.PutAccountPolicyRequest) -> shapes.PutAccountPolicyResponse:
    """The policy applies to the groups that it selects, in this account and region; a dry run says what would change.

    Raises: InvalidParameterException, LimitExceededException, Unimplemented for kinds that bayon does not act on.
    Writes: log_resources.   Source: logs.md §2.2; botocore, PutAccountPolicy.
    """
    name, kind = request["policyName"], request["policyType"]
    if kind in _NOT_SERVED:
        raise Unimplemented(f"PutAccountPolicy with a {kind}")
    if name.startswith("aws/") or not 1 <= len(name) <= limits.ACCOUNT_POLICY_NAME_CHARS:
        raise invalid("policyName must have 1 to 256 characters and cannot start with aws/.")
    if request.get("dryRun") and kind != "RETENTION_POLICY":
        raise invalid("dryRun is valid only for a RETENTION_POLICY.")
    body = _body(ctx, request)
    if request.get("dryRun"):
        return {"dryRunResult": account_retention.dry_run(ctx, name, body)}
    with ctx.state.write():
        _check_others(ctx, name, kind, body)
        old = log_resources.find(ctx.state, ctx.account, ctx.region, KINDS[kind], name)
        if kind == "RETENTION_POLICY":
            body = account_retention.followed(old, body, ctx.now_ms)
        policy = log_resources.put(ctx.state, ctx.account, ctx.region, KINDS[kind], name, body, ctx.now_ms)
        if kind == "DATA_PROTECTION_POLICY":
            protection.put_of_account(ctx.state, ctx.account, ctx.region, body["document"], ctx.now_ms)
    return {"accountPolicy": _described(policy, kind)}


def _body(ctx: Context, request: shapes.PutAccountPolicyRequest) -> dict[str, Any]:
    """What is kept of the request. Raises: InvalidParameterException, Unimplemented."""
    document, kind = request["policyDocument"], request["policyType"]
    if len(document) > limits.ACCOUNT_POLICY_CHARS:
        raise invalid(f"policyDocument can have at most {limits.ACCOUNT_POLICY_CHARS} characters.")
    body: dict[str, Any] = {"document": document}
    criteria = request.get("selectionCriteria")
    if criteria is not None:
        _check_criteria(kind, criteria)
        body["criteria"] = criteria
    match kind:
        case "DATA_PROTECTION_POLICY":
            check_document(document, "PutAccountPolicy")
        case "FIELD_INDEX_POLICY":
            check_index_document(document)
        case "TRANSFORMER_POLICY":
            body["config"] = _config(document)
        case _:
            body |= account_retention.read(document)
    return body


def _check_criteria(kind: str, criteria: str) -> None:
    if kind not in _SELECTING:
        raise invalid(f"selectionCriteria is not valid for a {kind}.")
    if "DataSource" in criteria:
        raise Unimplemented("PutAccountPolicy with selectionCriteria of DataSourceName")
    try:
        read = read_criteria(criteria)
    except CriteriaError as err:
        raise invalid(f"Invalid selectionCriteria: {err.message}") from err
    if not read.prefixes or read.negated:
        raise invalid(f"The only selectionCriteria of a {kind} is LogGroupNamePrefix IN.")


def _config(document: str) -> Any:
    """The processors of a transformer policy. Raises: InvalidParameterException, Unimplemented."""
    from bayon.languages.transformer.check import is_config

    try:
        config = msgspec.json.decode(document)
    except (msgspec.DecodeError, RecursionError) as err:
        raise invalid(f"policyDocument is not valid JSON: {err}") from err
    config = config.get("transformerConfig", config) if isinstance(config, dict) else config
    if not is_config(config):
        raise invalid("policyDocument must be a list of processors.")
    check_config(config, "PutAccountPolicy")
    return config


def _check_others(ctx: Context, name: str, kind: str, body: dict[str, Any]) -> None:
    """Raises: LimitExceededException, or InvalidParameterException where another policy selects the same groups."""
    others = [
        policy for policy in log_resources.page(ctx.state, ctx.account, ctx.region, KINDS[kind]) if policy.name != name
    ]
    selecting = "criteria" in body and all("criteria" in other.body for other in others)
    most = _SELECTING[kind] if kind in _SELECTING and (selecting or kind == "RETENTION_POLICY") else 1
    if len(others) >= most:
        raise AwsError("LimitExceededException", "Resource limit exceeded.")
    if kind == "RETENTION_POLICY" or not selecting:
        return
    own = read_criteria(body["criteria"])
    if any(own.overlaps(read_criteria(other.body["criteria"])) for other in others):
        raise invalid("The selectionCriteria overlap with those of another policy of the account.")


@operation
def describe_account_policies(
    ctx: Context, request: shapes.DescribeAccountPoliciesRequest
) -> shapes.DescribeAccountPoliciesResponse:
    """One page of the account's policies of a type, by name.

    Raises: InvalidParameterException, ResourceNotFoundException for the name of none.   Reads: log_resources.
    Source: logs.md §2.2.
    """
    kind, name = request["policyType"], request.get("policyName")
    accounts = request.get("accountIdentifiers")
    if accounts and ctx.account not in accounts:
        return {"accountPolicies": []}
    scope = ["describe_account_policies", kind, name]
    after = redeemed(ctx, request["nextToken"], scope)[0] if "nextToken" in request else None
    if name is not None:
        policy = log_resources.find(ctx.state, ctx.account, ctx.region, KINDS[kind], name)
        if policy is None:
            raise _no_policy(name)
        return {"accountPolicies": [_described(policy, kind)]}
    limit = limits.LOG_DESCRIBE_PAGE
    found = log_resources.page(ctx.state, ctx.account, ctx.region, KINDS[kind], after=after, limit=limit + 1)
    answer: shapes.DescribeAccountPoliciesResponse = {
        "accountPolicies": [_described(policy, kind) for policy in found[:limit]]
    }
    if len(found) > limit:
        answer["nextToken"] = issued(ctx, scope, [found[limit - 1].name])
    return answer


def _described(policy: LogResource, kind: str) -> shapes.AccountPolicy:
    described: dict[str, Any] = {
        "policyName": policy.name,
        "policyDocument": policy.body["document"],
        "lastUpdatedTime": policy.modified_ms,
        "policyType": kind,
        "scope": "ALL",
        "accountId": policy.account,
    }
    if "criteria" in policy.body:
        described["selectionCriteria"] = policy.body["criteria"]
    made: shapes.AccountPolicy = described  # type: ignore[assignment]
    return made


@operation
def delete_account_policy(
    ctx: Context, request: shapes.DeleteAccountPolicyRequest
) -> shapes.DeleteAccountPolicyResponse:
    """The policy is gone; a dry run says what would change.

    Raises: ResourceNotFoundException, InvalidParameterException.   Writes: log_resources.   Source: logs.md §2.2.
    """
    name, kind = request["policyName"], request["policyType"]
    if request.get("dryRun") and kind != "RETENTION_POLICY":
        raise invalid("dryRun is valid only for a RETENTION_POLICY.")
    with ctx.state.write():
        if log_resources.find(ctx.state, ctx.account, ctx.region, KINDS[kind], name) is None:
            raise _no_policy(name)
        if request.get("dryRun"):
            return {"dryRunResult": account_retention.dry_run(ctx, name, None)}
        log_resources.delete(ctx.state, ctx.account, ctx.region, KINDS[kind], name)
        if kind == "DATA_PROTECTION_POLICY":
            protection.put_of_account(ctx.state, ctx.account, ctx.region, None, ctx.now_ms)
        if kind == "RETENTION_POLICY":
            account_retention.apply(ctx.state, ctx.now_ms)
    return {}


def _no_policy(name: str) -> AwsError:
    """Source: logs.md §2, recorded for resource policies."""
    return AwsError("ResourceNotFoundException", f"Policy with name [{name}] does not exist.")
