"""`parse … logfmt`, `parse … csv` and `parse json`: fields of a known format. Source: logs.md §3.6."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from bayon.errors import LanguageError
from bayon.languages.insights import fields as event_fields
from bayon.languages.insights.expressions import name, quoted
from bayon.languages.insights.globs import check_new
from bayon.languages.insights.plan import Plan
from bayon.languages.insights.reader import Reader
from bayon.languages.insights.tokens import Kind, Span
from bayon.languages.insights.tree import Name
from bayon.languages.insights.value import Kind as ValueKind
from bayon.languages.insights.value import Value, text

MESSAGE = Name(("@message",))


@dataclass(frozen=True, slots=True)
class Formatted:
    """The aliases stand for columns, for one map of keys, or for what is at paths in JSON."""

    format: Literal["logfmt", "csv", "json"]
    parsed: Name
    aliases: tuple[str, ...]
    span: Span = field(compare=False)
    paths: tuple[str, ...] = ()

    def render(self) -> str:
        aliases = [name((alias,)) for alias in self.aliases]
        if self.format == "json":
            pairs = ", ".join(f"{quoted(path)} as {alias}" for path, alias in zip(self.paths, aliases, strict=True))
            return f"parse json field = {name(self.parsed.parts)} {pairs}"
        shown = f" as {', '.join(aliases)}" if aliases else ""
        return f"parse {name(self.parsed.parts)} {self.format}{shown}"

    def compile(self, plan: Plan) -> None:
        check_new(plan, self.aliases, self.span)
        whole = f"ifNull({plan.resolve(self.parsed).text}, '')"
        match self.format:
            case "logfmt":
                _logfmt(plan, whole, self.aliases)
            case "csv":
                _csv(plan, whole, self.aliases)
            case "json":
                source = f"if(isValidJSON({whole}), {whole}, '')"
                for path, alias in zip(self.paths, self.aliases, strict=True):
                    keys = event_fields.arguments(tuple(path.split(".")), plan.values)
                    raw = f"JSONExtractRaw({source}, {keys})"
                    plan.define(alias, Value(ValueKind.ANY, event_fields.scalar(source, keys), raw=raw))


def begins_json(reader: Reader) -> bool:
    """Whether `parse json field=…` comes next."""
    return reader.is_word("json") and reader.after_next().word == "field"


def parse_json(reader: Reader, span: Span) -> Formatted:
    """`json [field=f] "path" as a, …`. Raises: LanguageError."""
    reader.need_word("json")
    field = MESSAGE
    if reader.word("field"):
        reader.need_mark("=")
        field = reader.name("a field after 'field='")
    pairs = reader.listed(lambda: _pair(reader))
    return Formatted("json", field, tuple(alias for _, alias in pairs), span, tuple(path for path, _ in pairs))


def _pair(reader: Reader) -> tuple[str, str]:
    path = reader.need(Kind.STRING, "a path in quotes").value
    reader.need_word("as")
    return path, reader.name("a name after 'as'").text


def parse_format(reader: Reader, field: Name, span: Span) -> Formatted:
    """`logfmt` or `csv`, with names for the map or the columns. Raises: LanguageError."""
    token = reader.take()
    aliases: tuple[str, ...] = ()
    if reader.word("as"):
        aliases = tuple(each.text for each in reader.listed(lambda: reader.name("a name after 'as'")))
    if token.word == "csv" and not aliases:
        raise LanguageError("expected 'as' and names for the columns after csv", token.span)
    if token.word == "logfmt" and len(aliases) != 1:
        raise LanguageError("expected 'as' and one name after logfmt", token.span)
    return Formatted("csv" if token.word == "csv" else "logfmt", field, aliases, span)


def _logfmt(plan: Plan, whole: str, aliases: tuple[str, ...]) -> None:
    pairs = f"extractKeyValuePairs({whole}, '=', ' \\t\\n', '\"')"
    plan.define(aliases[0], Value(ValueKind.JSON, f"toJSONString({pairs})"))


def _csv(plan: Plan, whole: str, aliases: tuple[str, ...]) -> None:
    # A cell is quoted, with quotes doubled inside, or goes up to the next comma.
    cells = plan.column(rf"extractAllGroupsVertical(concat(',', {whole}), ',(?:\s*\"((?:[^\"]|\"\")*)\"\s*|([^,]*))')")
    for place, alias in enumerate(aliases, 1):
        cell = f"{cells}[{place}]"
        held = f"if({cell}[2] = '', replaceAll({cell}[1], '\"\"', '\"'), trimBoth({cell}[2]))"
        plan.define(alias, text(f"if(length({cells}) < {place}, NULL, toNullable({held}))"))
