"""`outlier`: values far from the middle half of all, taken away or drawn in. Source: logs.md §3.6; the rule is that of
Splunk's command of the name: farther from the quartiles than `param` times their distance."""

from __future__ import annotations

from dataclasses import dataclass, field

from bayon.errors import LanguageError
from bayon.languages.insights.expressions import name
from bayon.languages.insights.options import options, switch
from bayon.languages.insights.plan import Plan
from bayon.languages.insights.reader import Reader
from bayon.languages.insights.tokens import Span
from bayon.languages.insights.tree import Keyword, Name
from bayon.languages.insights.value import number, text

PARAM = "2.5"


@dataclass(frozen=True, slots=True)
class Outlier:
    """Rows with a value too high, or with `lower` too low, are gone, or have the bound instead; `mark` puts 000 before
    it."""

    names: tuple[Name, ...]
    remove: bool
    param: str
    lower: bool
    mark: bool
    span: Span = field(compare=False)

    @staticmethod
    def parse(reader: Reader, span: Span) -> Outlier:
        given = options(reader, "action", "param", "uselower", "mark")
        action = given.get("action", "transform").lower()
        if action not in ("remove", "rm", "transform", "tf"):
            raise LanguageError(f"expected action=remove or action=transform, found {action}", span)
        try:
            param = float(given.get("param", PARAM))
        except ValueError as err:
            raise LanguageError(f"expected param to be a number, found {given['param']}", span) from err
        names = []
        while not reader.ends():
            names.append(reader.name("a field name"))
            reader.mark(",")
        lower, mark = (switch(reader, given, option, default=False) for option in ("uselower", "mark"))
        return Outlier(tuple(names), action in ("remove", "rm"), f"{param:g}", lower, mark, span)

    def render(self) -> str:
        action = "remove" if self.remove else "transform"
        switches = f"uselower={str(self.lower).lower()} mark={str(self.mark).lower()}"
        names = ", ".join(name(each.parts) for each in self.names)
        return f"outlier action={action} param={self.param} {switches} {names}".rstrip()

    def compile(self, plan: Plan) -> None:
        shown = dict(plan.shown())
        wanted = {each.text: plan.resolve(each) for each in self.names} or {
            known: value for known, value in shown.items() if known not in ("@timestamp", "@message")
        }
        param = plan.values.bind(float(self.param), "Float64")
        for known, value in wanted.items():
            given = plan.column(f"toFloat64({value.number})")
            low, high = (plan.column(f"quantileExact({level})({given}) OVER ()") for level in (0.25, 0.75))
            plan.next_step()
            top = f"{high} + {param} * ({high} - {low})"
            bottom = f"{low} - {param} * ({high} - {low})" if self.lower else "-inf"
            if self.remove:
                plan.where(f"isNull({given}) OR ({given} <= {top} AND {given} >= {bottom})")
                continue
            drawn = f"least(greatest({given}, {bottom}), {top})"
            if self.mark:
                far = f"{given} > {top} OR {given} < {bottom}"
                plan.set(
                    known,
                    text(f"multiIf(isNull({given}), NULL, {far}, concat('000', toString({drawn})), toString({given}))"),
                )
            else:
                plan.set(known, number(f"if(isNull({given}), NULL, {drawn})"))


KEYWORD = Keyword(("outlier",), Outlier.parse)
