"""Files of log events: NDJSON, text and what CloudWatch Logs exports, compressed or not, as events in their order.

An event knows where the next one begins, in bytes of the uncompressed file, so that reading can go on there later.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Literal

import msgspec

from bayon import limits
from bayon.errors import BayonError
from bayon.imports import times

Form = Literal["ndjson", "text", "export"]
_EXPORTED = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (.*)", re.DOTALL)
_GZIP = b"\x1f\x8b"
_SAMPLE_BYTES = 65_536
# What a line of `aws logs filter-log-events` or `get-log-events` holds besides its time and its message.
_OF_ANSWERS = {"timestamp", "message", "ingestionTime", "eventId", "logStreamName"}
_TEXT_BYTES = limits.LOG_EVENT_BYTES - limits.LOG_EVENT_OVERHEAD_BYTES


@dataclass(frozen=True, slots=True)
class Event:
    """One event; `end` is where the next one begins."""

    at_ms: int
    message: str
    end: int


@dataclass(slots=True)
class LogFile:
    """An open file: its bytes uncompressed in `data`, as stored in `raw`."""

    path: Path
    raw: IO[bytes]
    data: IO[bytes]
    form: Form
    undated_ms: int

    def close(self) -> None:
        """Nothing of the file is open."""
        self.data.close()
        self.raw.close()


def opened(path: Path, form: Form | None) -> LogFile:
    """The file, its form found out where none is given. Raises: BayonError where it cannot be read."""
    try:
        raw = path.open("rb")
        modified_ms = path.stat().st_mtime_ns // 1_000_000
        packed = raw.read(2) == _GZIP
        raw.seek(0)
        data: Any = gzip.GzipFile(fileobj=raw) if packed else raw
        found = form or _form_of(data.read(_SAMPLE_BYTES), packed=packed)
        data.seek(0)
    except (OSError, EOFError) as err:
        raise BayonError(f"cannot read {path}: {getattr(err, 'strerror', None) or err}") from err
    return LogFile(path, raw, data, found, modified_ms)


def _form_of(sample: bytes, *, packed: bool) -> Form:
    first = next((line for line in sample.splitlines() if line.strip()), b"")
    if first.lstrip().startswith(b"{"):
        return "ndjson"
    return "export" if packed and _EXPORTED.match(first.decode("utf-8", "replace")) else "text"


def events(file: LogFile, start: int, now_ms: int) -> Iterator[Event]:
    """The file's events from `start` on, which is 0 or the end of an event. Raises: BayonError."""
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    file.data.seek(start)
    lines = _lines(file, start)
    if file.form == "ndjson":
        yield from _cut(_of_json(line, end, now, file.undated_ms) for line, end in lines if line.strip())
    else:
        yield from _cut(_gathered(file, lines, now))


def _lines(file: LogFile, at: int) -> Iterator[tuple[str, int]]:
    """Each line without its end, and where the next one begins. A line that is too long comes in pieces."""
    while True:
        try:
            line = file.data.readline(_TEXT_BYTES)
        except (OSError, EOFError) as err:
            raise BayonError(f"cannot read {file.path} beyond byte {at}: {err}") from err
        if not line:
            return
        at += len(line)
        yield line.rstrip(b"\r\n").decode("utf-8", "replace"), at


def _of_json(line: str, end: int, now: datetime, undated_ms: int) -> Event:
    """The line; of an event as the API answers it the message."""
    try:
        value = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError):
        return Event(undated_ms, line, end)
    if not isinstance(value, dict):
        return Event(undated_ms, line, end)
    at_ms = times.in_object(value, now)
    message = value.get("message")
    if value.keys() >= {"timestamp", "message"} and value.keys() <= _OF_ANSWERS and isinstance(message, str):
        line = message or line
    return Event(undated_ms if at_ms is None else at_ms, line, end)


def _gathered(file: LogFile, lines: Iterator[tuple[str, int]], now: datetime) -> Iterator[Event]:
    """Lines with a time begin events, those without belong to the one before; without any time each is one."""
    at_ms: int | None = None
    texts: list[str] = []
    size = end = 0
    for line, line_end in lines:
        found, text = _dated(file.form, line, now)
        if texts and (found is not None or at_ms is None or size + len(line) >= _TEXT_BYTES):
            yield Event(file.undated_ms if at_ms is None else at_ms, "\n".join(texts), end)
            texts, size = [], 0
        at_ms = at_ms if found is None else found
        if text.strip() or texts:
            texts.append(text)
            size += len(text.encode()) + 1
        end = line_end
    if texts:
        yield Event(file.undated_ms if at_ms is None else at_ms, "\n".join(texts), end)


def _dated(form: Form, line: str, now: datetime) -> tuple[int | None, str]:
    """The line's time, and its text; in an export the time is not part of the text."""
    if form == "export":
        match = _EXPORTED.fullmatch(line)
        return (times.in_line(match[1], now), match[2]) if match else (None, line)
    return times.in_line(line, now), line


def _cut(read: Iterator[Event]) -> Iterator[Event]:
    """Events that are too large for the API are cut into several of the same time."""
    for event in read:
        if len(event.message) * 4 <= _TEXT_BYTES or len(event.message.encode()) <= _TEXT_BYTES:
            yield event
            continue
        encoded = event.message.encode()
        for start in range(0, len(encoded), _TEXT_BYTES - 4):
            piece = encoded[start : start + _TEXT_BYTES - 4].decode("utf-8", "replace")
            yield Event(event.at_ms, piece, event.end)
