"""The tree of a query: expressions, a closed set, and commands, an open one with a file each.

Every node knows its span. Spans take no part in equality, so that a tree equals what its rendered text parses to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from bayon.languages.insights.tokens import Span

if TYPE_CHECKING:
    from bayon.languages.insights.plan import Plan
    from bayon.languages.insights.reader import Reader


@dataclass(frozen=True, slots=True)
class Text:
    """A string."""

    value: str
    span: Span = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Number:
    """A number, as it was written."""

    value: str
    span: Span = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Boolean:
    """`true` or `false`."""

    value: bool
    span: Span = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Regex:
    """A regular expression between slashes."""

    value: str
    span: Span = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time; `unit` is the shortest spelling of one of `periods.UNITS`."""

    count: int
    unit: str
    span: Span = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A field, an alias, or a path into what `jsonParse` made."""

    parts: tuple[str, ...]
    span: Span = field(default=(0, 0), compare=False)

    @property
    def text(self) -> str:
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True)
class Call:
    """A function of arguments; `star` for `count(*)`. `source` is the text that the user wrote."""

    name: str
    arguments: tuple[Expression, ...]
    star: bool = False
    source: str = field(default="", compare=False)
    span: Span = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Unary:
    """`-x` or `not x`."""

    operator: str
    operand: Expression
    span: Span = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Binary:
    """Arithmetic, a comparison, `like`, `and` or `or`; `not like` is an operator of its own."""

    operator: str
    left: Expression
    right: Expression
    span: Span = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class In:
    """Whether a value is among literals or in the one column of another query."""

    operand: Expression
    among: tuple[Expression, ...] | Query
    negated: bool = False
    span: Span = field(default=(0, 0), compare=False)


Expression = Text | Number | Boolean | Regex | Period | Name | Call | Unary | Binary | In


@dataclass(frozen=True, slots=True)
class Item:
    """An expression under a name: the alias, or the text that the user wrote."""

    expression: Expression
    alias: str | None
    source: str = field(default="", compare=False)
    span: Span = field(default=(0, 0), compare=False)

    @property
    def name(self) -> str:
        return self.source if self.alias is None else self.alias


class Command(Protocol):
    """One stage of a query."""

    @property
    def span(self) -> Span: ...

    def render(self) -> str:
        """Text that parses to this command again."""

    def compile(self, plan: Plan) -> None:
        """The plan does what the command says. Raises: LanguageError."""


@dataclass(frozen=True, slots=True)
class Keyword:
    """How a command starts, and what reads the rest of it; `names[0]` is the usual one."""

    names: tuple[str, ...]
    parse: Callable[[Reader, Span], Command]


@dataclass(frozen=True, slots=True)
class Query:
    """Commands in their order."""

    commands: Sequence[Command]
    span: Span = field(default=(0, 0), compare=False)
