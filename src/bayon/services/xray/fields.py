"""Reads what an entity may say about itself. Any field may hold anything, so whatever does not fit counts as absent."""

from __future__ import annotations

from typing import Any

_LARGEST_US = float(1 << 62)


def box(fields: dict[str, Any], *path: str) -> dict[str, Any]:
    """The object at the path, empty where there is none."""
    for name in path:
        inner = fields.get(name)
        if not isinstance(inner, dict):
            return {}
        fields = inner
    return fields


def text(fields: dict[str, Any], name: str) -> str:
    """The text of that name, empty where there is none."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def status(http: dict[str, Any]) -> int:
    """The status of a response, 0 where there is none."""
    response = http.get("response")
    value = response.get("status") if isinstance(response, dict) else None
    return value if type(value) is int and abs(value) < 1 << 31 else 0


def microseconds(seconds: float) -> int:
    """Whole microseconds, within what 64 bits hold."""
    time_us = seconds * 1e6
    return round(time_us if -_LARGEST_US < time_us < _LARGEST_US else max(-_LARGEST_US, min(_LARGEST_US, time_us)))
