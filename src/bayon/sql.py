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
