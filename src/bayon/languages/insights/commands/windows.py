"""Commands that look at the rows before: `accum`, `autoregress`, `filldown`, `sessionize`. Source: logs.md §3.6."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from bayon import limits
from bayon.errors import LanguageError
from bayon.languages.insights.expressions import expression, name, render
from bayon.languages.insights.periods import length_ms
from bayon.languages.insights.plan import Plan
from bayon.languages.insights.reader import Reader
from bayon.languages.insights.tokens import Kind as TokenKind
from bayon.languages.insights.tokens import Span
from bayon.languages.insights.tree import Keyword, Name, Period
from bayon.languages.insights.value import Kind, Value, number

DEFAULT_SPAN = Period(30, "m")


@dataclass(frozen=True, slots=True)
class Accum:
    """The sum of the field's numbers up to each row, in the order that holds."""

    name: Name
    alias: str | None
    span: Span = field(compare=False)

    @staticmethod
    def parse(reader: Reader, span: Span) -> Accum:
        return Accum(reader.name("a field after 'accum'"), _alias(reader), span)

    def render(self) -> str:
        return f"accum {name(self.name.parts)}{_rendered(self.alias)}"

    def compile(self, plan: Plan) -> None:
        given = plan.resolve(self.name).number
        # A sum over nothing but nulls would be null again: rows before the first number have no sum.
        plan.set(self.alias or self.name.text, number(f"sumOrNull(toFloat64({given})) OVER ({plan.window()})"))


@dataclass(frozen=True, slots=True)
class Autoregress:
    """The values that the field had `first` to `last` rows before."""

    name: Name
    alias: str | None
    first: int
    last: int
    span: Span = field(compare=False)

    @staticmethod
    def parse(reader: Reader, span: Span) -> Autoregress:
        found, alias = reader.name("a field after 'autoregress'"), _alias(reader)
        first = last = 1
        if reader.word("p"):
            reader.need_mark("=")
            first = last = reader.whole("a number of rows")
            if reader.mark("-"):
                last = reader.whole("a number of rows")
        if not 1 <= first <= last <= limits.INSIGHTS_ITEMS:
            raise LanguageError(f"expected p from 1 to {limits.INSIGHTS_ITEMS}", reader.span_from(span[0]))
        return Autoregress(found, alias, first, last, span)

    def render(self) -> str:
        return f"autoregress {name(self.name.parts)}{_rendered(self.alias)} p={self.first}-{self.last}"

    def compile(self, plan: Plan) -> None:
        given = plan.resolve(self.name)
        for back in range(self.first, self.last + 1):
            single = self.alias is not None and self.first == self.last
            known = self.alias if single else f"{self.alias or self.name.text}_p{back}"
            sql = f"lagInFrame(toNullable({given.sql}), {back}) OVER ({plan.window()})"
            plan.set(str(known), Value(given.kind, sql))


@dataclass(frozen=True, slots=True)
class Filldown:
    """Where a field is missing it has the value of the last row above that has one."""

    names: tuple[str, ...]
    span: Span = field(compare=False)

    @staticmethod
    def parse(reader: Reader, span: Span) -> Filldown:
        names: list[str] = []
        while not reader.ends():
            names.append(_wild(reader))
            reader.mark(",")
        return Filldown(tuple(names), span)

    def render(self) -> str:
        return f"filldown {', '.join(text if '*' in text else name((text,)) for text in self.names)}".rstrip()

    def compile(self, plan: Plan) -> None:
        shown = dict(plan.shown())
        wanted = [text for text in self.names if "*" not in text]
        patterns = [text for text in self.names if "*" in text] if self.names else ["*"]
        known = [*wanted, *(text for text in shown if any(fnmatchcase(text, pattern) for pattern in patterns))]
        for text in dict.fromkeys(known):
            given = plan.resolve(Name(tuple(text.split(".")))) if text not in shown else shown[text]
            if given.kind in (Kind.JSON, Kind.LIST) or not given.nullable:
                continue
            plan.outputs = plan.outputs or shown
            plan.set(text, Value(given.kind, f"anyLast({given.sql}) OVER ({plan.window()})"))


@dataclass(frozen=True, slots=True)
class Sessionize:
    """Rows with the same values get the number of their session: a gap longer than `longest` begins the next."""

    names: tuple[Name, ...]
    longest: Period
    alias: str
    span: Span = field(compare=False)

    @staticmethod
    def parse(reader: Reader, span: Span) -> Sessionize:
        names = reader.listed(lambda: reader.name("a field after 'sessionize'"))
        longest = DEFAULT_SPAN
        if reader.word("maxspan"):
            reader.mark("=")
            found = expression(reader)
            if not isinstance(found, Period):
                raise LanguageError("expected a length of time after 'maxspan'", found.span)
            longest = found
        return Sessionize(names, longest, _alias(reader) or "session_id", span)

    def render(self) -> str:
        names = ", ".join(name(each.parts) for each in self.names)
        return f"sessionize {names} maxspan {render(self.longest)} as {name((self.alias,))}"

    def compile(self, plan: Plan) -> None:
        if not plan.has_events:
            plan.unknown("@timestamp", self.span)
        keys = ", ".join(f"ifNull({plan.resolve(each).text}, '')" for each in self.names)
        window = f"PARTITION BY {keys} ORDER BY at_ms, seq ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"
        before = plan.column(f"lagInFrame(toNullable(at_ms), 1) OVER ({window})")
        plan.next_step()
        begins = f"if({before} IS NULL OR at_ms - {before} > {length_ms(self.longest)}, 1, 0)"
        plan.set(self.alias, number(f"sum({begins}) OVER ({window})"))


def _alias(reader: Reader) -> str | None:
    return reader.name("a name after 'as'").text if reader.word("as") else None


def _rendered(alias: str | None) -> str:
    return f" as {name((alias,))}" if alias is not None else ""


def _wild(reader: Reader) -> str:
    """A name in which `*` may stand for anything; its pieces touch."""
    text, end = "", reader.next.span[0]
    while reader.next.span[0] == end and (reader.next.kind is TokenKind.NAME or reader.is_mark("*")):
        token = reader.take()
        text, end = text + token.value, token.span[1]
    return text or reader.fail("a field name, in which * stands for anything")


KEYWORD = Keyword(("accum",), Accum.parse)
AUTOREGRESS = Keyword(("autoregress",), Autoregress.parse)
FILLDOWN = Keyword(("filldown",), Filldown.parse)
SESSIONIZE = Keyword(("sessionize",), Sessionize.parse)
