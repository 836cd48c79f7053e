"""Which traces a request means: its time range and its filter expression, groups and all."""

from __future__ import annotations

from bayon import limits
from bayon.clock import DAY_S
from bayon.languages.xray_filter.groups import expand
from bayon.languages.xray_filter.parse import parse
from bayon.languages.xray_filter.sql import Condition, compile_filter
from bayon.languages.xray_filter.tree import Group
from bayon.services.operation import Context
from bayon.services.xray.errors import filter_errors, invalid
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
    kept = f"start_s >= {{kept_since_s:Float64}} AND ({found.sql})"
    parameters = found.parameters | {"kept_since_s": kept_since_s(ctx)}
    return Selection(ctx.account, ctx.region, since_s, until_s, by, kept, parameters)


def kept_since_s(ctx: Context) -> float:
    """Traces that began before are no longer answered, whether or not they are still stored."""
    return ctx.now_ms / 1000 - limits.TRACE_RETENTION_DAYS * DAY_S


def condition(ctx: Context, expression: str) -> Condition:
    """The filter expression as a condition on traces. Reads: groups. Raises: InvalidRequestException."""
    with filter_errors():
        return compile_filter(expand(parse(expression), lambda group: _expression_of(ctx, group)))


def _expression_of(ctx: Context, group: Group) -> str | None:
    return None
