"""A rule as SQL over an event's `message`: its keys, its value, and whether it counts. Pure; values are bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from bayon.languages.contributor_rule.rule import Field, Filter, Rule
from bayon.sql import Values

# Fields of the Common Log Format: what stands in brackets, in quotes, or between spaces.
_CLF = r"""\[[^\]]*\]|"(?:[^"\\]|\\.)*"|[^ ]+"""
_SIGNS = {"GreaterThan": ">", "LessThan": "<", "EqualTo": "=", "NotEqualTo": "!="}


@dataclass(frozen=True, slots=True)
class Compiled:
    """Expressions: a list of texts, a number, and a condition that is false where a key or the value is missing."""

    keys: str
    value: str
    condition: str


def compile_rule(rule: Rule, values: Values) -> Compiled:
    """The rule's expressions, their values bound in `values`."""
    conditions = [f"notEmpty({_text(key, values)})" for key in rule.keys]
    value = "1."
    if rule.aggregate == "Sum" and rule.value is not None:
        number = f"toFloat64OrNull({_text(rule.value, values)})"
        conditions.append(f"isFinite(ifNull({number}, nan))")
        value = f"assumeNotNull({number})"
    conditions += [_condition(each, values) for each in rule.filters]
    keys = ", ".join(_text(key, values) for key in rule.keys)
    return Compiled(f"[{keys}]", value, " AND ".join(conditions))


def _text(field: Field, values: Values) -> str:
    """The field's text, empty where it is missing: a JSON string without its quotes, anything else as it is written."""
    if field.place is not None:
        fields = f"extractAll(message, {values.bind(_CLF, 'String')})"
        return f"trim(BOTH '[]\"' FROM {fields}[{values.bind(field.place, 'UInt32')}])"
    path = _path(field, values)
    text = f"if(JSONType(message, {path}) = 'String', JSONExtractString(message, {path}), "
    return text + f"if(JSONType(message, {path}) = 'Null', '', JSONExtractRaw(message, {path})))"


def _path(field: Field, values: Values) -> str:
    """The steps as arguments; the engine counts places from one."""
    steps = (
        values.bind(step, "String") if isinstance(step, str) else values.bind(step + 1, "Int32") for step in field.path
    )
    return ", ".join(steps)


def _condition(wanted: Filter, values: Values) -> str:
    text = _text(wanted.field, values)
    number = f"toFloat64OrNull({text})"
    match wanted.operator:
        case "In":
            return f"{text} IN {values.bind(list(_texts(wanted)), 'Array(String)')}"
        case "NotIn":
            return f"notEmpty({text}) AND {text} NOT IN {values.bind(list(_texts(wanted)), 'Array(String)')}"
        case "StartsWith":
            beginnings = values.bind(list(_texts(wanted)), "Array(String)")
            return f"arrayExists(beginning -> startsWith({text}, beginning), {beginnings})"
        case "GreaterThan" | "LessThan" | "EqualTo" | "NotEqualTo":
            return f"ifNull({number} {_SIGNS[wanted.operator]} {values.bind(wanted.operand, 'Float64')}, 0)"
        case "IsPresent":
            return f"notEmpty({text})" if wanted.operand else f"empty({text})"
        case _:
            assert_never(wanted.operator)


def _texts(wanted: Filter) -> tuple[str, ...]:
    assert isinstance(wanted.operand, tuple), "operators of texts have texts"
    return wanted.operand
