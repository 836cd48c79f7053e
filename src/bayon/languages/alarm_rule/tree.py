"""The tree of a rule, how it is written, which alarms it names, and what it evaluates to."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, assert_never

State = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Ref:
    """A child alarm, by name or ARN as it was written."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Constant:
    """TRUE or FALSE."""

    value: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Is:
    """A child is in a state."""

    state: State
    ref: Ref
    span: Span


@dataclass(frozen=True, slots=True)
class Quorum:
    """So many of the children, or so many percent of them, are in a state, or are not."""

    amount: int
    percent: bool
    negated: bool
    state: State
    refs: tuple[Ref, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Not:
    """The rule below does not hold."""

    rule: Rule
    span: Span


@dataclass(frozen=True, slots=True)
class All:
    """Every rule below holds."""

    rules: tuple[Rule, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Any:
    """A rule below holds."""

    rules: tuple[Rule, ...]
    span: Span


Rule = Constant | Is | Quorum | Not | All | Any


def holds(rule: Rule, state_of: Callable[[str], str]) -> bool:
    """Whether the rule holds, given the state of each child by the text that names it."""
    match rule:
        case Constant(value):
            return value
        case Is(state, ref):
            return state_of(ref.text) == state
        case Quorum():
            among = sum((state_of(ref.text) == rule.state) is not rule.negated for ref in rule.refs)
            return among >= least(rule)
        case Not(inner):
            return not holds(inner, state_of)
        case All(rules):
            return all(holds(each, state_of) for each in rules)
        case Any(rules):
            return any(holds(each, state_of) for each in rules)
        case _:
            assert_never(rule)


def least(rule: Quorum) -> int:
    """How many children it takes; a share of them is rounded up (inferred)."""
    return math.ceil(rule.amount * len(rule.refs) / 100) if rule.percent else rule.amount


def refs(rule: Rule) -> Iterator[Ref]:
    """Every mention of a child, in order."""
    match rule:
        case Constant():
            return
        case Is(_, ref):
            yield ref
        case Quorum():
            yield from rule.refs
        case Not(inner):
            yield from refs(inner)
        case All(rules) | Any(rules):
            for each in rules:
                yield from refs(each)
        case _:
            assert_never(rule)


def elements(rule: Rule) -> int:
    """How many operands and operators the rule has."""
    match rule:
        case Constant() | Is():
            return 1
        case Quorum():
            return len(rule.refs)
        case Not(inner):
            return 1 + elements(inner)
        case All(rules) | Any(rules):
            return len(rules) - 1 + sum(map(elements, rules))
        case _:
            assert_never(rule)


def render(rule: Rule) -> str:
    """The rule as text that parses to the same tree."""
    match rule:
        case Constant(value):
            return "TRUE" if value else "FALSE"
        case Is(state, ref):
            return f"{state}({_quoted(ref)})"
        case Quorum():
            amount = f"{rule.amount}{'%' if rule.percent else ''}"
            names = ", ".join(map(_quoted, rule.refs))
            return f"AT_LEAST({amount}, {'NOT ' if rule.negated else ''}{rule.state}, ({names}))"
        case Not(inner):
            return f"NOT {_inside(inner)}"
        case All(rules):
            return " AND ".join(map(_inside, rules))
        case Any(rules):
            return " OR ".join(map(_inside, rules))
        case _:
            assert_never(rule)


def _inside(rule: Rule) -> str:
    return f"({render(rule)})" if isinstance(rule, All | Any) else render(rule)


def _quoted(ref: Ref) -> str:
    escaped = ref.text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
