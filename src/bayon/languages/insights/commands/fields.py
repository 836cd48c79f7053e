"""`fields`: columns to show, and names for what later commands use. Source: logs.md §3.6."""

from __future__ import annotations

from dataclasses import dataclass, field

from bayon.errors import LanguageError
from bayon.languages.insights.compile import value
from bayon.languages.insights.expressions import items, render_items
from bayon.languages.insights.plan import Plan
from bayon.languages.insights.reader import Reader
from bayon.languages.insights.tokens import Span
from bayon.languages.insights.tree import Item, Keyword, Name


@dataclass(frozen=True, slots=True)
class Fields:
    """Each item is a column of the result, behind those before it, and once."""

    items: tuple[Item, ...]
    span: Span = field(compare=False)

    @staticmethod
    def parse(reader: Reader, span: Span) -> Fields:
        return Fields(items(reader), span)

    def render(self) -> str:
        return f"fields {render_items(self.items)}"

    def compile(self, plan: Plan) -> None:
        before = frozenset(plan.names)
        for item in self.items:
            if item.alias is not None and item.alias in plan.names:
                raise LanguageError("Ephemeral field is already defined", item.span)
            if isinstance(item.expression, Name) and not within_alias(plan, item.expression, before):
                raise LanguageError(
                    f"expected {item.expression.parts[0]} to be defined by an earlier command", item.expression.span
                )
            found = value(plan, item.expression)
            name = item.name
            plan.outputs.setdefault(name, found if item.alias is None else plan.define(name, found))


def within_alias(plan: Plan, name: Name, before: frozenset[str]) -> bool:
    """Whether a path into a map may be followed: not in the very command that made the map (measured)."""
    heads = {".".join(name.parts[:length]) for length in range(1, len(name.parts))}
    return not heads & (plan.names.keys() - before)


KEYWORD = Keyword(("fields",), Fields.parse)
