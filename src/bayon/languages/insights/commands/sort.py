"""`sort`: the order of the rows. Source: logs.md §3.6, §3.8."""

from __future__ import annotations

from dataclasses import dataclass, field

from bayon.languages.insights import sorting
from bayon.languages.insights.compile import value
from bayon.languages.insights.expressions import expression, name, render
from bayon.languages.insights.plan import Plan
from bayon.languages.insights.reader import Reader
from bayon.languages.insights.tokens import Span
from bayon.languages.insights.tree import Expression, Keyword


@dataclass(frozen=True, slots=True)
class Key:
    """What to sort by, and in which direction."""

    expression: Expression
    alias: str | None
    descending: bool


@dataclass(frozen=True, slots=True)
class Sort:
    """The rows are in the order of the first key, where that is equal of the second, and so on."""

    keys: tuple[Key, ...]
    span: Span = field(compare=False)

    @staticmethod
    def parse(reader: Reader, span: Span) -> Sort:
        reader.word("by")
        return Sort(reader.listed(lambda: _key(reader)), span)

    def render(self) -> str:
        return f"sort {', '.join(map(_render, self.keys))}"

    def compile(self, plan: Plan) -> None:
        plan.shape.sorted = True
        found = []
        for key in self.keys:
            given = value(plan, key.expression)
            if key.alias is not None:
                given = plan.define(key.alias, given)
            found += sorting.orders(given, descending=key.descending)
        plan.order = found


def _key(reader: Reader) -> Key:
    found = expression(reader)
    alias = reader.name("a name after 'as'").text if reader.word("as") else None
    direction = reader.word("asc", "desc")
    return Key(found, alias, direction is not None and direction.word == "desc")


def _render(key: Key) -> str:
    alias = f" as {name((key.alias,))}" if key.alias is not None else ""
    return f"{render(key.expression)}{alias} {'desc' if key.descending else 'asc'}"


KEYWORD = Keyword(("sort", "order"), Sort.parse)
