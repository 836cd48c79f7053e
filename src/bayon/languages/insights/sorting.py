"""The order in which values stand, whatever their kinds. Source: logs.md §3.8."""

from __future__ import annotations

from bayon.languages.insights.steps import Order
from bayon.languages.insights.value import NUMERIC, Value, number_of


def orders(value: Value, *, descending: bool) -> list[Order]:
    """What to sort by. Values without a number stand before all numbers, and nothing before everything."""
    if value.kind in NUMERIC:
        return [Order(value.sql, descending)]
    text = value.text
    return [Order(f"isNotNull({number_of(text)})", descending), *(Order(sql, descending) for sql in _keys(text))]


def _keys(text: str) -> list[str]:
    return [number_of(text), f"if(isNull({number_of(text)}), {runs(text)}, [])", text]


def runs(text: str) -> str:
    """SQL: the text as runs of digits and runs of others; digits by length first, so that 5 stands before 111."""
    return (
        "arrayMap(run -> if(match(run, '^[0-9]'), concat('0', leftPad(toString(length(run)), 8, '0'), run), run), "
        f"extractAll(ifNull({text}, ''), '[0-9]+|[^0-9]+'))"
    )


def key(value: Value) -> str:
    """SQL: one value that stands where this one does."""
    if value.kind in NUMERIC:
        return value.sql
    text = value.text
    number = number_of(text)
    return f"tuple(isNotNull({number}), ifNull({number}, 0), {runs(text)}, ifNull({text}, ''))"
