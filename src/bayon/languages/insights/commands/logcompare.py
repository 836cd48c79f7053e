"""`logcompare`: the same groups some time before, beside these. Source: logs.md §3.6; the names of columns are ours."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bayon.errors import LanguageError
from bayon.languages.insights.expressions import expression, render
from bayon.languages.insights.periods import length_ms
from bayon.languages.insights.plan import Plan
from bayon.languages.insights.reader import Reader
from bayon.languages.insights.tokens import Span
from bayon.languages.insights.tree import Keyword, Period
from bayon.languages.insights.value import Kind, Value


@dataclass(frozen=True, slots=True)
class Logcompare:
    """Beside each column of `stats` stands what it was in a window so much earlier, as `logcompare_…`."""

    shift: Period
    span: Span = field(compare=False)

    @staticmethod
    def parse(reader: Reader, span: Span) -> Logcompare:
        reader.need_word("timeshift")
        reader.mark("=")
        found = expression(reader)
        if not isinstance(found, Period) or found.count < 1:
            raise LanguageError("expected a length of time such as 1d after 'timeshift'", found.span)
        return Logcompare(found, span)

    def render(self) -> str:
        return f"logcompare timeshift {render(self.shift)}"

    def compile(self, plan: Plan) -> None:
        if not plan.shape.stats or plan.parent is not None:
            raise LanguageError("expected stats before logcompare, outside of brackets", self.span)
        back_ms = length_ms(self.shift)
        world = replace(plan.world, start_ms=plan.world.start_ms - back_ms, end_ms=plan.world.end_ms - back_ms)
        inner = Plan(world, plan.values, parent=plan)
        inner.carry_out(plan.done)
        then = {text: Value(value.kind, inner.column(value.shown)) for text, value in inner.shown()}
        inner.finish_rows()
        outputs = dict(plan.shown())
        plan.finish_rows()
        renamed = {text: plan.alias() for text in then}
        listed = ", ".join(f"toNullable({value.sql}) AS {renamed[text]}" for text, value in then.items())
        equal = [
            f"l.{outputs[key].sql} = r.{renamed[key]}{f' + {back_ms}' if outputs[key].kind is Kind.TIME else ''}"
            for key in plan.keys
        ]
        on = " AND ".join(f"({each})" for each in equal) if equal else "1 = 1"
        plan.step.source = f"{plan.step.source} AS l LEFT JOIN (SELECT {listed} FROM {inner.step.source}) AS r ON {on}"
        plan.next_step()
        for text, value in then.items():
            if text not in plan.keys:
                plan.set(f"logcompare_{text}", Value(value.kind, renamed[text]))


KEYWORD = Keyword(("logcompare",), Logcompare.parse)
