"""`filter`: the rows that meet a condition. Source: logs.md §3.6."""

from __future__ import annotations

from dataclasses import dataclass, field

from bayon.languages.insights.compile import condition
from bayon.languages.insights.expressions import expression, render
from bayon.languages.insights.plan import Plan
from bayon.languages.insights.reader import Reader
from bayon.languages.insights.tokens import Span
from bayon.languages.insights.tree import Binary, Expression, Keyword


@dataclass(frozen=True, slots=True)
class Filter:
    """Only rows of which the condition is true are left."""

    condition: Expression
    span: Span = field(compare=False)

    @staticmethod
    def parse(reader: Reader, span: Span) -> Filter:
        return Filter(expression(reader), span)

    def render(self) -> str:
        return f"filter {render(self.condition)}"

    def compile(self, plan: Plan) -> None:
        for each in _conjuncts(self.condition):
            plan.where(condition(plan, each))


def _conjuncts(node: Expression) -> list[Expression]:
    """What must all be true: each may then be tested where it is cheapest."""
    if isinstance(node, Binary) and node.operator == "and":
        return [*_conjuncts(node.left), *_conjuncts(node.right)]
    return [node]


KEYWORD = Keyword(("filter", "where"), Filter.parse)
