"""`filterIndex`: a filter that looks only where the field is indexed. Source: logs.md §3.6."""

from __future__ import annotations

from dataclasses import dataclass, field

from bayon.errors import LanguageError
from bayon.languages.insights.compile import condition
from bayon.languages.insights.expressions import expression, render
from bayon.languages.insights.plan import Plan
from bayon.languages.insights.reader import Reader
from bayon.languages.insights.tokens import Span
from bayon.languages.insights.tree import Binary, Boolean, Expression, In, Keyword, Name, Number, Text


@dataclass(frozen=True, slots=True)
class Filterindex:
    """Only events of groups that index the field, sent since they do, and of which the condition is true, are left."""

    condition: Expression
    span: Span = field(compare=False)

    @staticmethod
    def parse(reader: Reader, span: Span) -> Filterindex:
        found = expression(reader)
        equal = isinstance(found, Binary) and found.operator == "=" and isinstance(found.right, (Text, Number, Boolean))
        among = isinstance(found, In) and isinstance(found.among, tuple) and not found.negated
        named = isinstance(found, (Binary, In)) and isinstance(
            found.left if isinstance(found, Binary) else found.operand, Name
        )
        if not (named and (equal or among)):
            raise LanguageError("expected a field, '=' or 'in', and values after filterIndex", found.span)
        return Filterindex(found, span)

    def render(self) -> str:
        return f"filterIndex {render(self.condition)}"

    def compile(self, plan: Plan) -> None:
        plan.refuse_infrequent("filterIndex", self.span)
        if not plan.has_events or plan.source is None:
            raise LanguageError("expected filterIndex before stats", self.span)
        node = self.condition
        assert isinstance(node, (Binary, In))
        left = node.left if isinstance(node, Binary) else node.operand
        assert isinstance(left, Name)
        since = plan.world.indexed(left.text) if plan.world.indexed is not None else {}
        held = [group.id for group in plan.source.groups if group.id in since]
        parts = [f"group_id = {group} AND ingested_at_ms >= {since[group]}" for group in held]
        plan.where(" OR ".join(f"({part})" for part in parts) or "0")
        plan.where(condition(plan, node))


KEYWORD = Keyword(("filterIndex",), Filterindex.parse)
