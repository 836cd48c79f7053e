"""The definition of a Contributor Insights rule, read: `text → Rule`, with errors that say what was expected.

Source: metrics.md §2.5; "Contributor Insights rule syntax".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bayon import limits

_SCHEMA = {"Name": "CloudWatchLogRule", "Version": 1}
_MEMBERS = {"Schema", "LogGroupNames", "LogGroupARNs", "LogFormat", "Fields", "Contribution", "AggregateOn"}
_OPERATORS = ("In", "NotIn", "StartsWith", "GreaterThan", "LessThan", "EqualTo", "NotEqualTo", "IsPresent")
_TEXTS = ("In", "NotIn", "StartsWith")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d{1,6})\]|\[['\"]([^'\"]+)['\"]\]")

Operator = Literal["In", "NotIn", "StartsWith", "GreaterThan", "LessThan", "EqualTo", "NotEqualTo", "IsPresent"]


class BadRuleError(ValueError):
    """The definition is none; the text says what was expected."""


@dataclass(frozen=True, slots=True)
class Field:
    """Where in an event a value is: the steps of a JSON path, or the place of a CLF field, counted from one."""

    label: str
    path: tuple[str | int, ...] = ()
    place: int | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """What an event must have to count."""

    field: Field
    operator: Operator
    operand: tuple[str, ...] | float | bool


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, read; `groups` are names with or without a star at their end, or ARNs."""

    groups: tuple[str, ...]
    keys: tuple[Field, ...]
    value: Field | None
    filters: tuple[Filter, ...]
    aggregate: Literal["Count", "Sum"]


def parse(text: str) -> Rule:
    """The rule of the text. Raises: BadRuleError."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as err:
        raise BadRuleError(f"expected JSON: {err}") from err
    if not isinstance(given, dict):
        raise BadRuleError("expected an object")
    if unknown := given.keys() - _MEMBERS:
        raise BadRuleError(f"expected no member {min(unknown)}")
    if given.get("Schema") != _SCHEMA:
        raise BadRuleError('expected Schema {"Name": "CloudWatchLogRule", "Version": 1}')
    contribution = _object(given.get("Contribution"), "Contribution")
    aliases = _aliases(given)
    aggregate = given.get("AggregateOn", "Count")
    if aggregate not in ("Count", "Sum"):
        raise BadRuleError("expected AggregateOn Count or Sum")
    value = contribution.get("ValueOf")
    if aggregate == "Sum" and value is None:
        raise BadRuleError("expected ValueOf where AggregateOn is Sum")
    return Rule(
        groups=_groups(given),
        keys=_keys(contribution, aliases),
        value=None if value is None else _field(value, aliases, "ValueOf"),
        filters=_filters(contribution, aliases),
        aggregate="Sum" if aggregate == "Sum" else "Count",
    )


def _groups(given: Mapping[str, Any]) -> tuple[str, ...]:
    found = [name for name in ("LogGroupNames", "LogGroupARNs") if name in given]
    if len(found) != 1:
        raise BadRuleError("expected LogGroupNames or LogGroupARNs")
    return tuple(_texts(given[found[0]], found[0], limits.INSIGHT_RULE_GROUPS))


def _aliases(given: Mapping[str, Any]) -> dict[str, int] | None:
    """The places of CLF fields by their names, none for JSON."""
    layout = given.get("LogFormat")
    if layout not in ("JSON", "CLF"):
        raise BadRuleError("expected LogFormat JSON or CLF")
    fields = _object(given.get("Fields", {}), "Fields")
    if layout == "JSON":
        if fields:
            raise BadRuleError("expected Fields with LogFormat CLF only")
        return None
    if not all(key.isascii() and key.isdigit() and 0 < int(key) <= limits.INSIGHT_RULE_PLACES for key in fields):
        raise BadRuleError(f"expected Fields named by their places, 1 to {limits.INSIGHT_RULE_PLACES}")
    if not all(isinstance(alias, str) and alias for alias in fields.values()):
        raise BadRuleError("expected names as the values of Fields")
    return {alias: int(key) for key, alias in fields.items()}


def _keys(contribution: Mapping[str, Any], aliases: dict[str, int] | None) -> tuple[Field, ...]:
    keys = _texts(contribution.get("Keys"), "Keys", limits.INSIGHT_RULE_KEYS)
    return tuple(_field(key, aliases, "Keys") for key in keys)


def _filters(contribution: Mapping[str, Any], aliases: dict[str, int] | None) -> tuple[Filter, ...]:
    given = contribution.get("Filters", [])
    if not isinstance(given, list) or len(given) > limits.INSIGHT_RULE_FILTERS:
        raise BadRuleError(f"expected at most {limits.INSIGHT_RULE_FILTERS} Filters")
    return tuple(_filter(_object(each, "a filter"), aliases) for each in given)


def _filter(given: Mapping[str, Any], aliases: dict[str, int] | None) -> Filter:
    named = [name for name in _OPERATORS if name in given]
    if len(named) != 1 or given.keys() != {"Match", named[0]}:
        raise BadRuleError(f"expected a filter of Match and one of {', '.join(_OPERATORS)}")
    (operator,) = named
    operand = given[operator]
    field = _field(given["Match"], aliases, "Match")
    if operator in _TEXTS:
        return Filter(field, operator, tuple(_texts(operand, operator, limits.INSIGHT_RULE_FILTER_VALUES)))  # type: ignore[arg-type]
    if operator == "IsPresent":
        if not isinstance(operand, bool):
            raise BadRuleError("expected true or false as IsPresent")
        return Filter(field, "IsPresent", operand)
    if not isinstance(operand, int | float) or isinstance(operand, bool):
        raise BadRuleError(f"expected a number as {operator}")
    return Filter(field, operator, float(operand))  # type: ignore[arg-type]


def _field(text: Any, aliases: dict[str, int] | None, where: str) -> Field:
    if not isinstance(text, str) or not text:
        raise BadRuleError(f"expected a field in {where}")
    if aliases is None:
        return Field(text, path=_path(text, where))
    if text in aliases:
        return Field(text, place=aliases[text])
    if text.isascii() and text.isdigit() and 0 < int(text) <= limits.INSIGHT_RULE_PLACES:
        return Field(text, place=int(text))
    raise BadRuleError(f"expected a name of Fields or a place in {where}, found {text}")


def _path(text: str, where: str) -> tuple[str | int, ...]:
    """The steps of `$.a.b[0]`."""
    steps: list[str | int] = []
    at = 1
    while text.startswith("$") and at < len(text) and (step := _STEP.match(text, at)):
        name, place, quoted = step.groups()
        steps.append(int(place) if place else name or quoted)
        at = step.end()
    if not steps or at < len(text):
        raise BadRuleError(f"expected a path such as $.a.b[0] in {where}, found {text}")
    return tuple(steps)


def _object(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BadRuleError(f"expected {what} to be an object")
    return value


def _texts(value: Any, what: str, most: int) -> list[str]:
    if not isinstance(value, list) or not 1 <= len(value) <= most or not all(isinstance(each, str) for each in value):
        raise BadRuleError(f"expected 1 to {most} texts as {what}")
    return value
