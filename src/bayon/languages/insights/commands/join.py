"""`join`: rows beside those of another query. Source: logs.md §3.4, §3.6."""

from __future__ import annotations

from dataclasses import dataclass, field

from bayon import limits
from bayon.errors import LanguageError
from bayon.languages.insights.expressions import bracketed_query, name
from bayon.languages.insights.plan import Plan, subplan
from bayon.languages.insights.reader import Reader
from bayon.languages.insights.tokens import Span
from bayon.languages.insights.tree import Keyword, Name, Query
from bayon.languages.insights.value import Value


@dataclass(frozen=True, slots=True)
class Join:
    """A row for each pair of rows in which every pair of fields is equal; with `left` also one for each row without."""

    kind: str
    left: str
    right: str
    pairs: tuple[tuple[Name, Name], ...]
    query: Query
    span: Span = field(compare=False)

    @staticmethod
    def parse(reader: Reader, span: Span) -> Join:
        kind = _setting(reader, "type")
        if kind not in ("inner", "left"):
            raise LanguageError(f"expected type=inner or type=left, found {kind}", span)
        left, right = _setting(reader, "left"), _setting(reader, "right")
        reader.need_word("where")
        pairs = [_pair(reader)]
        while reader.word("and"):
            pairs.append(_pair(reader))
        query = bracketed_query(reader)
        return Join(kind, left, right, tuple(pairs), query, reader.span_from(span[0]))

    def render(self) -> str:
        pairs = " and ".join(f"{name(one.parts)} = {name(other.parts)}" for one, other in self.pairs)
        inner = " | ".join(command.render() for command in self.query.commands)
        return f"join type={self.kind} left={name((self.left,))} right={name((self.right,))} where {pairs} ({inner})"

    def compile(self, plan: Plan) -> None:
        if plan.shape.joined:
            raise LanguageError("expected at most one join", self.span)
        plan.shape.joined = True
        inner = subplan(plan, self.query)
        keys = [self._sides(one, other) for one, other in self.pairs]
        theirs = [inner.column(inner.resolve(Name(other)).text) for _, other in keys]
        shown = {text: inner.kept(value) for text, value in inner.shown()}
        inner.finish_rows()
        mine = [plan.column(plan.resolve(Name(one)).text) for one, _ in keys]
        plan.reach()
        plan.finish_rows()
        columns = ", ".join(dict.fromkeys([*theirs, *(part for value in shown.values() for part in _columns(value))]))
        renamed = {column: plan.alias() for column in columns.split(", ")}
        listed = ", ".join(f"toNullable({column}) AS {alias}" for column, alias in renamed.items())
        equal = " AND ".join(f"l.{one} = r.{renamed[other]}" for one, other in zip(mine, theirs, strict=True))
        plan.step.source = (
            f"{plan.step.source} AS l {self.kind.upper()} JOIN (SELECT {listed} FROM {inner.step.source} "
            f"LIMIT {limits.INSIGHTS_JOINED_ROWS}) AS r ON {equal}"
        )
        plan.next_step()
        plan.left = self.left
        for text, value in shown.items():
            plan.names[f"{self.right}.{text}"] = _renamed(value, renamed)

    def _sides(self, one: Name, other: Name) -> tuple[tuple[str, ...], tuple[str, ...]]:
        for first, second in ((one, other), (other, one)):
            if (
                first.parts[0] == self.left
                and second.parts[0] == self.right
                and min(len(first.parts), len(second.parts)) > 1
            ):
                return first.parts[1:], second.parts[1:]
        raise LanguageError(f"expected {self.left}.field = {self.right}.field", one.span)


def _columns(value: Value) -> list[str]:
    return [sql for sql in (value.sql, value.as_number, value.raw) if sql]


def _renamed(value: Value, names: dict[str, str]) -> Value:
    renamed = (names.get(sql, sql) if sql else "" for sql in (value.sql, value.as_number, value.raw))
    sql, as_number, raw = renamed
    return Value(value.kind, sql, nullable=True, as_number=as_number, raw=raw)


def _setting(reader: Reader, key: str) -> str:
    reader.need_word(key)
    reader.need_mark("=")
    return reader.name(f"a name after '{key}='").text


def _pair(reader: Reader) -> tuple[Name, Name]:
    one = reader.name("a field of one side")
    reader.need_mark("=")
    return one, reader.name("a field of the other side")


KEYWORD = Keyword(("join",), Join.parse)
