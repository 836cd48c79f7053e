"""Groups: named filter expressions, each trace judged by the expression that was in force when it was stored."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bayon import limits
from bayon.languages.xray_filter.sql import Condition
from bayon.services.operation import Context, operation
from bayon.services.xray.errors import cursor_of, invalid, next_token
from bayon.services.xray.selection import condition, filter_condition, selection
from bayon.services.xray.tag_values import checked
from bayon.state import tags, xray_resources
from bayon.state.database import State
from bayon.state.xray_resources import Resource
from bayon.store.summaries import Selection

if TYPE_CHECKING:
    from bayon.shapes import xray as shapes

DEFAULT = "Default"


@dataclass(frozen=True, slots=True)
class Group:
    """A group; `versions` are its expressions, each with the time since when it has been in force."""

    account: str
    region: str
    name: str
    arn: str
    expression: str
    insights: bool
    notifications: bool
    versions: Sequence[tuple[int, str]]


@operation(lacks="notifications of insights: they are kept as asked for and nothing is sent")
def create_group(ctx: Context, request: shapes.CreateGroupRequest) -> shapes.CreateGroupResult:
    """The group exists, and traces stored from now on belong to it where its expression holds.

    Raises: InvalidRequestException.   Writes: groups, tags.   Source: X-Ray API reference, CreateGroup.
    """
    name, expression = request["GroupName"], request.get("FilterExpression") or ""
    condition(ctx, expression)
    insights, notifications = _insights(request.get("InsightsConfiguration") or {}, {})
    arn = f"arn:aws:xray:{ctx.region}:{ctx.account}:group/{name}/{secrets.token_hex(16).upper()}"
    fields = {"arn": arn, "expression": expression, "insights": insights, "notifications": notifications}
    fields["versions"] = [[ctx.now_ms, expression]]
    added = checked(request.get("Tags") or [])
    with ctx.state.write():
        known = xray_resources.every(ctx.state, "group", account=ctx.account, region=ctx.region)
        if sum(group.name != DEFAULT for group in known) >= limits.TRACE_GROUPS:
            raise invalid(f"There can be at most {limits.TRACE_GROUPS} groups")
        now_ms = ctx.now_ms
        made = None
        if name != DEFAULT:
            made = xray_resources.create(ctx.state, ctx.account, ctx.region, "group", name, fields, now_ms=now_ms)
        if made is None:
            raise invalid(f"A group named {name} exists already")
        tags.put(ctx.state, arn, added)
    return {"Group": _answer(_group(made))}


@operation(lacks="notifications of insights: they are kept as asked for and nothing is sent")
def update_group(ctx: Context, request: shapes.UpdateGroupRequest) -> shapes.UpdateGroupResult:
    """The group has what the request gives; traces stored before keep to the expression of their time.

    Raises: InvalidRequestException.   Writes: groups.   Source: X-Ray API reference, UpdateGroup.
    """
    with ctx.state.write():
        group = named(ctx, request.get("GroupName"), request.get("GroupARN"))
        expression = request.get("FilterExpression")
        if expression is not None and group.name == DEFAULT:
            raise invalid("The Default group has no filter expression")
        condition(ctx, expression or "")
        before = {"InsightsEnabled": group.insights, "NotificationsEnabled": group.notifications}
        insights, notifications = _insights(request.get("InsightsConfiguration") or {}, before)
        versions = list(group.versions)
        if expression is not None and expression != group.expression:
            versions = [*versions, (ctx.now_ms, expression)][-limits.GROUP_VERSIONS :]
        fields: dict[str, Any] = {"arn": group.arn, "expression": versions[-1][1], "versions": versions}
        fields |= {"insights": insights, "notifications": notifications}
        stored = xray_resources.put(ctx.state, ctx.account, ctx.region, "group", group.name, fields, now_ms=ctx.now_ms)
    return {"Group": _answer(_group(stored))}


@operation
def get_group(ctx: Context, request: shapes.GetGroupRequest) -> shapes.GetGroupResult:
    """The group.

    Raises: InvalidRequestException.   Reads: groups.   Source: X-Ray API reference, GetGroup.
    """
    return {"Group": _answer(named(ctx, request.get("GroupName"), request.get("GroupARN")))}


@operation
def get_groups(ctx: Context, request: shapes.GetGroupsRequest) -> shapes.GetGroupsResult:
    """A page of the groups, the default one first.

    Raises: InvalidRequestException.   Reads: groups.   Source: X-Ray API reference, GetGroups.
    """
    first = int((cursor_of(ctx, request.get("NextToken"), ["groups"]) or [0])[0])
    found = every(ctx.state, ctx.account, ctx.region)
    page = found[first : first + limits.XRAY_PAGE]
    answer: shapes.GetGroupsResult = {"Groups": [_answer(group) for group in page]}
    if first + len(page) < len(found):
        answer["NextToken"] = next_token(ctx, ["groups"], [first + len(page)])
    return answer


@operation
def delete_group(ctx: Context, request: shapes.DeleteGroupRequest) -> shapes.DeleteGroupResult:
    """The group is gone, and its tags.

    Raises: InvalidRequestException.   Writes: groups, tags.   Source: X-Ray API reference, DeleteGroup.
    """
    with ctx.state.write():
        group = named(ctx, request.get("GroupName"), request.get("GroupARN"))
        if group.name == DEFAULT:
            raise invalid("The Default group cannot be deleted")
        xray_resources.delete(ctx.state, ctx.account, ctx.region, "group", group.name)
        tags.forget(ctx.state, group.arn)
    return {}


def every(state: State, account: str, region: str) -> list[Group]:
    """All groups of the account and region, the default one first. Reads: groups."""
    found = [_group(each) for each in xray_resources.every(state, "group", account=account, region=region)]
    chosen = [group for group in found if group.name == DEFAULT] or [_default(account, region)]
    return chosen + [group for group in found if group.name != DEFAULT]


def named(ctx: Context, name: str | None, arn: str | None) -> Group:
    """The group of that name or ARN. Reads: groups. Raises: InvalidRequestException."""
    if not name and not arn:
        raise invalid("GroupName or GroupARN is required")
    for group in every(ctx.state, ctx.account, ctx.region):
        if group.arn == arn if arn else group.name == name:
            return group
    raise invalid(f"The group {arn or name} does not exist")


def group_selection(
    ctx: Context, since_s: float, until_s: float, name: str | None, arn: str | None
) -> tuple[Selection, bool]:
    """Traces of which anything may lie in the range, those of the group if one is named, and whether its expression
    changed inside the range.

    Reads: groups. Raises: InvalidRequestException.
    """
    group = named(ctx, name, arn) if name or arn else _default(ctx.account, ctx.region)
    found = group_condition(ctx.state, group)
    has_old = any(since_s * 1000 <= from_ms < until_s * 1000 for from_ms, _ in group.versions[1:])
    return selection(ctx, since_s, until_s, found.sql, found.parameters, by="Active"), has_old


def group_condition(state: State, group: Group) -> Condition:
    """The traces of the group: each judged by the expression that was in force when it was stored. Reads: groups."""
    conditions: list[str] = []
    parameters: dict[str, Any] = {}
    for number, (from_ms, expression) in enumerate(group.versions):
        until_ms = group.versions[number + 1][0] if number + 1 < len(group.versions) else None
        found = filter_condition(state, group.account, group.region, expression)
        sql, bound = _renumbered(found, f"v{number}_")
        in_force = f"stored_ms >= {from_ms:d}" + ("" if until_ms is None else f" AND stored_ms < {until_ms:d}")
        conditions.append(f"({in_force} AND ({sql}))")
        parameters |= bound
    return Condition(f"({' OR '.join(conditions)})", parameters)


def _renumbered(found: Condition, prefix: str) -> tuple[str, dict[str, Any]]:
    """The condition with parameters of names of its own."""
    sql = found.sql
    for name in found.parameters:
        sql = sql.replace(f"{{{name}:", f"{{{prefix}{name}:")
    return sql, {prefix + name: value for name, value in found.parameters.items()}


def _default(account: str, region: str) -> Group:
    arn = f"arn:aws:xray:{region}:{account}:group/{DEFAULT}"
    return Group(account, region, DEFAULT, arn, "", insights=False, notifications=False, versions=[(0, "")])


def _group(stored: Resource) -> Group:
    fields = stored.fields
    versions = [(int(since_ms), str(expression)) for since_ms, expression in fields["versions"]]
    return Group(
        *(stored.account, stored.region, stored.name, fields["arn"], fields["expression"]),
        insights=fields["insights"],
        notifications=fields["notifications"],
        versions=versions,
    )


def _insights(given: Mapping[str, Any], before: Mapping[str, Any]) -> tuple[bool, bool]:
    """Whether insights and their notifications are on. Raises: InvalidRequestException."""
    wanted = {**before, **{name: value for name, value in given.items() if value is not None}}
    insights, notifications = bool(wanted.get("InsightsEnabled")), bool(wanted.get("NotificationsEnabled"))
    if notifications and not insights:
        if given.get("NotificationsEnabled"):
            raise invalid("NotificationsEnabled needs InsightsEnabled")
        notifications = False
    return insights, notifications


def _answer(group: Group) -> Any:
    return {
        "GroupName": group.name,
        "GroupARN": group.arn,
        "FilterExpression": group.expression,
        "InsightsConfiguration": {
            "InsightsEnabled": group.insights,
            "NotificationsEnabled": group.notifications,
        },
    }
