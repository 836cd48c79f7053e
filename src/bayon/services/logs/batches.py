"""Events that came by another door than PutLogEvents, put in as many calls of it as they need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from bayon import limits
from bayon.services.logs.ingestion import put_log_events, utf8_bytes
from bayon.services.operation import Context

if TYPE_CHECKING:
    from bayon.shapes.logs import InputLogEvent

REFUSALS = ("tooOldLogEventCount", "tooNewLogEventCount", "expiredLogEventCount")


def put_events(ctx: Context, group: str, stream: str, events: Sequence[InputLogEvent]) -> Counter[str]:
    """The events are durable, but for those that are refused for their time. Out: how many of those there were, by why.

    Raises: AwsError, StoreError.   Writes: log events.
    """
    refused: Counter[str] = Counter(dict.fromkeys(REFUSALS, 0))
    for batch in _batches(sorted(events, key=lambda event: event["timestamp"])):
        answer = put_log_events(ctx, {"logGroupName": group, "logStreamName": stream, "logEvents": batch})
        info = answer.get("rejectedLogEventsInfo", {})
        old, expired = info.get("tooOldLogEventEndIndex", 0), info.get("expiredLogEventEndIndex", 0)
        refused["tooOldLogEventCount"] += old
        refused["expiredLogEventCount"] += max(0, expired - old)
        refused["tooNewLogEventCount"] += len(batch) - info.get("tooNewLogEventStartIndex", len(batch))
    return refused


def _batches(events: list[InputLogEvent]) -> Iterator[list[InputLogEvent]]:
    """The events, oldest first, in pieces that one call takes."""
    batch: list[InputLogEvent] = []
    size = 0
    for event in events:
        event_bytes = utf8_bytes(event["message"]) + limits.LOG_EVENT_OVERHEAD_BYTES
        spans = batch and event["timestamp"] - batch[0]["timestamp"] > limits.LOG_BATCH_SPAN_MS
        if batch and (size + event_bytes > limits.LOG_BATCH_BYTES or len(batch) == limits.LOG_BATCH_EVENTS or spans):
            yield batch
            batch, size = [], 0
        batch.append(event)
        size += event_bytes
    if batch:
        yield batch
