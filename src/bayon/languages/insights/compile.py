"""Expressions → SQL of a known kind. A closed set: one `match`. What a user typed is bound, never pasted.

Source: logs.md §3.5.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, assert_never

from bayon import limits
from bayon.errors import LanguageError
from bayon.languages.insights import comparisons, functions
from bayon.languages.insights.tree import (
    Binary,
    Boolean,
    Call,
    Expression,
    In,
    Name,
    Number,
    Period,
    Query,
    Regex,
    Text,
    Unary,
)
from bayon.languages.insights.value import Kind, Value, boolean, bound_text, number

if TYPE_CHECKING:
    from bayon.languages.insights.plan import Plan

_ARITHMETIC = {
    "+": "({} + {})",
    "-": "({} - {})",
    "*": "({} * {})",
    "/": "({} / nullIf({}, 0))",
    "^": "pow({}, {})",
}
_MODULO = "({0} - {1} * trunc({0} / {1}))"


def value(plan: Plan, node: Expression) -> Value:  # noqa: C901 - one case for each kind of node
    """What the expression is of a row. Raises: LanguageError."""
    match node:
        case Text(said):
            return bound_text(plan.values.bind(said, "String"), said)
        case Number(said):
            return _number(plan, said)
        case Boolean(said):
            return Value(Kind.BOOLEAN, str(int(said)), nullable=False, constant=said)
        case Regex():
            raise LanguageError("expected a value, found a regular expression", node.span)
        case Period():
            raise LanguageError("expected a value, found a length of time", node.span)
        case Name():
            return plan.resolve(node)
        case Call():
            return _call(plan, node)
        case Unary("not", operand):
            return boolean(f"NOT ({condition(plan, operand)})")
        case Unary(_, operand):
            return number(f"-({_as_double(value(plan, operand))})")
        case Binary("or" | "and" as operator, left, right):
            return boolean(f"(({condition(plan, left)}) {operator.upper()} ({condition(plan, right)}))")
        case Binary("like" | "not like" as operator, left, right):
            found = _like(plan, left, right)
            return boolean(f"NOT ({found})" if operator == "not like" else found)
        case Binary(operator, left, right) if operator in _ARITHMETIC or operator == "%":
            return _arithmetic(operator, value(plan, left), value(plan, right))
        case Binary(operator, left, right):
            return boolean(comparisons.compare(operator, value(plan, left), value(plan, right), plan.values))
        case In(operand, among, negated):
            found = _in(plan, operand, among)
            return boolean(f"NOT ({found})" if negated else found)
        case _:
            assert_never(node)


def condition(plan: Plan, node: Expression) -> str:
    """SQL: whether the expression is true of a row; never null. Raises: LanguageError."""
    return value(plan, node).truth


def pattern(plan: Plan, node: Regex | Text) -> str:
    """The regular expression, bound. Raises: LanguageError where it is none."""
    return plan.values.bind(checked_regex(node), "String")


def checked_regex(node: Regex | Text) -> str:
    """The regular expression as the engine takes it: a dot matches no line break. Raises: LanguageError."""
    import re2

    said = re.sub(r"\(\?<([A-Za-z_]\w*)>", r"(?P<\1>", node.value)
    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(said, options)
    except (re2.error, UnicodeError) as err:
        why = err.args[0].decode() if err.args and isinstance(err.args[0], bytes) else str(err)
        raise LanguageError(f"expected a regular expression, found {node.value}: {why}", node.span) from err
    return f"(?-s){said}" if "." in said else said


def _number(plan: Plan, said: str) -> Value:
    held = float(said)
    if abs(held) == float("inf"):
        held = float("1.7976931348623157e308") * (1 if held > 0 else -1)
    return Value(Kind.NUMBER, plan.values.bind(held, "Float64"), nullable=False, constant=held)


def _call(plan: Plan, node: Call) -> Value:
    """A function of the row; behind `stats` also a column by the text that made it, such as `count(*)`."""
    if not plan.has_events:
        known = plan.names.get(node.source) or plan.names.get(node.source.lower())
        if known is not None:
            return known
    return functions.call(plan, node)


def _as_double(operand: Value) -> str:
    return f"toFloat64({operand.number})"


def _arithmetic(operator: str, left: Value, right: Value) -> Value:
    if operator == "%":
        return number(_MODULO.format(_as_double(left), f"nullIf({_as_double(right)}, 0)"))
    return number(_ARITHMETIC[operator].format(_as_double(left), _as_double(right)))


_PLAIN_REGEX = re.compile(r"[\w\s\-:=@#,;<>/!%&'\"~`]*")


def _like(plan: Plan, left: Expression, right: Expression) -> str:
    """Whether the text contains the string or matches the regular expression; false where there is no text."""
    searched = value(plan, left)
    if isinstance(right, Regex) and not _PLAIN_REGEX.fullmatch(right.value):
        return _not_null(searched, f"match({searched.text}, {pattern(plan, right)})")
    if isinstance(right, (Regex, Text)):
        said = right.value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return _not_null(searched, f"{searched.text} LIKE {plan.values.bind(f'%{said}%', 'String')}")
    found = value(plan, right)
    return f"ifNull(position({searched.text}, {found.text}) > 0, 0)"


def _not_null(searched: Value, sql: str) -> str:
    return f"ifNull({sql}, 0)" if searched.nullable or searched.kind in (Kind.JSON, Kind.LIST) else sql


def _in(plan: Plan, operand: Expression, among: tuple[Expression, ...] | Query) -> str:
    searched = value(plan, operand)
    if isinstance(among, Query):
        return f"ifNull({searched.text} IN ({_column_of(plan, among)}), 0)"
    return comparisons.among(searched, [value(plan, each) for each in among], plan.values)


def _column_of(plan: Plan, among: Query) -> str:
    """SQL: the one column of the query, as text."""
    from bayon.languages.insights.plan import subplan

    inner = subplan(plan, among)
    outputs = inner.shown()
    if len(outputs) != 1:
        raise LanguageError(f"expected a query of one column after 'in', found {len(outputs)}", among.span)
    text = outputs[0][1].text
    alias = inner.column(text)
    inner.next_step()
    return f"SELECT {alias} FROM {inner.step.source} WHERE isNotNull({alias}) LIMIT {limits.INSIGHTS_JOINED_ROWS}"
