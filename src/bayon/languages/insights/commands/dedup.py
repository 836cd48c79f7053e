"""`dedup`: one row of each kind. Source: logs.md §3.6."""

from __future__ import annotations

from dataclasses import dataclass, field

from bayon.errors import LanguageError
from bayon.languages.insights.expressions import name
from bayon.languages.insights.plan import Plan
from bayon.languages.insights.reader import Reader
from bayon.languages.insights.tokens import Span
from bayon.languages.insights.tree import Keyword, Name
from bayon.languages.insights.value import Kind


@dataclass(frozen=True, slots=True)
class Dedup:
    """Of the rows with the same values of these fields only the first is left, and all that lack one of them."""

    names: tuple[Name, ...]
    span: Span = field(compare=False)

    @staticmethod
    def parse(reader: Reader, span: Span) -> Dedup:
        return Dedup(reader.listed(lambda: reader.name("a field name after 'dedup'")), span)

    def render(self) -> str:
        return f"dedup {', '.join(name(each.parts) for each in self.names)}"

    def compile(self, plan: Plan) -> None:
        found = [plan.resolve(each) for each in self.names]
        for each, given in zip(self.names, found, strict=True):
            if given.kind in (Kind.JSON, Kind.LIST):
                raise LanguageError(f"expected a value in {each.text}, found a map or a list", each.span)
        plan.reach()
        absent = [f"isNull({given.sql})" for given in found if given.nullable]
        keys = [given.sql for given in found]
        if absent:
            row = "seq" if plan.has_events else "rowNumberInAllBlocks()"
            keys = [f"if({' OR '.join(absent)}, {row} + 1, 0)", *keys]
        step = plan.ready()
        step.order, step.limit_by = plan.ordering(), ", ".join(keys)
        plan.shape.deduplicated = True


KEYWORD = Keyword(("dedup",), Dedup.parse)
