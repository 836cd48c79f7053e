"""The tree of a metric math expression. Every node knows where it stands in the text and how it is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import assert_never

from bayon.languages.metric_math.tokens import Span


@dataclass(frozen=True, slots=True)
class Number:
    value: float
    text: str = field(compare=False)
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Text:
    """A string in quotes."""

    value: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Id:
    """The id of another query."""

    name: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Word:
    """A bare word among the arguments of a function, such as REPEAT or DESC."""

    name: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    arguments: tuple[Node, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Array:
    members: tuple[Node, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Negated:
    operand: Node
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Binary:
    """`operator` is one of `+ - * / ^ == != < > <= >= AND OR`."""

    operator: str
    left: Node
    right: Node
    span: Span = field(compare=False)


Node = Number | Text | Id | Word | Call | Array | Negated | Binary

# From the loosest to the tightest, see `parser`; a negation binds tighter than `*` and looser than `^`.
STRENGTH = {
    "OR": 1,
    "AND": 2,
    **dict.fromkeys(("==", "!=", "<=", ">=", "<", ">"), 3),
    **dict.fromkeys(("+", "-"), 4),
    **dict.fromkeys(("*", "/"), 5),
    "^": 7,
}
NEGATED = 6
_ATOM = 8


def render(node: Node) -> str:
    """Text that parses to the same tree."""
    match node:
        case Number():
            return node.text
        case Text():
            return "'" + node.value.replace("\\", "\\\\").replace("'", "\\'") + "'"
        case Id() | Word():
            return node.name
        case Call():
            return f"{node.name}({', '.join(map(render, node.arguments))})"
        case Array():
            return f"[{', '.join(map(render, node.members))}]"
        case Negated():
            return "-" + _within(node.operand, NEGATED)
        case Binary(operator="^"):
            right = render(node.right) if isinstance(node.right, Negated) else _within(node.right, STRENGTH["^"])
            return f"{_within(node.left, STRENGTH['^'] + 1)} ^ {right}"
        case Binary():
            spine = left_spine(node)
            text = _within(spine[-1].left, STRENGTH[spine[-1].operator])
            for each in reversed(spine):
                text += f" {each.operator} {_within(each.right, STRENGTH[each.operator] + 1)}"
            return text
        case _:
            assert_never(node)


def _within(node: Node, least: int) -> str:
    """The node as an operand, in parentheses where it binds less than `least`."""
    match node:
        case Binary():
            strength = STRENGTH[node.operator]
        case Negated():
            strength = NEGATED
        case _:
            strength = _ATOM
    return render(node) if strength >= least else f"({render(node)})"


def left_spine(node: Binary) -> list[Binary]:
    """The operation and those that are its left side without parentheses, the outermost first."""
    spine = [node]
    while isinstance(left := spine[-1].left, Binary) and STRENGTH[left.operator] >= STRENGTH[spine[-1].operator]:
        spine.append(left)
    return spine


def nodes(node: Node) -> Iterator[Node]:
    """The node and all below it, in the order of the text."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        waiting += reversed(_below(found))


def _below(node: Node) -> tuple[Node, ...]:
    match node:
        case Call():
            return node.arguments
        case Array():
            return node.members
        case Negated():
            return (node.operand,)
        case Binary():
            return (node.left, node.right)
        case Number() | Text() | Id() | Word():
            return ()
        case _:
            assert_never(node)


def ids(node: Node) -> list[str]:
    """The ids that the expression refers to, each once, in the order of the text."""
    return list(dict.fromkeys(each.name for each in nodes(node) if isinstance(each, Id)))


def calls(node: Node) -> set[str]:
    """The names of the functions that the expression calls."""
    return {each.name for each in nodes(node) if isinstance(each, Call)}
