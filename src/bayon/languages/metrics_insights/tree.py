"""The tree of a Metrics Insights query."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from bayon.languages.metrics_insights.tokens import Span

FUNCTIONS = ("AVG", "COUNT", "MAX", "MIN", "SUM")
ACCOUNT = "AWS.AccountId"


@dataclass(frozen=True, slots=True)
class Key:
    """A dimension, or with `space` TAG a resource tag, or AWS.AccountId."""

    name: str
    space: Literal["", "TAG", "AWS"]
    span: Span = field(compare=False)

    @property
    def text(self) -> str:
        """The key as it labels series."""
        return {"": self.name, "TAG": f"tag.{self.name}", "AWS": ACCOUNT}[self.space]


@dataclass(frozen=True, slots=True)
class Source:
    """A namespace; `schema` are the dimensions that metrics have exactly, None where any will do."""

    namespace: str
    schema: tuple[str, ...] | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Comparison:
    """`value` is None for CURRENT_ACCOUNT_ID()."""

    key: Key
    equal: bool
    value: str | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Order:
    function: str
    descending: bool


@dataclass(frozen=True, slots=True)
class Query:
    function: str
    metric: str
    source: Source
    where: tuple[Comparison, ...]
    group_by: tuple[Key, ...]
    order_by: Order | None
    limit: int | None
    span: Span = field(compare=False)


def render(query: Query) -> str:
    """Text that parses to the same tree."""
    parts = [f"SELECT {query.function}({_name(query.metric)}) FROM {_source(query.source)}"]
    if query.where:
        parts.append("WHERE " + " AND ".join(map(_comparison, query.where)))
    if query.group_by:
        parts.append("GROUP BY " + ", ".join(map(_key, query.group_by)))
    if query.order_by:
        parts.append(f"ORDER BY {query.order_by.function}() {'DESC' if query.order_by.descending else 'ASC'}")
    if query.limit is not None:
        parts.append(f"LIMIT {query.limit}")
    return " ".join(parts)


def _source(source: Source) -> str:
    if source.schema is None:
        return _name(source.namespace)
    return f"SCHEMA({', '.join(map(_name, (source.namespace, *source.schema)))})"


def _comparison(comparison: Comparison) -> str:
    value = "CURRENT_ACCOUNT_ID()" if comparison.value is None else _quoted(comparison.value, "'")
    return f"{_key(comparison.key)} {'=' if comparison.equal else '!='} {value}"


def _key(key: Key) -> str:
    return ACCOUNT if key.space == "AWS" else f"tag.{_name(key.name)}" if key.space == "TAG" else _name(key.name)


def _name(name: str) -> str:
    return _quoted(name, '"')


def _quoted(text: str, quote: str) -> str:
    return quote + text.replace("\\", "\\\\").replace(quote, f"\\{quote}") + quote
