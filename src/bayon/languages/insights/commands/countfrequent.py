"""`countFrequent`: which values come most often. Source: logs.md §3.6."""

from __future__ import annotations

from dataclasses import dataclass, field

from bayon.languages.insights.expressions import name
from bayon.languages.insights.grouping import Grouping
from bayon.languages.insights.plan import Plan
from bayon.languages.insights.reader import Reader
from bayon.languages.insights.steps import Order
from bayon.languages.insights.tokens import Span
from bayon.languages.insights.tree import Call, Item, Keyword, Name

COUNT = "_approxcount"


@dataclass(frozen=True, slots=True)
class Countfrequent:
    """There is a row for each combination of values, the most frequent first."""

    names: tuple[Name, ...]
    span: Span = field(compare=False)

    @staticmethod
    def parse(reader: Reader, span: Span) -> Countfrequent:
        return Countfrequent(reader.listed(lambda: reader.name("a field after 'countFrequent'")), span)

    def render(self) -> str:
        return f"countFrequent {', '.join(name(each.parts) for each in self.names)}"

    def compile(self, plan: Plan) -> None:
        grouping = Grouping(plan)
        for each in self.names:
            grouping.key(each.text, plan.resolve(each), each)
        grouping.item(Item(Call("count", (), star=True), COUNT))
        plan.shape.stats += 1
        grouping.finish()
        plan.order = [Order(plan.names[COUNT].sql, descending=True)]


KEYWORD = Keyword(("countFrequent",), Countfrequent.parse)
