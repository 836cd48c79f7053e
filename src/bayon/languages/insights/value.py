"""What an expression has become: SQL of a known kind, and the conversions that Insights makes between kinds.

Text is `Nullable(String)`, a number `Nullable(Float64)` or narrower, a time milliseconds, a boolean 0 or 1. A field
that nobody declared may be any of them: it is text, with its number beside it. Source: logs.md §3.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What is known of a value before any event has been seen."""

    TEXT = "text"
    NUMBER = "number"
    TIME = "time"
    BOOLEAN = "boolean"
    ANY = "any"  # a scalar of which each event has its own kind
    JSON = "json"  # a map or a list, as its compact JSON
    LIST = "list"  # likewise, and made by `split`, which `unnest` does not take


NUMERIC = (Kind.NUMBER, Kind.TIME, Kind.BOOLEAN)


@dataclass(frozen=True, slots=True)
class Value:
    """SQL of a kind. `as_number` is the number of a scalar of any kind, where it can be had without its text.

    `raw` is the JSON that a scalar of any kind was taken from, which may also be a map or a list. `constant` is what a
    literal says.
    """

    kind: Kind
    sql: str
    nullable: bool = True
    as_number: str = ""
    raw: str = ""
    constant: str | float | bool | None = None

    @property
    def text(self) -> str:
        """As a string; null for maps and lists."""
        match self.kind:
            case Kind.TEXT | Kind.ANY:
                return self.sql
            case Kind.NUMBER | Kind.TIME | Kind.BOOLEAN:
                return f"toString({self.sql})"
            case Kind.JSON | Kind.LIST:
                return "CAST(NULL, 'Nullable(String)')"

    @property
    def number(self) -> str:
        """As a number; null where it is none."""
        match self.kind:
            case Kind.NUMBER | Kind.TIME | Kind.BOOLEAN:
                return self.sql
            case Kind.TEXT | Kind.ANY:
                return self.as_number or number_of(self.sql)
            case Kind.JSON | Kind.LIST:
                return "CAST(NULL, 'Nullable(Float64)')"

    @property
    def time(self) -> str:
        """As milliseconds; null where it is no number."""
        return self.sql if self.kind is Kind.TIME else f"toInt64OrNull(toString(round({self.number})))"

    @property
    def present(self) -> str:
        """Whether there is a value."""
        if not self.nullable:
            return "1"
        if self.raw:
            return f"{self.raw} NOT IN ('', 'null')"
        return f"isNotNull({self.sql})"

    @property
    def truth(self) -> str:
        """As a condition: 0 where there is no value."""
        if self.kind is Kind.BOOLEAN:
            return f"ifNull({self.sql}, 0)" if self.nullable else self.sql
        return f"ifNull({self.number} != 0, 0)"

    @property
    def json(self) -> str:
        """As the text of a map or a list, empty where it is none."""
        if self.kind in (Kind.JSON, Kind.LIST):
            return f"ifNull({self.sql}, '')"
        return f"if(substring({self.raw}, 1, 1) IN ('{{', '['), {self.raw}, '')" if self.raw else "''"

    @property
    def shown(self) -> str:
        """As it stands in a result: maps and lists too."""
        return f"ifNull({self.sql}, nullIf({self.json}, ''))" if self.raw else self.sql


def number_of(text: str) -> str:
    """SQL: the number that a text spells, null for `nan` and `inf`, which are names."""
    return f"if(match({text}, '^[-+]?[0-9.]'), toFloat64OrNull({text}), NULL)"


def bound_text(sql: str, constant: str) -> Value:
    """A string of the user's."""
    return Value(Kind.TEXT, sql, nullable=False, constant=constant)


def boolean(sql: str) -> Value:
    """A condition that is never null."""
    return Value(Kind.BOOLEAN, sql, nullable=False)


def text(sql: str) -> Value:
    """Text or null."""
    return Value(Kind.TEXT, sql)


def number(sql: str) -> Value:
    """A number or null."""
    return Value(Kind.NUMBER, sql)
