"""The reference reader: a decoded JSON or CBOR tree becomes the model's values, or Malformed says what is wrong.

It decides what a body means; `fast.py` gives the same values sooner for bodies without fault. Constraints are not its
business but those of `validate.py`.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable
from typing import Any

from bayon.wire import timestamps
from bayon.wire.message import Malformed
from bayon.wire.model import Shape

Read = Callable[[Any], Any]

INTEGERS = {"integer": (-(2**31), 2**31 - 1), "long": (-(2**63), 2**63 - 1)}
_A = {"integer": "an Integer", "boolean": "a Boolean", "blob": "a Blob", "timestamp": "milliseconds since epoch"}
SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_NEVER_KNOWN = "__type"  # sent with tagged values, never a member


class TreeReader:
    """Compiles readers for one kind of tree; `json` and `cbor` below are the two kinds."""

    def __init__(self, timestamp: Read, blob: Read, *, strict: bool) -> None:
        self._leaves: dict[str, Read] = {
            "timestamp": timestamp,
            "blob": blob,
            "string": _string,
            "character": _string,
            "boolean": _boolean,
            "integer": _integer("integer"),
            "long": _integer("long"),
            "float": _double,
            "double": _double,
        }
        self._strict = strict
        self._structures: dict[str, Read] = {}

    def reader(self, shape: Shape) -> Read:
        """The function that reads a value of the shape, which is never null. Raises (the function): Malformed."""
        if shape.trait.document:
            return _same
        if shape.type == "structure":
            return self._structures.get(shape.name) or self.structure(shape, list(shape.members))
        if shape.type == "list":
            return _list(self.reader(shape.member))
        if shape.type == "map":
            return _map(self.reader(shape.value))
        return self._leaves[shape.type]

    def structure(self, shape: Shape, names: list[str]) -> Read:
        """The reader of a structure of which only the named members are in the body."""
        members: dict[str, tuple[str, Read]] = {}
        read = _structure(members, strict=self._strict, union=shape.trait.union)
        self._structures[shape.name] = read
        for name in names:
            member = shape.members[name]
            members[member.trait.location_name or name] = (name, self.reader(member))
        return read


def json_reader(*, strict: bool) -> TreeReader:
    return TreeReader(_json_timestamp, _json_blob, strict=strict)


def cbor_reader(timestamp: Read, *, strict: bool) -> TreeReader:
    return TreeReader(timestamp, _bytes, strict=strict)


def _same(value: Any) -> Any:
    return value


def _structure(members: dict[str, tuple[str, Read]], *, strict: bool, union: bool) -> Read:
    def read(value: Any) -> Any:
        if type(value) is not dict:
            raise Malformed(_unexpected(value, "structure"))
        found = {}
        for key, item in value.items():
            member = members.get(key)
            if member is not None and item is not None:
                found[member[0]] = member[1](item)
            elif member is None and strict and key != _NEVER_KNOWN:
                raise Malformed(f"Unknown member: {key}")
        if union and len(found) != 1:
            raise Malformed(f"A union must have exactly one member, found {len(found)}")
        return found

    return read


def _list(read_item: Read) -> Read:
    def read(value: Any) -> Any:
        if type(value) is not list:
            raise Malformed(_unexpected(value, "list"))
        return [None if item is None else read_item(item) for item in value]

    return read


def _map(read_item: Read) -> Read:
    def read(value: Any) -> Any:
        if type(value) is not dict or not all(type(key) is str for key in value):
            raise Malformed(_unexpected(value, "map"))
        return {key: None if item is None else read_item(item) for key, item in value.items()}

    return read


def _string(value: Any) -> Any:
    if type(value) is not str:
        raise Malformed(_unexpected(value, "string"))
    return value


def _boolean(value: Any) -> Any:
    if type(value) is not bool:
        raise Malformed(_unexpected(value, "boolean"))
    return value


def _integer(kind: str) -> Read:
    low, high = INTEGERS[kind]

    def read(value: Any) -> Any:
        whole = int(value) if type(value) is float and value.is_integer() else value
        if type(whole) is not int or not low <= whole <= high:
            raise Malformed(_unexpected(value, kind))
        return whole

    return read


def _double(value: Any) -> Any:
    if type(value) in (int, float):
        try:
            return float(value)
        except OverflowError as err:
            raise Malformed(_unexpected(value, "double")) from err
    if type(value) is str and value in SPECIAL:
        return SPECIAL[value]
    raise Malformed(_unexpected(value, "double"))


def _json_timestamp(value: Any) -> Any:
    try:
        if type(value) in (int, float):
            return timestamps.from_seconds(value)
        if type(value) is str:
            return timestamps.from_text(value)
    except (ValueError, OverflowError) as err:
        raise Malformed(_unexpected(value, "timestamp")) from err
    raise Malformed(_unexpected(value, "timestamp"))


def _json_blob(value: Any) -> Any:
    if type(value) is not str:
        raise Malformed(_unexpected(value, "blob"))
    return base64_bytes(value)


def base64_bytes(text: str) -> bytes:
    """The bytes that the text stands for. Raises: Malformed."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as err:
        raise Malformed("a blob is not valid base64") from err


def _bytes(value: Any) -> Any:
    if type(value) is not bytes:
        raise Malformed(_unexpected(value, "blob"))
    return value


def _unexpected(value: Any, wanted: str) -> str:
    """What AWS says of a JSON value of the wrong kind.

    Source: texts quoted by users of its JSON services; those for a missing list and structure are ours.
    """
    if type(value) is dict:
        return "Start of structure or map found where not expected."
    if type(value) is list:
        return "Start of list found where not expected"
    if wanted in ("structure", "map", "list"):
        return f"Expected a {wanted} or null"
    return f"{_token(value)} can not be converted to {_A.get(wanted, f'a {wanted.capitalize()}')}"


def _token(value: Any) -> str:
    if type(value) is bool:
        return "TRUE_VALUE" if value else "FALSE_VALUE"
    if type(value) in (int, float):
        return "NUMBER_VALUE"
    return "STRING_VALUE" if type(value) is str else "Value"
