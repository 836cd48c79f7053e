"""Traces meet logs: the events that carry a trace's id, and the trace whose id an event carries."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bayon import limits
from bayon.errors import AwsError
from bayon.services.operation import Context
from bayon.services.xray.merge import merge
from bayon.services.xray.trace_id import canonical
from bayon.state import log_groups, log_streams
from bayon.store import trace_logs, traces
from bayon.store.logs import LogEvent

# How an id stands in a message: X-Ray's own form anywhere; the 32 digits of OpenTelemetry only where they are said to
# be a trace's, since any checksum looks alike.
_XRAY = re.compile(r"\b1-[0-9a-f]{8}-[0-9a-f]{24}\b", re.IGNORECASE)
_W3C = re.compile(r"\b00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}\b", re.IGNORECASE)
_NAMED = re.compile(r"trace[_.\-]?id[\"']?\s*[:=]\s*[\"']?([0-9a-f]{32})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TracedEvent:
    """A log event with the names of where it stands."""

    group: str
    stream: str
    event: LogEvent


def trace_id_of(message: str) -> str | None:
    """The id of the trace that the message is part of, none where it names none.

    Source: X-Amzn-Trace-Id, `AWS-XRAY-TRACE-ID: …@…` and `XRAY TraceId: …` as AWS writes them into logs; traceparent;
    the names that OpenTelemetry's loggers give the id.
    """
    if found := _XRAY.search(message):
        return found[0].lower()
    if found := _W3C.search(message) or _NAMED.search(message):
        return canonical(found[1])
    return None


def log_events_of(
    ctx: Context, trace_id: str, groups: Sequence[str] = (), *, limit: int = limits.TRACED_EVENTS
) -> list[TracedEvent]:
    """The log events that carry the trace's id, oldest first, from a while before the trace until a while after it.

    In: the names of log groups; without them every group of the account and region, so many as one search bears.
    Raises: InvalidRequestException for what is no id.   Reads: segment documents, log groups, log events.
    """
    id_ = canonical(trace_id)
    if id_ is None:
        raise AwsError("InvalidRequestException", f"Invalid trace id {trace_id}")
    start_ms, end_ms = _range(ctx, id_)
    searched = {group.id: group.name for group in _groups(ctx, groups)}
    found = trace_logs.carrying(ctx.store, list(searched), id_, start_ms=start_ms, end_ms=end_ms, limit=limit)
    streams = log_streams.by_ids(ctx.state, sorted({each.event.stream_id for each in found}))
    return [
        TracedEvent(searched[each.group_id], streams[each.event.stream_id].name, each.event)
        for each in found
        if each.event.stream_id in streams
    ]


def _groups(ctx: Context, names: Sequence[str]) -> list[log_groups.LogGroup]:
    if names:
        found = (log_groups.find(ctx.state, ctx.account, ctx.region, name) for name in names)
        return [group for group in found if group is not None]
    return log_groups.page(ctx.state, ctx.account, ctx.region, limit=limits.TRACED_GROUPS)


def _range(ctx: Context, trace_id: str) -> tuple[int, int]:
    """When events of the trace may have been logged; of a trace that is not held, by the time in its id."""
    documents = traces.read(ctx.store, ctx.account, ctx.region, [trace_id]).get(trace_id)
    margin_ms = limits.LOGGED_AROUND_TRACE_MS
    if not documents:
        began_ms = int(trace_id.split("-")[1], 16) * 1000
        return began_ms - margin_ms, began_ms + limits.LOGGED_AFTER_UNKNOWN_MS
    entities = list(merge(trace_id, documents).entities())
    starts_s = [entity.start_s for entity in entities if entity.start_s is not None]
    ends_s = [entity.end_s for entity in entities if entity.end_s is not None]
    return int(min(starts_s) * 1000) - margin_ms, int(max(starts_s + ends_s) * 1000) + margin_ms
