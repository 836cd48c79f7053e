"""Reading log events: the pages of one stream, and of a group across its streams.

Writing them is in `ingestion.py`. Expired events are never shown.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bayon import limits
from bayon.languages.filter_pattern import matches_all, sql
from bayon.services.logs import positions
from bayon.services.logs.filter_patterns import read_pattern
from bayon.services.logs.identifiers import existing_group, existing_stream, invalid, no_stream, requested_group_name
from bayon.services.logs.pages import Span, read_matching_page, read_page
from bayon.services.logs.paging import issued, redeemed
from bayon.services.logs.protection import protection_of
from bayon.services.logs.retention import kept_since_ms
from bayon.services.operation import Context, operation
from bayon.state import log_streams
from bayon.state.log_groups import LogGroup
from bayon.store.logs import LogEvent, Position

if TYPE_CHECKING:
    from bayon.shapes.logs import (
        FilteredLogEvent,
        FilterLogEventsRequest,
        FilterLogEventsResponse,
        GetLogEventsRequest,
        GetLogEventsResponse,
    )

_MAX_MS = 2**63 - 1


@operation
def get_log_events(ctx: Context, request: GetLogEventsRequest) -> GetLogEventsResponse:
    """One page of a stream, oldest event first, and the tokens for reading on from it in both directions.

    Raises: InvalidParameterException, ResourceNotFoundException.   Reads: log_groups, log_streams, log events.
    Source: logs.md §2.1 GetLogEvents.
    """
    token = positions.parse_stream_token(request["nextToken"]) if "nextToken" in request else None
    group, stream = existing_stream(ctx, requested_group_name(ctx, request), request["logStreamName"])
    _check_readable(group)
    start_ms = max(request.get("startTime", 0), kept_since_ms(group, ctx.now_ms))
    span = Span(group.id, [stream.id], start_ms, request.get("endTime"))
    newest = not request.get("startFromHead", False) if token is None else token.direction == "b"
    limit = request.get("limit", limits.LOG_PAGE_EVENTS)
    page = read_page(ctx.store, span, token.gap if token else None, limit, newest=newest)
    events = shown(ctx, group, page.events[::-1] if newest else page.events, unmask=request.get("unmask", False))
    forward, backward = _tokens(events, request)
    return {
        "events": [
            {"timestamp": event.at_ms, "message": event.message, "ingestionTime": event.ingested_at_ms}
            for event in events
        ],
        "nextForwardToken": forward,
        "nextBackwardToken": backward,
    }


def shown(ctx: Context, group: LogGroup, events: list[LogEvent], *, unmask: bool) -> list[LogEvent]:
    """The events with what data protection policies hide masked, unless they are to be shown as they are."""
    protection = None if unmask or not events else protection_of(ctx.state, group)
    if protection is None:
        return events
    return [replace(each, message=protection.masked(each.message, each.ingested_at_ms)) for each in events]


def _tokens(events: list[LogEvent], request: GetLogEventsRequest) -> tuple[str, str]:
    """Forward and backward. On an empty page both name the place that was asked for, so that every pager ends."""
    if events:
        ahead, behind = positions.gap_after(events[-1]), positions.gap_before(events[0])
        return positions.stream_token("f", ahead), positions.stream_token("b", behind)
    if "nextToken" in request:
        place = request["nextToken"][1:]
        return f"f{place}", f"b{place}"
    start = Position(request.get("startTime", 0), 0)
    return positions.stream_token("f", start), positions.stream_token("b", start)


@operation
def filter_log_events(ctx: Context, request: FilterLogEventsRequest) -> FilterLogEventsResponse:
    """One page of a group's events that match the pattern, of all streams or of those named, in one order across them.

    Out: `nextToken` only while events may be left; a page may be short, or empty, where few events match.
    Raises: InvalidParameterException, ResourceNotFoundException.   Reads: log_groups, log_streams, log events.
    Source: logs.md §2.1 FilterLogEvents.
    """
    pattern = read_pattern(request.get("filterPattern", ""))
    name = requested_group_name(ctx, request)
    scope = _scope(request, name)
    newest, gap, step_ms = _place(ctx, request, scope)
    group = existing_group(ctx, name)
    _check_readable(group)
    start_ms = max(request.get("startTime", 0), kept_since_ms(group, ctx.now_ms))
    end_ms = min(request["endTime"], _MAX_MS - 1) + 1 if "endTime" in request else None
    span = Span(group.id, _selected_streams(ctx, group, request), start_ms, end_ms)
    limit = request.get("limit", limits.LOG_PAGE_EVENTS)
    if matches_all(pattern):
        page = read_page(ctx.store, span, gap, limit, newest=newest)
    else:
        wanted = sql.condition(pattern)
        page = read_matching_page(ctx.store, span, gap, limit, wanted, newest=newest, step_ms=step_ms)
    events = shown(ctx, group, page.events, unmask=request.get("unmask", False))
    answer: FilterLogEventsResponse = {"events": _filtered(ctx, events), "searchedLogStreams": []}
    if page.more and page.gap is not None:
        answer["nextToken"] = issued(ctx, scope, [newest, page.gap.at_ms, page.gap.seq, page.step_ms])
    return answer


def _scope(request: FilterLogEventsRequest, name: str) -> list[Any]:
    """What a page token is good for: the members that select events. Page size and direction are not among them."""
    selecting = ("logStreamNames", "logStreamNamePrefix", "startTime", "endTime", "filterPattern")
    members: dict[str, Any] = dict(request)
    return ["filter_log_events", name, *(members.get(member) for member in selecting)]


def _place(ctx: Context, request: FilterLogEventsRequest, scope: list[Any]) -> tuple[bool, Position | None, int]:
    """Whether the walk goes backward, from where, and in which step a search begins; a token's direction counts, not
    the request's."""
    if "nextToken" in request:
        newest, at_ms, seq, step_ms = redeemed(ctx, request["nextToken"], scope)
        return newest, Position(at_ms, seq), step_ms
    newest = not request.get("startFromHead", True)
    if newest and request.get("startTime", 0) < limits.LOG_NEWEST_FIRST_SINCE_MS:
        since = limits.LOG_NEWEST_FIRST_SINCE_MS
        raise invalid(f"startFromHead can be false only where startTime is {since} or later.")
    return newest, None, 0


def _selected_streams(ctx: Context, group: LogGroup, request: FilterLogEventsRequest) -> list[int] | None:
    """The numbers of the streams asked for; none means all."""
    names, prefix = request.get("logStreamNames"), request.get("logStreamNamePrefix")
    if names is not None and prefix is not None:
        raise invalid("logStreamNames and logStreamNamePrefix are mutually exclusive parameters.")
    if names is not None:
        found = log_streams.by_names(ctx.state, group.id, names)
        if not found.keys() >= set(names):
            raise no_stream()
        return [stream.id for stream in found.values()]
    if prefix is not None:
        return [stream.id for stream in log_streams.page(ctx.state, group.id, prefix=prefix, limit=None)]
    return None


def _filtered(ctx: Context, events: list[LogEvent]) -> list[FilteredLogEvent]:
    """The events as answered; those of a stream that was deleted meanwhile are left out."""
    streams = log_streams.by_ids(ctx.state, sorted({event.stream_id for event in events}))
    return [
        {
            "logStreamName": streams[event.stream_id].name,
            "timestamp": event.at_ms,
            "message": event.message,
            "ingestionTime": event.ingested_at_ms,
            "eventId": positions.digits(positions.gap_before(event)),
        }
        for event in events
        if event.stream_id in streams
    ]


def _check_readable(group: LogGroup) -> None:
    """Raises: InvalidParameterException for a class whose events only queries read. Source: logs.md §1.8, inferred."""
    if group.log_group_class != "STANDARD":
        raise invalid(f"The operation is not supported for log groups of the {group.log_group_class} class.")
