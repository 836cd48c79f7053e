"""Scalars as text: in query strings, forms, headers, path labels and XML."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Callable
from typing import Any

from bayon.wire import timestamps
from bayon.wire.message import Malformed
from bayon.wire.model import Shape
from bayon.wire.trees import INTEGERS, SPECIAL, base64_bytes

_INTEGER = re.compile(r"[+-]?\d{1,19}")
_DECIMAL = re.compile(r"[+-]?(\d{1,400}(\.\d{0,400})?|\.\d{1,400})([eE][+-]?\d{1,4})?")


def reader(shape: Shape) -> Callable[[str], Any]:
    """The function from text to a value of the shape; it raises Malformed."""
    if shape.type in INTEGERS:
        low, high = INTEGERS[shape.type]
        return lambda text: _integer(text, low, high)
    return _READERS[shape.type]


def _integer(text: str, low: int, high: int) -> int:
    if not _INTEGER.fullmatch(text) or not low <= int(text) <= high:
        raise Malformed(f'For input string: "{text[:40]}"')
    return int(text)


def _double(text: str) -> float:
    if text in SPECIAL:
        return SPECIAL[text]
    if not _DECIMAL.fullmatch(text):
        raise Malformed(f'For input string: "{text[:40]}"')
    return float(text)


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise Malformed(f"Expected true or false, found {text[:40]}")
    return text == "true"


def _timestamp(text: str) -> int:
    try:
        return timestamps.from_text(text)
    except ValueError as err:
        raise Malformed("timestamp must follow ISO8601") from err  # AWS's text for the query protocol


def _string(text: str) -> str:
    return text


_READERS: dict[str, Callable[[str], Any]] = {
    "string": _string,
    "character": _string,
    "boolean": _boolean,
    "float": _double,
    "double": _double,
    "timestamp": _timestamp,
    "blob": base64_bytes,
}


def writer(shape: Shape, timestamp_format: str) -> Callable[[Any], str]:
    """The function from a value of the shape to text; `timestamp_format` holds where the shape names none."""
    if shape.type == "timestamp":
        return timestamps.text_writer(shape.trait.timestamp_format or timestamp_format)
    return _WRITERS[shape.type]


def _write_double(value: float) -> str:
    return repr(float(value)) if math.isfinite(value) else special_name(value)


def special_name(value: float) -> str:
    """What AWS's text formats call a number that is not finite."""
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


_WRITERS: dict[str, Callable[[Any], str]] = {
    "string": str,
    "character": str,
    "boolean": lambda value: "true" if value else "false",
    "integer": str,
    "long": str,
    "float": _write_double,
    "double": _write_double,
    "blob": lambda value: base64.b64encode(value).decode(),
}
