"""The tree of a search."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import assert_never

from bayon.languages.search.tokens import Span


@dataclass(frozen=True, slots=True)
class Schema:
    """Metrics of the namespace that have exactly the dimensions; any dimensions, where none is named."""

    namespace: str
    dimensions: tuple[str, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Term:
    """Words to be found, or with `exact` a whole name; of the property `of`, or anywhere where that is None."""

    value: str
    exact: bool
    of: str | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    operand: Condition
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class And:
    operands: tuple[Condition, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Or:
    operands: tuple[Condition, ...]
    span: Span = field(compare=False)


Condition = Term | Not | And | Or


@dataclass(frozen=True, slots=True)
class Search:
    """Either may be missing, not both."""

    schema: Schema | None
    condition: Condition | None
    span: Span = field(compare=False)


def render(search: Search) -> str:
    """Text that parses to the same tree."""
    parts = []
    if search.schema is not None:
        names = [search.schema.namespace, *search.schema.dimensions]
        parts.append(f"{{{','.join(map(_quoted, names))}}}")
    if search.condition is not None:
        parts.append(_render(search.condition))
    return " ".join(parts)


def _render(node: Condition) -> str:
    match node:
        case Term():
            value = _quoted(node.value) if node.exact else node.value
            return value if node.of is None else f"{_quoted(node.of)}={value}"
        case Not():
            return f"NOT {_within(node.operand)}"
        case And():
            return " AND ".join(map(_within, node.operands))
        case Or():
            return " OR ".join(map(_within, node.operands))
        case _:
            assert_never(node)


def _within(node: Condition) -> str:
    return _render(node) if isinstance(node, Term) else f"({_render(node)})"


def _quoted(text: str) -> str:
    escaped = "".join(f"\\{letter}" if letter in '"\\()' else letter for letter in text)
    return f'"{escaped}"'
