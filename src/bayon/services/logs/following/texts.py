"""The text of an event that a filter looks at: as it was sent, or as the group's transformer made it.

This is the one place that knows where a transformed text stands, so that it is made once and metric filters and
subscriptions see the same. Groups have no transformers yet, and so no filter can ask for transformed texts:
`check_transformed` refuses what asks.
"""

from __future__ import annotations

from bayon.errors import AwsError
from bayon.state.log_groups import LogGroup

SENT = "message"


def column(*, on_transformed: bool) -> str:
    """The SQL of the text, among the columns of an arrived event."""
    assert not on_transformed, "no filter on transformed texts is kept"
    return SENT


def check_transformed(group: LogGroup, *, on_transformed: bool) -> None:
    """Raises: InvalidOperationException for a filter on transformed texts of a group without a transformer.

    Source: logs.md §5.1, inferred.
    """
    if on_transformed:
        raise AwsError(
            "InvalidOperationException",
            f"applyOnTransformedLogs needs a log transformer, and the log group {group.name} has none.",
        )
