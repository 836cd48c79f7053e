"""`pattern`: what texts have in common. Source: logs.md §3.6."""

from __future__ import annotations

from dataclasses import dataclass, field

from bayon.errors import LanguageError
from bayon.languages.insights.compile import value
from bayon.languages.insights.expressions import expression, render
from bayon.languages.insights.plan import Plan
from bayon.languages.insights.reader import Reader
from bayon.languages.insights.tokens import Span
from bayon.languages.insights.tree import Expression, Keyword
from bayon.languages.insights.value import Kind


@dataclass(frozen=True, slots=True)
class Pattern:
    """There is a row for each pattern, the most frequent first."""

    text: Expression
    span: Span = field(compare=False)

    @staticmethod
    def parse(reader: Reader, span: Span) -> Pattern:
        return Pattern(expression(reader), span)

    def render(self) -> str:
        return f"pattern {render(self.text)}"

    def compile(self, plan: Plan) -> None:
        plan.refuse_infrequent("pattern", self.span)
        if plan.shape.sorted:
            raise LanguageError("unexpected symbol found pattern: expected no sort before it", self.span)
        if not plan.has_events or plan.parent is not None:
            raise LanguageError("expected pattern before stats, once, and outside of brackets", self.span)
        given = value(plan, self.text)
        if given.kind in (Kind.JSON, Kind.LIST):
            raise LanguageError("expected a text after 'pattern', found a map or a list", self.text.span)
        plan.mine(plan.column(f"ifNull({given.text}, '')"), present=given.present)


KEYWORD = Keyword(("pattern",), Pattern.parse)
