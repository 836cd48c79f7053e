"""Writing log events: the hot path. One state query and one append a call, and no object of ours per event.

Reading them is in `log_events.py`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bayon import limits
from bayon.services.logs.entity import entity_fault
from bayon.services.logs.identifiers import existing_stream, invalid
from bayon.services.logs.positions import digits
from bayon.services.logs.retention import kept_since_ms
from bayon.services.operation import Context, operation
from bayon.store import logs
from bayon.store.logs import Position

if TYPE_CHECKING:
    from bayon.shapes.logs import PutLogEventsRequest, PutLogEventsResponse, RejectedLogEventsInfo

ANY_AGE = "any-age"  # asked for by `bayon import logs`: what people have is older than two weeks


@operation
def put_log_events(ctx: Context, request: PutLogEventsRequest) -> PutLogEventsResponse:
    """The events that are neither too old, too new nor expired are durable; the answer says where the others stand.

    Out: `nextSequenceToken` always, since older clients fail without one; the one sent is ignored.
    Raises: InvalidParameterException and ResourceNotFoundException, and then nothing was kept.
    Reads: log_groups, log_streams.   Writes: log events.
    Source: logs.md §1.5.
    """
    events = request["logEvents"]
    times_ms = [event["timestamp"] for event in events]
    messages = [event["message"] for event in events]
    check_size(messages)
    if sorted(times_ms) != times_ms:
        raise invalid("Log events in a single PutLogEvents request must be in chronological order.")
    group, stream = existing_stream(ctx, request["logGroupName"], request["logStreamName"])
    oldest_ms = 0 if ANY_AGE in ctx.wishes else ctx.now_ms - limits.LOG_EVENT_AGE_MS
    first, end, rejected = accepted(times_ms, kept_since_ms(group, ctx.now_ms), ctx.now_ms, oldest_ms)
    if first < end:
        if times_ms[end - 1] - times_ms[first] > limits.LOG_BATCH_SPAN_MS:
            raise invalid("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.")
        logs.append(ctx.store, group.id, stream.id, times_ms[first:end], messages[first:end], ctx.now_ms)
    answer: PutLogEventsResponse = {"nextSequenceToken": sequence_token(ctx.now_ms)}
    if rejected:
        answer["rejectedLogEventsInfo"] = rejected
    fault = entity_fault(request["entity"], group.log_group_class) if "entity" in request else None
    if fault:
        answer["rejectedEntityInfo"] = {"errorType": fault}
    return answer


def check_size(messages: Sequence[str]) -> None:
    """Raises: InvalidParameterException where the batch, or one event in it, has too many bytes of UTF-8."""
    text = "".join(messages)
    size = utf8_bytes(text) + len(messages) * limits.LOG_EVENT_OVERHEAD_BYTES
    if size <= limits.LOG_BATCH_BYTES:
        return
    largest = max(map(utf8_bytes, messages)) + limits.LOG_EVENT_OVERHEAD_BYTES
    if largest > limits.LOG_EVENT_BYTES:
        raise invalid(f"Log event too large: {largest} bytes exceeds limit of {limits.LOG_EVENT_BYTES}")
    raise invalid(f"Upload too large: {size} bytes exceeds limit of {limits.LOG_BATCH_BYTES}")


def utf8_bytes(text: str) -> int:
    """The length in UTF-8, exact; asking for ASCII is free where counting bytes is not."""
    if text.isascii():
        return len(text)
    try:
        return len(text.encode())
    except UnicodeEncodeError as err:  # half a surrogate pair, which JSON can spell and UTF-8 cannot
        raise invalid("Log event messages must be encoded in UTF-8.") from err


def accepted(
    times_ms: Sequence[int], kept_since_ms: int, now_ms: int, oldest_ms: int
) -> tuple[int, int, RejectedLogEventsInfo]:
    """Which events of a chronological batch are kept, [first, end), and what to say of the others."""
    too_old = bisect_left(times_ms, oldest_ms)
    expired = bisect_left(times_ms, kept_since_ms)
    too_new = bisect_right(times_ms, now_ms + limits.LOG_EVENT_AHEAD_MS)
    rejected: RejectedLogEventsInfo = {}
    if too_new < len(times_ms):
        rejected["tooNewLogEventStartIndex"] = too_new
    if too_old:
        rejected["tooOldLogEventEndIndex"] = too_old
    if expired:
        rejected["expiredLogEventEndIndex"] = expired
    return max(too_old, expired), too_new, rejected


def sequence_token(ingested_at_ms: int) -> str:
    """The token that older clients want to see, and that nobody reads."""
    return digits(Position(ingested_at_ms, 0))
