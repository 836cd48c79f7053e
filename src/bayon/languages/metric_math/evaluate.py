"""A metric math tree to series. Pure: everything from outside comes through the scope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

import numpy as np

from bayon import limits
from bayon.errors import LanguageError
from bayon.languages.metric_math.function import Run, argument_of
from bayon.languages.metric_math.functions import FUNCTIONS
from bayon.languages.metric_math.operators import OPERATORS
from bayon.languages.metric_math.scope import Scope
from bayon.languages.metric_math.tree import Array, Binary, Call, Id, Negated, Node, Number, Text, Word, left_spine
from bayon.languages.metric_math.values import Drops, Numbers, Several, Value, changed, combined, kind
from bayon.series import Series


@dataclass(frozen=True, slots=True)
class Answer:
    """What an expression comes to: one series, or where `array` is true as many as its members; `dropped` says that
    points are missing because they were no finite numbers."""

    series: Several
    array: bool
    dropped: bool


def evaluate(tree: Node, scope: Scope) -> Answer:
    """The series of the expression. Raises: LanguageError, also where it comes to something else."""
    run = Run(scope, Drops())
    match _value(tree, run):
        case Series() as one:
            return Answer((one,), array=False, dropped=run.drops.any)
        case tuple() as several if not any(isinstance(each, str) for each in several):
            return Answer(several, array=True, dropped=run.drops.any)
        case _:
            raise LanguageError("The expression must return a time series or an array of time series", tree.span)


def _value(node: Node, run: Run) -> Value:
    match node:
        case Number():
            return node.value
        case Text():
            return node.value
        case Id():
            return _named(node, run)
        case Word():
            raise LanguageError(f"Unexpected token '{node.name}' at position {node.span[0]}", node.span)
        case Array():
            return _array(node, run)
        case Negated():
            return _negative(_numbers(node.operand, run))
        case Binary():
            return _binary(node, run)
        case Call():
            return _call(node, run)
        case _:
            assert_never(node)


def _named(node: Id, run: Run) -> Value:
    found = run.scope.values.get(node.name)
    if found is None:
        raise LanguageError(f"Unknown identifier '{node.name}'", node.span)
    return found


def _numbers(node: Node, run: Run) -> Numbers:
    match _value(node, run):
        case (float() | Series()) as value:
            return value
        case tuple() as several if not several or isinstance(several[0], Series):
            return several
        case other:
            raise LanguageError(f"expected a number or time series, found {kind(other)}", node.span)


def _binary(node: Binary, run: Run) -> Numbers:
    """A sum of hundreds leans to the left as many levels deep, so that side is walked, not called."""
    spine = left_spine(node)
    found = _numbers(spine[-1].left, run)
    for each in reversed(spine):
        found = combined(found, _numbers(each.right, run), OPERATORS[each.operator], run.drops, each.span)
    return found


def _negative(value: Numbers) -> Numbers:
    match value:
        case float():
            return -value
        case Series():
            return changed(value, value.times_ms, -value.values)
        case _:
            return tuple(changed(each, each.times_ms, -each.values) for each in value)


def _array(node: Array, run: Run) -> Value:
    """The members one after another, arrays among them flattened; of series, or of strings."""
    found = [_value(member, run) for member in node.members]
    flat = [each for value in found for each in (value if isinstance(value, tuple) else (value,))]
    if len(flat) > limits.EXPRESSION_SERIES:
        raise LanguageError(f"expected at most {limits.EXPRESSION_SERIES} members, found {len(flat)}", node.span)
    series = tuple(each for each in flat if isinstance(each, Series))
    if len(series) == len(flat):
        return series
    texts = tuple(each for each in flat if isinstance(each, str))
    if len(texts) == len(flat):
        return texts
    raise LanguageError("expected time series in an array, found a scalar or a string", node.span)


def _call(node: Call, run: Run) -> Value:
    function = FUNCTIONS.get(node.name)
    if function is None:
        raise LanguageError(f"Function '{node.name}' not found", node.span)
    least, most = function.least, len(function.takes)
    if len(node.arguments) < least or (len(node.arguments) > most and not function.endless):
        expected = str(least) if least == most else f"{least} to {most}"
        plural = "" if expected == "1" else "s"
        raise LanguageError(f"{node.name} expects {expected} argument{plural}, found {len(node.arguments)}", node.span)
    arguments = [
        argument_of(function, place, argument, None if isinstance(argument, Word) else _value(argument, run))
        for place, argument in enumerate(node.arguments)
    ]
    found = function.call(run.at(node), arguments)
    return float(found) if isinstance(found, np.floating) else found
