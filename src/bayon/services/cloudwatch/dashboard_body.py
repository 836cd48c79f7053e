"""Whether a dashboard body is one: the rules of `dashboard_rules` applied, in the words of AWS's validator. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from bayon.services.cloudwatch.dashboard_rules import BODY, Rule

_METRIC_ENTRY = (
    'Field "metrics" has to be an array of array of strings, with an optional metricRenderer object as last element'
)


class Fault(NamedTuple):
    """What is wrong at `path`, a JSON pointer."""

    path: str
    message: str


class NotJsonError(ValueError):
    """The text is no JSON object."""


def parse(text: str) -> dict[str, Any]:
    """The body as JSON. Raises: NotJsonError."""
    try:
        body = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as err:
        raise NotJsonError from err
    if not isinstance(body, dict):
        raise NotJsonError
    return body


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def faults(body: dict[str, Any]) -> list[Fault]:
    """What is wrong with the body, nothing if it may be kept."""
    found = faults_of(body, BODY)
    start = body.get("start")
    if isinstance(start, str) and "end" not in body and not start.lstrip("-").startswith("P"):
        found.append(_absent("", "end"))  # a start that is a date, metrics.md §6.1
    return found


def faults_of(body: dict[str, Any], rule: Rule) -> list[Fault]:
    """What is wrong with the body by the rule."""
    return list(_faults(body, rule, ""))


def warnings(body: dict[str, Any]) -> list[Fault]:
    """What AWS's documentation does not allow in a body that is kept all the same.

    Source: Dashboard Body Structure, an alarm annotation excludes metrics and other annotations.
    """
    found = []
    for position, widget in enumerate(body.get("widgets", [])):
        annotations = widget["properties"].get("annotations") or {}
        crowded = widget["properties"].get("metrics") or annotations.get("horizontal") or annotations.get("vertical")
        if widget["type"] == "metric" and annotations.get("alarms") and crowded:
            path = f"/widgets/{position}/properties/annotations"
            found.append(Fault(path, "An alarm annotation excludes metrics and other annotations"))
    return found


def explain(found: list[Fault]) -> str:
    """The faults as the message of the error that refuses the body."""
    listed = json.dumps([{"dataPath": fault.path, "message": fault.message} for fault in found], indent=2)
    return f"The dashboard body is invalid, there are {len(found)} validation errors:\n{listed}"


def _faults(value: Any, rule: Rule, path: str) -> Iterator[Fault]:
    if "either" in rule:
        yield from _either(value, rule["either"], path)
    elif "metric" in rule:
        yield from _metric(value, rule["metric"], path)
    elif "type" in rule and not _TYPES[rule["type"]](value):
        yield Fault(path, f"Should be {rule['type']}")
    else:
        yield from (Fault(path, message) for message in _bounds(value, rule))
        if isinstance(value, dict):
            yield from _object(value, rule, path)
        elif isinstance(value, list) and "items" in rule:
            for position, item in enumerate(value):
                yield from _faults(item, rule["items"], f"{path}/{position}")


def _either(value: Any, rules: dict[str, Rule], path: str) -> Iterator[Fault]:
    rule = next((rule for kind, rule in rules.items() if _TYPES[kind](value)), None)
    yield from [Fault(path, f"Should be {next(iter(rules))}")] if rule is None else _faults(value, rule, path)


def _object(value: dict[str, Any], rule: Rule, path: str) -> Iterator[Fault]:
    required = [*rule.get("required", ())]
    for member, others in rule.get("dependencies", {}).items():
        required += others if member in value else ()
    yield from (_absent(path, name) for name in required if name not in value)
    source = rule.get("source")
    if source and not any(name in value for name in source["members"]):
        first, *others = source["members"]
        yield _absent(path, first)
        yield Fault(path, source["message"])
        yield from (_absent(path, name) for name in others)
    for name, member_rule in rule.get("properties", {}).items():
        if name in value:
            yield from _faults(value[name], member_rule, f"{path}/{name}")
    for variants in rule.get("variants", ()):
        if isinstance(chosen := value.get(variants["by"]), str):
            yield from _faults(value, variants["rules"].get(chosen, {}), path)


def _absent(path: str, name: str) -> Fault:
    return Fault(path, f"Should have required property '{name}'")


def _metric(value: Any, options: Rule, path: str) -> Iterator[Fault]:
    """Faults of `[namespace, name, dimension…, options?]`; wrong options count as an element too many, as on AWS."""
    if not isinstance(value, list):
        yield Fault(path, "Should be array")
        yield Fault(path, _METRIC_ENTRY)
        return
    for position, element in enumerate(value):
        if isinstance(element, dict) and position == len(value) - 1:
            if any(_faults(element, options, path)):
                yield Fault(path, f"Should NOT have more than {position} items")
        elif not isinstance(element, str):
            yield Fault(f"{path}/{position}", 'Invalid metric field type, only "String" type is allowed')


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_TYPES: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "number": _is_number,
    "integer": lambda value: _is_number(value) and (isinstance(value, int) or value.is_integer()),
    "boolean": lambda value: isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}

# By the rule's key: whether value and bound fit, and what is said where they do not.
_BOUNDS: dict[str, tuple[Callable[[Any, Any], bool], str]] = {
    "enum": (lambda value, allowed: value in allowed, "Should be equal to one of the allowed values"),
    "pattern": (lambda value, pattern: re.search(pattern, value) is not None, 'Should match pattern "{}"'),
    "minimum": (lambda value, least: value >= least, "Should be >= {}"),
    "maximum": (lambda value, most: value <= most, "Should be <= {}"),
    "minItems": (lambda value, least: len(value) >= least, "Should NOT have fewer than {} items"),
    "maxItems": (lambda value, most: len(value) <= most, "Should NOT have more than {} items"),
    "maxLength": (lambda value, most: len(value) <= most, "Should NOT be longer than {} characters"),
}


def _bounds(value: Any, rule: Rule) -> Iterator[str]:
    for key, (fits, message) in _BOUNDS.items():
        if key in rule and not fits(value, rule[key]):
            yield message.format(rule[key])
