"""Log groups: create, delete, list in two ways, protect from deletion."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from itertools import islice
from typing import TYPE_CHECKING, Any

from bayon import limits
from bayon.errors import AwsError, Unimplemented
from bayon.services.logs import bearer_tokens, protection
from bayon.services.logs.field_indexes import indexes_of
from bayon.services.logs.identifiers import check_new_group_name, existing_group, group_name, invalid, no_group
from bayon.services.logs.paging import issued, redeemed
from bayon.services.logs.retention import kept_since_ms
from bayon.services.operation import Context, operation
from bayon.state import log_groups, metric_filters, tags
from bayon.state.log_groups import LogGroup
from bayon.store import logs

if TYPE_CHECKING:
    from bayon.shapes import logs as shapes

# Asked for one of these, DescribeLogGroups answers both, logs.md §1.8.
INFREQUENT = ("INFREQUENT_ACCESS", "ESSENTIALS")


@operation(lifted=True)
def create_log_group(ctx: Context, request: shapes.CreateLogGroupRequest) -> None:
    """The group exists, empty, with its tags.

    Raises: InvalidParameterException, ResourceAlreadyExistsException, LimitExceededException.
    Writes: log_groups, tags.   Source: logs.md §1.4, §2.1. Keys are noted and not looked up: there is no KMS here.
    """
    name = request["logGroupName"]
    check_new_group_name(name)
    log_group_class = request.get("logGroupClass", "STANDARD")
    with ctx.state.write():
        if ctx.settings.parity == "strict":
            _check_quota(ctx)
        group = log_groups.create(
            ctx.state,
            ctx.account,
            ctx.region,
            name,
            created_ms=ctx.now_ms,
            log_group_class=log_group_class,
            kms_key_id=request.get("kmsKeyId"),
            deletion_protection=request.get("deletionProtectionEnabled", False),
        )
        if group is None:
            raise AwsError("ResourceAlreadyExistsException", "The specified log group already exists")
        if log_group_class == "DELIVERY":
            log_groups.set_retention(ctx.state, ctx.account, ctx.region, name, limits.LOG_DELIVERY_RETENTION_DAYS)
        tags.put(ctx.state, group.arn, request.get("tags", {}))


def _check_quota(ctx: Context) -> None:
    if log_groups.count(ctx.state, ctx.account, ctx.region) >= limits.LOG_GROUPS:
        raise AwsError("LimitExceededException", "Resource limit exceeded.")


@operation
def delete_log_group(ctx: Context, request: shapes.DeleteLogGroupRequest) -> None:
    """The group is gone with its streams, events and tags.

    Raises: ResourceNotFoundException, ValidationException for a protected group.
    Writes: log_groups, log_streams, tags, deleted_logs.   Source: logs.md §2.1.
    """
    name = request["logGroupName"]
    with ctx.state.write():
        if existing_group(ctx, name).deletion_protection:
            raise AwsError(
                "ValidationException",
                "Cannot delete log group with deletion protection enabled. Disable deletion protection first.",
            )
        log_groups.delete(ctx.state, ctx.account, ctx.region, name)


@operation
def put_log_group_deletion_protection(ctx: Context, request: shapes.PutLogGroupDeletionProtectionRequest) -> None:
    """The group can, or cannot, be deleted.

    Raises: ResourceNotFoundException.   Writes: log_groups.   Source: logs.md §2.2.
    """
    name = group_name(ctx, request["logGroupIdentifier"])
    protected = request["deletionProtectionEnabled"]
    if not log_groups.set_deletion_protection(ctx.state, ctx.account, ctx.region, name, protected=protected):
        raise no_group()


@operation
def describe_log_groups(ctx: Context, request: shapes.DescribeLogGroupsRequest) -> shapes.DescribeLogGroupsResponse:
    """One page of groups, by name.

    Raises: InvalidParameterException.   Reads: log_groups, log events.   Source: logs.md §1.2, §2.1.
    """
    _check_selection(request)
    prefix, pattern = request.get("logGroupNamePrefix", ""), request.get("logGroupNamePattern", "")
    wanted, identifiers = request.get("logGroupClass"), request.get("logGroupIdentifiers")
    scope = ["describe_log_groups", prefix, pattern, wanted, identifiers]
    after = redeemed(ctx, request["nextToken"], scope)[0] if "nextToken" in request else None
    limit = request.get("limit", limits.LOG_DESCRIBE_PAGE)
    if not _is_searched(ctx, request):
        return {"logGroups": []}
    found = log_groups.page(
        ctx.state,
        ctx.account,
        ctx.region,
        prefix=prefix,
        contains=pattern,
        classes=None if wanted is None else INFREQUENT if wanted in INFREQUENT else (wanted,),
        names=None if identifiers is None else _names(ctx, identifiers),
        after=after,
        limit=limit + 1,
    )
    groups = found[:limit]
    answer: shapes.DescribeLogGroupsResponse = {"logGroups": _described(ctx, groups, brief=bool(pattern))}
    if len(found) > limit:
        answer["nextToken"] = issued(ctx, scope, [groups[-1].name])
    return answer


def _check_selection(request: shapes.DescribeLogGroupsRequest) -> None:
    if "logGroupNamePrefix" in request and "logGroupNamePattern" in request:
        raise invalid("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.")
    others = {"logGroupNamePrefix", "logGroupNamePattern", "logGroupClass", "accountIdentifiers"} & request.keys()
    if "logGroupIdentifiers" in request and others:
        raise invalid("logGroupIdentifiers can be combined with includeLinkedAccounts only.")


def _is_searched(ctx: Context, request: shapes.DescribeLogGroupsRequest | shapes.ListLogGroupsRequest) -> bool:
    """Whether this account is among those asked for; no account is linked to it, so there is nothing else to find."""
    accounts = request.get("accountIdentifiers")
    return not (request.get("includeLinkedAccounts", False) and accounts) or ctx.account in accounts


def _names(ctx: Context, identifiers: Sequence[str]) -> list[str]:
    prefix = log_groups.arn_of(ctx.account, ctx.region, "")
    return [identifier.removeprefix(prefix).removesuffix(":") for identifier in identifiers]


def _described(ctx: Context, groups: Sequence[LogGroup], *, brief: bool) -> list[shapes.LogGroup]:
    """The groups as listed; `brief`, as for a name pattern, leaves out what has to be looked up (recorded)."""
    filters = metric_filters.counts(ctx.state, [group.id for group in groups]) if groups else {}
    if brief:
        return [_brief(group, filters.get(group.id, 0)) for group in groups]
    ids = [group.id for group in groups]
    states = protection.states_of(ctx.state, ctx.account, ctx.region, ids)
    tokens = bearer_tokens.states_of(ctx.state, ids)
    kept_since = {group.id: kept_since_ms(group, ctx.now_ms) for group in groups}
    sizes = logs.stored_bytes(ctx.store, kept_since) if groups else {}
    return [
        _brief(group, filters.get(group.id, 0))
        | {"storedBytes": sizes.get(group.id, 0), "deletionProtectionEnabled": group.deletion_protection}
        | states[group.id]
        | tokens[group.id]
        for group in groups
    ]


def _brief(group: LogGroup, filters: int) -> shapes.LogGroup:
    described: shapes.LogGroup = {
        "logGroupName": group.name,
        "creationTime": group.created_ms,
        "metricFilterCount": filters,
        "arn": f"{group.arn}:*",
        "logGroupArn": group.arn,
        "logGroupClass": group.log_group_class,
    }
    if group.kept_days is not None:
        described["retentionInDays"] = group.kept_days
    if group.account_retention_policy is not None:
        described["retentionPolicyName"] = group.account_retention_policy
    if group.kms_key_id is not None:
        described["kmsKeyId"] = group.kms_key_id
    return described


@operation(lacks="data source filters")
def list_log_groups(ctx: Context, request: shapes.ListLogGroupsRequest) -> shapes.ListLogGroupsResponse:
    """One page of the groups that satisfy every filter, by name.

    Raises: InvalidParameterException, Unimplemented for data sources, which bayon does not have.
    Reads: log_groups, tags, log_group_policies, log_resources.   Source: logs.md §2.2; botocore, ListLogGroupsRequest.
    """
    if "dataSources" in request:
        raise Unimplemented("ListLogGroups with dataSources")
    members: dict[str, Any] = dict(request)
    selecting = ("logGroupNamePattern", "logGroupClass", "logGroupTags", "fieldIndexNames")
    scope = ["list_log_groups", *(members.get(member) for member in selecting)]
    after = redeemed(ctx, request["nextToken"], scope)[0] if "nextToken" in request else None
    limit = request.get("limit", limits.LOG_DESCRIBE_PAGE)
    found = list(islice(_matching(ctx, request, after), limit + 1)) if _is_searched(ctx, request) else []
    groups = found[:limit]
    answer: shapes.ListLogGroupsResponse = {
        "logGroups": [
            {"logGroupName": group.name, "logGroupArn": group.arn, "logGroupClass": group.log_group_class}
            for group in groups
        ]
    }
    if len(found) > limit:
        answer["nextToken"] = issued(ctx, scope, [groups[-1].name])
    return answer


def _matching(ctx: Context, request: shapes.ListLogGroupsRequest, after: str | None) -> Iterator[LogGroup]:
    """The groups behind the name `after` that match, read a page at a time."""
    # Letters, a few marks, `^` and `|` are all that the model lets through: a harmless regular expression.
    pattern = re.compile(request.get("logGroupNamePattern", ""))
    filters = request.get("logGroupTags", [])
    indexed = set(request.get("fieldIndexNames", []))
    classes = [request["logGroupClass"]] if "logGroupClass" in request else None
    rest = limits.LOG_GROUPS_SCANNED
    while rest == limits.LOG_GROUPS_SCANNED:
        groups = log_groups.page(ctx.state, ctx.account, ctx.region, classes=classes, after=after, limit=rest)
        named = [group for group in groups if pattern.search(group.name)]
        tagged = tags.of_each(ctx.state, [group.arn for group in named]) if filters else {}
        carrying = [group for group in named if all(_carries(tagged[group.arn], wanted) for wanted in filters)]
        yield from (group for group in carrying if not indexed or indexed <= _indexed(ctx, group))
        rest, after = len(groups), groups[-1].name if groups else None


def _indexed(ctx: Context, group: LogGroup) -> set[str]:
    return {index.field for index in indexes_of(ctx.state, group)}


def _carries(carried: Mapping[str, str], wanted: shapes.TagFilter) -> bool:
    """Whether a tag filter holds: the key is there, with one of the values if there are any.

    A value may hold `*`, which minds no letter case, or start with `!`, which negates it. Source: botocore, TagFilter.
    """
    value = carried.get(wanted["key"])
    if value is None:
        return False
    return not wanted.get("values") or any(is_value(value, text) for text in wanted["values"])


def is_value(value: str, text: str) -> bool:
    """Whether the value of a tag is what the text says."""
    if text.startswith("!"):
        return not is_value(value, text[1:])
    if "*" not in text:
        return value == text
    literal = text.replace("[", "[[]").replace("?", "[?]")
    return fnmatchcase(value.lower(), literal.lower())
