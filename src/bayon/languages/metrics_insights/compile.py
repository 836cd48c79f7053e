"""A Metrics Insights query to SQL: which series of the listing it is about, what groups them, what aggregates them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bayon.languages.metrics_insights.tree import Comparison, Key, Query

OTHER = "Other"  # the group of what lacks the key
# Over the observations of all points of a period.
_VALUES = {
    "AVG": "sum(sum) / sum(count)",
    "COUNT": "sum(count)",
    "MAX": "max(max)",
    "MIN": "min(min)",
    "SUM": "sum(sum)",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """SQL: a condition over the listing, its keys, and the aggregation; and the parameters of all."""

    where: str
    keys: tuple[str, ...]
    value: str
    parameters: dict[str, Any]


def compiled(query: Query, account: str) -> Plan:
    """How the account's metrics answer the query."""
    writer = _Writer(account)
    parts = [
        f"namespace = {writer.bound(query.source.namespace)}",
        f"name = {writer.bound(query.metric)}",
        *writer.schema(query.source.schema),
        *(writer.comparison(each) for each in query.where),
    ]
    keys = tuple(writer.key(key) for key in query.group_by)
    return Plan(" AND ".join(f"({part})" for part in parts), keys, _VALUES[query.function], writer.parameters)


@dataclass(slots=True)
class _Writer:
    account: str
    parameters: dict[str, Any] = field(default_factory=dict)

    def schema(self, schema: tuple[str, ...] | None) -> list[str]:
        if schema is None:
            return []
        return [f"arraySort(dimensions.name) = {self.bound(sorted(schema), 'Array(String)')}"]

    def comparison(self, comparison: Comparison) -> str:
        """Of a key that the metric lacks, `=` is false and `!=` true; so it is of tags, since there are none."""
        key, negated = comparison.key, "" if comparison.equal else "NOT "
        if key.space == "AWS":
            return str((comparison.value in (None, self.account)) == comparison.equal).lower()
        if key.space == "TAG":
            return str(not comparison.equal).lower()
        return f"{negated}has(dimensions, ({self.bound(key.name)}, {self.bound(comparison.value)}))"

    def key(self, key: Key) -> str:
        if key.space == "AWS":
            return self.bound(self.account)
        if key.space == "TAG":
            return self.bound(OTHER)
        name = self.bound(key.name)
        value = f"dimensions.value[indexOf(dimensions.name, {name})]"
        return f"if(has(dimensions.name, {name}), {value}, {self.bound(OTHER)})"

    def bound(self, value: Any, kind: str = "String") -> str:
        name = f"term{len(self.parameters)}"
        self.parameters[name] = value
        return f"{{{name}:{kind}}}"
