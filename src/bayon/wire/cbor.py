"""CBOR bytes to Python values and back, as smithy-rpc-v2-cbor uses it.

Reading is cbor2's, with every tag refused that the protocol does not have, since some of them build things without end.
Writing is compiled from shapes: long lists of numbers and timestamps are laid out by numpy.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import datetime
from typing import Any, BinaryIO, NamedTuple

import cbor2
import numpy as np

from bayon.wire import timestamps
from bayon.wire.message import Malformed
from bayon.wire.model import Shape

NATIVE = (datetime, bytes)  # what cbor2 has already made of a timestamp and a blob

_DEPTH_MAX = 200  # ours: nested containers of a request


class Instant(NamedTuple):
    """A number tagged as epoch seconds."""

    seconds: Any


def quick(data: bytes) -> Any:
    """The value, with datetimes. Raises: ValueError for anything unusual."""
    return _load(data, _REFUSED)


def quick_from(stream: BinaryIO) -> Any:
    """The value that the stream begins with, as `quick` reads it; the stream then stands behind it."""
    try:
        return cbor2.CBORDecoder(
            stream, semantic_decoders=_REFUSED, tag_hook=_refuse, max_depth=_DEPTH_MAX, read_size=1
        ).decode()
    except (cbor2.CBORError, UnicodeError, TypeError, OverflowError, MemoryError) as err:
        raise ValueError("not CBOR") from err


def exact(data: bytes) -> Any:
    """The value, with each timestamp an Instant and without undefined values. Raises: Malformed."""
    try:
        return _plain(_load(data, _EXACT))
    except ValueError as err:
        raise Malformed from err


def timestamp(value: Any) -> int:
    """Milliseconds of an Instant, or of a bare number of seconds. Raises: Malformed."""
    seconds = value.seconds if isinstance(value, Instant) else value
    try:
        if type(seconds) in (int, float):
            return timestamps.from_seconds(seconds)
    except (ValueError, OverflowError) as err:
        raise Malformed("timestamp out of range") from err
    raise Malformed("Expected a timestamp")


def _load(data: bytes, tags: dict[int, Any]) -> Any:
    try:
        return cbor2.loads(data, semantic_decoders=tags, tag_hook=_refuse, max_depth=_DEPTH_MAX)
    except (cbor2.CBORError, UnicodeError, TypeError, OverflowError, MemoryError) as err:
        raise ValueError("not CBOR") from err


def _refuse(_value: Any, _immutable: Any) -> Any:
    raise ValueError("a tag that the protocol does not have")


def _instant(value: Any, _immutable: Any) -> Any:
    return Instant(value)


# Every tag that cbor2 gives a meaning except epoch time (1), big integers (2, 3) and the self-description (55799).
_REFUSED = dict.fromkeys((0, 4, 5, 25, 28, 29, 30, 35, 36, 37, 52, 54, 100, 256, 258, 260, 261, 1004, 43000), _refuse)
_EXACT = _REFUSED | {1: _instant}


def _plain(value: Any) -> Any:
    if value is cbor2.undefined:
        return None
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


# ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────

Write = Callable[[list[bytes], Any], None]
Column = list[Any] | np.ndarray[Any, Any]  # of numbers or timestamps

_BULK = 16  # from this length on numpy is quicker than one item after another
_U32_MAX = 2**32 - 1


def head(major: int, argument: int) -> bytes:
    """The first bytes of a data item."""
    if argument < 24:
        return bytes(((major << 5) | argument,))
    if argument < 1 << 8:
        return bytes(((major << 5) | 24, argument))
    if argument < 1 << 16:
        return struct.pack(">BH", (major << 5) | 25, argument)
    if argument < 1 << 32:
        return struct.pack(">BI", (major << 5) | 26, argument)
    return struct.pack(">BQ", (major << 5) | 27, argument)


def text(value: str) -> bytes:
    data = value.encode()
    return head(3, len(data)) + data


def integer(value: int) -> bytes:
    return head(0, value) if value >= 0 else head(1, -1 - value)


def double(value: float) -> bytes:
    return struct.pack(">Bd", 0xFB, value)


def instant(ms: int) -> bytes:
    """Tag 1 with whole seconds as an integer, else as a double."""
    return b"\xc1" + (double(ms / 1000) if ms % 1000 else integer(ms // 1000))


_SCALARS: dict[str, Callable[[Any], bytes]] = {
    "string": text,
    "character": text,
    "boolean": lambda value: b"\xf5" if value else b"\xf4",
    "integer": integer,
    "long": integer,
    "float": double,
    "double": double,
    "timestamp": instant,
    "blob": lambda value: head(2, len(value)) + bytes(value),
}
NULL = b"\xf6"


class Writer:
    """Compiles writers; a writer appends the pieces of one value to a list."""

    def __init__(self) -> None:
        self._structures: dict[str, Write] = {}

    def writer(self, shape: Shape) -> Write:
        if shape.type == "structure":
            return self._structures.get(shape.name) or self._structure(shape)
        if shape.type == "list":
            return _list(self.writer(shape.member), _BULK_WRITERS.get(shape.member.type))
        if shape.type == "map":
            return _map(self.writer(shape.value))
        encode = _SCALARS[shape.type]
        return lambda out, value: out.append(NULL if value is None else encode(value))

    def _structure(self, shape: Shape) -> Write:
        members: dict[str, tuple[bytes, Write]] = {}

        def write(out: list[bytes], value: Any) -> None:
            present = [(members[name], item) for name, item in value.items() if item is not None]
            out.append(head(5, len(present)))
            for (name, write_item), item in present:
                out.append(name)
                write_item(out, item)

        self._structures[shape.name] = write
        for name, member in shape.members.items():
            members[name] = (text(member.trait.location_name or name), self.writer(member))
        return write


def _list(write_item: Write, bulk: Callable[[Column], bytes | None] | None) -> Write:
    def write(out: list[bytes], value: Any) -> None:
        out.append(head(4, len(value)))
        packed = bulk(value) if bulk is not None and len(value) >= _BULK else None
        if packed is not None:
            out.append(packed)
            return
        for item in value.tolist() if isinstance(value, np.ndarray) else value:
            write_item(out, item)

    return write


def _map(write_item: Write) -> Write:
    def write(out: list[bytes], value: Any) -> None:
        out.append(head(5, len(value)))
        for key, item in value.items():
            out.append(text(key))
            write_item(out, item)

    return write


def _doubles(values: Column) -> bytes | None:
    if not isinstance(values, np.ndarray) and None in values:
        return None
    packed = np.empty(len(values), dtype=[("head", "u1"), ("value", ">f8")])
    packed["head"] = 0xFB
    packed["value"] = values
    return packed.tobytes()


def _instants(values: Column) -> bytes | None:
    if not isinstance(values, np.ndarray) and None in values:
        return None
    ms = np.asarray(values, dtype=np.int64)
    seconds, rest = np.divmod(ms, 1000)
    if rest.any() or seconds.min() < 0 or seconds.max() > _U32_MAX:
        return None
    packed = np.empty(len(values), dtype=[("head", ">u2"), ("value", ">u4")])
    packed["head"] = 0xC11A
    packed["value"] = seconds
    return packed.tobytes()


_BULK_WRITERS = {"double": _doubles, "float": _doubles, "timestamp": _instants}
