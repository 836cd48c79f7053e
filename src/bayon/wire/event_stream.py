"""Frames of `application/vnd.amazon.eventstream`, for operations whose output is a stream of events.

A codec's place for a stream: the member of the output whose shape has `eventstream` holds an iterator of one-member
dicts, `{"sessionUpdate": {…}}`. `frames` turns such an iterator into bytes, for the endpoint to send as they come.

Source: the event stream encoding, Amazon Transcribe developer guide; botocore/eventstream.py reads it.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from typing import Any
from zlib import crc32

import msgspec

from bayon.wire.json_writer import JsonWriter
from bayon.wire.model import Shape

CONTENT_TYPE = "application/vnd.amazon.eventstream"

_STRING = 7  # the type number of a text header


def frame(headers: Mapping[str, str], payload: bytes) -> bytes:
    """One message: lengths and their check sum, headers, payload, the check sum of all."""
    packed = b"".join(_header(name, value) for name, value in headers.items())
    prelude = struct.pack(">II", 4 + 4 + 4 + len(packed) + len(payload) + 4, len(packed))
    message = prelude + struct.pack(">I", crc32(prelude)) + packed + payload
    return message + struct.pack(">I", crc32(message))


def _header(name: str, value: str) -> bytes:
    name_bytes, value_bytes = name.encode(), value.encode()
    return struct.pack(f">B{len(name_bytes)}sBH", len(name_bytes), name_bytes, _STRING, len(value_bytes)) + value_bytes


def frames(shape: Shape, events: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """The messages of a stream whose shape is the structure of all events, each a JSON payload."""
    writers = {name: _event_writer(member) for name, member in shape.members.items()}
    for event in events:
        for name, value in event.items():
            kind = "exception" if shape.members[name].trait.exception else "event"
            headers = {f":{kind}-type": name, ":content-type": "application/json", ":message-type": kind}
            yield frame(headers, writers[name](value))


def stream_member(output: Shape) -> str:
    """The name of the member that is a stream of events, empty where there is none."""
    return next((name for name, member in output.members.items() if member.trait.eventstream), "")


def streamed(output: Shape, content_type: str, value: dict[str, Any]) -> Generator[bytes, None, None]:
    """The messages of an answer with a stream: its other members first, then each event as it comes.

    The iterator of events is closed, if it can be, when the messages are. Source: botocore/parsers.py, which asks for
    an initial response of protocols without an address for every operation.
    """
    name = stream_member(output)
    others = [member for member in output.members if member != name]
    first = msgspec.json.encode(JsonWriter().structure(output, others)(value))
    events = value[name]
    try:
        headers = {":event-type": "initial-response", ":content-type": content_type, ":message-type": "event"}
        yield frame(headers, first)
        yield from frames(output.members[name], events)
    finally:
        if hasattr(events, "close"):
            events.close()


def _event_writer(shape: Shape) -> Callable[[Any], bytes]:
    payload = next((name for name, member in shape.members.items() if member.trait.eventpayload), None)
    if payload is not None and shape.members[payload].type == "blob":
        return lambda value: bytes(value[payload])
    convert = JsonWriter().structure(shape, list(shape.members))
    return lambda value: msgspec.json.encode(convert(value))
