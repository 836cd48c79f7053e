"""The text of an event that a filter looks at, and the one that is shown of it.

This is the one place that knows where a transformed text stands, so that it is made once and metric filters and
subscriptions see the same. Filters on transformed texts do not exist yet: `check_transformed` refuses what asks.
"""

from __future__ import annotations

from bayon.errors import AwsError, Unimplemented
from bayon.services.logs.protection import Protection
from bayon.services.logs.transformers import transformer_of
from bayon.state.database import State
from bayon.state.log_groups import LogGroup
from bayon.store.arrivals import ArrivedEvent

SENT = "message"


def column(*, on_transformed: bool) -> str:
    """The SQL of the text, among the columns of an arrived event."""
    assert not on_transformed, "no filter on transformed texts is kept"
    return SENT


def check_transformed(state: State, group: LogGroup, operation: str, *, on_transformed: bool) -> None:
    """Raises: InvalidOperationException for a filter on transformed texts of a group without a transformer, else
    Unimplemented.   Reads: log_group_policies, log_resources.   Source: logs.md §5.1, inferred.
    """
    if not on_transformed:
        return
    if transformer_of(state, group) is not None:
        raise Unimplemented(f"{operation} with filters on transformed events")
    raise AwsError(
        "InvalidOperationException",
        f"applyOnTransformedLogs needs a log transformer, and the log group {group.name} has none.",
    )


def hidden(protection: Protection | None, event: ArrivedEvent) -> str:
    """The event's text with what a data protection policy hides masked, as it is at every way out."""
    return event.message if protection is None else protection.masked(event.message, event.ingested_at_ms)
