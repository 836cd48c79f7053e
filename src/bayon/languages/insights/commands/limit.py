"""`limit`: the first rows of all. Source: logs.md §3.6."""

from __future__ import annotations

from dataclasses import dataclass, field

from bayon import limits
from bayon.errors import LanguageError
from bayon.languages.insights.plan import Plan
from bayon.languages.insights.reader import Reader
from bayon.languages.insights.steps import Order
from bayon.languages.insights.tokens import Span
from bayon.languages.insights.tree import Keyword


@dataclass(frozen=True, slots=True)
class Limit:
    """Only `count` rows are left: the first, or the last, or, with `whichever`, those found first."""

    count: int
    span: Span = field(compare=False)
    whichever: bool = False
    last: bool = False

    @staticmethod
    def parse(reader: Reader, span: Span) -> Limit:
        last = reader.text[span[0] : span[1]].lower() == "tail"
        whichever = not last and reader.word("any") is not None
        at = reader.next.span
        count = reader.whole("a number of rows")
        if not 1 <= count <= limits.INSIGHTS_ROWS_MAX:
            raise LanguageError(f"expected a limit from 1 to {limits.INSIGHTS_ROWS_MAX}, found {count}", at)
        return Limit(count, span, whichever, last)

    def render(self) -> str:
        return f"tail {self.count}" if self.last else f"limit {'any ' * self.whichever}{self.count}"

    def compile(self, plan: Plan) -> None:
        if not self.last:
            plan.take(self.count)
            return
        forward = plan.ordering()
        plan.order = [Order(each.sql, not each.descending) for each in forward]
        plan.take(self.count)
        plan.order = forward


KEYWORD = Keyword(("limit", "head", "tail"), Limit.parse)
