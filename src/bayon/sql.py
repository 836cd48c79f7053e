"""Pieces of the engine's SQL: text whose values are bound, and the one way to write a name into it.

What a user typed reaches SQL as a value bound to a parameter, or as a name through `identifier`, and in no other way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of SQL, and the values of the parameters (`{name:Type}`) in it."""

    text: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


class Values:
    """Values on their way into one statement, each under a parameter name of its own that starts with `prefix`."""

    def __init__(self, prefix: str = "p") -> None:
        self._prefix = prefix
        self.parameters: dict[str, Any] = {}

    def bind(self, value: Any, kind: str) -> str:
        """The placeholder of the value; `kind` is the engine's type, such as `String` or `Array(UInt64)`."""
        for name, known in self.parameters.items():
            if type(known) is type(value) and known == value:
                return f"{{{name}:{kind}}}"
        name = f"{self._prefix}{len(self.parameters)}"
        self.parameters[name] = value
        return f"{{{name}:{kind}}}"


def identifier(name: str) -> str:
    """The name, quoted, whatever characters it has."""
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


@dataclass(frozen=True, slots=True)
class Field:
    """What a statement reads of each event as the column `alias`: SQL over the columns of settled events, and SQL over
    those of recent ones, which have their message only."""

    alias: str
    settled: str
    recent: str


@dataclass(frozen=True, slots=True)
class Events:
    """The log events that a statement reads, under a name of its own, with columns beside those of the table.

    `groups` are numbers of log groups with the time since when each keeps its events; times are both included. `newest`
    and `limit`: only so many of the newest, or the oldest, are of any use.
    """

    name: str
    groups: tuple[tuple[int, int], ...]
    start_ms: int
    end_ms: int
    fields: tuple[Field, ...] = ()
    conditions: tuple[str, ...] = ()
    limit: int | None = None
    newest: bool = True


@dataclass(frozen=True, slots=True)
class Statement:
    """A query over log events: steps by name, each over those before it, and what is selected from the last."""

    events: tuple[Events, ...]
    steps: tuple[tuple[str, str], ...]
    select: str
    parameters: Mapping[str, Any]
