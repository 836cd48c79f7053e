"""The model's values to what msgspec writes as JSON: timestamps to seconds or text, special numbers to their names."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import msgspec
import numpy as np

from bayon.wire import scalars, timestamps
from bayon.wire.model import Shape

Convert = Callable[[Any], Any]


class JsonWriter:
    """Compiles the conversion of a shape; None where its values can be written as they are."""

    def __init__(self) -> None:
        self._structures: dict[str, Convert] = {}

    def convert(self, shape: Shape) -> Convert | None:
        if shape.trait.document:
            return None
        if shape.type == "timestamp":
            form = shape.trait.timestamp_format or "unixTimestamp"
            return timestamps.to_seconds if form == "unixTimestamp" else timestamps.text_writer(form)
        if shape.type in ("double", "float"):
            return _double
        if shape.type == "list":
            return self._list(shape.member)
        if shape.type == "map":
            return _map(self.convert(shape.value))
        if shape.type == "structure" and not self._is_plain(shape, frozenset()):
            return self._structures.get(shape.name) or self.structure(shape, list(shape.members))
        return None

    def _list(self, member: Shape) -> Convert | None:
        """A column of numbers or timestamps may come as an array, and is then never looked at one by one."""
        convert = self.convert(member)
        if member.type in ("double", "float"):
            return _doubles
        if convert is timestamps.to_seconds:
            return _instants
        return None if convert is None else _each(convert)

    def structure(self, shape: Shape, names: list[str]) -> Convert:
        """The conversion of a structure of which only the named members go into the body."""
        members: dict[str, tuple[str, Convert | None]] = {}

        def convert(value: Any) -> Any:
            found = {}
            for name, item in value.items():
                member = members.get(name)
                if member is not None and item is not None:
                    found[member[0]] = item if member[1] is None else member[1](item)
            return found

        self._structures[shape.name] = convert
        for name in names:
            member = shape.members[name]
            members[name] = (member.trait.location_name or name, self.convert(member))
        return convert

    def _is_plain(self, shape: Shape, inside: frozenset[str]) -> bool:
        """Whether no value below the shape needs a change."""
        if shape.type in ("timestamp", "double", "float"):
            return False
        if shape.type == "list":
            return self._is_plain(shape.member, inside)
        if shape.type == "map":
            return self._is_plain(shape.value, inside)
        if shape.type != "structure" or shape.trait.document or shape.name in inside:
            return True
        inside |= {shape.name}
        return all(
            m.trait.location_name in ("", name) and self._is_plain(m, inside) for name, m in shape.members.items()
        )


def _double(value: float) -> Any:
    return value if math.isfinite(value) else scalars.special_name(value)


def _doubles(values: list[Any] | np.ndarray[Any, Any]) -> Any:
    if isinstance(values, np.ndarray):
        plain = values.tolist()
        return plain if np.isfinite(values).all() else [*map(_double, plain)]
    if None in values:
        return [None if value is None else _double(value) for value in values]
    # A sum is finite only where every item is; where large items overflow it, looking at each one is merely slower.
    return values if math.isfinite(sum(values)) else [*map(_double, values)]


def _instants(values: list[Any] | np.ndarray[Any, Any]) -> Any:
    if isinstance(values, np.ndarray):
        return msgspec.Raw(_seconds(values.astype(np.int64).tobytes()))
    return [None if value is None else timestamps.to_seconds(value) for value in values]


@lru_cache(maxsize=16)
def _seconds(data: bytes) -> bytes:
    """Milliseconds as JSON; series that are asked for together have the same times, so these are written once."""
    values = np.frombuffer(data, np.int64)
    if not (values % 1000).any():
        return msgspec.json.encode((values // 1000).tolist())
    return msgspec.json.encode([timestamps.to_seconds(value) for value in values.tolist()])


def _each(convert: Convert) -> Convert:
    return lambda values: [None if value is None else convert(value) for value in values]


def _map(convert: Convert | None) -> Convert | None:
    if convert is None:
        return None
    return lambda values: {key: None if value is None else convert(value) for key, value in values.items()}
