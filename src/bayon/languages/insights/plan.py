"""Tree → plan: a chain of steps that each command extends, or adds one to, and the columns that are shown at its end.

A plan knows the names that a command may speak of. It is pure: what it must know of the world is in `World`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NoReturn, Protocol, runtime_checkable

from bayon import limits
from bayon.errors import LanguageError
from bayon.languages.insights import fields, mining
from bayon.languages.insights.mining import Mined
from bayon.languages.insights.patterns import Pattern
from bayon.languages.insights.source import Source
from bayon.languages.insights.steps import Order, Step
from bayon.languages.insights.tokens import Span
from bayon.languages.insights.tree import Command, Name, Query
from bayon.languages.insights.value import Kind, Value
from bayon.sql import Statement, Values

if TYPE_CHECKING:
    from bayon.languages.insights.world import World


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the result: its name, and how its values are to be written."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Compiled:
    """A query as SQL. `columns` are those of the statement, in order; when `points` is true the three after them say
    which event a row is, and when `counts` is true the last one how many events had reached the first `stats`.

    `unmasked` are columns that data protection does not hide. `matched` counts those events, or the rows before the
    first limit, where the statement does not; fewer rows than `enough` are all of them.
    """

    statement: Statement
    columns: tuple[Column, ...]
    points: bool
    counts: bool
    matched: Statement
    filtered: bool
    enough: int
    unmasked: frozenset[str]


@dataclass(slots=True)
class Shape:
    """What has happened to the rows so far, which decides what may come next."""

    stats: int = 0
    limit: int = 0
    sorted: bool = False
    deduplicated: bool = False
    pattern: bool = False
    joined: bool = False
    filtered: bool = False
    estimated: bool = False
    keyed: bool = False


class Plan:
    """A query on its way to SQL. Commands call its methods in the order in which they were written."""

    def __init__(self, world: World, values: Values, prefix: str = "", parent: Plan | None = None) -> None:
        self.world = world
        self.values = values
        self.prefix = prefix
        self.parent = parent
        self.shape = Shape()
        self.names: dict[str, Value] = {}
        self.outputs: dict[str, Value] = {}
        self.order: list[Order] = []
        self.sources: list[Source] = [] if parent is None else parent.sources
        self.steps: list[tuple[str, str]] = [] if parent is None else parent.steps
        self.source: Source | None = None
        self.step = Step("s0", "e0")
        self.counted = ""  # the column that says how many events reached the first `stats`
        self.reached = ""  # the step whose rows are counted as matched
        self.ranked = "at_ms"  # by what rows without a `sort` are ordered, newest first
        self.unmasked: set[str] = set()  # columns that are shown as they were sent
        self.done: list[Command] = []  # what has been carried out
        self.rest: list[Command] = []  # what is to be done with the patterns that are found
        self.grouped = ""  # the SELECT in whose texts patterns are to be found
        self.keys: list[str] = []  # of the last `stats`
        self.bucket: tuple[str, int] | None = None  # the column of its `bin`, and the width of one
        self.left = ""  # how `join` calls the rows on its left
        self.numbers: Iterator[int] = itertools.count(1) if parent is None else parent.numbers

    # ── rows ──

    def read(self, groups: Sequence[fields.Group], start_ms: int, end_ms: int) -> None:
        """The rows are the events of those groups."""
        self.source = Source(f"e{len(self.sources)}", self.world, tuple(groups), start_ms, end_ms)
        self.sources.append(self.source)
        self.step = Step(self._step_name(), self.source.name)

    def next_step(self) -> Step:
        """A new step over the rows so far."""
        self.steps.append((self.step.name, self.step.text))
        self.step = Step(self._step_name(), self.step.name)
        return self.step

    def ready(self) -> Step:
        """The current step if it can take more, else a new one."""
        return self.next_step() if self.step.ended else self.step

    def column(self, sql: str) -> str:
        """The name of a new column with the value."""
        step = self.ready()
        if step.mentions_own(sql):
            step = self.next_step()
        alias = self.alias()
        step.columns.append((alias, sql))
        return alias

    def where(self, condition: str) -> None:
        """Only the rows that meet the condition are left."""
        self.shape.filtered = True
        if self.source is not None and self._is_first():
            self.source.conditions.append(condition)
            return
        step = self.ready()
        if step.columns or step.unnested:
            step = self.next_step()
        step.conditions.append(condition)

    def take(self, count: int) -> None:
        """Only the first so many rows are left, in the order that holds."""
        self.reach()
        if self.source is not None and self._is_first() and self._is_by_time():
            self.source.limit, self.source.newest = count, not self.order or self.order[0].descending
        step = self.ready()
        step.order, step.limit = self.ordering(), count
        self.shape.limit = count

    def unnest(self, elements: str, *, keep: bool = False) -> str:
        """There is a row for each element, in the column of that name; with `keep` also one where there are none."""
        element, alias = f"j{next(self.numbers)}", self.alias()
        self.step.unnested = f"{'LEFT ' * keep}ARRAY JOIN {elements} AS {element}"
        self.step.columns.append((alias, element))
        self.next_step()
        return alias

    def reach(self) -> None:
        """The rows so far are those that the statistics call matched, unless some were named before."""
        if not self.reached:
            self.next_step()
            self.reached = self.steps[-1][0]

    def ordering(self) -> list[Order]:
        """The order that holds: that of the last `sort`, and newest first behind it."""
        if self._is_by_time() and self.order:
            return [*self.order, Order("seq", self.order[0].descending)]
        tail = [Order("at_ms", descending=True), Order("seq", descending=True)]
        return [*self.order, *(tail if self.has_events else [Order(self.ranked, descending=True)])]

    @property
    def countable(self) -> bool:
        """Whether the rows that are now grouped are those that the statistics call matched."""
        return not (self.shape.limit or self.shape.pattern or self.reached)

    @property
    def has_events(self) -> bool:
        """Whether a row is an event, so that discovered fields and `@ptr` are there."""
        return self.source is not None and not self.shape.stats and not self.shape.pattern

    def _is_by_time(self) -> bool:
        if not self.has_events:
            return False
        return not self.order or (len(self.order) == 1 and self.order[0].sql == "at_ms")

    def _is_first(self) -> bool:
        """Whether nothing has been done to the events yet."""
        step = self.step
        return (
            self.source is not None
            and step.source == self.source.name
            and not (step.columns or step.conditions or step.unnested or step.ended)
            and self.source.limit is None
        )

    # ── names ──

    def resolve(self, name: Name) -> Value:
        """What the name stands for. Raises: LanguageError where nothing can have that name."""
        known = self.names.get(name.text)
        if known is not None:
            return known
        if self.left and name.parts[0] == self.left and len(name.parts) > 1:
            return self.resolve(Name(name.parts[1:], name.span))
        for length in range(len(name.parts) - 1, 0, -1):
            head = self.names.get(".".join(name.parts[:length]))
            if head is not None and (head.raw or head.kind in (Kind.JSON, Kind.LIST)):
                return fields.within(head, name.parts[length:], self.values)
        if not self.has_events:
            self.unknown(name.text, name.span)
        assert self.source is not None
        return self.source.field(name.parts, self.values)

    def unknown(self, text: str, span: Span) -> NoReturn:
        """Raises: LanguageError for a name that is gone. Source: logs.md §3.2, recorded."""
        raise LanguageError(f"Unknown symbols found in or after stats: {text}", span)

    def define(self, name: str, value: Value) -> Value:
        """The name stands for the value from here on. Out: the same value, as a column if it had to be computed."""
        self.names[name] = self.kept(value)
        return self.names[name]

    def set(self, name: str, value: Value) -> None:
        """The name stands for the value, and is a column of the result, where it is or behind the others."""
        self.outputs = dict(self.shown())
        self.names[name] = self.outputs[name] = self.kept(value)

    def window(self) -> str:
        """SQL: the rows up to this one, in the order that holds."""
        order = ", ".join(each.text for each in self.ordering())
        return f"ORDER BY {order} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"

    def row_number(self) -> str:
        """SQL: which row this is, from one, in the order that holds."""
        return f"row_number() OVER ({self.window()})"

    def kept(self, value: Value) -> Value:
        """The same value, as a column if it had to be computed."""
        return value if self._is_cheap(value) else self._as_column(value)

    def replace(self, names: Mapping[str, Value]) -> None:
        """Only these names are left, and they are the result, unless it is said otherwise."""
        self.names = dict(names)
        self.outputs = dict(names)

    def alias(self) -> str:
        """A name for a column that no other has."""
        return f"c{next(self.numbers)}"

    def _as_column(self, value: Value) -> Value:
        alias = self.column(value.sql)
        raw = self.column(value.raw) if value.raw else ""
        as_number = self.column(value.as_number) if value.as_number else ""
        return Value(value.kind, alias, value.nullable, as_number, raw)

    @staticmethod
    def _is_cheap(value: Value) -> bool:
        return value.sql.isidentifier() and (not value.raw or value.raw.isidentifier())

    def _step_name(self) -> str:
        return f"s{next(self.numbers)}"

    def refuse_infrequent(self, command: str, span: Span) -> None:
        """Raises: LanguageError where a group is not of the STANDARD class. Source: logs.md §1.8."""
        if any(group.log_group_class != "STANDARD" for group in self.world.groups):
            raise LanguageError(f"expected log groups of the STANDARD class for {command}", span)

    def mine(self, text: str, present: str) -> None:
        """Patterns are to be found in the texts of that column."""
        if present != "1":
            self.finish_rows()
            self.where(present)
        self.reach()
        self.finish_rows()
        self.grouped = mining.grouped(self, text)

    def carry_out(self, commands: Sequence[Command]) -> None:
        """The plan holds every command, up to one that finds patterns. Raises: LanguageError."""
        if not getattr(commands[0], "selects_groups", False) and self.source is None and not self.shape.pattern:
            self.read(self.world.groups, self.world.start_ms, self.world.end_ms)
        for place, command in enumerate(commands):
            check_order(self, command)
            command.compile(self)
            self.done.append(command)
            if self.grouped:
                self.rest = list(commands[place + 1 :])
                return

    # ── the end ──

    def finish(self, limit: int | None) -> Compiled:
        """The plan as SQL, with at most `limit` rows."""
        held = limit or self.shape.limit or limits.INSIGHTS_ROWS
        # Fewer rows than this are all there were.
        enough = 0 if self.shape.limit or self.shape.deduplicated or self.reached else held
        if self.has_events and self._is_first() and self._is_by_time() and self.source is not None:
            self.source.limit, self.source.newest = held, not self.order or self.order[0].descending
        outputs = self.shown()
        self.reach()
        listed = [f"{value.shown} AS o{place}" for place, (_, value) in enumerate(outputs)]
        points = self.has_events
        if points:
            listed += ["group_id AS p0", "at_ms AS p1", "seq AS p2"]
        if self.counted:
            listed.append(f"{self.counted} AS p3")
        if self.step.columns or self.step.conditions or self.step.ended:
            self.next_step()
        order = ", ".join(each.text for each in self.ordering())
        select = f"SELECT {', '.join(listed)} FROM {self.step.source} ORDER BY {order} LIMIT {held}"
        return Compiled(
            self.statement(select),
            tuple(Column(name, value.kind) for name, value in outputs),
            points,
            bool(self.counted),
            self.statement(f"SELECT count() AS matched FROM {self.reached}", whole=True),
            self.shape.filtered,
            enough,
            frozenset(self.unmasked),
        )

    def finish_rows(self) -> None:
        """The rows are complete, in a step of their own."""
        if self.step.columns or self.step.conditions or self.step.ended or self.step.unnested:
            self.next_step()

    def shown(self) -> list[tuple[str, Value]]:
        """The columns of the result: those asked for, else the time and the message."""
        if self.outputs or not self.has_events:
            return list(self.outputs.items())
        return [(text, self.resolve(Name((text,)))) for text in ("@timestamp", "@message")]

    def statement(self, select: str, *, whole: bool = False, back_ms: int = 0) -> Statement:
        """The steps with that SELECT behind them; `back_ms`: also over the events of a window so much earlier."""
        events = [source.events(back_ms) for source in self.sources]
        if whole:
            events = [replace(each, limit=None) for each in events]
        return Statement(tuple(events), tuple(self.steps), select, self.values.parameters)


def compiled(tree: Query, world: World) -> Compiled | Mined:
    """The query as SQL, or, where patterns are to be found, its first part. Raises: LanguageError."""
    plan = Plan(world, Values())
    plan.carry_out(tree.commands)
    if not plan.grouped:
        return plan.finish(world.limit)
    back_ms = next((each.back_ms(world.start_ms, world.end_ms) for each in plan.rest if isinstance(each, Comparing)), 0)
    mined = Mined(plan.statement(plan.grouped, back_ms=back_ms), plan.rest, world)
    continued(mined, [])  # so that what is wrong with the rest is said before anything runs
    return mined


def continued(mined: Mined, found: Sequence[Pattern]) -> Compiled:
    """The rest of a query, over the patterns that were found. Raises: LanguageError."""
    plan = Plan(mined.world, Values())
    mining.shown(plan, found)
    if mined.rest:
        plan.carry_out(mined.rest)
    return plan.finish(mined.world.limit)


@runtime_checkable
class Comparing(Protocol):
    """A command that looks at another window too."""

    def back_ms(self, start_ms: int, end_ms: int) -> int: ...


def subplan(plan: Plan, tree: Query) -> Plan:
    """A plan of the query in brackets, whose steps stand before those to come. Raises: LanguageError."""
    inner = Plan(plan.world, plan.values, parent=plan)
    inner.carry_out(tree.commands)
    inner.finish_rows()
    return inner


def check_order(plan: Plan, command: object) -> None:
    """Raises: LanguageError where the command may not stand behind those before it. Source: logs.md §3.4."""
    name = type(command).__name__.lower()
    span = getattr(command, "span", (0, 0))
    if plan.shape.estimated:
        raise LanguageError(f"unexpected symbol found {name}: expected nothing after estimate", span)
    if plan.shape.deduplicated and name != "limit":
        raise LanguageError(f"unexpected symbol found {name}: expected only limit after dedup", span)
