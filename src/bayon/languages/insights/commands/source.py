"""`SOURCE`: which groups are read, in place of those that the request names. Source: logs.md §3.4, §3.6."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bayon import limits
from bayon.clock import DAY_MS
from bayon.errors import LanguageError
from bayon.languages.insights.expressions import literal, quoted
from bayon.languages.insights.periods import SPELLINGS
from bayon.languages.insights.plan import Plan
from bayon.languages.insights.reader import Reader, bounded
from bayon.languages.insights.tokens import Kind, Span
from bayon.languages.insights.tree import Keyword

_ARGUMENTS = {
    "nameprefix": ("namePrefix", limits.INSIGHTS_SOURCE_PREFIXES),
    "accountidentifier": ("accountIdentifiers", limits.INSIGHTS_SOURCE_ACCOUNTS),
    "accountidentifiers": ("accountIdentifiers", limits.INSIGHTS_SOURCE_ACCOUNTS),
    "class": ("class", 1),
}


@dataclass(frozen=True, slots=True)
class Time:
    """A bound of the range: `now` less so many milliseconds, or milliseconds since the epoch."""

    ms: int
    back: bool


@dataclass(frozen=True, slots=True)
class Source:
    """The events are those of the groups described, of the range given or that of the request."""

    groups: tuple[str, ...]
    described: tuple[tuple[str, tuple[str, ...]], ...]
    tags: tuple[tuple[str, tuple[str, ...]], ...]
    start: Time | None
    end: Time | None
    every: bool
    span: Span = field(compare=False)
    selects_groups: bool = True

    @staticmethod
    def parse(reader: Reader, span: Span) -> Source:
        groups: list[str] = []
        described: dict[str, tuple[str, ...]] = {}
        tags: tuple[tuple[str, tuple[str, ...]], ...] = ()
        times: dict[str, Time] = {}
        every = False
        while not reader.ends():
            if reader.next.kind is Kind.STRING:
                groups.append(reader.take().value)
                reader.mark(",")
            elif token := reader.word("start", "end"):
                reader.need_mark("=")
                times[token.word] = _time(reader)
            elif reader.word("loggroups"):
                every = True
                described |= _described(reader)
            elif reader.word("loggrouptags"):
                tags = _tags(reader)
            elif reader.is_word("datasource"):
                raise LanguageError(
                    "expected log groups: bayon knows no data sources such as dataSource(…)", reader.next.span
                )
            else:
                reader.fail("logGroups(…), logGroupTags(…) or a group in quotes")
        if not (groups or every or tags):
            reader.fail("logGroups(…), logGroupTags(…) or a group in quotes")
        bounded(groups, limits.INSIGHTS_GROUPS, "groups", reader.span_from(span[0]))
        pairs = tuple(described.items())
        return Source(
            tuple(groups), pairs, tags, times.get("start"), times.get("end"), every, reader.span_from(span[0])
        )

    def render(self) -> str:
        parts = [quoted(group) for group in self.groups]
        if self.every:
            given = ", ".join(f"{key}: {_list(values)}" for key, values in self.described)
            parts.append(f"logGroups({given})")
        if self.tags:
            given = ", ".join(f"{{key: {quoted(key)}, values: {_list(values)}}}" for key, values in self.tags)
            parts.append(f"logGroupTags([{given}])")
        parts += [f"{key}={_rendered(at)}" for key, at in (("START", self.start), ("END", self.end)) if at is not None]
        return f"source {' '.join(parts)}"

    def compile(self, plan: Plan) -> None:
        world = plan.world
        if plan.source is not None:
            raise LanguageError("unexpected symbol found source: expected it before all other commands", self.span)
        if plan.parent is None and world.groups:
            raise LanguageError("expected log groups either in the request or in SOURCE, found both", self.span)
        found = world.select(self.criteria()) if world.select is not None else []
        if len(found) > limits.INSIGHTS_SOURCE_GROUPS:
            raise LanguageError(f"expected at most {limits.INSIGHTS_SOURCE_GROUPS} log groups, found more", self.span)
        start_ms, end_ms = (self._at(at, world.now_ms) for at in (self.start, self.end))
        plan.read(
            found,
            world.start_ms if start_ms is None else start_ms,
            world.end_ms if end_ms is None else end_ms,
        )

    def criteria(self) -> dict[str, Any]:
        """What the groups must be: of one of the names, or of what is described and carrying the tags."""
        return {"names": self.groups, "tags": self.tags, "every": self.every, **dict(self.described)}

    @staticmethod
    def _at(at: Time | None, now_ms: int) -> int | None:
        return None if at is None else now_ms - at.ms if at.back else at.ms


def _described(reader: Reader) -> dict[str, tuple[str, ...]]:
    reader.need_mark("(")
    found: dict[str, tuple[str, ...]] = {}
    while not reader.is_mark(")"):
        token = reader.next
        if token.word not in _ARGUMENTS:
            reader.fail("namePrefix, accountIdentifiers, class or ')'")
        reader.take()
        reader.need_mark(":")
        key, most = _ARGUMENTS[token.word]
        found[key] = tuple(bounded(_strings(reader), most, key, token.span))
        if not reader.mark(","):
            break
    reader.need_mark(")")
    return found


def _strings(reader: Reader) -> tuple[str, ...]:
    if reader.next.kind is Kind.STRING:
        return (reader.take().value,)
    reader.need_mark("[")
    found = reader.listed(lambda: reader.need(Kind.STRING, "a string").value)
    reader.need_mark("]")
    return found


def _tags(reader: Reader) -> tuple[tuple[str, tuple[str, ...]], ...]:
    reader.need_mark("(")
    opened = reader.need_mark("[")
    found = reader.listed(lambda: _tag(reader))
    reader.need_mark("]")
    reader.need_mark(")")
    return tuple(bounded(found, limits.INSIGHTS_SOURCE_TAGS, "tag filters", opened.span))


def _tag(reader: Reader) -> tuple[str, tuple[str, ...]]:
    opened = reader.need_mark("{")
    reader.need_word("key")
    reader.need_mark(":")
    key = reader.need(Kind.STRING, "the key of a tag in quotes").value
    values: tuple[str, ...] = ()
    if reader.mark(","):
        reader.need_word("values")
        reader.need_mark(":")
        values = tuple(bounded(_strings(reader), limits.INSIGHTS_SOURCE_TAGS, "values of a tag", opened.span))
    reader.need_mark("}")
    return key, values


def _time(reader: Reader) -> Time:
    if reader.word("now"):
        return Time(0, back=True)
    back = reader.mark("-") is not None
    at = reader.next.span
    count = int(float(literal_number(reader)))
    if not back:
        return Time(count, back=False)
    unit = SPELLINGS.get(reader.next.word)
    if unit is None:
        reader.fail("a unit such as h or d")
    reader.take()
    ms = count * (unit.ms if unit.ms is not None else unit.months * 30 * DAY_MS)
    if ms > 10**14:
        raise LanguageError("expected a time not that long ago", at)
    return Time(ms, back=True)


def literal_number(reader: Reader) -> str:
    """A number. Raises: LanguageError."""
    found = literal(reader) if reader.next.kind is Kind.NUMBER else reader.fail("a time: now, -1h or milliseconds")
    return str(getattr(found, "value", "0"))[:16]


def _list(values: tuple[str, ...]) -> str:
    return f"[{', '.join(map(quoted, values))}]"


def _rendered(at: Time) -> str:
    return f"-{at.ms}ms" if at.back else str(at.ms)


KEYWORD = Keyword(("source",), Source.parse)
