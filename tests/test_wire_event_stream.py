"""Frames of event streams, read by botocore."""

from __future__ import annotations

import json
from typing import Any

from botocore.eventstream import EventStreamBuffer

from bayon.wire import event_stream, model


def test_botocore_reads_our_frames() -> None:
    """A stream of StartLiveTail's events and an exception comes back as it was."""
    output = model.load("logs").operation("StartLiveTail").output
    assert output is not None
    events: list[dict[str, Any]] = [
        {"sessionStart": {"requestId": "r", "logGroupIdentifiers": ["a"]}},
        {
            "sessionUpdate": {
                "sessionMetadata": {"sampled": False},
                "sessionResults": [{"message": "ü", "timestamp": 5}],
            }
        },
        {"SessionTimeoutException": {"message": "it is over"}},
    ]
    buffer = EventStreamBuffer()
    for frame in event_stream.frames(output.members["responseStream"], events):
        buffer.add_data(frame)
    found = list(buffer)
    assert [json.loads(message.payload) for message in found] == [value for event in events for value in event.values()]
    assert [message.headers[":message-type"] for message in found] == ["event", "event", "exception"]
    assert [message.headers.get(":event-type") for message in found] == ["sessionStart", "sessionUpdate", None]
