"""Tree → a function of an event in flight, compiled once.

What it says of a message is what `sql.py` says of the same message stored; property tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import ge, gt, le, lt
from typing import Any, assert_never

from bayon.languages.filter_pattern import json_events, lines, regexes
from bayon.languages.filter_pattern.json_events import Members
from bayon.languages.filter_pattern.tree import (
    All,
    Comparison,
    Expression,
    Is,
    JsonPattern,
    NotExists,
    Number,
    Operand,
    Pattern,
    Regex,
    Selector,
    Some,
    SpacedPattern,
    Term,
    Text,
    TextPattern,
)

Predicate = Callable[[str], bool]
_ORDERS: dict[str, Callable[[float, float], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}
_STATES: dict[str, Any] = {"NULL": None, "TRUE": True, "FALSE": False}


def predicate(pattern: Pattern) -> Predicate:
    """Whether a message matches the pattern."""
    match pattern:
        case TextPattern():
            return _of_terms(pattern.terms)
        case JsonPattern():
            holds = _of_expression(pattern.condition, _of_property)
            return lambda message: (event := json_events.read(message)) is not None and holds(event)
        case SpacedPattern():
            return _of_line(pattern)
        case _:
            assert_never(pattern)


def _of_terms(terms: Sequence[Term]) -> Predicate:
    required = [_finding(term.sought) for term in terms if term.sign == ""]
    excluded = [_finding(term.sought) for term in terms if term.sign == "-"]
    optional = [_finding(term.sought) for term in terms if term.sign == "?"]
    if required or excluded:  # then the optional ones are ignored, logs.md §4.3
        return lambda message: all(find(message) for find in required) and not any(find(message) for find in excluded)
    return lambda message: not optional or any(find(message) for find in optional)


def _finding(sought: Text | Regex) -> Predicate:
    if isinstance(sought, Regex):
        return regexes.searching(sought)
    text = sought.text
    return lambda message: text in message


def _of_expression(expression: Expression, leaf: Callable[[Any], Callable[[Any], bool]]) -> Callable[[Any], bool]:
    match expression:
        case All():
            parts = [_of_expression(part, leaf) for part in expression.parts]
            return lambda event: all(part(event) for part in parts)
        case Some():
            parts = [_of_expression(part, leaf) for part in expression.parts]
            return lambda event: any(part(event) for part in parts)
        case Comparison() | Is() | NotExists():
            return leaf(expression)
        case _:
            assert_never(expression)


# ── JSON ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _of_property(leaf: Comparison | Is | NotExists) -> Callable[[Members], bool]:
    match leaf:
        case Comparison(subject=Selector(steps=steps), operator="!="):
            equal = _equal(leaf.operand)
            return lambda event: _differs(json_events.values(event, steps), equal)
        case Comparison(subject=Selector(steps=steps)):
            holds = _equal(leaf.operand) if leaf.operator == "=" else _ordered(leaf)
            return lambda event: any(map(holds, json_events.values(event, steps)))
        case Is(selector=Selector(steps=steps)):
            state = _STATES[leaf.state]
            return lambda event: any(value is state for value in json_events.values(event, steps))
        case NotExists(selector=Selector(steps=steps)):
            return lambda event: not json_events.values(event, steps)
        case _:
            raise AssertionError(f"{leaf} is about no property")


def _differs(found: list[Any], equal: Callable[[Any], bool]) -> bool:
    """Whether a value is there that is not equal, or none at all; objects and arrays are never compared."""
    return not found or any(not isinstance(value, (list, Members)) and not equal(value) for value in found)


def _equal(operand: Operand) -> Callable[[Any], bool]:
    matches = _matching(operand)
    if not isinstance(operand, Number):
        return lambda value: (text := scalar_text(value)) is not None and matches(text)
    number, written = operand.value, operand.written

    def equal(value: Any) -> bool:
        if _is_number(value):
            return float(value) == number
        return scalar_text(value) == written

    return equal


def _ordered(leaf: Comparison) -> Callable[[Any], bool]:
    assert isinstance(leaf.operand, Number), "the parser takes only numbers here"
    order, number = _ORDERS[leaf.operator], leaf.operand.value
    return lambda value: _is_number(value) and order(float(value), number)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def scalar_text(value: Any) -> str | None:
    """The text of a string, number or boolean; none for anything else."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return json_events.number_text(value)
        case _:
            return None


def _matching(operand: Operand) -> Predicate:
    match operand:
        case Regex():
            return regexes.searching(operand)
        case Text():
            return _like(operand.text)
        case Number():
            return operand.written.__eq__
        case _:
            assert_never(operand)


def _like(wanted: str) -> Predicate:
    """Whether a whole text is the wanted one, in which each `*` stands for anything."""
    first, *rest = wanted.split("*")
    if not rest:
        return wanted.__eq__
    *inner, last = rest

    def like(text: str) -> bool:
        at, end = len(first), len(text) - len(last)
        if at > end or not text.startswith(first) or not text.endswith(last):
            return False
        for part in inner:
            found = text.find(part, at, end)
            if found < 0:
                return False
            at = found + len(part)
        return True

    return like


# ── Lines ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _of_line(pattern: SpacedPattern) -> Predicate:
    conditions = [_of_expression(slot.condition, _of_word(pattern)) for slot in pattern.slots if slot.condition]
    least = len(pattern.slots)

    def holds(message: str) -> bool:
        words = lines.words(message)
        return len(words) >= least and all(condition(words) for condition in conditions)

    return holds


def _of_word(pattern: SpacedPattern) -> Callable[[Any], Callable[[Any], bool]]:
    def leaf(comparison: Comparison) -> Callable[[list[str]], bool]:
        assert isinstance(comparison.subject, int), "a line has no properties"
        place = lines.place(pattern, comparison.subject)
        holds = _word_holds(comparison)
        return lambda words: holds(words[place])

    return leaf


def _word_holds(comparison: Comparison) -> Predicate:
    if comparison.operator in ("=", "!="):
        equal = _word_equal(comparison.operand)
        return equal if comparison.operator == "=" else lambda word: not equal(word)
    assert isinstance(comparison.operand, Number), "the parser takes only numbers here"
    order, number = _ORDERS[comparison.operator], comparison.operand.value
    return lambda word: (value := lines.number(word)) is not None and order(value, number)


def _word_equal(operand: Operand) -> Predicate:
    if not isinstance(operand, Number):
        return _matching(operand)
    number, written = operand.value, operand.written

    def equal(word: str) -> bool:
        value = lines.number(word)
        return word == written if value is None else value == number

    return equal
