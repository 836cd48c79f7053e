"""`display`: the columns of the result, of which the last such command decides. Source: logs.md §3.6."""

from __future__ import annotations

from dataclasses import dataclass, field

from bayon.languages.insights.compile import value
from bayon.languages.insights.expressions import items, render_items
from bayon.languages.insights.plan import Plan
from bayon.languages.insights.reader import Reader
from bayon.languages.insights.tokens import Span
from bayon.languages.insights.tree import Item, Keyword


@dataclass(frozen=True, slots=True)
class Display:
    """The result has these columns and no other."""

    items: tuple[Item, ...]
    span: Span = field(compare=False)

    @staticmethod
    def parse(reader: Reader, span: Span) -> Display:
        return Display(items(reader), span)

    def render(self) -> str:
        return f"display {render_items(self.items)}"

    def compile(self, plan: Plan) -> None:
        found = {item.name: plan.kept(value(plan, item.expression)) for item in self.items}
        plan.names.update({item.alias: found[item.alias] for item in self.items if item.alias is not None})
        plan.outputs = found


KEYWORD = Keyword(("display",), Display.parse)
