"""What a query must know of the world, looked up: its groups, their streams, and what their JSON looks like."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bayon import limits
from bayon.errors import AwsError
from bayon.languages.insights.fields import Group
from bayon.languages.insights.world import LookupTable, World
from bayon.services.logs import field_indexes, lookup_tables
from bayon.services.logs.retention import kept_since_ms
from bayon.services.operation import Context
from bayon.state import log_groups, log_streams, tags
from bayon.state.database import State
from bayon.state.log_groups import LogGroup
from bayon.store import log_queries
from bayon.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A query as it was asked: everything but what the store holds at the moment that it runs."""

    account: str
    region: str
    text: str
    start_ms: int
    end_ms: int
    now_ms: int
    limit: int | None
    groups: tuple[Group, ...]


def held(group: LogGroup, now_ms: int) -> Group:
    """The group as the language knows it."""
    return Group(group.id, group.name, kept_since_ms(group, now_ms), group.log_group_class)


def world(state: State, store: Store, asked: Asked, *, recent: bool, look: bool = True) -> World:
    """The world of the query. In: `look` false where only the text is to be checked."""
    named = list(asked.groups)

    def select(wanted: Mapping[str, Any]) -> Sequence[Group]:
        found = selected(state, asked, wanted)
        named.extend(found)
        return found

    streams: dict[int, str] = {}
    if look and "@logStream" in asked.text:
        ids = [group.id for group in named] or [group.id for group in every(state, asked)]
        streams = log_streams.names(state, ids, limits.INSIGHTS_STREAMS)
    return World(
        account=asked.account,
        region=asked.region,
        start_ms=asked.start_ms,
        end_ms=asked.end_ms,
        now_ms=asked.now_ms,
        groups=asked.groups,
        limit=asked.limit,
        types=log_queries.types(store, [group.id for group in named]) if look and named and not recent else None,
        streams=streams,
        select=select,
        table=lookup(state, asked),
        indexed=indexed(state, named),
    )


def lookup(state: State, asked: Asked) -> Callable[[str], LookupTable | None]:
    """Finds the rows of a lookup table by its name."""

    def find(name: str) -> LookupTable | None:
        found = lookup_tables.rows_of(state, asked.account, asked.region, name)
        return found and LookupTable(columns=tuple(found[0]), rows=tuple(map(tuple, found[1])))

    return find


def indexed(state: State, named: Sequence[Group]) -> Callable[[str], dict[int, int]]:
    """Finds since when each of the groups indexes a field, by the group's number."""

    def find(field: str) -> dict[int, int]:
        groups = log_groups.by_ids(state, [group.id for group in named])
        held = {number: field_indexes.indexes_of(state, group) for number, group in groups.items()}
        return {number: index.since_ms for number, indexes in held.items() for index in indexes if index.field == field}

    return find


def every(state: State, asked: Asked) -> list[Group]:
    """All groups of the account and region, as many as a query may read and one more."""
    most = limits.INSIGHTS_SOURCE_GROUPS + 1
    return [held(each, asked.now_ms) for each in log_groups.page(state, asked.account, asked.region, limit=most)]


def selected(state: State, asked: Asked, wanted: Mapping[str, Any]) -> list[Group]:
    """The groups that SOURCE describes. Raises: AwsError where one is named that does not exist."""
    prefix = log_groups.arn_of(asked.account, asked.region, "")
    names = [name.removeprefix(prefix).removesuffix(":") for name in wanted["names"]]
    if names:
        found = log_groups.page(state, asked.account, asked.region, names=names, limit=None)
        if missing := set(names) - {group.name for group in found}:
            raise no_such_group(min(missing), asked.account, "")
        return [held(group, asked.now_ms) for group in found]
    if (accounts := wanted.get("accountIdentifiers")) and asked.account not in accounts:
        return []
    most = limits.INSIGHTS_SOURCE_GROUPS + 1
    classes = wanted.get("class") or ("STANDARD",)
    prefixes = wanted.get("namePrefix") or ("",)
    by_name = {
        group.name: group
        for prefix in prefixes
        for group in log_groups.page(state, asked.account, asked.region, prefix=prefix, classes=classes, limit=most)
    }
    groups = list(by_name.values())
    if filters := wanted["tags"]:
        carried = tags.of_each(state, [group.arn for group in groups])
        groups = [group for group in groups if all(carries(carried[group.arn], *wanted) for wanted in filters)]
    return [held(group, asked.now_ms) for group in groups]


def carries(carried: Mapping[str, str], key: str, values: Sequence[str]) -> bool:
    """Whether a tag filter of SOURCE holds: the key is there, with one of the values if there are any."""
    from bayon.services.logs.log_groups import is_value

    value = carried.get(key)
    return value is not None and (not values or any(is_value(value, text) for text in values))


def requested(ctx: Context, request: Mapping[str, Any]) -> tuple[Group, ...]:
    """The groups that StartQuery names by one of its three members. Source: logs.md §2.1.

    Raises: InvalidParameterException for two of them, ResourceNotFoundException for a group that does not exist.
    """
    given = [name for name in ("logGroupName", "logGroupNames", "logGroupIdentifiers") if name in request]
    if len(given) > 1:
        raise AwsError(
            "InvalidParameterException",
            "Exactly one of logGroupName, logGroupNames and logGroupIdentifiers must be given, "
            f"found {' and '.join(given)}.",
        )
    if not given:
        return ()
    asked = request[given[0]]
    listed = [asked] if isinstance(asked, str) else list(asked)
    if len(listed) > limits.INSIGHTS_GROUPS:
        raise AwsError(
            "InvalidParameterException",
            f"1 validation error detected: Value '{listed}' at '{given[0]}' failed to satisfy constraint: Member must "
            f"have length less than or equal to {limits.INSIGHTS_GROUPS}",
        )
    found: dict[str, Group] = {}
    for identifier in listed:
        name = _name(ctx, identifier)
        group = log_groups.find(ctx.state, ctx.account, ctx.region, name) if name else None
        if group is None:
            raise no_such_group(name or identifier, ctx.account, ctx.request_id)
        found[group.name] = held(group, ctx.now_ms)
    return tuple(found.values())


def _name(ctx: Context, identifier: str) -> str | None:
    """The name in an identifier; none where it is the ARN of another account or region."""
    if not identifier.startswith("arn:"):
        return identifier
    prefix = log_groups.arn_of(ctx.account, ctx.region, "")
    return identifier.removeprefix(prefix).removesuffix(":") if identifier.startswith(prefix) else None


def no_such_group(name: str, account: str, request_id: str) -> AwsError:
    """Source: logs.md §2.1 StartQuery, recorded."""
    return AwsError(
        "ResourceNotFoundException",
        f"Log group '{name}' does not exist for account ID '{account}' (Service: AWSLogs; Status Code: 400; "
        f"Error Code: ResourceNotFoundException; Request ID: {request_id}; Proxy: null)",
    )
