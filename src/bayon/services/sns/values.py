"""Checks of single attribute values that topics and subscriptions share. Each returns the value to keep.

Raised texts lack what stands before them, which differs between operations; callers add it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

Check = Callable[[str], str]


class BadValueError(ValueError):
    """An attribute's value is wrong; the text says how."""


def boolean(value: str) -> str:
    """`true` or `false`, in lower case."""
    if value.lower() not in ("true", "false"):
        raise BadValueError(f"Invalid value [{value}]. Must be true or false.")
    return value.lower()


def json_object(value: str) -> str:
    """The text of a JSON object, as it came."""
    read_object(value)
    return value


def read_object(value: str) -> dict[str, Any]:
    """What the text says, which must be a JSON object."""
    try:
        found = json.loads(value, parse_constant=_refuse)
    except (ValueError, RecursionError) as err:
        raise BadValueError(f"failed to parse JSON. {err}") from err
    if not isinstance(found, dict):
        raise BadValueError("failed to parse JSON. expected an object")
    return found


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def one_of(*allowed: str) -> Check:
    """One of the words."""

    def check(value: str) -> str:
        if value not in allowed:
            raise BadValueError(f"Invalid value [{value}]. Must be one of {', '.join(allowed)}.")
        return value

    return check


def whole_number(lowest: int, highest: int) -> Check:
    """A whole number of the range."""

    def check(value: str) -> str:
        digits = value.isascii() and value.isdigit() and len(value) <= len(str(highest))
        if not digits or not lowest <= int(value) <= highest:
            raise BadValueError(f"Invalid value [{value}]. Must be between {lowest} and {highest}.")
        return value

    return check


def text(longest: int) -> Check:
    """Any text up to a length."""

    def check(value: str) -> str:
        if len(value) > longest:
            raise BadValueError(f"must not be longer than {longest} characters")
        return value

    return check
