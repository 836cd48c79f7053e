"""The `cause` block of a span's segment: its exceptions, and their stacks in the languages that have a row. Pure.

Source: traces.md §4.2.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from bayon import limits
from bayon.services.otlp.signals import Event, Span

_SDK_FAILURE = "HTTP request failure"  # an attempt of an AWS SDK that failed
_SDK_TYPE = "aws.http.error.event"

# By telemetry.sdk.language: how one frame is written; the groups are label, path and line.
_FRAMES = {
    "java": re.compile(r"^\s+at (?P<label>[^(\n]+)\((?P<path>[^:)\n]*)(?::(?P<line>\d+))?\)", re.MULTILINE),
    "python": re.compile(r'^\s+File "(?P<path>[^"\n]+)", line (?P<line>\d+), in (?P<label>[^\n]+)', re.MULTILINE),
    "nodejs": re.compile(r"^\s+at (?:(?P<label>[^(\n]+?) )?\(?(?P<path>[^()\n]+?):(?P<line>\d+):\d+\)?$", re.MULTILINE),
    "dotnet": re.compile(r"^\s+at (?P<label>[^\n]+?\))(?: in (?P<path>[^\n]+):line (?P<line>\d+))?\s*$", re.MULTILINE),
    "php": re.compile(r"^\s*at (?P<label>[^(\n]+)\((?P<path>[^:)\n]*)(?::(?P<line>\d+))?\)", re.MULTILINE),
    "go": re.compile(r"^(?P<label>[^\s\n][^\n]*)\n\t(?P<path>[^:\n]+):(?P<line>\d+)", re.MULTILINE),
}
_FRAMES["webjs"] = _FRAMES["nodejs"]
_OUTERMOST_FIRST = ("python",)  # X-Ray shows the frame that failed first


def cause(span: Span) -> dict[str, Any]:
    """The block, empty where the span names no exception and did not fail."""
    found = [_exception(span, place, event) for place, event in enumerate(_named(span))]
    if not found and span.status == "ERROR" and span.status_message:
        found = [_with_id(span, 0, {"message": span.status_message})]
    return {"exceptions": found} if found else {}


def _named(span: Span) -> Iterator[Event]:
    return (event for event in span.events if event.name in ("exception", _SDK_FAILURE))


def _exception(span: Span, place: int, event: Event) -> dict[str, Any]:
    said = event.attributes
    if event.name == _SDK_FAILURE:
        words = (str(said[key]) for key in ("http.response.status_code", "aws.http.error_message") if said.get(key))
        return _with_id(span, place, {"type": _SDK_TYPE, "message": "@".join(words)})
    fields: dict[str, Any] = {"type": str(said.get("exception.type") or "")}
    fields["message"] = str(said.get("exception.message") or "")
    language = str(span.source.resource.get("telemetry.sdk.language", ""))
    fields["stack"] = _stack(language, str(said.get("exception.stacktrace") or ""))
    return _with_id(span, place, {key: value for key, value in fields.items() if value})


def _with_id(span: Span, place: int, fields: dict[str, Any]) -> dict[str, Any]:
    # Stable, so that a span sent twice is the same document.
    id_ = hashlib.sha256(f"exception:{span.trace_id}:{span.id}:{place}".encode()).hexdigest()[:16]
    remote = {"remote": True} if span.kind in ("CLIENT", "PRODUCER") else {}
    return {"id": id_, **fields, **remote}


def _stack(language: str, text: str) -> list[dict[str, Any]]:
    pattern = _FRAMES.get(language)
    if pattern is None or not text:
        return []
    frames = [
        {"path": match["path"] or "", "line": int(match["line"] or 0), "label": (match["label"] or "").strip()}
        for match in pattern.finditer(text[: limits.STACK_CHARS])
    ]
    if language in _OUTERMOST_FIRST:
        frames.reverse()
    return frames[: limits.STACK_FRAMES]
