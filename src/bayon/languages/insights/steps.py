"""A step: one SELECT over the step before it. A plan is a chain of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Order:
    """One key to sort by. Source: logs.md §3.6, rows without the key come first, or last when descending."""

    sql: str
    descending: bool

    @property
    def text(self) -> str:
        return f"{self.sql} DESC NULLS LAST" if self.descending else f"{self.sql} ASC NULLS FIRST"


@dataclass(slots=True)
class Step:
    """A SELECT that is being put together: every column of `source` and those added, unless it is grouped."""

    name: str
    source: str
    columns: list[tuple[str, str]] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    unnested: str = ""
    replaced: bool = False
    grouped: list[str] | None = None
    having: str = ""
    order: Sequence[Order] = ()
    limit: int | None = None
    limit_by: str = ""

    @property
    def ended(self) -> bool:
        """Whether what comes next must be a step of its own."""
        return self.grouped is not None or self.limit is not None or bool(self.limit_by) or self.replaced

    def mentions_own(self, sql: str) -> bool:
        """Whether the SQL reads a column that this step makes."""
        own = {alias for alias, _ in self.columns}
        return bool(own) and any(word in own for word in re.findall(r"\bc\d+\b", sql))

    @property
    def text(self) -> str:
        """The SELECT."""
        made = [f"{sql} AS {alias}" for alias, sql in self.columns]
        listed = made if self.grouped is not None or self.replaced else ["*", *made]
        parts = [f"SELECT {', '.join(listed)} FROM {self.source}", self.unnested]
        if self.conditions:
            parts.append(f"WHERE {' AND '.join(f'({condition})' for condition in self.conditions)}")
        if self.grouped:
            parts.append(f"GROUP BY {', '.join(self.grouped)}")
        parts.append(self.having)
        if self.order:
            parts.append(f"ORDER BY {', '.join(order.text for order in self.order)}")
        if self.limit_by:
            parts.append(f"LIMIT 1 BY {self.limit_by}")
        if self.limit is not None:
            parts.append(f"LIMIT {self.limit}")
        return " ".join(filter(None, parts))
