"""What a function of metric math is: a row of its name, what it takes, what it does and one sentence about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bayon.errors import LanguageError
from bayon.languages.metric_math.scope import Scope
from bayon.languages.metric_math.tree import Call, Node, Word
from bayon.languages.metric_math.values import Drops, Value, kind
from bayon.series import Series

# The kinds of argument; any other text in `takes` is a bare word that may stand there.
SCALAR, SERIES, ARRAY, TEXT, TEXTS = "a scalar", "a time series", "an array of time series", "a string", "strings"
_KINDS = {SCALAR, SERIES, ARRAY, TEXT, TEXTS}


@dataclass(frozen=True, slots=True)
class Run:
    """One evaluation; `node` is the call whose function runs."""

    scope: Scope
    drops: Drops
    node: Call | None = None

    def at(self, node: Call) -> Run:
        return replace(self, node=node)

    @property
    def call(self) -> Call:
        assert self.node is not None, "a function is called somewhere"
        return self.node

    def wrong(self, message: str) -> LanguageError:
        """The error that the call is wrong."""
        return LanguageError(f"{self.call.name}: {message}", self.call.span)


@dataclass(frozen=True, slots=True)
class Function:
    """`takes` are the kinds of each argument, `least` how many there must be; an `endless` one takes more of the last
    kind. `call` is given arguments of these kinds, words as their text."""

    name: str
    takes: tuple[tuple[str, ...], ...]
    call: Callable[[Run, Sequence[Any]], Value]
    says: str
    least: int = -1
    endless: bool = False

    def __post_init__(self) -> None:
        if self.least < 0:
            object.__setattr__(self, "least", len(self.takes))

    def signature(self) -> str:
        """How it is called, for people."""
        kinds = ["|".join(_SHORT.get(each, each) for each in kinds) for kinds in self.takes]
        optional = [text if place < self.least else f"[{text}]" for place, text in enumerate(kinds)]
        return f"{self.name}({', '.join(optional)}{', …' if self.endless else ''})"


_SHORT = {SCALAR: "S", SERIES: "TS", ARRAY: "TS[]", TEXT: "text", TEXTS: "text[]"}


def argument_of(function: Function, place: int, node: Node, value: Value | None) -> Any:
    """The argument as the function takes it. Raises: LanguageError where it is of another kind.

    In: `value` is None for a bare word.
    """
    takes = function.takes[min(place, len(function.takes) - 1)]
    if isinstance(node, Word):
        if node.name in takes:
            return node.name
        raise _refused(function, takes, f"'{node.name}'", node)
    assert value is not None, "only words have none"
    found = _kind(value)
    if found in takes:
        return value
    if found == ARRAY and SERIES in takes and len(value) == 1:  # type: ignore[arg-type]  # arrays have lengths
        return value[0]  # type: ignore[index]
    raise _refused(function, takes, kind(value), node)


def _refused(function: Function, takes: tuple[str, ...], found: str, node: Node) -> LanguageError:
    return LanguageError(f"{function.name} expects {' or '.join(takes)}, found {found}", node.span)


def _kind(value: Value) -> str:
    match value:
        case float():
            return SCALAR
        case str():
            return TEXT
        case Series():
            return SERIES
        case (str(), *_):
            return TEXTS
        case _:
            return ARRAY


def each(call: Callable[[Run, Series], Series]) -> Callable[[Run, Sequence[Any]], Value]:
    """The function of one series on a series, or on each member of an array."""

    def on(run: Run, arguments: Sequence[Any]) -> Value:
        operand = arguments[0]
        return call(run, operand) if isinstance(operand, Series) else tuple(call(run, member) for member in operand)

    return on
