"""A search to SQL: a condition over the listing of series, all values bound.

The listing has `namespace`, `name`, `dimensions` and `words`, in which every name stands as `store.series_words` writes
it: on lines of its own, its pieces between blanks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, assert_never

from bayon.languages.search.tree import And, Condition, Not, Or, Schema, Search, Term
from bayon.languages.search.words import runs

_ACCOUNT = ":aws.AccountId"
_COLUMNS = {"MetricName": "name", "Namespace": "namespace"}
_LINES = {"MetricName": "M", "Namespace": "N"}


@dataclass(frozen=True, slots=True)
class Where:
    """SQL with its parameters."""

    sql: str
    parameters: dict[str, Any]


def compiled(search: Search, account: str) -> Where:
    """The condition that a metric of the account is found."""
    writer = _Writer(account)
    parts = []
    if search.schema is not None:
        parts.append(writer.schema(search.schema))
    if search.condition is not None:
        parts.append(writer.condition(search.condition))
    return Where(" AND ".join(f"({part})" for part in parts), writer.parameters)


@dataclass(slots=True)
class _Writer:
    account: str
    parameters: dict[str, Any] = field(default_factory=dict)

    def schema(self, schema: Schema) -> str:
        same = f"namespace = {self._bound(schema.namespace)}"
        if not schema.dimensions:
            return same
        names = self._bound(sorted(schema.dimensions), "Array(String)")
        return f"{same} AND arraySort(dimensions.name) = {names}"

    def condition(self, node: Condition) -> str:
        match node:
            case Term():
                return self._term(node)
            case Not():
                return f"NOT ({self.condition(node.operand)})"
            case And():
                return " AND ".join(f"({self.condition(each)})" for each in node.operands)
            case Or():
                return " OR ".join(f"({self.condition(each)})" for each in node.operands)
            case _:
                assert_never(node)

    def _term(self, term: Term) -> str:
        if term.of == _ACCOUNT:
            return str(term.value in ("LOCAL", self.account)).lower()
        return self._exact(term) if term.exact else self._words(term)

    def _exact(self, term: Term) -> str:
        value = self._bound(term.value)
        if term.of is None:
            named = f"has(dimensions.name, {value}) OR has(dimensions.value, {value})"
            return f"namespace = {value} OR name = {value} OR {named}"
        if term.of in _COLUMNS:
            return f"{_COLUMNS[term.of]} = {value}"
        return f"has(dimensions, ({self._bound(term.of)}, {value}))"

    def _words(self, term: Term) -> str:
        """Pieces that stand side by side. One alone is found in any letter case; those of one unbroken run are compared
        as they are written, or, in lower case throughout, also as a whole."""
        parts = runs(term.value)
        if not parts:
            return "false"
        if term.of is None and [len(run) for run in parts] == [1]:
            return f"positionCaseInsensitive(words, {self._bound(f' {parts[0][0]} ')}) > 0"
        pieces = " ".join(f"(?i:{run[0]})" if len(run) == 1 else " ".join(run) for run in parts)
        whole = "".join(piece for run in parts for piece in run)
        either = f"(?:{pieces}|(?i:{whole}))" if len(parts) == 1 and whole == whole.lower() else pieces
        line = "" if term.of is None else rf"\n{_LINES.get(term.of) or 'D' + re.escape(term.of)}\t[^\n]*"
        return f"match(words, {self._bound(f'{line} {either} ')})"

    def _bound(self, value: Any, kind: str = "String") -> str:
        name = f"term{len(self.parameters)}"
        self.parameters[name] = value
        return f"{{{name}:{kind}}}"
