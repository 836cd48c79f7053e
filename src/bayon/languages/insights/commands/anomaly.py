"""`anomaly`: which patterns were found unusually often or rarely at some time. Source: logs.md §3.6; the columns are
ours."""

from __future__ import annotations

from dataclasses import dataclass, field

from bayon.errors import LanguageError
from bayon.languages.insights.plan import Plan
from bayon.languages.insights.reader import Reader
from bayon.languages.insights.tokens import Span
from bayon.languages.insights.tree import Keyword


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Each pattern says whether its count in one of 24 parts of the range is an outlier among the others, and how."""

    span: Span = field(compare=False)

    @staticmethod
    def parse(_: Reader, span: Span) -> Anomaly:
        return Anomaly(span)

    def render(self) -> str:
        return "anomaly"

    def compile(self, plan: Plan) -> None:
        plan.refuse_infrequent("anomaly", self.span)
        if not plan.shape.pattern:
            raise LanguageError("expected anomaly after pattern", self.span)
        plan.outputs |= {name: plan.names[name] for name in ("@anomaly", "@anomalyDescription")}


KEYWORD = Keyword(("anomaly",), Anomaly.parse)
