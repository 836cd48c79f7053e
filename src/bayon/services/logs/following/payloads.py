"""What subscribers get: a message of one stream's events, or the one that tries a destination. Source: logs.md §5.3."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence

from bayon import limits
from bayon.services.logs.positions import digits
from bayon.state.log_groups import LogGroup
from bayon.store.arrivals import ArrivedEvent
from bayon.store.logs import Position


def data_messages(
    group: LogGroup, stream_name: str, filter_name: str, events: Sequence[ArrivedEvent]
) -> Iterator[tuple[bytes, int]]:
    """The events in compressed messages of bounded size, each with the number of its events."""
    for part in _parts(events):
        message = {
            "messageType": "DATA_MESSAGE",
            "owner": group.account,
            "logGroup": group.name,
            "logStream": stream_name,
            "subscriptionFilters": [filter_name],
            "logEvents": [
                {
                    "id": digits(Position(event.at_ms, event.seq)),
                    "timestamp": event.at_ms,
                    "message": event.message,
                }
                for event in part
            ],
        }
        yield _compressed(message), len(part)


def control_message(what: str, now_ms: int) -> bytes:
    """The message by which a destination is tried, which subscribers skip."""
    event = {"id": "", "timestamp": now_ms, "message": f"CWL CONTROL MESSAGE: Checking health of destination {what}."}
    return _compressed(
        {
            "messageType": "CONTROL_MESSAGE",
            "owner": "CloudwatchLogs",
            "logGroup": "",
            "logStream": "",
            "subscriptionFilters": [],
            "logEvents": [event],
        }
    )


def _parts(events: Sequence[ArrivedEvent]) -> Iterator[list[ArrivedEvent]]:
    part: list[ArrivedEvent] = []
    size = 0
    for event in events:
        each = len(event.message.encode()) + limits.LOG_EVENT_OVERHEAD_BYTES
        if part and size + each > limits.FORWARDED_MESSAGE_BYTES:
            yield part
            part, size = [], 0
        part.append(event)
        size += each
    if part:
        yield part


def _compressed(message: object) -> bytes:
    return gzip.compress(json.dumps(message, ensure_ascii=False).encode(), compresslevel=6, mtime=0)
