"""Which traces a request means: its time range and its filter expression, groups and all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bayon import limits
from bayon.clock import DAY_S
from bayon.languages.xray_filter.groups import expand
from bayon.languages.xray_filter.parse import parse
from bayon.languages.xray_filter.sql import Condition, compile_filter
from bayon.languages.xray_filter.tree import Group
from bayon.services.operation import Context
from bayon.services.xray.account_settings import indexed_percent
from bayon.services.xray.errors import filter_errors, invalid
from bayon.state import xray_resources
from bayon.state.database import State
from bayon.store.summaries import Selection, TimeRange


def time_range(start_ms: int, end_ms: int) -> tuple[float, float]:
    """The range in seconds, its end excluded. Raises: InvalidRequestException unless it ends after it starts."""
    if end_ms <= start_ms:
        raise invalid("EndTime must be after StartTime")
    return start_ms / 1000, end_ms / 1000


def traces_matching(
    ctx: Context, since_s: float, until_s: float, expression: str, *, by: TimeRange = "TraceId"
) -> Selection:
    """The traces of the range for which the filter expression holds. Raises: InvalidRequestException."""
    found = condition(ctx, expression)
    sql, parameters = found.sql, dict(found.parameters)
    percent = indexed_percent(ctx.state, ctx.account, ctx.region)
    if percent < 100:
        sql = f"cityHash64(trace_id) % 10000 < {{indexed:Float64}} AND ({sql})"
        parameters["indexed"] = percent * 100
    return selection(ctx, since_s, until_s, sql, parameters, by=by)


def selection(
    ctx: Context, since_s: float, until_s: float, sql: str, parameters: Mapping[str, Any], *, by: TimeRange
) -> Selection:
    """The traces of the range that meet the condition and are within their retention.

    Raises: InvalidRequestException for a condition that is longer than can be asked.
    """
    if len(sql) > limits.FILTER_SQL_CHARS:
        raise invalid("Invalid filter expression: it is too complex, with all the groups that it names")
    kept = f"start_s >= {{kept_since_s:Float64}} AND ({sql})"
    bound = {**parameters, "kept_since_s": kept_since_s(ctx)}
    return Selection(ctx.account, ctx.region, since_s, until_s, by, kept, bound)


def kept_since_s(ctx: Context) -> float:
    """Traces that began before are no longer answered, whether or not they are still stored."""
    return ctx.now_ms / 1000 - limits.TRACE_RETENTION_DAYS * DAY_S


def condition(ctx: Context, expression: str) -> Condition:
    """The filter expression as a condition on traces. Reads: groups. Raises: InvalidRequestException."""
    return filter_condition(ctx.state, ctx.account, ctx.region, expression)


def filter_condition(state: State, account: str, region: str, expression: str) -> Condition:
    """The filter expression as a condition on traces of the account and region. Reads: groups.

    Raises: InvalidRequestException.
    """
    with filter_errors():
        return compile_filter(expand(parse(expression), lambda group: _expression_of(state, account, region, group)))


def _expression_of(state: State, account: str, region: str, group: Group) -> str | None:
    """A group's expression, empty for the default group, none where there is no such group."""
    for stored in xray_resources.every(state, "group", account=account, region=region):
        if group.value == (stored.name if group.by == "name" else stored.fields["arn"]):
            return str(stored.fields["expression"])
    default = "Default" if group.by == "name" else f"arn:aws:xray:{region}:{account}:group/Default"
    return "" if group.value == default else None
