"""Single events with all their fields, and which fields a group's events have."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bayon import limits
from bayon.services.logs import results
from bayon.services.logs.discovered import discovered
from bayon.services.logs.identifiers import existing_group, invalid, requested_group_name
from bayon.services.logs.protection import protection_of
from bayon.services.logs.retention import kept_since_ms
from bayon.services.operation import Context, operation
from bayon.state import log_groups, log_streams
from bayon.store import logs
from bayon.store.logs import Position

if TYPE_CHECKING:
    from bayon.shapes import logs as shapes

SYSTEM = ("@timestamp", "@message", "@logStream", "@log", "@ingestionTime")


@operation
def get_log_record(ctx: Context, request: shapes.GetLogRecordRequest) -> shapes.GetLogRecordResponse:
    """Every field of the event that a `@ptr` points to.

    Raises: InvalidParameterException for what is no pointer, or to an event that is gone.
    Reads: log_groups, log_streams, log events.   Source: logs.md §2.1; times are milliseconds, inferred.
    """
    return {"logRecord": record(ctx, request["logRecordPointer"], unmask=request.get("unmask", False))}


def record(ctx: Context, pointer: str, *, unmask: bool) -> dict[str, str]:
    """The fields by name, masked as the group's data protection says. Raises: InvalidParameterException."""
    place = results.pointed(pointer)
    if place is None:
        raise invalid("The specified log record pointer is invalid.")
    group_id, at_ms, seq = place
    group = log_groups.by_ids(ctx.state, [group_id]).get(group_id)
    mine = group is not None and (group.account, group.region) == (ctx.account, ctx.region)
    if group is None or not mine or at_ms < kept_since_ms(group, ctx.now_ms):
        raise invalid("The specified log record pointer is invalid.")
    found = logs.read(ctx.store, group_id, start_ms=at_ms, end_ms=at_ms + 1, after=Position(at_ms, seq - 1), limit=1)
    if not found or found[0].seq != seq:
        raise invalid("The log record that the pointer was to does not exist any more.")
    event = found[0]
    stream = log_streams.by_ids(ctx.state, [event.stream_id]).get(event.stream_id)
    protection = None if unmask else protection_of(ctx.state, group)
    message = protection.masked(event.message, event.ingested_at_ms) if protection else event.message
    fields = discovered(message)
    fields |= {"@message": message, "@timestamp": str(event.at_ms), "@log": f"{group.account}:{group.name}"}
    fields |= {"@ingestionTime": str(event.ingested_at_ms), "@ptr": pointer}
    return fields | ({"@logStream": stream.name} if stream else {})


@operation
def get_log_group_fields(ctx: Context, request: shapes.GetLogGroupFieldsRequest) -> shapes.GetLogGroupFieldsResponse:
    """The fields found in the group's events around the time, or of the last quarter of an hour, with the share of
    events that have each; of very many events the newest ten thousand are looked at.

    Raises: InvalidParameterException, ResourceNotFoundException.   Reads: log_groups, log events.
    Source: logs.md §2.1; shares are rounded, ties stand by name, both inferred.
    """
    group = existing_group(ctx, requested_group_name(ctx, request))
    if "time" in request:
        middle_ms = request["time"] * 1000
        start_ms, end_ms = middle_ms - limits.INSIGHTS_FIELD_WINDOW_MS, middle_ms + limits.INSIGHTS_FIELD_WINDOW_MS
    else:
        start_ms, end_ms = ctx.now_ms - limits.INSIGHTS_FIELD_RECENT_MS, ctx.now_ms
    events = logs.read(
        ctx.store,
        group.id,
        start_ms=max(0, start_ms, kept_since_ms(group, ctx.now_ms)),
        end_ms=min(end_ms + 1, 2**62),
        limit=limits.INSIGHTS_FIELD_EVENTS,
        newest=True,
    )
    counts = Counter({name: len(events) for name in SYSTEM}) if events else Counter[str]()
    for event in events:
        counts.update(discovered(event.message).keys())
    shares = [(name, round(100 * count / len(events))) for name, count in counts.items()]
    # What everything has comes first, in the order in which AWS names it.
    rank = {name: place for place, name in enumerate(SYSTEM)}
    shares.sort(key=lambda share: (-share[1], rank.get(share[0], len(SYSTEM)), share[0]))
    return {"logGroupFields": [{"name": name, "percent": percent} for name, percent in shares]}
