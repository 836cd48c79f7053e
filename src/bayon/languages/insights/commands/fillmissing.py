"""`fillmissing`: a row for each bucket of time in which there was nothing. Source: logs.md §3.6."""

from __future__ import annotations

from dataclasses import dataclass, field

from bayon import limits
from bayon.errors import LanguageError
from bayon.languages.insights.compile import value
from bayon.languages.insights.expressions import literal, name, render
from bayon.languages.insights.plan import Plan
from bayon.languages.insights.reader import Reader
from bayon.languages.insights.tokens import Span
from bayon.languages.insights.tree import Expression, Keyword, Name, Number
from bayon.languages.insights.value import Kind, Value


@dataclass(frozen=True, slots=True)
class Fillmissing:
    """Between the first and the last bucket of `bin` none is missing; the new ones have the value in the fields named,
    or in all."""

    filling: Expression
    names: tuple[Name, ...]
    span: Span = field(compare=False)

    @staticmethod
    def parse(reader: Reader, span: Span) -> Fillmissing:
        filling: Expression = Number("0")
        names: tuple[Name, ...] = ()
        if reader.word("with"):
            filling = literal(reader)
            reader.need_word("for")
            names = reader.listed(lambda: reader.name("a field name"))
        return Fillmissing(filling, names, span)

    def render(self) -> str:
        if not self.names:
            return "fillmissing"
        return f"fillmissing with {render(self.filling)} for {', '.join(name(each.parts) for each in self.names)}"

    def compile(self, plan: Plan) -> None:
        if plan.bucket is None or not plan.shape.stats:
            raise LanguageError("expected stats by one bin before fillmissing", self.span)
        bucket, width_ms = plan.bucket
        if (plan.world.end_ms - plan.world.start_ms) // width_ms > limits.INSIGHTS_ROWS_MAX:
            raise LanguageError(f"expected at most {limits.INSIGHTS_ROWS_MAX} buckets in the range of time", self.span)
        wanted = {each.text for each in self.names} or set(plan.outputs)
        found = plan.column("1")
        plan.finish_rows()
        plan.step.source = f"(SELECT * FROM {plan.step.source} ORDER BY {bucket} ASC WITH FILL STEP {width_ms})"
        plan.next_step()
        filling = value(plan, self.filling)
        outputs = dict(plan.outputs)
        for known, held in outputs.items():
            if held.sql == bucket or known not in wanted:
                continue
            kind = Kind.NUMBER if held.kind is Kind.NUMBER and filling.kind is Kind.NUMBER else Kind.ANY
            put, kept = (filling.sql, held.sql) if kind is Kind.NUMBER else (filling.text, held.text)
            plan.set(known, Value(kind, f"if({found} = 0, {put}, {kept})"))
        plan.ranked = bucket


KEYWORD = Keyword(("fillmissing",), Fillmissing.parse)
