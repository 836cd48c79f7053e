"""The embedded metric format: a log event that is a JSON object and says which of its members are metrics.

What is wrong with an event keeps nobody from its log: it is counted in AWS/Logs. Source: logs.md §5.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from bayon import limits
from bayon.store.metric_series import Metric
from bayon.store.schema import UNITS

_UNITS = frozenset(UNITS)


class Invalid(Exception):
    """What the event says of its metrics is not as the format asks; those that are right count nevertheless."""


@dataclass(frozen=True, slots=True)
class Datum:
    """A data point that an event holds."""

    metric: Metric
    at_s: int
    resolution_s: int
    unit: str
    values: list[float]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in an event: its data points, and whether it could not be read, or something in it was wrong."""

    data: list[Datum]
    unreadable: bool = False
    invalid: bool = False


def read(message: str, now_ms: int) -> Found:
    """The data points of an event that may hold embedded metrics."""
    try:
        event = msgspec.json.decode(message)
    except (msgspec.DecodeError, RecursionError):
        return Found([], unreadable=message.lstrip().startswith("{"))
    about = event.get("_aws") if isinstance(event, dict) else None
    if not isinstance(about, dict) or "CloudWatchMetrics" not in about:
        return Found([])
    data: list[Datum] = []
    invalid = False
    try:
        at_ms = _timestamp(about, now_ms)
        for directive in _list(about["CloudWatchMetrics"], limits.EMF_DIRECTIVES):
            for part in _of_directive(event, directive, at_ms):
                if isinstance(part, Datum):
                    data.append(part)
                else:
                    invalid = True
    except Invalid:
        invalid = True
    return Found(data, invalid=invalid)


def _timestamp(about: Mapping[str, Any], now_ms: int) -> int:
    at_ms = about.get("Timestamp")
    if not isinstance(at_ms, int) or isinstance(at_ms, bool):
        raise Invalid
    if not now_ms - limits.DATUM_AGE_MS <= at_ms <= now_ms + limits.DATUM_AHEAD_MS:
        raise Invalid
    return at_ms


def _of_directive(event: Mapping[str, Any], directive: Any, at_ms: int) -> Iterator[Datum | Invalid]:
    """One point for each set of dimensions and metric, and one `Invalid` for each part that is wrong."""
    if not isinstance(directive, dict):
        raise Invalid
    namespace = directive.get("Namespace")
    if not isinstance(namespace, str) or not 0 < len(namespace) <= limits.METRIC_NAME_CHARS:
        raise Invalid
    sets = [_dimensions(event, names) for names in _list(directive.get("Dimensions"), limits.EMF_METRICS)]
    if not sets:
        raise Invalid
    for definition in _list(directive.get("Metrics"), limits.EMF_METRICS):
        try:
            found = _metric(event, definition)
        except Invalid as err:
            yield err
            continue
        if found is None:
            continue
        name, unit, resolution_s, values = found
        at_s = at_ms // (resolution_s * 1000) * resolution_s
        for dimensions in sets:
            if dimensions is None:
                yield Invalid()
            else:
                yield Datum(Metric(namespace, name, dimensions), at_s, resolution_s, unit, values)


def _dimensions(event: Mapping[str, Any], names: Any) -> tuple[tuple[str, str], ...] | None:
    """The set's dimensions with their values; none where one is missing or none that a metric can have."""
    found: dict[str, str] = {}
    for name in _list(names, limits.EMF_DIMENSIONS):
        value = event.get(name) if isinstance(name, str) and 0 < len(name) <= 250 else None
        if not isinstance(value, str) or not 0 < len(value) <= limits.DIMENSION_VALUE_CHARS:
            return None
        found[name] = value
    return tuple(sorted(found.items()))


def _metric(event: Mapping[str, Any], definition: Any) -> tuple[str, str, int, list[float]] | None:
    """Name, unit, resolution and values; none where the event has no member of that name."""
    if not isinstance(definition, dict):
        raise Invalid
    name, unit = definition.get("Name"), definition.get("Unit", "None")
    resolution_s = definition.get("StorageResolution", 60)
    if not isinstance(name, str) or not 0 < len(name) <= limits.METRIC_NAME_CHARS:
        raise Invalid
    if unit not in _UNITS or resolution_s not in (1, 60):
        raise Invalid
    if name not in event:
        return None
    values = event[name] if isinstance(event[name], list) else [event[name]]
    if not all(map(_is_value, values)) or len(values) > limits.EMF_VALUES:
        raise Invalid
    return (name, unit, resolution_s, [float(value) for value in values]) if values else None


def _is_value(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return abs(value) <= limits.DATUM_VALUE


def _list(value: Any, most: int) -> Sequence[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise Invalid
    return value
