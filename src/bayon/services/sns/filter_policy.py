"""Filter policies, read: `text → Policy`, with AWS's errors. What a policy lets through is told in `filter_match.py`.

AWS adds to most of these errors where in the text its parser stood; bayon does not.
Source: metrics.md §8.5 (recorded; which of several errors comes first is inferred).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from math import prod
from typing import Any, Literal

from bayon import limits
from bayon.services.sns.values import BadValueError, read_object

BODY = "MessageBody"
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Scalar = str | float | bool | None


@dataclass(frozen=True, slots=True)
class Equals:
    """The value itself; numbers are equal however they are written."""

    value: Scalar


@dataclass(frozen=True, slots=True)
class Text:
    """A text that begins or ends so, or is the same in other letter case."""

    how: Literal["prefix", "suffix", "equals-ignore-case"]
    value: str


@dataclass(frozen=True, slots=True)
class AnythingBut:
    """Any value but these, or but texts that begin so."""

    values: tuple[Scalar, ...]
    prefix: str | None = None


@dataclass(frozen=True, slots=True)
class Numeric:
    """A number within bounds; each is (operator, bound)."""

    bounds: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Exists:
    """The property is there, or is not."""

    wanted: bool


@dataclass(frozen=True, slots=True)
class Cidr:
    """An IP address of the network."""

    network: Network


Alternative = Equals | Text | AnythingBut | Numeric | Exists | Cidr


@dataclass(frozen=True, slots=True)
class Leaf:
    """A property has one of these values."""

    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Every property holds, and of each list of policies one does."""

    properties: tuple[tuple[str, Leaf | Policy], ...]
    either: tuple[tuple[Policy, ...], ...] = ()


@lru_cache(maxsize=limits.FILTER_POLICIES_CACHED)
def parse(text: str, scope: str) -> Policy:
    """The policy of the text, for attributes or for bodies. Raises: BadValueError, which is not kept."""
    if len(text.encode()) > limits.FILTER_POLICY_BYTES:
        raise BadValueError("Filter policy is too long")
    policy = _policy(read_object(text), nested=scope == BODY, depth=1)
    if _keys(policy) > limits.FILTER_POLICY_KEYS:
        raise BadValueError(f"Filter policy can not have more than {limits.FILTER_POLICY_KEYS} keys")
    if _combinations(policy, 1, nested=scope == BODY) > limits.FILTER_POLICY_COMBINATIONS:
        raise BadValueError("Filter policy is too complex")
    return policy


class NestedError(BadValueError):
    """A policy for attributes asks for something inside of one."""


def _policy(given: Mapping[str, Any], *, nested: bool, depth: int) -> Policy:
    if depth > limits.FILTER_POLICY_DEPTH:
        raise BadValueError("Filter policy is too complex")
    properties: list[tuple[str, Leaf | Policy]] = []
    either: list[tuple[Policy, ...]] = []
    for key, value in given.items():
        if key == "$or" and _is_choice(value):
            either.append(tuple(_policy(each, nested=nested, depth=depth + 1) for each in value))
            continue
        found = _property(key, value, nested=nested, depth=depth)
        *outer, last = key.split(".") if nested else [key]
        for name in [last, *reversed(outer)][:-1]:
            found = Policy(((name, found),))
        properties.append((outer[0] if outer else last, found))
    return Policy(tuple(properties), tuple(either))


def _is_choice(value: Any) -> bool:
    """True for what makes `$or` an operator rather than a name."""
    return isinstance(value, list) and len(value) > 1 and all(isinstance(each, dict) and each for each in value)


def _property(key: str, value: Any, *, nested: bool, depth: int) -> Leaf | Policy:
    match value:
        case []:
            raise BadValueError("Empty arrays are not allowed")
        case list():
            return Leaf(tuple(_alternative(each) for each in value))
        case dict() if not nested:
            raise NestedError("Filter policy scope MessageAttributes does not support nested filter policy")
        case dict() if not value:
            raise BadValueError("Empty objects are not allowed")
        case dict():
            return _policy(value, nested=nested, depth=depth + 1)
        case _:
            raise BadValueError(f'"{key}" must be an object or an array')


def _alternative(value: Any) -> Alternative:
    match value:
        case str() | int() | float() | None:
            return Equals(value)
        case dict() if len(value) != 1:
            raise BadValueError("Only one key allowed in match expression")
        case dict():
            ((kind, operand),) = value.items()
            if kind not in _OPERATORS:
                raise BadValueError(f"Unrecognized match type {kind}")
            found: Alternative = _OPERATORS[kind](operand)
            return found
        case _:
            raise BadValueError("Match value must be String, number, true, false, or null")


def _text(how: Literal["prefix", "suffix", "equals-ignore-case"], operand: Any) -> Text:
    if not isinstance(operand, str):
        raise BadValueError(f"{how} match pattern must be a string")
    return Text(how, operand)


def _anything_but(operand: Any) -> AnythingBut:
    match operand:
        case {"prefix": str(prefix), **rest} if not rest:
            return AnythingBut((), prefix)
        case {"prefix": _, **rest} if not rest:
            raise BadValueError("prefix match pattern must be a string")
        case dict():
            raise BadValueError(f"Unsupported anything-but pattern: {next(iter(operand), '')}")
        case []:
            raise BadValueError("Empty arrays are not allowed")
        case list() if all(_is_scalar(each) for each in operand):
            return AnythingBut(tuple(operand))
        case str() | int() | float() if not isinstance(operand, bool):
            return AnythingBut((operand,))
        case _:
            raise BadValueError("Value of anything-but must be an array or single string/number value.")


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str) or _is_number(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _exists(operand: Any) -> Exists:
    if not isinstance(operand, bool):
        raise BadValueError("exists match pattern must be either true or false.")
    return Exists(operand)


def _cidr(operand: Any) -> Cidr:
    if not isinstance(operand, str):
        raise BadValueError("prefix match pattern must be a string")  # sic
    address, slash, bits = operand.partition("/")
    if not slash or "/" in bits:
        raise BadValueError("Malformed CIDR, one '/' required")
    if not (bits.isascii() and bits.isdigit()):
        raise BadValueError("Malformed CIDR, mask bits must be an integer")
    try:
        return Cidr(ipaddress.ip_network(operand, strict=False))
    except ValueError as err:
        raise BadValueError(f"Nonstandard IP address: {address}") from err


def _numeric(operand: Any) -> Numeric:
    """One bound, or a lower and an upper one. The texts are those of AWS's rule compiler."""
    if not isinstance(operand, list):
        raise BadValueError("Value of numeric must be an array.")
    if not operand or not isinstance(operand[0], str):
        raise BadValueError(f"Invalid member in numeric match: {operand[0] if operand else ''}")
    sign, *rest = operand
    if sign not in ("=", "<", "<=", ">", ">="):
        raise BadValueError(f"Unrecognized numeric range operator: {sign}")
    if not rest or not _is_number(rest[0]):
        raise BadValueError(f"Value of {'equals' if sign == '=' else sign} must be numeric")
    bound = float(rest[0])
    if len(rest) == 1:
        return Numeric(((sign, bound),))
    if sign not in (">", ">="):
        raise BadValueError("Too many elements in numeric expression")
    return Numeric(((sign, bound), _upper(bound, rest[1:])))


def _upper(bottom: float, rest: list[Any]) -> tuple[str, float]:
    sign, *values = rest
    if not isinstance(sign, str):
        raise BadValueError(f"Bad value in numeric range: {sign}")
    if sign not in ("<", "<="):
        raise BadValueError(f"Bad numeric range operator: {sign}")
    if not values or not _is_number(values[0]):
        raise BadValueError(f"Value of {sign} must be numeric")
    if len(values) > 1:
        raise BadValueError("Too many terms in numeric range expression")
    if bottom >= values[0]:
        raise BadValueError("Bottom must be less than top")
    return sign, float(values[0])


_OPERATORS: dict[str, Any] = {
    "prefix": partial(_text, "prefix"),
    "suffix": partial(_text, "suffix"),
    "equals-ignore-case": partial(_text, "equals-ignore-case"),
    "anything-but": _anything_but,
    "numeric": _numeric,
    "exists": _exists,
    "cidr": _cidr,
}


def _keys(policy: Policy) -> int:
    """How many names of properties there are; those of one place are counted once however deep it is."""
    own = sum(1 if isinstance(found, Leaf) else _keys(found) for _, found in policy.properties)
    return own + sum(_keys(each) for choice in policy.either for each in choice)


def _combinations(policy: Policy, depth: int, *, nested: bool) -> int:
    """The product of what each leaf counts: its alternatives, inside of bodies times its depth; a choice adds up."""
    counts = []
    for _, found in policy.properties:
        if isinstance(found, Leaf):
            counts.append(len(found.alternatives) * (depth if nested else 1))
        else:
            counts.append(_combinations(found, depth + 1, nested=nested))
    counts += [sum(_combinations(each, depth, nested=nested) for each in choice) for choice in policy.either]
    return prod(counts)
