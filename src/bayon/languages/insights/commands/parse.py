"""`parse`: fields from a text, by a glob, a regular expression, or a known format. Source: logs.md §3.6."""

from __future__ import annotations

from dataclasses import dataclass, field

from bayon.errors import LanguageError
from bayon.languages.insights import formats, globs
from bayon.languages.insights.compile import checked_regex
from bayon.languages.insights.expressions import name, quoted, render
from bayon.languages.insights.plan import Plan
from bayon.languages.insights.reader import Reader
from bayon.languages.insights.tokens import Kind, Span
from bayon.languages.insights.tree import Keyword, Name, Regex, Text

MESSAGE = Name(("@message",))


@dataclass(frozen=True, slots=True)
class Parse:
    """The aliases stand for what the pattern's holes, or groups, hold; rows that it does not match stay."""

    parsed: Name
    pattern: Text | Regex
    aliases: tuple[str, ...]
    multi: bool
    span: Span = field(compare=False)

    @staticmethod
    def parse(reader: Reader, span: Span) -> Parse | formats.Formatted:
        if (reader.is_word("json") and reader.after_next().kind is not Kind.NAME) or formats.begins_json(reader):
            return formats.parse_json(reader, span)
        field = MESSAGE
        if reader.next.kind is Kind.NAME and not (reader.is_word("logfmt", "csv") and _ends_format(reader)):
            field = reader.name("a field")
        if reader.is_word("logfmt", "csv"):
            return formats.parse_format(reader, field, span)
        if reader.next.kind is Kind.STRING:
            token = reader.take()
            text = Text(token.value, token.span)
            reader.need_word("as")
            aliases = _aliases(reader)
            holes = text.value.count("*")
            if len(aliases) != holes:
                raise LanguageError(
                    f"expected as many names as there are * in the pattern: {holes}, found {len(aliases)}",
                    reader.span_from(token.span[0]),
                )
            return Parse(field, text, aliases, multi=False, span=span)
        token = reader.need(Kind.REGEX, "a pattern: a string with * in it, or a regular expression between slashes")
        regex = Regex(token.value, token.span)
        aliases = _aliases(reader) if reader.word("as") else ()
        multi = reader.word("multi") is not None
        groups, named = globs.groups(checked_regex(regex))
        if aliases and len(aliases) != groups:
            raise LanguageError(
                f"expected as many names as there are groups: {groups}, found {len(aliases)}",
                reader.span_from(token.span[0]),
            )
        if not aliases and not named:
            raise LanguageError("expected a named group such as (?<name>…), or names after 'as'", token.span)
        return Parse(field, regex, aliases, multi=multi, span=span)

    def render(self) -> str:
        pattern = quoted(self.pattern.value) if isinstance(self.pattern, Text) else render(self.pattern)
        aliases = f" as {', '.join(name((alias,)) for alias in self.aliases)}" if self.aliases else ""
        return f"parse {name(self.parsed.parts)} {pattern}{aliases}{' multi' * self.multi}"

    def compile(self, plan: Plan) -> None:
        source = plan.resolve(self.parsed)
        if isinstance(self.pattern, Text):
            globs.parse_glob(plan, source, self.pattern.value, self.aliases, self.span)
        else:
            globs.parse_regex(plan, source, checked_regex(self.pattern), self.aliases, self.span, multi=self.multi)


def _aliases(reader: Reader) -> tuple[str, ...]:
    return tuple(each.text for each in reader.listed(lambda: reader.name("a name")))


def _ends_format(reader: Reader) -> bool:
    """Whether `logfmt` or `csv` is the format, and not a field of that name."""
    following = reader.after_next()
    return following.kind is Kind.END or following.value == "|" or following.word == "as"


KEYWORD = Keyword(("parse",), Parse.parse)
