"""Events from the HTTP endpoints that need no AWS SDK: which group and stream they go to, and what is refused.

How each endpoint writes its events is the business of `intake.http_logs`. Source: logs.md §5.7.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bayon import limits
from bayon.errors import AwsError
from bayon.services.logs.batches import put_events
from bayon.services.logs.bearer_tokens import takes_tokens
from bayon.services.logs.identifiers import existing_stream
from bayon.services.logs.ingestion import utf8_bytes
from bayon.services.operation import Context

if TYPE_CHECKING:
    from bayon.shapes.logs import InputLogEvent


def keep_events(
    ctx: Context, group: str, stream: str, events: Sequence[tuple[int, str]], *, by_token: bool
) -> dict[str, int]:
    """The events, each a time and a text, are durable in the stream. Out: how many were refused, by why; empty if none.

    Raises: ResourceNotFoundException, AccessDeniedException where a token is not enough for the group.
    Writes: log events.
    """
    found, _ = existing_stream(ctx, group, stream)
    if by_token and not takes_tokens(ctx.state, found.id):
        raise AwsError("AccessDeniedException", "Bearer token authentication is not enabled for the log group.")
    fitting: list[InputLogEvent] = [
        {"timestamp": at_ms, "message": text}
        for at_ms, text in events
        if text and utf8_bytes(text) <= limits.HTTP_EVENT_BYTES
    ]
    refused = dict(put_events(ctx, group, stream, fitting))
    if len(fitting) < len(events):
        refused["tooLargeLogEventCount"] = len(events) - len(fitting)
    return refused if any(refused.values()) else {}
