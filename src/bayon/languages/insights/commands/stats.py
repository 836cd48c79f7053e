"""`stats`: rows in groups, and what each group amounts to. Source: logs.md §3.4, §3.6."""

from __future__ import annotations

from dataclasses import dataclass, field

from bayon import limits
from bayon.errors import LanguageError
from bayon.languages.insights import aggregates, periods
from bayon.languages.insights.compile import value
from bayon.languages.insights.expressions import expression, item, name, render, render_items
from bayon.languages.insights.grouping import Grouping
from bayon.languages.insights.plan import Plan
from bayon.languages.insights.reader import Reader
from bayon.languages.insights.tokens import Span
from bayon.languages.insights.tree import Call, Expression, Item, Keyword, Period
from bayon.languages.insights.value import Kind, Value


@dataclass(frozen=True, slots=True)
class Key:
    """What rows are grouped by; `offset` moves the edges of `bin`."""

    item: Item
    offset: Period | None = None


@dataclass(frozen=True, slots=True)
class Stats:
    """There is a row for each group, with its keys and what was asked of it."""

    items: tuple[Item, ...]
    keys: tuple[Key, ...]
    span: Span = field(compare=False)

    @staticmethod
    def parse(reader: Reader, span: Span) -> Stats:
        found = reader.listed(lambda: item(reader))
        keys = reader.listed(lambda: _key(reader)) if reader.word("by") else ()
        return Stats(found, keys, span)

    def render(self) -> str:
        keys = ", ".join(map(_render, self.keys))
        return f"stats {render_items(self.items)}{f' by {keys}' if keys else ''}"

    def compile(self, plan: Plan) -> None:
        self._check(plan)
        grouping = Grouping(plan)
        for key in self.keys:
            grouping.key(key.item.name, _value(plan, key), key.item.expression)
        for each in self.items:
            grouping.item(each)
        plan.shape.stats += 1
        grouping.finish()
        plan.order = []

    def _check(self, plan: Plan) -> None:
        infrequent = any(group.log_group_class != "STANDARD" for group in plan.world.groups)
        most = limits.INSIGHTS_STATS_INFREQUENT if infrequent else limits.INSIGHTS_STATS
        if plan.shape.stats == most:
            raise LanguageError(f"expected at most {most} stats commands", self.span)
        if plan.shape.stats and (plan.shape.sorted or plan.shape.limit):
            raise LanguageError("unexpected symbol found stats: expected no sort or limit before it", self.span)
        called = [node for each in self.items for node in aggregates_in(each.expression)]
        if len(called) + len(self.keys) > 1 and any(node.name.lower() in aggregates.ALONE for node in called):
            raise LanguageError("expected topk without 'by' and without other aggregates", self.span)


def aggregates_in(node: Expression) -> list[Call]:
    """The calls of aggregates in an expression."""
    from bayon.languages.insights.grouping import calls

    return [call for call in calls(node) if call.name.lower() in aggregates.BY_NAME]


def _key(reader: Reader) -> Key:
    found = item(reader)
    if not reader.word("offset"):
        return Key(found)
    period = expression(reader)
    if not isinstance(period, Period):
        raise LanguageError("expected a length of time after 'offset'", period.span)
    return Key(found, period)


def _value(plan: Plan, key: Key) -> Value:
    node = key.item.expression
    if key.offset is None:
        return value(plan, node)
    if not (isinstance(node, Call) and node.name.lower() == "bin" and len(node.arguments) == 1 and plan.has_events):
        raise LanguageError("expected 'offset' behind bin", key.offset.span)
    (width,) = node.arguments
    if not isinstance(width, Period):
        raise LanguageError("expected a length of time such as 5m in bin", node.span)
    sql = periods.floor("at_ms", width, periods.length_ms(key.offset))
    return Value(Kind.TIME, sql, nullable=False)


def _render(key: Key) -> str:
    alias = f" as {name((key.item.alias,))}" if key.item.alias is not None else ""
    return f"{render(key.item.expression)}{alias}{f' offset {render(key.offset)}' if key.offset else ''}"


KEYWORD = Keyword(("stats",), Stats.parse)
