"""Field indexes: the policies that ask for them, and what is indexed since when.

The store finds any field of settled events by its own means, so an index decides nothing about speed here; what its
policy says, and which events it covers, is exact. Source: logs.md §5.10.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from bayon import limits
from bayon.clock import DAY_MS
from bayon.errors import AwsError
from bayon.services.logs.account_selection import applying
from bayon.services.logs.identifiers import existing_group, group_name, invalid
from bayon.services.logs.paging import issued, redeemed
from bayon.services.logs.retention import kept_since_ms
from bayon.services.operation import Context, operation
from bayon.sql import Sql
from bayon.state import log_group_policies
from bayon.state.database import State
from bayon.state.log_groups import LogGroup
from bayon.store import logs

if TYPE_CHECKING:
    from bayon.shapes import logs as shapes

KIND = "field_index"
SYSTEM_FIELDS = frozenset(
    {
        *("@logStream", "@ingestionTime", "@requestId", "@type", "@initDuration", "@duration", "@billedDuration"),
        *("@memorySize", "@maxMemoryUsed", "@xrayTraceId", "@xraySegmentId"),
    }
)
DEFAULTS = (  # of every STANDARD group, logs.md §5.10
    *("@logStream", "@aws.region", "@aws.account", "@source.log", "@data_source_name", "@data_source_type"),
    *("@data_format", "traceId", "severityText", "attributes.session.id"),
)
# Default fields that every event has; those of data sources no event here has.
_OF_EVERY_EVENT = ("@logStream", "@aws.region", "@aws.account", "@source.log", "@ingestionTime")


@dataclass(frozen=True, slots=True)
class Index:
    """A field that is indexed of events that arrived since then; `category` is DEFAULT or CUSTOM."""

    field: str
    kind: str
    category: str
    since_ms: int


def check_index_document(document: str) -> dict[str, str]:
    """The fields of a policy and their types. Raises: InvalidParameterException."""
    try:
        given = msgspec.json.decode(document, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError) as err:
        raise invalid(f"Invalid index policy document: {err}") from err
    plain, typed = given.get("Fields", []), given.get("FieldsV2", {})
    if given.keys() - {"Fields", "FieldsV2"} or not isinstance(plain, list) or not isinstance(typed, dict):
        raise invalid('Invalid index policy document: expected {"Fields": ["…"]} and FieldsV2.')
    fields: dict[str, str] = {}
    for name in plain:
        fields[name if isinstance(name, str) else ""] = "FIELD_INDEX"
    for name, each in typed.items():
        kind = each.get("type") if isinstance(each, dict) else None
        if name in fields or kind not in ("FIELD_INDEX", "FACET"):
            raise invalid(f"Invalid index policy document: expected a type of {name!r}, and the field once.")
        fields[name] = kind
    if not 1 <= len(fields) <= limits.INDEX_FIELDS:
        raise invalid(f"An index policy must have 1 to {limits.INDEX_FIELDS} fields.")
    for name in fields:
        if not 1 <= len(name) <= limits.INDEX_FIELD_CHARS:
            raise invalid(f"A field of an index policy must have 1 to {limits.INDEX_FIELD_CHARS} characters.")
        if name.startswith("@") and not name.startswith("@@") and name not in SYSTEM_FIELDS:
            raise invalid(f"The field {name} cannot be indexed; write @@ for a field of yours that starts with @.")
    return fields


def indexes_of(state: State, group: LogGroup) -> list[Index]:
    """Every index of the group: by default, and by the policy that applies to it.

    Reads: log_group_policies, log_resources.   Source: logs.md §2.2 PutAccountPolicy, §5.10.
    """
    if group.log_group_class != "STANDARD":
        return []
    custom = {
        field: Index(field, kind, "CUSTOM", since_ms)
        for document, since_ms, _ in reversed(_documents(state, group))
        for field, kind in check_index_document(document).items()
    }
    defaults = [Index(field, "FIELD_INDEX", "DEFAULT", group.created_ms) for field in DEFAULTS if field not in custom]
    return [*defaults, *custom.values()]


def _documents(state: State, group: LogGroup) -> list[tuple[str, int, str | None]]:
    """The policies that apply: document, since when, and the account policy's name or none for the group's own."""
    own = log_group_policies.find(state, group.id, KIND)
    if own is not None:
        return [(own.body["document"], own.modified_ms, None)]
    return [
        (policy.body["document"], policy.modified_ms, policy.name)
        for policy in applying(state, group, "FIELD_INDEX_POLICY")
    ]


@operation
def put_index_policy(ctx: Context, request: shapes.PutIndexPolicyRequest) -> shapes.PutIndexPolicyResponse:
    """The group's own index policy is the document, whatever its account says.

    Raises: InvalidParameterException, ResourceNotFoundException.   Writes: log_group_policies.
    Source: logs.md §5.10.
    """
    document = request["policyDocument"]
    check_index_document(document)
    with ctx.state.write():
        group = existing_group(ctx, group_name(ctx, request["logGroupIdentifier"]))
        if group.log_group_class != "STANDARD":
            raise invalid(f"Index policies are not supported for log groups of the {group.log_group_class} class.")
        held = log_group_policies.put(ctx.state, group.id, KIND, {"document": document}, ctx.now_ms)
    return {"indexPolicy": _described(group, document, held.modified_ms, None)}


def _described(group: LogGroup, document: str, updated_ms: int, name: str | None) -> shapes.IndexPolicy:
    described: shapes.IndexPolicy = {
        "logGroupIdentifier": group.arn,
        "lastUpdateTime": updated_ms,
        "policyDocument": document,
        "source": "LOG_GROUP" if name is None else "ACCOUNT",
    }
    if name is not None:
        described["policyName"] = name
    return described


@operation
def describe_index_policies(
    ctx: Context, request: shapes.DescribeIndexPoliciesRequest
) -> shapes.DescribeIndexPoliciesResponse:
    """The index policies that apply to the group.

    Raises: ResourceNotFoundException.   Reads: log_group_policies, log_resources.   Source: logs.md §2.2.
    """
    if "nextToken" in request:  # one page holds whatever applies to one group, so there is no token to give back
        raise invalid("The specified nextToken is invalid.")
    (identifier,) = request["logGroupIdentifiers"]
    group = existing_group(ctx, group_name(ctx, identifier))
    return {"indexPolicies": [_described(group, *each) for each in _documents(ctx.state, group)]}


@operation
def delete_index_policy(ctx: Context, request: shapes.DeleteIndexPolicyRequest) -> None:
    """The group has no index policy of its own.

    Raises: ResourceNotFoundException, also where it had none.   Writes: log_group_policies.   Source: logs.md §2.2.
    """
    with ctx.state.write():
        group = existing_group(ctx, group_name(ctx, request["logGroupIdentifier"]))
        if not log_group_policies.delete(ctx.state, group.id, KIND):
            raise AwsError("ResourceNotFoundException", "The specified index policy does not exist.")


@operation(lacks="automatic and inactive indexes")
def describe_field_indexes(
    ctx: Context, request: shapes.DescribeFieldIndexesRequest
) -> shapes.DescribeFieldIndexesResponse:
    """One page of the indexes of the groups, with the times of the first and the last event that each covers.

    Raises: InvalidParameterException, ResourceNotFoundException.   Reads: log_group_policies, log events.
    Source: logs.md §5.10: of events that arrived since the policy, for 30 days.
    """
    wanted = set(request.get("indexCategories") or ("DEFAULT", "CUSTOM"))
    identifiers = request["logGroupIdentifiers"]
    scope = ["describe_field_indexes", identifiers, sorted(wanted)]
    start = redeemed(ctx, request["nextToken"], scope)[0] if "nextToken" in request else 0
    found = [
        (group, index)
        for group in (existing_group(ctx, group_name(ctx, identifier)) for identifier in identifiers)
        for index in indexes_of(ctx.state, group)
        if index.category in wanted
    ]
    page = found[start : start + limits.LOG_DESCRIBE_PAGE]
    answer: shapes.DescribeFieldIndexesResponse = {"fieldIndexes": list(_indexes(ctx, page))}
    if len(found) > start + len(page):
        answer["nextToken"] = issued(ctx, scope, [start + len(page)])
    return answer


def _indexes(ctx: Context, indexes: Sequence[tuple[LogGroup, Index]]) -> Iterator[shapes.FieldIndex]:
    for group, index in indexes:
        described: shapes.FieldIndex = {
            "logGroupIdentifier": group.arn,
            "fieldIndexName": index.field,
            "type": index.kind,
            "indexCategory": index.category,
        }
        times = _covered(ctx, group, index)
        if times is not None:
            described["firstEventTime"], described["lastEventTime"] = times
        yield described


def _covered(ctx: Context, group: LogGroup, index: Index) -> tuple[int, int] | None:
    """The times of the first and the last event with the field that the index covers."""
    has_field = _has_field(index.field)
    if has_field is None:
        return None
    arrived = "ingested_at_ms >= {since:Int64}"
    condition = Sql(f"{arrived} AND ({has_field.text})", {**has_field.parameters, "since": index.since_ms})
    start_ms = max(kept_since_ms(group, ctx.now_ms), ctx.now_ms - limits.INDEX_DAYS * DAY_MS)
    ends = [
        logs.read(ctx.store, group.id, start_ms=start_ms, limit=1, newest=newest, condition=condition)
        for newest in (False, True)
    ]
    return (ends[0][0].at_ms, ends[1][0].at_ms) if all(ends) else None


def _has_field(field: str) -> Sql | None:
    """The condition that an event has the field; none for a field that no event here has."""
    from bayon.languages.filter_pattern import sql
    from bayon.languages.filter_pattern.parser import parse

    if field in _OF_EVERY_EVENT:
        return Sql("1")
    if field in ("@requestId", "@type"):
        return sql.condition(parse('"RequestId: "'), prefix="i")
    if field in SYSTEM_FIELDS:
        return sql.condition(parse('"REPORT RequestId: "'), prefix="i")
    if field.startswith("@") and not field.startswith("@@"):
        return None
    name = field.removeprefix("@") if field.startswith("@@") else field
    if "'" in name or not all(name.split(".")):
        return None
    selector = "$" + "".join(f"['{step}']" for step in name.split("."))
    scalar = f'{{ ({selector} = "*") || ({selector} IS TRUE) || ({selector} IS FALSE) }}'
    return sql.condition(parse(scalar), prefix="i")
