"""`diff`: patterns beside those of the time before. Source: logs.md §3.6; the names of the columns are ours."""

from __future__ import annotations

from dataclasses import dataclass, field

from bayon.clock import DAY_MS
from bayon.errors import LanguageError
from bayon.languages.insights.plan import Plan
from bayon.languages.insights.reader import Reader
from bayon.languages.insights.tokens import Span
from bayon.languages.insights.tree import Keyword
from bayon.languages.insights.value import Kind, Value

BACK_MS = {"previousDay": DAY_MS, "previousWeek": 7 * DAY_MS, "previousMonth": 30 * DAY_MS}
AFTER_PATTERN = "Diff compilation Failed : Diff operation has to be used after Pattern"


@dataclass(frozen=True, slots=True)
class Diff:
    """Each pattern has its counts in both windows and their difference; those that changed most come first."""

    back: str
    span: Span = field(compare=False)

    @staticmethod
    def parse(reader: Reader, span: Span) -> Diff:
        names = {name.lower(): name for name in BACK_MS}
        token = reader.word(*names)
        return Diff(names[token.word] if token else "", span)

    def render(self) -> str:
        return f"diff {self.back}".rstrip()

    def back_ms(self, start_ms: int, end_ms: int) -> int:
        """How much earlier the window compared with is: by its own length if nothing is said."""
        return BACK_MS.get(self.back, end_ms - start_ms + 1)

    def compile(self, plan: Plan) -> None:
        plan.refuse_infrequent("diff", self.span)
        if not plan.shape.pattern:
            raise LanguageError(AFTER_PATTERN, self.span)
        now, before = plan.names["@sampleCount"].sql, plan.names["@previousCount"].sql
        change = f"toInt64({now}) - toInt64({before})"
        difference = plan.define("@differenceCount", Value(Kind.NUMBER, change, nullable=False))
        said = (
            f"multiIf({before} = 0, 'new', {now} = 0, 'gone', {now} > {before}, 'more frequent', "
            f"{now} < {before}, 'less frequent', 'unchanged')"
        )
        described = plan.define("@differenceDescription", Value(Kind.TEXT, said, nullable=False))
        severity = plan.outputs.pop("@severityLabel")
        plan.outputs |= {
            "@previousCount": plan.names["@previousCount"],
            "@differenceCount": difference,
            "@differenceDescription": described,
            "@severityLabel": severity,
        }
        plan.ranked = plan.column(f"abs({difference.sql})")


KEYWORD = Keyword(("diff",), Diff.parse)
