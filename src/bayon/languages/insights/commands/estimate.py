"""`estimate`: how much a query would have to look at. Source: logs.md §3.6; the names of the columns are ours."""

from __future__ import annotations

from dataclasses import dataclass, field

from bayon.errors import LanguageError
from bayon.languages.insights.plan import Plan
from bayon.languages.insights.reader import Reader
from bayon.languages.insights.tokens import Span
from bayon.languages.insights.tree import Keyword
from bayon.languages.insights.value import Kind, Value


@dataclass(frozen=True, slots=True)
class Estimate:
    """The one row says how many events and bytes are in reach."""

    span: Span = field(compare=False)

    @staticmethod
    def parse(_: Reader, span: Span) -> Estimate:
        return Estimate(span)

    def render(self) -> str:
        return "estimate"

    def compile(self, plan: Plan) -> None:
        if plan.world.limit is not None:
            raise LanguageError("unexpected symbol found limit: expected nothing after estimate", self.span)
        sources = list(plan.sources)
        plan.steps.clear()
        plan.sources.clear()
        plan.shape = type(plan.shape)(stats=1, estimated=True)
        first = sources[0]
        plan.read(first.groups, first.start_ms, first.end_ms)
        assert plan.source is not None
        size = plan.source.column("message.size", "length(message)")
        plan.step.columns = [("c0", "count()"), ("c00", f"sum({size})")]
        plan.step.grouped = []
        plan.next_step()
        plan.counted, plan.reached, plan.ranked, plan.order = "", plan.steps[-1][0], "c0", []
        plan.replace(
            {"estimatedRecordsScanned": Value(Kind.NUMBER, "c0"), "estimatedBytesScanned": Value(Kind.NUMBER, "c00")}
        )


KEYWORD = Keyword(("estimate",), Estimate.parse)
