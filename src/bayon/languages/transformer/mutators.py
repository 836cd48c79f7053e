"""Processors that change the values and the keys of an event. What is not there is left alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import re2

from bayon.languages.transformer import paths
from bayon.languages.transformer.paths import MISSING, Event


def of_strings(change: Callable[[str], str]) -> Callable[[Event, Any], None]:
    """The processor that changes the text at each of `withKeys`."""

    def processor(event: Event, arguments: Any) -> None:
        for key in arguments["withKeys"]:
            value = paths.get(event, key)
            if isinstance(value, str):
                paths.put(event, key, change(value))

    return processor


def split_string(event: Event, arguments: Any) -> None:
    """Each text is the list of what stood between the delimiters."""
    for entry in arguments["entries"]:
        value = paths.get(event, entry["source"])
        if isinstance(value, str):
            paths.put(event, entry["source"], value.split(entry["delimiter"]))


def substitute_string(event: Event, arguments: Any) -> None:
    """What each regular expression matches is replaced; `$1` and `${name}` stand for groups, as in Java."""
    for entry in arguments["entries"]:
        value = paths.get(event, entry["source"])
        if isinstance(value, str):
            replacement = _JAVA_GROUP.sub(_in_python, entry["to"])
            paths.put(event, entry["source"], re2.sub(entry["from"], replacement, value))


_JAVA_GROUP = re2.compile(r"\\(.)|\$(\d)|\$\{([A-Za-z][A-Za-z0-9]*)\}")


def _in_python(match: Any) -> str:
    escaped, number, name = match.group(1), match.group(2), match.group(3)
    if escaped is not None:
        return "\\\\" if escaped == "\\" else str(escaped)
    return f"\\g<{number if number is not None else name}>"


def add_keys(event: Event, arguments: Any) -> None:
    """Each key has the value given, in which `${path}` stands for another's."""
    for entry in arguments["entries"]:
        value = _REFERENCE.sub(lambda match: _text_at(event, match.group(1)), entry["value"])
        paths.put(event, entry["key"], value, overwrite=entry.get("overwriteIfExists", False))


_REFERENCE = re2.compile(r"\$\{([^}]+)\}")


def _text_at(event: Event, path: str) -> str:
    value = paths.get(event, path)
    return "" if value is MISSING else str(value)


def delete_keys(event: Event, arguments: Any) -> None:
    """None of the keys is there."""
    for key in arguments["withKeys"]:
        paths.delete(event, key)


def move_keys(event: Event, arguments: Any) -> None:
    """Each value is at its target, under its own name where an object is there, and no longer at its source."""
    for entry in arguments["entries"]:
        source, target = entry["source"], entry["target"]
        value = paths.get(event, source)
        if value is MISSING:
            continue
        if isinstance(paths.get(event, target), dict):
            target = f"{target}.{source.rpartition('.')[2]}"
        if entry.get("overwriteIfExists", False) or paths.get(event, target) is MISSING:
            paths.delete(event, source)
            paths.put(event, target, value)


def rename_keys(event: Event, arguments: Any) -> None:
    """Each key has its new name, in the same place."""
    for entry in arguments["entries"]:
        above, dot, _ = entry["key"].rpartition(".")
        target = entry["renameTo"] if "." in entry["renameTo"] else f"{above}{dot}{entry['renameTo']}"
        value = paths.get(event, entry["key"])
        if value is not MISSING and (entry.get("overwriteIfExists", False) or paths.get(event, target) is MISSING):
            paths.delete(event, entry["key"])
            paths.put(event, target, value)


def copy_value(event: Event, arguments: Any) -> None:
    """Each value is at its target, too."""
    for entry in arguments["entries"]:
        value = paths.get(event, entry["source"])
        if value is not MISSING:
            paths.put(event, entry["target"], value, overwrite=entry.get("overwriteIfExists", False))


def list_to_map(event: Event, arguments: Any) -> None:
    """The list of objects is a map from what each has at `key` to the objects, or to what they have at `valueKey`."""
    items = paths.get(event, arguments["source"])
    if not isinstance(items, list):
        return
    made: dict[str, Any] = {}
    for item in items:
        key = paths.get(item, arguments["key"]) if isinstance(item, dict) else MISSING
        value = paths.get(item, arguments["valueKey"]) if "valueKey" in arguments and key is not MISSING else item
        if key is not MISSING and value is not MISSING:
            made.setdefault(str(key), []).append(value)
    if arguments.get("flatten", False):
        place = -1 if arguments.get("flattenedElement") == "last" else 0
        made = {key: values[place] for key, values in made.items()}
    paths.merge(event, arguments.get("target"), made)


def convert_types(event: Event, arguments: Any) -> None:
    """Each value is of the type given, where it can be."""
    for entry in arguments["entries"]:
        value = paths.get(event, entry["key"])
        converted = MISSING if value is MISSING else _converted(value, entry["type"])
        if converted is not MISSING:
            paths.put(event, entry["key"], converted)


def _converted(value: Any, kind: str) -> Any:
    if isinstance(value, dict | list):
        return MISSING
    try:
        match kind:
            case "integer":
                return int(value) if isinstance(value, int) else int(float(value))
            case "double":
                number = float(value)
                return number if math.isfinite(number) else MISSING
            case "boolean":
                return {"true": True, "false": False}.get(str(value).strip().lower(), MISSING)
            case _:
                return str(value).lower() if isinstance(value, bool) else str(value)
    except (TypeError, ValueError, OverflowError):
        return MISSING
