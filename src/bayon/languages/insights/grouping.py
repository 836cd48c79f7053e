"""A step that groups rows: its keys, the aggregates of each group, and what is computed of those.

An item of `stats` is an expression over aggregates: each aggregate becomes a column of the group, and the expression
around them is computed a step later, where it may also name keys and items before it.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from bayon.errors import LanguageError
from bayon.languages.insights import aggregates, periods
from bayon.languages.insights.compile import value
from bayon.languages.insights.tree import Call, Expression, Item, Name, Period
from bayon.languages.insights.value import Kind, Value

if TYPE_CHECKING:
    from bayon.languages.insights.plan import Plan


class Grouping:
    """One `stats` on its way into the plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._keys: dict[str, tuple[str, Value]] = {}
        self._by_text: dict[str, Value] = {}
        self._buckets: list[tuple[str, Call]] = []
        self._columns: list[tuple[str, str]] = []
        self._items: list[tuple[Item, Expression]] = []
        self._made: dict[str, Value] = {}

    def key(self, name: str, given: Value, node: Expression) -> None:
        """Rows are grouped by the value. Raises: LanguageError for a map or a list."""
        if given.kind in (Kind.JSON, Kind.LIST):
            raise LanguageError("expected a value to group by, found a map or a list", node.span)
        alias = self.plan.alias()
        if isinstance(node, Call) and node.name.lower() == "bin":
            self._buckets.append((alias, node))
        self._keys[name] = (given.sql, Value(given.kind, alias, given.nullable))

    def item(self, given: Item) -> None:
        """The item is a column of the result. Raises: LanguageError where it names what a group does not have."""
        self._items.append((given, self._without_aggregates(given.expression)))

    def finish(self) -> None:
        """The rows of the plan are the groups."""
        plan = self.plan
        made = [(key.sql, sql) for sql, key in self._keys.values()]
        rank, count = plan.alias(), plan.alias()
        counting = plan.countable
        extra = [(rank, f"max({plan.ranked})")]
        if counting:
            extra.append((count, "count()"))
        elif plan.counted:
            extra.append((count, f"max({plan.counted})"))
        plan.reach()
        plan.finish_rows()
        step = plan.step
        step.columns += [*made, *self._columns, *extra]
        step.grouped = [alias for alias, _ in made]
        step.having = "" if made else "HAVING count() > 0"
        plan.next_step()
        plan.keys, plan.shape.keyed, plan.bucket = list(self._keys), bool(self._keys), self._bucket()
        plan.ranked = rank
        if counting:
            plan.counted = plan.column(f"sum({count}) OVER ()")
        elif plan.counted:
            plan.counted = count
        plan.replace({name: value for name, (_, value) in self._keys.items()})
        plan.names |= self._made
        for given, node in self._items:
            found = plan.kept(value(plan, node))
            plan.names[given.name] = plan.outputs[given.name] = found
        for hidden in self._made:
            plan.names.pop(hidden, None)

    def _bucket(self) -> tuple[str, int] | None:
        """The one `bin` among the keys, if its buckets are all of one width."""
        if len(self._buckets) != 1 or len(self._keys) != 1:
            return None
        alias, node = self._buckets[0]
        (width,) = node.arguments
        assert isinstance(width, Period)
        unit = periods.SPELLINGS[width.unit]
        return None if unit.ms is None else (alias, periods.clamped(width).count * unit.ms)

    def _without_aggregates(self, node: Expression) -> Expression:
        """The same with a hidden name for each aggregate, which a column of the group now holds."""
        if isinstance(node, Call) and node.name.lower() in aggregates.BY_NAME:
            for argument in node.arguments:
                for inner in calls(argument):
                    if inner.name.lower() in aggregates.BY_NAME:
                        raise LanguageError(f"expected no aggregate within {node.name}", inner.span)
            found = aggregates.BY_NAME[node.name.lower()].compile(self.plan, node)
            hidden, alias = f"\0{len(self._made)}", self.plan.alias()
            self._columns.append((alias, found.sql))
            number = ""
            if found.as_number:
                number = self.plan.alias()
                self._columns.append((number, found.as_number))
            self._made[hidden] = Value(found.kind, alias, found.nullable, number)
            return Name((hidden,), node.span)
        changed: dict[str, Any] = {}
        for each in fields(node):
            held = getattr(node, each.name)
            if isinstance(held, tuple) and each.name in ("arguments", "among"):
                changed[each.name] = tuple(self._without_aggregates(one) for one in held)
            elif each.name in ("left", "right", "operand"):
                changed[each.name] = self._without_aggregates(held)
        return replace(node, **changed) if changed else node


_NESTED = ("arguments", "among", "left", "right", "operand")


def calls(node: Expression) -> list[Call]:
    """Every call in the expression, outermost first."""
    found = [node] if isinstance(node, Call) else []
    for each in fields(node):
        held = getattr(node, each.name)
        inner = held if isinstance(held, tuple) else (held,)
        for one in inner:
            if (
                is_dataclass(one)
                and not isinstance(one, type)
                and each.name in ("arguments", "among", "left", "right", "operand")
            ):
                found += calls(one)  # type: ignore[arg-type]
    return found
