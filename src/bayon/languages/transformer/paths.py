"""Values of an event by dotted key path, such as `user.name`. A key that itself holds the dots is found first."""

from __future__ import annotations

from typing import Any

Event = dict[str, Any]
MISSING: Any = object()


def get(event: Event, path: str) -> Any:
    """What stands at the path, `MISSING` where nothing does."""
    if path in event:
        return event[path]
    value: Any = event
    for part in path.split("."):
        if isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, dict) and part in value:
            value = value[part]
        else:
            return MISSING
    return value


def put(event: Event, path: str, value: Any, *, overwrite: bool = True) -> None:
    """The value stands at the path, in objects that are made on the way; another value stays without `overwrite`.

    Where the way leads through something that is no object, nothing is changed.
    """
    *above, last = [path] if path in event else path.split(".")
    inner: Any = event
    for part in above:
        inner = inner.setdefault(part, {})
        if not isinstance(inner, dict):
            return
    if overwrite or last not in inner:
        inner[last] = value


def delete(event: Event, path: str) -> None:
    """Nothing stands at the path."""
    if path in event:
        del event[path]
        return
    above, _, last = path.rpartition(".")
    inner = get(event, above) if above else event
    if isinstance(inner, dict):
        inner.pop(last, None)


def merge(event: Event, destination: str | None, values: Event) -> None:
    """The values are keys of the object at the destination, or of the event itself."""
    if destination is None:
        event.update(values)
        return
    inner = get(event, destination)
    put(event, destination, {**inner, **values} if isinstance(inner, dict) else values)


def count(value: Any) -> int:
    """How many values that are no objects there are in it."""
    match value:
        case dict():
            return sum(map(count, value.values()))
        case list():
            return sum(map(count, value))
        case _:
            return 1
