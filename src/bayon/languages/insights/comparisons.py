"""Comparisons of values whose kinds may only be known of each event. Source: logs.md §3.5.

Two that look like numbers compare as numbers, others as text; a comparison with nothing is false, `!=` true.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from bayon.languages.insights.value import NUMERIC, Kind, Value
from bayon.sql import Values

_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?", re.ASCII)


def compare(operator: str, left: Value, right: Value, values: Values) -> str:
    """SQL: whether the comparison holds; never null."""
    if left.constant is not None and right.constant is None:
        flipped = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
        return compare(flipped.get(operator, operator), right, left, values)
    if Kind.JSON in (left.kind, right.kind) or Kind.LIST in (left.kind, right.kind):
        return "0"
    if isinstance(right.constant, bool) or right.constant in ("true", "false"):
        return _with_boolean(operator, left, right, values)
    held = _constant_number(right)
    if held is not None:
        return _with_number(operator, left, held, values)
    if isinstance(right.constant, str):
        return _settled(f"{left.text} {operator} {right.sql}", operator, nullable=left.nullable)
    return _between(operator, left, right)


def among(left: Value, others: Sequence[Value], values: Values) -> str:
    """SQL: whether the value equals one of the literals; never null."""
    texts = [
        other.constant
        for other in others
        if isinstance(other.constant, str)
        and _constant_number(other) is None
        and other.constant not in ("true", "false")
    ]
    numbers = [held for other in others if (held := _constant_number(other)) is not None]
    rest = [other for other in others if isinstance(other.constant, bool) or other.constant in ("true", "false")]
    found = [compare("=", left, other, values) for other in rest]
    if left.kind in (Kind.JSON, Kind.LIST):
        return "0"
    if texts:
        found.append(_settled(f"{left.text} IN {values.bind(texts, 'Array(String)')}", "=", nullable=left.nullable))
    if numbers:
        found.append(f"ifNull({left.number} IN {values.bind(numbers, 'Array(Float64)')}, 0)")
    return f"({' OR '.join(found)})" if found else "0"


def _constant_number(value: Value) -> float | None:
    """What a literal says as a number; none where it is no number."""
    if isinstance(value.constant, bool) or value.constant is None:
        return None
    if isinstance(value.constant, float):
        return value.constant
    if not _NUMBER.fullmatch(value.constant):
        return None
    held = float(value.constant)
    return held if math.isfinite(held) else None


def _with_boolean(operator: str, left: Value, right: Value, values: Values) -> str:
    """True is 1 and `true`, false is 0 and `false`."""
    held = right.constant in (True, "true")
    if left.kind in NUMERIC:
        return _settled(f"{left.number} {operator} {int(held)}", operator, nullable=left.nullable)
    spelt = f"{left.text} IN ('{str(held).lower()}', '{int(held)}')"
    if operator == "=":
        return f"ifNull({spelt}, 0)"
    if operator == "!=":
        return f"NOT ifNull({spelt}, 0)"
    return _with_number(operator, left, float(held), values)


def _with_number(operator: str, left: Value, held: float, values: Values) -> str:
    bound = values.bind(held, "Float64")
    if left.kind in NUMERIC or operator in ("=", "!="):
        # Text that is no number equals no number, so it need not be looked at.
        return _settled(
            f"{left.number} {operator} {bound}", operator, nullable=left.kind not in NUMERIC or left.nullable
        )
    spelt = values.bind(f"{held:.15g}", "String")
    return f"coalesce({left.number} {operator} {bound}, {left.text} {operator} {spelt}, 0)"


def _between(operator: str, left: Value, right: Value) -> str:
    if left.kind in NUMERIC and right.kind in NUMERIC:
        return _settled(f"{left.sql} {operator} {right.sql}", operator, nullable=left.nullable or right.nullable)
    as_text = f"{left.text} {operator} {right.text}"
    as_number = f"{left.number} {operator} {right.number}"
    return f"coalesce({as_number}, {as_text}, {int(operator == '!=')})"


def _settled(sql: str, operator: str, *, nullable: bool) -> str:
    return f"ifNull({sql}, {int(operator == '!=')})" if nullable else f"({sql})"
