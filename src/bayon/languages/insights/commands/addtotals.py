"""`addtotals`: the sum of each row, and of each column. Source: logs.md §3.6."""

from __future__ import annotations

from dataclasses import dataclass, field

from bayon.errors import LanguageError
from bayon.languages.insights.expressions import name, quoted
from bayon.languages.insights.options import options, switch
from bayon.languages.insights.plan import Plan
from bayon.languages.insights.reader import Reader
from bayon.languages.insights.steps import Order
from bayon.languages.insights.tokens import Span
from bayon.languages.insights.tree import Keyword, Name
from bayon.languages.insights.value import Kind, Value, number

SUMMED = (Kind.NUMBER, Kind.ANY, Kind.TEXT)


@dataclass(frozen=True, slots=True)
class Addtotals:
    """With `row` each row has its sum under `total`, except behind `stats … by` (measured); with `col` a last row has
    the sum of each column."""

    names: tuple[Name, ...]
    total: str
    row: bool
    col: bool
    span: Span = field(compare=False)

    @staticmethod
    def parse(reader: Reader, span: Span) -> Addtotals:
        given = options(reader, "fieldname", "row", "col")
        names: list[Name] = []
        while not reader.ends():
            names.append(reader.name("a field name"))
            reader.mark(",")
        row, col = switch(reader, given, "row", default=True), switch(reader, given, "col", default=False)
        return Addtotals(tuple(names), given.get("fieldname", "Total"), row, col, span)

    def render(self) -> str:
        names = ", ".join(name(each.parts) for each in self.names)
        settings = f"fieldname={quoted(self.total)} row={str(self.row).lower()} col={str(self.col).lower()}"
        return f"addtotals {settings} {names}".rstrip()

    def compile(self, plan: Plan) -> None:
        shown = dict(plan.shown())
        wanted = {each.text: plan.resolve(each) for each in self.names} or {
            text: value
            for text, value in {**plan.names, **shown}.items()
            if value.kind in SUMMED and text != "@message"
        }
        if not wanted:
            raise LanguageError("expected a field with numbers before addtotals", self.span)
        plan.outputs = plan.outputs or shown
        if self.row and not (plan.shape.stats and plan.shape.keyed and not self.names):
            parts = [f"toFloat64({value.number})" for value in wanted.values()]
            some = " OR ".join(f"isNotNull({part})" for part in parts)
            plan.set(self.total, number(f"if({some}, {' + '.join(f'ifNull({part}, 0)' for part in parts)}, NULL)"))
            plan.outputs[self.total] = plan.names[self.total]
        if self.col:
            self._sum_columns(plan, set(wanted) | {self.total})

    def _sum_columns(self, plan: Plan, summed: set[str]) -> None:
        shown = plan.shown()
        plan.reach()
        order = plan.column(plan.row_number())
        plan.finish_rows()
        source, kept, totals, made = plan.step.source, [f"{order} AS {plan.alias()}"], [], {}
        totals.append(f"toUInt64(max({order})) + 1")
        for text, value in shown:
            alias, total = plan.alias(), f"sumOrNull(toFloat64({value.number}))"
            is_number = value.kind is Kind.NUMBER
            kept.append(f"toNullable({f'toFloat64({value.number})' if is_number else value.shown}) AS {alias}")
            as_kind = total if is_number else f"toString({total})"
            totals.append(as_kind if text in summed and value.kind in SUMMED else "NULL")
            made[text] = Value(value.kind, alias)
        rows = f"SELECT {', '.join(kept)} FROM {source}"
        plan.step.source = f"({rows} UNION ALL SELECT {', '.join(totals)} FROM {source})"
        plan.shape.stats += 1
        plan.next_step()
        plan.replace(made)
        plan.counted = ""
        plan.ranked = kept[0].split(" AS ")[1]
        plan.order = [Order(plan.ranked, descending=False)]


KEYWORD = Keyword(("addtotals",), Addtotals.parse)
