"""The tree of a filter pattern: plain data, each node with the span of text it was read from.

A pattern is of one of three dialects, told by its first character: terms of text, conditions on JSON properties
(`{ … }`), or conditions on the words of a space-delimited line (`[ … ]`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, assert_never

Span = tuple[int, int]
Operator = Literal["=", "!=", "<", "<=", ">", ">="]
State = Literal["NULL", "TRUE", "FALSE"]

NOWHERE: Span = (0, 0)


@dataclass(frozen=True, slots=True)
class Text:
    """A text: a phrase to be found, or what a value must be, where each `*` stands for anything."""

    text: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Number:
    """A number, and how it was written."""

    value: float
    written: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Regex:
    """A regular expression as it was written between percent signs."""

    source: str
    span: Span = field(default=NOWHERE, compare=False)


Operand = Text | Number | Regex


@dataclass(frozen=True, slots=True)
class Term:
    """A term of text: required, one of several (`?`), or excluded (`-`)."""

    sign: Literal["", "?", "-"]
    sought: Text | Regex
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class TextPattern:
    """Terms; none at all match every event."""

    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """The property of that name."""

    name: str


@dataclass(frozen=True, slots=True)
class Element:
    """The element at that place of an array, counted from 0."""

    index: int


@dataclass(frozen=True, slots=True)
class Every:
    """The wildcard: every element of an array (`[*]`) or every property of an object (`.*`)."""

    of: Literal["array", "object"]


Step = Member | Element | Every


@dataclass(frozen=True, slots=True)
class Selector:
    """Where a value stands in the event, and how that was written."""

    steps: tuple[Step, ...]
    written: str = field(compare=False)
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is at `subject`, a selector or the place of a word, compared with an operand."""

    subject: Selector | int
    operator: Operator
    operand: Operand
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Is:
    """The property is JSON's null, true or false."""

    selector: Selector
    state: State
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class NotExists:
    """There is no such property."""

    selector: Selector
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part holds."""

    parts: tuple[Expression, ...]


Expression = Comparison | Is | NotExists | All | Some


@dataclass(frozen=True, slots=True)
class JsonPattern:
    """A condition on the properties of a JSON object."""

    condition: Expression


@dataclass(frozen=True, slots=True)
class Slot:
    """A word of a line: its name, empty where it has none, and what must hold of it."""

    name: str
    condition: Expression | None = None
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class SpacedPattern:
    """The words of a line, bound from the left up to `ellipsis` and from the right behind it.

    `ellipsis` is the number of slots before `...`, none where there is none. In a condition a word is named by the
    place of its slot.
    """

    slots: tuple[Slot, ...]
    ellipsis: int | None = None


Pattern = TextPattern | JsonPattern | SpacedPattern


def has_regex(pattern: Pattern) -> bool:
    """Whether a regular expression is anywhere in the pattern."""
    match pattern:
        case TextPattern():
            return any(isinstance(term.sought, Regex) for term in pattern.terms)
        case JsonPattern():
            return _has_regex(pattern.condition)
        case SpacedPattern():
            return any(slot.condition is not None and _has_regex(slot.condition) for slot in pattern.slots)
        case _:
            assert_never(pattern)


def _has_regex(expression: Expression) -> bool:
    match expression:
        case All() | Some():
            return any(map(_has_regex, expression.parts))
        case Comparison():
            return isinstance(expression.operand, Regex)
        case Is() | NotExists():
            return False
        case _:
            assert_never(expression)
