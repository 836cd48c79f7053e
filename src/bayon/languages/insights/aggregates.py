"""The functions of a group of rows: a table of them, and how `stats` makes columns of them. Source: logs.md §3.7."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bayon import limits
from bayon.errors import LanguageError
from bayon.languages.insights import periods, sorting, special
from bayon.languages.insights.compile import value
from bayon.languages.insights.functions import check_count
from bayon.languages.insights.tree import Call, Number
from bayon.languages.insights.value import NUMERIC, Kind, Value, number

if TYPE_CHECKING:
    from bayon.languages.insights.plan import Plan


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregate by its names, the usual one first, and the SQL of a call of it."""

    names: tuple[str, ...]
    compile: Callable[[Plan, Call], Value]


def of_numbers(sql: str) -> Callable[[Plan, Call], Value]:
    """An aggregate of the numbers among the values; null where there are none."""

    def compile_call(plan: Plan, node: Call) -> Value:
        check_count(node, 1, 1)
        return number(sql.format(value(plan, node.arguments[0]).number))

    return compile_call


def _count(plan: Plan, node: Call) -> Value:
    if node.star or not node.arguments:
        return Value(Kind.NUMBER, "count()", nullable=False)
    check_count(node, 1, 1)
    return Value(Kind.NUMBER, f"countIf({value(plan, node.arguments[0]).present})", nullable=False)


def _count_over_time(plan: Plan, node: Call) -> Value:
    if node.arguments and not node.star:
        check_count(node, 1, 2)
        return _count(plan, Call(node.name, node.arguments[:1], span=node.span))
    return _count(plan, node)


def _count_distinct(plan: Plan, node: Call) -> Value:
    check_count(node, 1, 1)
    # Exact up to some thousands of values, then within a fraction of a percent.
    return Value(Kind.NUMBER, f"uniqCombined64(18)({value(plan, node.arguments[0]).text})", nullable=False)


def _extreme(name: str) -> Callable[[Plan, Call], Value]:
    def compile_call(plan: Plan, node: Call) -> Value:
        check_count(node, 1, 1)
        given = value(plan, node.arguments[0])
        if given.kind in NUMERIC:
            return Value(given.kind, f"{name}({given.sql})")
        return _by_key(name, given)

    return compile_call


def _by_key(name: str, given: Value) -> Value:
    sql = f"arg{name.capitalize()}If({given.text}, {sorting.key(given)}, isNotNull({given.text}))"
    # Numbers stand behind all else: if there is one, it is the largest, and it is found without looking at any text.
    if name == "max":
        found = f"maxOrNull({given.number})"
        return Value(Kind.ANY, f"ifNull(toString({found}), {sql})", as_number=found)
    texts = f"countIf(isNotNull({given.text}) AND isNull({given.number}))"
    return Value(Kind.ANY, f"if({texts} = 0, toString(minOrNull({given.number})), {sql})")


def _percentile(plan: Plan, node: Call) -> Value:
    check_count(node, 2, 2)
    rank = value(plan, node.arguments[1]).constant
    if not isinstance(rank, float) or not 0 <= rank <= 100:
        raise LanguageError("expected a percentage from 0 to 100 as argument 2 of pct", node.arguments[1].span)
    return _rank(value(plan, node.arguments[0]), rank)


def _median(plan: Plan, node: Call) -> Value:
    check_count(node, 1, 1)
    return _rank(value(plan, node.arguments[0]), 50)


def _rank(given: Value, percent: float) -> Value:
    """The value of the nearest rank, ceil(percent / 100 · n). The engine counts from zero and rounds down: a hair less
    than the share makes the two agree where it falls on a value."""
    level = max(0.0, percent / 100 - 1e-12)
    return number(f"quantileExactOrNull({level!r})(toFloat64({given.number}))")


def _at_end(name: str) -> Callable[[Plan, Call], Value]:
    def compile_call(plan: Plan, node: Call) -> Value:
        check_count(node, 1, 1)
        if not plan.has_events:
            plan.unknown(node.source or node.name, node.span)
        given = value(plan, node.arguments[0])
        kind = Kind.NUMBER if given.kind is Kind.TIME else given.kind
        sql = f"{name}If({given.sql}, tuple(at_ms, seq), {given.present})"
        return Value(kind, f"if(countIf({given.present}) = 0, NULL, {sql})")

    return compile_call


def _sorts(name: str) -> Callable[[Plan, Call], Value]:
    def compile_call(plan: Plan, node: Call) -> Value:
        check_count(node, 1, 1)
        return _extreme_of(name, value(plan, node.arguments[0]))

    return compile_call


def _extreme_of(name: str, given: Value) -> Value:
    return Value(given.kind, f"{name}({given.sql})") if given.kind in NUMERIC else _by_key(name, given)


def _values(plan: Plan, node: Call) -> Value:
    check_count(node, 1, 1)
    text = value(plan, node.arguments[0]).text
    found = f"groupUniqArray({limits.INSIGHTS_DISTINCT_VALUES})({text})"
    return Value(Kind.LIST, f"toJSONString(arraySort({found}))")


def _top(plan: Plan, node: Call) -> Value:
    check_count(node, 2, 2)
    wanted = node.arguments[0]
    if (
        not isinstance(wanted, Number)
        or not wanted.value.isdecimal()
        or not 1 <= int(wanted.value) <= limits.INSIGHTS_TOPK
    ):
        raise LanguageError(f"expected a count from 1 to {limits.INSIGHTS_TOPK} as argument 1 of topk", wanted.span)
    text = value(plan, node.arguments[1]).text
    return Value(Kind.LIST, f"toJSONString(topK({int(wanted.value)})({text}))")


def _rate(plan: Plan, node: Call) -> Value:
    check_count(node, 2, 2)
    seconds = periods.length_ms(special.period(node, 1)) / 1000
    return number(f"sumOrNull({value(plan, node.arguments[0]).number}) / {seconds!r}")


def _sum_over_time(plan: Plan, node: Call) -> Value:
    check_count(node, 1, 2)
    return number(f"sumOrNull(toFloat64({value(plan, node.arguments[0]).number}))")


AGGREGATES = (
    Aggregate(("count",), _count),
    Aggregate(("count_distinct", "countDistinct"), _count_distinct),
    Aggregate(("sum",), of_numbers("sumOrNull(toFloat64({0}))")),
    Aggregate(("avg",), of_numbers("avgOrNull({0})")),
    Aggregate(("min",), _extreme("min")),
    Aggregate(("max",), _extreme("max")),
    Aggregate(("pct", "percentile"), _percentile),
    Aggregate(("median",), _median),
    Aggregate(("stddev",), of_numbers("stddevPopOrNull(toFloat64({0}))")),
    Aggregate(("variance",), of_numbers("varPopOrNull(toFloat64({0}))")),
    Aggregate(("earliest",), _at_end("argMin")),
    Aggregate(("latest",), _at_end("argMax")),
    Aggregate(("sortsFirst",), _sorts("min")),
    Aggregate(("sortsLast",), _sorts("max")),
    Aggregate(("values", "collect_values"), _values),
    Aggregate(("topk",), _top),
    Aggregate(("rate",), _rate),
    Aggregate(("count_over_time", "countOverTime"), _count_over_time),
    Aggregate(("sumOverTime", "sum_over_time"), _sum_over_time),
)
BY_NAME = {name.lower(): each for each in AGGREGATES for name in each.names}
ALONE = frozenset({"topk"})
