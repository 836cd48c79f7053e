"""JSON events as filter patterns see them, in flight: read exactly as the store's engine reads them.

So a property given twice counts as first given, an integer beyond 64 bits is a text of digits, and what the engine
takes for no JSON (half a surrogate pair, a number beyond any double, JSON nested too deep) is none here.
"""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from bayon import limits
from bayon.languages.filter_pattern.tree import Element, Every, Member, Step

BLANKS = " \t\r\n"
_INTEGERS = range(-(2**63), 2**64)
_SURROGATE = re.compile("[\ud800-\udfff]")
_PLACES_OR_STRINGS = re.compile(r'"(?:\\.|[^"\\])*"|[{\[]|[}\]]', re.DOTALL)
_SURELY_SHALLOW = 400  # brackets; what has no more of them Python reads without asking
_deep = threading.Lock()


class Members(tuple[tuple[str, Any], ...]):
    """The properties of an object as they were given; its arrays are lists."""

    __slots__ = ()


def read(message: str) -> Members | None:
    """The JSON object that the message is, none where it is none."""
    if not message.lstrip(BLANKS).startswith("{"):
        return None
    try:
        found = _DECODER.decode(message) if _is_shallow(message) else _read_deep(message)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, Members) or ("\\u" in message and _has_surrogate(found)):
        return None
    return found


def values(event: Any, steps: Sequence[Step]) -> list[Any]:
    """What the selector finds: at most one value, or with a wildcard any number."""
    found = [event]
    for step in steps:
        found = [inner for value in found for inner in _inside(value, step)]
    return found


def number_text(value: float) -> str:
    """The number as the engine writes it: the shortest text that reads as the same, in ECMAScript's form."""
    if isinstance(value, int):
        return str(value)
    if value.is_integer() and abs(value) < 1e21:
        return "-0" if value == 0 and str(value).startswith("-") else str(_shortest_integer(value))
    mantissa, _, exponent = repr(value).partition("e")
    if not exponent:
        return mantissa
    sign, digits = ("-", mantissa[1:]) if mantissa.startswith("-") else ("", mantissa)
    if -7 < int(exponent) < 0:
        return f"{sign}0.{'0' * (-int(exponent) - 1)}{digits.replace('.', '')}"
    return f"{sign}{digits.removesuffix('.0')}e{int(exponent)}"


def _shortest_integer(value: float) -> int:
    """The integer of the shortest digits that read as the same double, padded with zeros."""
    mantissa, _, exponent = repr(value).partition("e")
    if not exponent:
        return int(mantissa.removesuffix(".0"))
    whole, _, fraction = mantissa.partition(".")
    zeros = int(exponent) - len(fraction)
    return int(whole + fraction + "0" * zeros)


def _inside(value: Any, step: Step) -> Iterator[Any]:
    match step, value:
        case Member(), Members():
            yield from islice((inner for name, inner in value if name == step.name), 1)
        case Element(index=index), list() if index < len(value):
            yield value[index]
        case Every(of="array"), list():
            yield from value
        case Every(of="object"), Members():
            yield from (inner for _, inner in value)
        case _:
            return


def _is_shallow(message: str) -> bool:
    return message.count("{") + message.count("[") <= _SURELY_SHALLOW


def _read_deep(message: str) -> Any:
    """The value, with room for as deep a nesting as the engine has. Raises: ValueError."""
    depth = deepest = 0
    for found in _PLACES_OR_STRINGS.finditer(message):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(found[0], 0)
        deepest = max(deepest, depth)
    if deepest > limits.FILTER_JSON_NESTING:
        raise ValueError("nested too deep")
    with _deep:
        before = sys.getrecursionlimit()
        sys.setrecursionlimit(before + 2 * limits.FILTER_JSON_NESTING)
        try:
            return _DECODER.decode(message)
        finally:
            sys.setrecursionlimit(before)


def _has_surrogate(event: Any) -> bool:
    waiting = [event]
    while waiting:
        match waiting.pop():
            case str() as text:
                if _SURROGATE.search(text):
                    return True
            case Members() as members:
                for name, inner in members:
                    waiting += (name, inner)
            case list() as elements:
                waiting += elements
    return False


def _integer(written: str) -> int | str:
    if len(written) < 19:
        return int(written)
    return int(written) if len(written) < 22 and int(written) in _INTEGERS else written


def _double(written: str) -> float:
    value = float(written)
    if value in (float("inf"), float("-inf")):
        raise ValueError("beyond any double")
    return value


def _no_constant(written: str) -> Any:
    raise ValueError(f"{written} is no JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=Members, parse_int=_integer, parse_float=_double, parse_constant=_no_constant
)
