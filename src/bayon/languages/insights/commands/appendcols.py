"""`appendcols`: the columns of another query beside these, row by row. Source: logs.md §3.6."""

from __future__ import annotations

from dataclasses import dataclass, field

from bayon import limits
from bayon.errors import LanguageError
from bayon.languages.insights.expressions import bracketed_query
from bayon.languages.insights.options import options
from bayon.languages.insights.plan import Plan, subplan
from bayon.languages.insights.reader import Reader
from bayon.languages.insights.tokens import Span
from bayon.languages.insights.tree import Keyword, Query
from bayon.languages.insights.value import Value


@dataclass(frozen=True, slots=True)
class Appendcols:
    """The first row has the columns of the other query's first row, and so on; `override` lets them replace columns of
    the same name."""

    query: Query
    override: bool
    most: int
    span: Span = field(compare=False)

    @staticmethod
    def parse(reader: Reader, span: Span) -> Appendcols:
        override = reader.word("override") is not None and not reader.is_mark("=")
        given = options(reader, "override", "max")
        override = override or given.get("override", "false").lower() == "true"
        most = given.get("max", str(limits.INSIGHTS_APPENDED_ROWS))
        if not most.isdecimal() or not 1 <= int(most) <= limits.INSIGHTS_APPENDED_ROWS:
            raise LanguageError(f"expected max from 1 to {limits.INSIGHTS_APPENDED_ROWS}, found {most}", span)
        return Appendcols(bracketed_query(reader), override, int(most), reader.span_from(span[0]))

    def render(self) -> str:
        inner = " | ".join(command.render() for command in self.query.commands)
        return f"appendcols {'override ' * self.override}max={self.most} ({inner})"

    def compile(self, plan: Plan) -> None:
        inner = subplan(plan, self.query)
        theirs = inner.column(inner.row_number())
        shown = {text: Value(value.kind, inner.column(value.shown)) for text, value in inner.shown()}
        inner.finish_rows()
        mine = plan.column(plan.row_number())
        plan.reach()
        plan.finish_rows()
        renamed = {value.sql: plan.alias() for value in shown.values()}
        listed = ", ".join([theirs, *(f"toNullable({column}) AS {alias}" for column, alias in renamed.items())])
        right = f"SELECT {listed} FROM {inner.step.source} WHERE {theirs} <= {self.most}"
        plan.step.source = f"{plan.step.source} AS l LEFT JOIN ({right}) AS r ON l.{mine} = r.{theirs}"
        plan.next_step()
        plan.outputs = dict(plan.shown())
        for text, value in shown.items():
            if self.override or text not in plan.outputs:
                plan.names[text] = plan.outputs[text] = Value(value.kind, renamed[value.sql])


KEYWORD = Keyword(("appendcols",), Appendcols.parse)
