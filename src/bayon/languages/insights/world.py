"""What a query must know of the world to be compiled. Given, never looked up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bayon.languages.insights.fields import Group


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupTable:
    """A table for `lookup`: the names of its columns, and its rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The groups asked for, the range of time with both ends included, and what is known of their events.

    `types` are the engine's types of each path of the groups' JSON, none where it is not known of every event.
    `streams` are names by number. `select` finds the groups that SOURCE describes, `table` a lookup table by its name,
    `indexed` since when each group, by number, indexes a field.
    """

    account: str
    region: str
    start_ms: int
    end_ms: int
    now_ms: int
    groups: Sequence[Group] = ()
    limit: int | None = None
    types: Mapping[str, frozenset[str]] | None = None
    streams: Mapping[int, str] = field(default_factory=dict)
    select: Callable[[Mapping[str, Any]], Sequence[Group]] | None = None
    table: Callable[[str], LookupTable | None] | None = None
    indexed: Callable[[str], Mapping[int, int]] | None = None
