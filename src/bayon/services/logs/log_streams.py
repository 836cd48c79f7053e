"""Log streams: create, delete, list by name or by their last event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayon import limits
from bayon.errors import AwsError
from bayon.services.logs.identifiers import (
    check_new_stream_name,
    existing_group,
    existing_stream,
    invalid,
    requested_group_name,
)
from bayon.services.logs.ingestion import sequence_token
from bayon.services.logs.paging import issued, redeemed
from bayon.services.operation import Context, operation
from bayon.state import log_streams
from bayon.state.log_groups import LogGroup
from bayon.state.log_streams import LogStream
from bayon.store import logs
from bayon.store.logs import StreamStats

if TYPE_CHECKING:
    from bayon.shapes import logs as shapes

Stats = dict[int, StreamStats]


@operation
def create_log_stream(ctx: Context, request: shapes.CreateLogStreamRequest) -> None:
    """The stream exists, empty.

    Raises: InvalidParameterException, ResourceNotFoundException, ResourceAlreadyExistsException.
    Writes: log_streams.   Source: logs.md §1.4, §2.1.
    """
    name = request["logStreamName"]
    check_new_stream_name(name)
    with ctx.state.write():
        group = existing_group(ctx, request["logGroupName"])
        if log_streams.create(ctx.state, group.id, name, created_ms=ctx.now_ms) is None:
            raise AwsError("ResourceAlreadyExistsException", "The specified log stream already exists")


@operation
def delete_log_stream(ctx: Context, request: shapes.DeleteLogStreamRequest) -> None:
    """The stream and its events are gone.

    Raises: ResourceNotFoundException, ValidationException where the group is protected.
    Writes: log_streams, deleted_logs.   Source: logs.md §2.1; the text of the latter is by analogy.
    """
    with ctx.state.write():
        group, stream = existing_stream(ctx, request["logGroupName"], request["logStreamName"])
        if group.deletion_protection:
            raise AwsError(
                "ValidationException",
                "Cannot delete log stream of a log group with deletion protection enabled. "
                "Disable deletion protection first.",
            )
        log_streams.delete(ctx.state, stream.id)


@operation
def describe_log_streams(ctx: Context, request: shapes.DescribeLogStreamsRequest) -> shapes.DescribeLogStreamsResponse:
    """One page of a group's streams, by name or by the time of their last event.

    Raises: InvalidParameterException, ValidationException, ResourceNotFoundException.
    Reads: log_groups, log_streams, log events.   Source: logs.md §1.3, §2.1.
    """
    by_time = request.get("orderBy") == "LastEventTime"
    prefix, descending = request.get("logStreamNamePrefix", ""), request.get("descending", False)
    if by_time and prefix:
        raise invalid("Cannot order by LastEventTime with a logStreamNamePrefix.")
    name = requested_group_name(ctx, request)
    scope = ["describe_log_streams", name, prefix, by_time, descending]
    cursor = redeemed(ctx, request["nextToken"], scope) if "nextToken" in request else None
    limit = request.get("limit", limits.LOG_DESCRIBE_PAGE)
    group = existing_group(ctx, name)
    stats = logs.stream_stats(ctx.store, group.id)
    if by_time:
        behind = None if cursor is None else (cursor[0], cursor[1])
        found = _by_last_event(log_streams.page(ctx.state, group.id, limit=None), stats, behind, descending=descending)
    else:
        after = None if cursor is None else cursor[1]
        found = log_streams.page(
            ctx.state, group.id, prefix=prefix, after=after, descending=descending, limit=limit + 1
        )
    streams = found[:limit]
    answer: shapes.DescribeLogStreamsResponse = {"logStreams": [_described(group, each, stats) for each in streams]}
    if len(found) > limit:
        answer["nextToken"] = issued(ctx, scope, list(_order_by_time(streams[-1], stats)))
    return answer


def _by_last_event(
    streams: list[LogStream], stats: Stats, behind: tuple[int, str] | None, *, descending: bool
) -> list[LogStream]:
    """The streams in order of their last event, then of their names, that stand behind the cursor."""
    keys = {_order_by_time(stream, stats): stream for stream in streams}
    order = sorted(keys, reverse=descending)
    if behind is not None:
        order = [key for key in order if (key < behind if descending else key > behind)]
    return [keys[key] for key in order]


def _order_by_time(stream: LogStream, stats: Stats) -> tuple[int, str]:
    """A stream without events sorts as if its last one were of 1970, logs.md §2.1."""
    return (stats[stream.id].last_event_ms if stream.id in stats else 0, stream.name)


def _described(group: LogGroup, stream: LogStream, stats: Stats) -> shapes.LogStream:
    described: shapes.LogStream = {
        "logStreamName": stream.name,
        "creationTime": stream.created_ms,
        "arn": f"{group.arn}:log-stream:{stream.name}",
        "storedBytes": 0,  # what AWS answers since 2019, logs.md §1.3
    }
    if stream.id in stats:
        held = stats[stream.id]
        described["firstEventTimestamp"] = held.first_event_ms
        described["lastEventTimestamp"] = held.last_event_ms
        described["lastIngestionTime"] = held.last_ingested_ms
        described["uploadSequenceToken"] = sequence_token(held.last_ingested_ms)
    return described
