"""The tree of a filter expression, and the text that it stands for. Spans do not count when trees are compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, assert_never

from bayon.languages.xray_filter.tokens import Span

Operator = Literal["=", "!=", "<", "<=", ">", ">=", "CONTAINS", "BEGINSWITH", "ENDSWITH"]
Value = bool | float | str
CauseKind = Literal["fault", "error", "responsetime"]
Level = Literal["service", "entity", "exception"]
_SPAN: Span = (0, 0)


@dataclass(frozen=True, slots=True)
class All:
    """Every term holds; of no terms, all traces."""

    terms: tuple[Tree, ...]
    span: Span = field(default=_SPAN, compare=False)


@dataclass(frozen=True, slots=True)
class Any:
    """One of the terms holds."""

    terms: tuple[Tree, ...]
    span: Span = field(default=_SPAN, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """The term does not hold."""

    term: Tree
    span: Span = field(default=_SPAN, compare=False)


@dataclass(frozen=True, slots=True)
class Test:
    """A keyword, in lower case, compared with a value; without an operator, that it is set, or true."""

    keyword: str
    operator: Operator | None = None
    value: Value = ""
    span: Span = field(default=_SPAN, compare=False)


@dataclass(frozen=True, slots=True)
class Annotation:
    """An annotation compared with a value; without an operator, that it is set and not false."""

    key: str
    operator: Operator | None = None
    value: Value = ""
    span: Span = field(default=_SPAN, compare=False)


@dataclass(frozen=True, slots=True)
class Group:
    """The expression of a group, chosen by its name or its ARN."""

    by: Literal["name", "arn"]
    operator: Literal["=", "!="]
    value: str
    span: Span = field(default=_SPAN, compare=False)


@dataclass(frozen=True, slots=True)
class Node:
    """Which services of the graph are meant; what is none is not asked for."""

    name: str | None = None
    type: str | None = None
    account: str | None = None
    span: Span = field(default=_SPAN, compare=False)


@dataclass(frozen=True, slots=True)
class Service:
    """A service of the trace that the node names has a segment for which the filter holds."""

    node: Node
    filter: Tree | None = None
    span: Span = field(default=_SPAN, compare=False)


@dataclass(frozen=True, slots=True)
class Edge:
    """A call from one service to another for which the filter holds."""

    source: Node
    target: Node
    filter: Tree | None = None
    span: Span = field(default=_SPAN, compare=False)


@dataclass(frozen=True, slots=True)
class Cause:
    """A root cause of the kind has a service, entity or exception for which the filter holds."""

    kind: CauseKind
    level: Level
    filter: Tree | None = None
    span: Span = field(default=_SPAN, compare=False)


@dataclass(frozen=True, slots=True)
class CauseTemplate:
    """A root cause is as one of the templates, a JSON array, says."""

    operator: Literal["=", "!="]
    json: str
    span: Span = field(default=_SPAN, compare=False)


Tree = All | Any | Not | Test | Annotation | Group | Service | Edge | Cause | CauseTemplate


def render(tree: Tree) -> str:
    """A text that parses to the tree."""
    match tree:
        case All():
            return " AND ".join(_inner(term) for term in tree.terms)
        case Any():
            return " OR ".join(_inner(term) for term in tree.terms)
        case Not():
            return f"!{_inner(tree.term)}"
        case Test():
            return f"{tree.keyword}{_compared(tree.operator, tree.value)}"
        case Annotation():
            return f"annotation[{_quoted(tree.key)}]{_compared(tree.operator, tree.value)}"
        case Group():
            return f"group.{tree.by} {tree.operator} {_quoted(tree.value)}"
        case Service():
            return f"service({render_node(tree.node)}){_braced(tree.filter)}"
        case Edge():
            ends = (render_node(tree.source) or "id()", render_node(tree.target) or "id()")
            return f"edge({'' if ends == ('id()', 'id()') else ', '.join(ends)}){_braced(tree.filter)}"
        case Cause():
            return f"rootcause.{tree.kind}.{tree.level}{_braced(tree.filter)}"
        case CauseTemplate():
            return f"rootcause.json {tree.operator} #{tree.json}"
        case _:
            assert_never(tree)


def render_node(node: Node) -> str:
    """The text of a node, empty for any."""
    parts = (("name", node.name), ("type", node.type), ("account.id", node.account))
    given = [f"{key}: {_quoted(value)}" for key, value in parts if value is not None]
    return f"id({', '.join(given)})" if given else ""


def _inner(tree: Tree) -> str:
    return f"({render(tree)})" if isinstance(tree, (All, Any)) else render(tree)


def _braced(tree: Tree | None) -> str:
    return "" if tree is None else f" {{ {render(tree)} }}"


def _compared(operator: Operator | None, value: Value) -> str:
    if operator is None:
        return ""
    if isinstance(value, bool):
        return f" {operator} {str(value).lower()}"
    return f" {operator} {_quoted(value) if isinstance(value, str) else repr(value)}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
