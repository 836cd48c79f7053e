"""The events that a plan reads, and the columns that it reads of them: each field as text, as a number, or both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayon.languages.insights import fields
from bayon.languages.insights.value import Value
from bayon.sql import Events, Field, Values

if TYPE_CHECKING:
    from bayon.languages.insights.world import World


class Source:
    """One reading of events. Fields are added as expressions ask for them."""

    def __init__(self, name: str, world: World, groups: tuple[fields.Group, ...], start_ms: int, end_ms: int) -> None:
        self.name = name
        self.world = world
        self.groups = groups
        self.start_ms = start_ms
        self.end_ms = end_ms
        self.conditions: list[str] = []
        self.limit: int | None = None
        self.newest = True
        self._fields: dict[tuple[str, str], Field] = {}

    def field(self, parts: tuple[str, ...], values: Values) -> Value:
        """The field of that name: of every event, or discovered in some."""
        return fields.system(self, parts, values) or fields.discovered(self, parts, values)

    def column(self, settled: str, recent: str) -> str:
        """The name of the column that holds it."""
        known = self._fields.get((settled, recent))
        if known is None:
            known = self._fields[settled, recent] = Field(f"f{self.name[1:]}x{len(self._fields)}", settled, recent)
        return known.alias

    def events(self, back_ms: int = 0) -> Events:
        """What the statement reads; `back_ms`: with the same window so much earlier."""
        conditions = list(self.conditions)
        if back_ms:
            conditions.append(f"at_ms >= {self.start_ms} OR at_ms <= {self.end_ms - back_ms}")
        return Events(
            self.name,
            tuple((group.id, group.kept_since_ms) for group in self.groups),
            self.start_ms - back_ms,
            self.end_ms,
            tuple(self._fields.values()),
            tuple(conditions),
            self.limit,
            self.newest,
        )
