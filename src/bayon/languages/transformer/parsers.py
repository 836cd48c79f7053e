"""Parsers that are configured: of JSON, of separated values and of keys with values."""

from __future__ import annotations

from typing import Any

import msgspec

from bayon import limits
from bayon.languages.transformer import paths
from bayon.languages.transformer.paths import MISSING, Event

MESSAGE = "@message"


class TransformError(Exception):
    """The event cannot be transformed; the message says which processor and why."""


def source_text(event: Event, arguments: Any, processor: str) -> str:
    """The text that a parser is to read. Raises: TransformError where there is none."""
    source = arguments.get("source", MESSAGE)
    text = paths.get(event, source)
    if not isinstance(text, str):
        found = "nothing" if text is MISSING else type(text).__name__
        raise TransformError(f"{processor}: expected text at {source}, found {found}")
    return text


def parse_json(event: Event, arguments: Any) -> None:
    """The object in the source is at the destination."""
    text = source_text(event, arguments, "parseJSON")
    try:
        parsed = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as err:
        raise TransformError(f"parseJSON: expected JSON, found none: {err}") from err
    if not isinstance(parsed, dict):
        raise TransformError("parseJSON: expected an object")
    paths.merge(event, arguments.get("destination"), parsed)


def csv(event: Event, arguments: Any) -> None:
    """Each value of the source is under the name of its column."""
    text = source_text(event, arguments, "csv").rstrip("\r\n")
    delimiter = arguments.get("delimiter", ",")
    delimiter = "\t" if delimiter == "\\t" else delimiter
    values = _split(text, delimiter, arguments.get("quoteCharacter", '"'))
    names = arguments.get("columns", [])
    named = {
        names[number] if number < len(names) else f"column_{number + 1}": value for number, value in enumerate(values)
    }
    paths.merge(event, arguments.get("destination"), named)


def _split(text: str, delimiter: str, quote: str) -> list[str]:
    """The values of a line: a quoted one may hold the delimiter, and the quote itself when it stands twice."""
    values: list[str] = []
    at = 0
    while len(values) < limits.TRANSFORMED_FIELDS:
        start = at + len(text[at:]) - len(text[at:].lstrip(" "))
        if text.startswith(quote, start):
            value, at = _quoted(text, start + len(quote), quote)
            end = text.find(delimiter, at)
            values.append(value + (text[at:] if end < 0 else text[at:end]).strip(" "))
        else:
            end = text.find(delimiter, at)
            values.append((text[at:] if end < 0 else text[at:end]).strip(" "))
        if end < 0:
            return values
        at = end + len(delimiter)
    raise TransformError(f"csv: expected at most {limits.TRANSFORMED_FIELDS} values")


def _quoted(text: str, at: int, quote: str) -> tuple[str, int]:
    """The text up to its closing quote, and where that ends. Raises: TransformError where there is none."""
    value = ""
    while True:
        end = text.find(quote, at)
        if end < 0:
            raise TransformError("csv: expected a closing quote")
        value += text[at:end]
        if not text.startswith(quote, end + 1):
            return value, end + 1
        value += quote
        at = end + 2


def parse_key_value(event: Event, arguments: Any) -> None:
    """Each key of the source is at the destination with its value."""
    text = source_text(event, arguments, "parseKeyValue")
    between, within = arguments.get("fieldDelimiter", "&"), arguments.get("keyValueDelimiter", "=")
    destination, prefix = arguments.get("destination"), arguments.get("keyPrefix", "")
    overwrite = arguments.get("overwriteIfExists", False)
    pairs = text.split(between)
    if len(pairs) > limits.TRANSFORMED_FIELDS:
        raise TransformError(f"parseKeyValue: expected at most {limits.TRANSFORMED_FIELDS} pairs, found {len(pairs)}")
    there = event if destination is None else paths.get(event, destination)
    values: Event = dict(there) if isinstance(there, dict) and destination is not None else {}
    held = there if isinstance(there, dict) else {}
    for pair in pairs:
        key, found, value = pair.partition(within)
        name = f"{prefix}{key.strip()}"
        if not key.strip() or (not found and "nonMatchValue" not in arguments):
            continue
        if overwrite or name not in held:
            values[name] = value if found else arguments["nonMatchValue"]
    if destination is None:
        event.update(values)
    else:
        paths.put(event, destination, values)
