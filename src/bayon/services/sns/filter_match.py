"""What a filter policy lets through. Pure. Source: metrics.md §8.5."""

from __future__ import annotations

import ipaddress
import json
import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any, assert_never

from bayon.services.sns.filter_policy import (
    BODY,
    Alternative,
    AnythingBut,
    Cidr,
    Equals,
    Exists,
    Leaf,
    Numeric,
    Policy,
    Text,
    parse,
)

_MISSING = object()
_SIGNS: dict[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def let_through(subscription: Mapping[str, str], message: str, attributes: Mapping[str, Any]) -> bool:
    """Whether a subscription with these attributes gets the message.

    In: `attributes` are the message's, binary values as they may be: they are not looked at.
    """
    text = subscription.get("FilterPolicy")
    if not text:
        return True
    scope = subscription.get("FilterPolicyScope", "MessageAttributes")
    policy = parse(text, scope)
    found = _body(message) if scope == BODY else _values(attributes)
    return found is not None and _holds(policy, found)


def _body(message: str) -> dict[str, Any] | None:
    """The body, none where it is no object: nothing is let through then."""
    try:
        found = json.loads(message)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _values(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _value(value["DataType"], value.get("StringValue", ""))
        for name, value in attributes.items()
        if not value["DataType"].startswith("Binary")
    }


def _value(kind: str, text: str) -> Any:
    if kind.startswith("Number"):
        return float(text)
    if kind == "String.Array":
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    return text


def _holds(policy: Policy, value: Any) -> bool:
    """Whether the object, or one object of the list, has all that the policy asks for."""
    if isinstance(value, list):
        return any(_holds(policy, each) for each in value)
    inside = value if isinstance(value, dict) else {}
    return all(_has(found, inside.get(name, _MISSING)) for name, found in policy.properties) and all(
        any(_holds(each, inside) for each in choice) for choice in policy.either
    )


def _has(wanted: Leaf | Policy, value: Any) -> bool:
    if isinstance(wanted, Policy):
        return _holds(wanted, value)
    values = [] if value is _MISSING else list(_leaves(value))
    return any(_matches(each, values, there=value is not _MISSING) for each in wanted.alternatives)


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    else:
        yield value


def _matches(alternative: Alternative, values: list[Any], *, there: bool) -> bool:
    match alternative:
        case Exists(wanted):
            return there is wanted
        case Equals(wanted):
            return any(_same(wanted, each) for each in values)
        case Text(how, text):
            return any(_is_text(how, text, each) for each in values if isinstance(each, str))
        case AnythingBut(prefix=None):
            return any(not any(_same(refused, each) for refused in alternative.values) for each in values)
        case AnythingBut(prefix=prefix):
            return any(not (isinstance(each, str) and each.startswith(str(prefix))) for each in values)
        case Numeric(bounds):
            return any(_within(bounds, each) for each in values)
        case Cidr(network):
            return any(_lies_in(network, each) for each in values)
        case _:
            assert_never(alternative)


def _same(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, bool) or isinstance(found, bool) or wanted is None or found is None:
        return wanted is found
    return bool(wanted == found)


def _is_text(how: str, text: str, found: str) -> bool:
    if how == "prefix":
        return found.startswith(text)
    if how == "suffix":
        return found.endswith(text)
    return found.casefold() == text.casefold()


def _within(bounds: tuple[tuple[str, float], ...], found: Any) -> bool:
    number = isinstance(found, int | float) and not isinstance(found, bool)
    return number and all(_SIGNS[sign](found, bound) for sign, bound in bounds)


def _lies_in(network: Any, found: Any) -> bool:
    try:
        return isinstance(found, str) and ipaddress.ip_address(found) in network
    except ValueError:
        return False
