"""The fields discovered in one event's text, all of them. Source: logs.md §3.1.

Queries read single fields with SQL (`languages/insights/fields.py`); a test keeps the two equal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from bayon import limits
from bayon.languages.insights.fields import ROUTE_53, ROUTE_53_LINE, VPC_FLOW, VPC_FLOW_LINE
from bayon.services.logs import results

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_LAMBDA = re.compile(rf"(?:(START|END|REPORT) RequestId: |[0-9TZ:.-]+\t)({_UUID})", re.ASCII)
_REPORTED = (
    ("@duration", re.compile(r"\tDuration: ([0-9.]+) ms"), 1),
    ("@billedDuration", re.compile(r"\tBilled Duration: ([0-9.]+) ms"), 1),
    ("@initDuration", re.compile(r"\tInit Duration: ([0-9.]+) ms"), 1),
    ("@memorySize", re.compile(r"\tMemory Size: ([0-9]+) MB"), 1_000_000),
    ("@maxMemoryUsed", re.compile(r"\tMax Memory Used: ([0-9]+) MB"), 1_000_000),
)
_NAMED = (("@xrayTraceId", re.compile(r"XRAY TraceId: (\S+)")), ("@xraySegmentId", re.compile(r"SegmentId: (\S+)")))
_LINES = tuple((names, re.compile(line)) for names, line in ((VPC_FLOW, VPC_FLOW_LINE), (ROUTE_53, ROUTE_53_LINE)))
_DECODER = json.JSONDecoder()


def discovered(message: str) -> dict[str, str]:
    """The fields of the text, by name, as they are written in results."""
    if "{" in message and (found := _json(message)) is not None:
        fields = dict(_leaves(found, ""))
        return dict(list(fields.items())[: limits.LOG_FIELDS_DISCOVERED])
    return _of_lambda(message) or _of_line(message.rstrip(" "))


def _json(message: str) -> Mapping[str, Any] | None:
    """The first complete object: one that everything from a brace on is, or that a brace begins."""
    start = message.find("{")
    while start >= 0:
        try:
            value, _ = _DECODER.raw_decode(message, start)
        except (ValueError, RecursionError):
            start = message.find("{", start + 1)
            continue
        return value if isinstance(value, dict) else None
    return None


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """What is not a map or a list, by its path; nothing for null."""
    match value:
        case dict():
            for key, inner in value.items():
                name = f"@{key}" if not path and key.startswith("@") else key
                yield from _leaves(inner, f"{path}.{name}" if path else name)
        case list():
            for place, inner in enumerate(value):
                yield from _leaves(inner, f"{path}.{place}")
        case None:
            return
        case bool():
            yield path, str(int(value))
        case float():
            if (text := results.number(value)) is not None:
                yield path, text
        case _:
            yield path, str(value)


def _of_lambda(message: str) -> dict[str, str]:
    match = _LAMBDA.match(message)
    if match is None:
        return {}
    fields = {"@requestId": match[2]}
    if match[1]:
        fields["@type"] = match[1]
    if match[1] == "REPORT":
        for name, pattern, scale in _REPORTED:
            if found := pattern.search(message):
                fields[name] = results.number(float(found[1]) * scale) or ""
        fields |= {name: found[1] for name, pattern in _NAMED if (found := pattern.search(message))}
    return fields


def _of_line(line: str) -> dict[str, str]:
    for names, pattern in _LINES:
        if pattern.match(line):
            return dict(zip(names, line.split(" "), strict=True))
    return {}
