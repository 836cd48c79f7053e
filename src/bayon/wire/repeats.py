"""Reads a CBOR list of many structures that differ in little but their numbers, as agents send data points.

The bytes are split at what has a fixed width, doubles and timestamps. What stands between them recurs from item to item
and from request to request, so it is decoded once, with numbers put in that can be recognised, and remembered; the
numbers themselves are read by numpy. A width is fixed whatever the number is, so bytes that are an item with one number
are an item with any. Whatever is unlike this is refused: the caller then reads it in the ordinary way.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from io import BytesIO
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from bayon import limits
from bayon.wire import cbor

_NUMBER = re.compile(rb"(\xc1\x1a[\s\S]{4}|\xfb[\s\S]{8})")
_SECONDS, _DOUBLE = 6, 9  # how wide the two are
_ARRAY_OF_16 = 0x99  # the head of a list whose length takes two bytes, and one byte
_ARRAY_OF_8 = 0x98
_STAND_IN = 0x5EED_0BEE_F00D_CAFE  # stands for the list while the rest is decoded


class Refused(ValueError):
    """Read it in the ordinary way."""


_Key = tuple[Any, ...]  # the widths of an item's numbers, then the bytes before the first and behind each


class _Known(NamedTuple):
    """An item without its numbers, whose members they are, and how the item behind it begins."""

    template: dict[str, Any]
    names: tuple[str, ...]
    following: bytes


class Repeats:
    """The reader of the list member `name` whose items `convert` checks and adapts."""

    def __init__(self, name: str, convert: Callable[[Any], dict[str, Any]]) -> None:
        self._key = cbor.text(name)
        self._name = name
        self._convert = convert
        self._known: dict[_Key, _Known] = {}

    def read(self, data: bytes) -> tuple[Any, list[dict[str, Any]]]:
        """The body without the list, and the items of the list. Raises: Refused."""
        at = data.find(self._key) + len(self._key)
        head = data[at] if self._key in data else 0
        if head == _ARRAY_OF_16:
            count, start = int.from_bytes(data[at + 1 : at + 3]), at + 3
        elif head == _ARRAY_OF_8:
            count, start = data[at + 1], at + 2
        else:
            raise Refused
        items, behind = self._items(data[start:], count)
        rest = cbor.quick(data[:at] + cbor.integer(_STAND_IN) + behind)
        if not isinstance(rest, dict) or rest.pop(self._name, None) != _STAND_IN:
            raise Refused
        return rest, items

    def _items(self, data: bytes, count: int) -> tuple[list[dict[str, Any]], bytes]:
        """The items, and the bytes behind them."""
        parts = _NUMBER.split(data)
        numbers = _numbers_of_first(data)
        if len(parts) < 2 * numbers * count + 1:
            raise Refused
        texts = [parts[2 * place :: 2 * numbers] for place in range(1, numbers + 1)]
        begins = parts[0]
        widths = tuple(map(len, parts[1 : 2 * numbers : 2]))
        templates: list[dict[str, Any]] = []
        names: tuple[str, ...] = ()
        learnt = 0
        for between in islice(zip(*texts, strict=False), count):
            key = (widths, begins, *between)
            known = self._known.get(key)
            if known is None:
                learnt += 1
                if learnt > limits.REPEATS_LEARNT:
                    raise Refused
                known = self._learn(key)
            if known.names != names:
                if names:
                    raise Refused
                names = known.names
            templates.append(known.template.copy())
            begins = known.following
        for place, name in enumerate(names):
            column = _column(parts[1 + 2 * place :: 2 * numbers][:count])
            for item, number in zip(templates, column, strict=True):
                item[name] = number
        return templates, begins + b"".join(parts[2 * numbers * count + 1 :])

    def _learn(self, key: _Key) -> _Known:
        widths, begins, *between = key
        numbers = [_recognisable(place, width) for place, width in enumerate(widths)]
        pieces = [begins]
        for (written, _), text in zip(numbers, between, strict=True):
            pieces += [written, text]
        stream = BytesIO(b"".join(pieces))
        try:
            template = self._convert(cbor.quick_from(stream))
        except Exception as err:
            raise Refused from err
        names = tuple(
            next((name for name, value in template.items() if type(value) is type(number) and value == number), "")
            for _, number in numbers
        )
        behind = stream.read()
        if "" in names or len(set(names)) != len(names) or not between[-1].endswith(behind):
            raise Refused
        for name in names:
            del template[name]
        known = _Known(template, names, behind)
        if len(self._known) >= limits.REPEATS_KNOWN:
            self._known.clear()
        if len(begins) + sum(map(len, between)) <= limits.REPEAT_BYTES:
            self._known[key] = known
        return known


def _numbers_of_first(data: bytes) -> int:
    """How many numbers of fixed width the first item has. Raises: Refused."""
    stream = BytesIO(data)
    try:
        cbor.quick_from(stream)
    except ValueError as err:
        raise Refused from err
    numbers = len(_NUMBER.findall(data, 0, stream.tell()))
    if not numbers:
        raise Refused
    return numbers


def _recognisable(place: int, width: int) -> tuple[bytes, int | float]:
    """A number of the width that no item has by chance, as written and as read."""
    if width == _SECONDS:
        seconds = 0x5EED0000 + place
        return b"\xc1\x1a" + struct.pack(">I", seconds), seconds * 1000
    number = 1.2345678901234567e-290 * (place + 1)
    return b"\xfb" + struct.pack(">d", number), number


def _column(written: list[bytes]) -> list[Any]:
    """The numbers, all of one kind. Raises: Refused."""
    width = len(written[0])
    if set(map(len, written)) != {width}:
        raise Refused
    joined = b"".join(written)
    form = (
        [("head", "u1"), ("tag", "u1"), ("number", ">u4")] if width == _SECONDS else [("head", "u1"), ("number", ">f8")]
    )
    read = np.frombuffer(joined, np.dtype(form))
    if (read["head"] != joined[0]).any():
        raise Refused
    column = read["number"].astype(np.int64) * 1000 if width == _SECONDS else read["number"]
    numbers: list[Any] = column.tolist()
    return numbers
