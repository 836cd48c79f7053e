"""How long a group keeps its events. What has expired is invisible to every read at once; a job removes it later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayon import limits
from bayon.clock import DAY_MS
from bayon.services.logs.identifiers import constraint, existing_group, invalid
from bayon.services.operation import Context, operation
from bayon.state import log_groups
from bayon.state.log_groups import LogGroup

if TYPE_CHECKING:
    from bayon.shapes.logs import DeleteRetentionPolicyRequest, PutRetentionPolicyRequest


def kept_since_ms(group: LogGroup, now_ms: int) -> int:
    """The timestamp from which on the group's events have not expired; 0 where they never do."""
    return 0 if group.kept_days is None else max(0, now_ms - group.kept_days * DAY_MS)


@operation
def put_retention_policy(ctx: Context, request: PutRetentionPolicyRequest) -> None:
    """Events older than the days given are no longer shown.

    Raises: InvalidParameterException, ResourceNotFoundException.   Writes: log_groups.
    Source: logs.md §1.7; the text for other numbers of days is ours.
    """
    days = request["retentionInDays"]
    if days not in limits.LOG_RETENTION_DAYS:
        valid = ", ".join(map(str, limits.LOG_RETENTION_DAYS))
        raise constraint("retentionInDays", days, f"satisfy enum value set: [{valid}]")
    _set(ctx, request["logGroupName"], days)


@operation
def delete_retention_policy(ctx: Context, request: DeleteRetentionPolicyRequest) -> None:
    """The group's events never expire, as if they never had.

    Raises: ResourceNotFoundException.   Writes: log_groups.
    Source: logs.md §2.1.
    """
    _set(ctx, request["logGroupName"], None)


def _set(ctx: Context, name: str, days: int | None) -> None:
    with ctx.state.write():
        if existing_group(ctx, name).log_group_class == "DELIVERY":
            raise invalid("The retention of log groups of the DELIVERY class cannot be changed.")
        log_groups.set_retention(ctx.state, ctx.account, ctx.region, name, days)
