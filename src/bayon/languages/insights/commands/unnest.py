"""`unnest` and `expand`: a row for each element of a list. Source: logs.md §3.6."""

from __future__ import annotations

from dataclasses import dataclass, field

from bayon.errors import LanguageError
from bayon.languages.insights import fields as event_fields
from bayon.languages.insights.expressions import name
from bayon.languages.insights.plan import Plan
from bayon.languages.insights.reader import Reader
from bayon.languages.insights.tokens import Span
from bayon.languages.insights.tree import Keyword, Name
from bayon.languages.insights.value import Kind, Value


@dataclass(frozen=True, slots=True)
class Unnest:
    """Each element of the list is a row, with the other fields of the row it was in; what is no list is one element."""

    path: Name
    alias: str
    span: Span = field(compare=False)

    @staticmethod
    def parse(reader: Reader, span: Span) -> Unnest:
        path = reader.name("a list after 'unnest'")
        reader.need_word("into")
        return Unnest(path, reader.name("a name after 'into'").text, span)

    def render(self) -> str:
        return f"unnest {name(self.path.parts)} into {name((self.alias,))}"

    def compile(self, plan: Plan) -> None:
        given = plan.resolve(self.path)
        if given.kind is Kind.LIST:
            raise LanguageError("expected a list of jsonParse after 'unnest', found one of split", self.path.span)
        unnest(plan, given, self.alias)


@dataclass(frozen=True, slots=True)
class Expand:
    """Likewise, under the same name; what `split` made stays as it is (measured)."""

    path: Name
    span: Span = field(compare=False)

    @staticmethod
    def parse(reader: Reader, span: Span) -> Expand:
        return Expand(reader.name("a field after 'expand'"), span)

    def render(self) -> str:
        return f"expand {name(self.path.parts)}"

    def compile(self, plan: Plan) -> None:
        given = plan.resolve(self.path)
        if given.kind is not Kind.LIST:
            unnest(plan, given, self.path.text)
            if self.path.text in plan.outputs:
                plan.outputs[self.path.text] = plan.names[self.path.text]


def unnest(plan: Plan, given: Value, alias: str) -> None:
    """The rows are the elements, each under the alias."""
    json = given.json
    own = f"[ifNull(toJSONString({given.text}), 'null')]"
    elements = plan.column(
        f"multiIf(startsWith({json}, '['), JSONExtractArrayRaw({json}), {json} != '', [{json}], {own})"
    )
    plan.reach()
    plan.finish_rows()
    element = plan.unnest(elements)
    plan.names[alias] = event_fields.element(element)


KEYWORD = Keyword(("unnest",), Unnest.parse)
EXPAND = Keyword(("expand",), Expand.parse)
