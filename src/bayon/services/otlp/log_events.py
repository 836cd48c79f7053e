"""OpenTelemetry's log records as CloudWatch log events.

A record is the JSON of CloudWatch's own envelope, so that queries find `traceId`, `severityText` and
`attributes.…`. It goes to the group and stream that the export names; where it names none, to those that the resource
names, else to the group `/otlp/<service.name>`, which are made.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from bayon import limits
from bayon.errors import AwsError
from bayon.services.logs.batches import REFUSALS, put_events
from bayon.services.logs.ingestion import utf8_bytes
from bayon.services.logs.log_groups import create_log_group
from bayon.services.logs.log_streams import create_log_stream
from bayon.services.operation import Context
from bayon.services.otlp.signals import Attributes, LogRecord, Outcome
from bayon.state import log_streams

if TYPE_CHECKING:
    from bayon.shapes.logs import InputLogEvent

Place = tuple[str, str]
DEFAULT_STREAM = "default"


def export_log_records(ctx: Context, records: Sequence[LogRecord], group: str, stream: str) -> Outcome:
    """The records are durable as log events, but for those too old, too new or too large.

    In: `group` and `stream` as the request names them, which then must exist; empty where it does not.
    Raises: AwsError, StoreError.   Writes: log events; log groups and streams that the request did not name.
    Source: traces.md §4.1 and §4.5, logs.md §5.7; where records go without the headers is ours.
    """
    places: dict[Place, list[InputLogEvent]] = defaultdict(list)
    for record in records:
        place = (group, stream) if group and stream else _place(record.source.resource, group)
        places[place].append({"timestamp": _at_ms(record, ctx.now_ms), "message": envelope(record)})
    counts: Counter[str] = Counter()
    too_large = 0
    for place, events in places.items():
        if not (group and stream):
            _make(ctx, *place)
        kept = [event for event in events if utf8_bytes(event["message"]) <= _LARGEST_BYTES]
        too_large += len(events) - len(kept)
        counts += put_events(ctx, *place, kept)
    rejected = sum(counts.values()) + too_large
    said = {why: counts[why] for why in REFUSALS} | ({"tooLargeLogEventCount": too_large} if too_large else {})
    return Outcome(rejected, msgspec.json.encode(said).decode() if rejected else "")


def envelope(record: LogRecord) -> str:
    """The message of the record's event."""
    source = record.source
    fields: dict[str, Any] = {
        "resource": {"attributes": source.resource},
        "scope": {"name": source.scope_name, "version": source.scope_version}
        | ({"attributes": source.scope} if source.scope else {}),
        "timeUnixNano": record.at_ns or record.observed_ns,
        "observedTimeUnixNano": record.observed_ns or record.at_ns,
        "severityNumber": record.severity_number,
        "severityText": record.severity_text,
        "body": record.body,
        "attributes": record.attributes,
        "traceId": record.trace_id,
        "spanId": record.span_id,
        "flags": record.flags,
    }
    if record.event_name:
        fields["eventName"] = record.event_name
    return msgspec.json.encode(fields).decode()


_LARGEST_BYTES = limits.LOG_EVENT_BYTES - limits.LOG_EVENT_OVERHEAD_BYTES


def _at_ms(record: LogRecord, now_ms: int) -> int:
    return (record.at_ns or record.observed_ns) // 1_000_000 or now_ms


def _place(resource: Attributes, group: str) -> Place:
    """Where the resource says that its logs are, or where bayon puts them."""
    named = group or _first(resource.get("aws.log.group.names"))
    service = _first(resource.get("service.name")) or "unknown_service"
    stream = _first(resource.get("aws.log.stream.names")) or _first(resource.get("service.instance.id"))
    fit = "".join(char if char.isalnum() or char in "_-/.#" else "_" for char in named or f"/otlp/{service}")
    return fit[: limits.LOG_NAME_CHARS], (stream or DEFAULT_STREAM).translate({58: 95, 42: 95})[: limits.LOG_NAME_CHARS]


def _make(ctx: Context, group: str, stream: str) -> None:
    """The group and the stream exist."""
    found, stream_found = log_streams.find_stream(ctx.state, ctx.account, ctx.region, group, stream)
    if found is None:
        with _unless_there():
            create_log_group(ctx, {"logGroupName": group})
    if stream_found is None:
        with _unless_there():
            create_log_stream(ctx, {"logGroupName": group, "logStreamName": stream})


@contextmanager
def _unless_there() -> Iterator[None]:
    """Somebody else may have made it meanwhile."""
    try:
        yield
    except AwsError as err:
        if err.code != "ResourceAlreadyExistsException":
            raise


def _first(value: Any) -> str:
    value = value[0] if isinstance(value, list) and value else value
    return value if isinstance(value, str) else ""
