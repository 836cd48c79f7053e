"""`unmask`: what data protection hides, shown. Source: logs.md §3.6."""

from __future__ import annotations

from dataclasses import dataclass, field

from bayon.languages.insights.expressions import name
from bayon.languages.insights.plan import Plan
from bayon.languages.insights.reader import Reader
from bayon.languages.insights.tokens import Span
from bayon.languages.insights.tree import Keyword, Name


@dataclass(frozen=True, slots=True)
class Unmask:
    """The fields are columns of the result, as they were sent."""

    names: tuple[Name, ...]
    span: Span = field(compare=False)

    @staticmethod
    def parse(reader: Reader, span: Span) -> Unmask:
        return Unmask(reader.listed(lambda: reader.name("a field name after 'unmask'")), span)

    def render(self) -> str:
        return f"unmask {', '.join(name(each.parts) for each in self.names)}"

    def compile(self, plan: Plan) -> None:
        plan.refuse_infrequent("unmask", self.span)
        plan.unmasked.update(each.text for each in self.names)
        for each in self.names:
            plan.outputs.setdefault(each.text, plan.resolve(each))


KEYWORD = Keyword(("unmask",), Unmask.parse)
