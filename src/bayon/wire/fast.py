"""The fast reader: shapes become msgspec types, so that a faultless body is decoded and checked at C speed.

It refuses what it is not sure of, with an exception of any kind; the caller then asks the reference, `trees.py` and
`validate.py`, which alone decides. A property test holds the two to the same answers.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal, TypedDict

import msgspec

from bayon.limits import PATTERN_CHARS
from bayon.wire import exempt, patterns, timestamps
from bayon.wire.model import Model, Operation, Shape
from bayon.wire.trees import INTEGERS

Adapt = Callable[[Any], Any]
TRUSTED = (msgspec.MsgspecError, ValueError, TypeError, OverflowError, RecursionError)  # what a refusal may look like

_SECONDS = msgspec.Meta(ge=timestamps.SECONDS_MIN, le=timestamps.SECONDS_MAX)


class Refused(ValueError):
    """Ask the reference."""


class FastReader:
    """Types and adaptations for one operation's body, in JSON or in CBOR.

    A body that fits `type_` is decoded into plain dicts; `adapt` then turns its timestamps into milliseconds and its
    wire names into member names, in place.
    """

    def __init__(self, model: Model, operation: Operation, body: list[str], *, cbor: bool) -> None:
        self._exempted = exempt.members(model.service, operation.name)
        self._cbor = cbor
        self._types: dict[tuple[str, bool], Any] = {}
        self._adapts: dict[str, Adapt] = {}
        shape = operation.input
        assert shape is not None
        tokens = {name for name in body if shape.members[name].trait.idempotency_token}
        required = set(shape.trait.required) - tokens
        self.type_ = _typed_dict(shape.name, {}, set())
        self._fill(self.type_, shape, body, required, lambda name: name not in self._exempted)
        self.adapt: Adapt = self._structure_adapt(shape, body)

    def _fill(
        self, type_: Any, shape: Shape, names: list[str], required: set[str], held: Callable[[str], bool]
    ) -> None:
        for name in names:
            key = shape.members[name].trait.location_name or name
            type_.__annotations__[key] = self._type(shape.members[name], held=held(name))
            if name in required:
                type_.__required_keys__ |= {key}

    def _type(self, shape: Shape, *, held: bool) -> Any:
        if shape.trait.document:
            return Any
        if shape.type == "structure":
            key = (shape.name, held)
            if key not in self._types:
                self._types[key] = _typed_dict(shape.name, {}, set())
                self._fill(self._types[key], shape, list(shape.members), set(shape.trait.required), lambda _: held)
            return self._types[key]
        if shape.type == "list":
            item = self._type(shape.member, held=held)
            item = item | None if shape.trait.sparse else item
            return _limited(list[item], shape, held=held)  # type: ignore[valid-type]
        if shape.type == "map":
            value = self._type(shape.value, held=held)
            value = value | None if shape.trait.sparse else value
            return _limited(dict[self._type(shape.key, held=held), value], shape, held=held)  # type: ignore[misc]
        return self._scalar(shape, held=held)

    def _scalar(self, shape: Shape, *, held: bool) -> Any:
        if shape.type == "timestamp":
            return datetime if self._cbor else Annotated[float, _SECONDS]
        if shape.type in INTEGERS:
            return _limited(int, shape, held=held)
        if shape.type == "string" and held and shape.trait.enum:
            return Literal[shape.trait.enum]
        plain = {"string": str, "character": str, "boolean": bool, "blob": bytes, "float": float, "double": float}
        return _limited(plain[shape.type], shape, held=held)

    def repeated(self, shape: Shape, names: list[str]) -> tuple[str, Any, Adapt] | None:
        """The first list of plain structures, free in length, among the members; its items' type and adaptation."""
        for name in names:
            listed = shape.members[name]
            held = name not in self._exempted
            bounded = held and (listed.trait.min is not None or listed.trait.max is not None)
            if bounded or listed.trait.location_name not in ("", name):
                continue
            if listed.type == "list" and listed.member.type == "structure" and _is_plain(listed.member):
                adapt = self._adapt(listed.member)
                return name, self._type(listed.member, held=held), adapt or (lambda item: item)
        return None

    # ── After decoding ──

    def _adapt(self, shape: Shape) -> Adapt | None:
        """What must still be done to a value of the shape; None where nothing."""
        if shape.type == "timestamp":
            return timestamps.from_datetime if self._cbor else timestamps.from_seconds
        if shape.type == "structure" and not shape.trait.document and self._touched(shape):
            return self._adapts.get(shape.name) or self._structure_adapt(shape, list(shape.members))
        if shape.type == "list":
            return _list_adapt(self._adapt(shape.member))
        if shape.type == "map":
            return _map_adapt(self._adapt(shape.value))
        return None

    def _structure_adapt(self, shape: Shape, names: list[str]) -> Adapt:
        adapts: list[tuple[str, str, Adapt | None]] = []
        adapt = _in_place(adapts, union=shape.trait.union)
        self._adapts[shape.name] = adapt
        for name in names:
            member = shape.members[name]
            key = member.trait.location_name or name
            change = self._adapt(member)
            if change is not None or key != name:
                adapts.append((key, name, change))
        return adapt

    def _touched(self, shape: Shape, seen: frozenset[str] = frozenset()) -> bool:
        """Whether any value below the shape needs more than decoding."""
        if shape.type == "timestamp" or shape.trait.union:
            return True
        if shape.type == "list":
            return self._touched(shape.member, seen)
        if shape.type == "map":
            return self._touched(shape.value, seen)
        if shape.type != "structure" or shape.name in seen:
            return False
        seen |= {shape.name}
        return any(
            m.trait.location_name not in ("", name) or self._touched(m, seen) for name, m in shape.members.items()
        )


def _is_plain(shape: Shape) -> bool:
    """Whether the structure's own numbers are free, and nothing in it may be arbitrary bytes."""
    free = (
        m.trait.min is None and m.trait.max is None for m in shape.members.values() if m.type in ("double", "float")
    )
    return all(free) and not shape.trait.union and not any(m.type == "blob" for m in shape.members.values())


def _typed_dict(name: str, annotations: dict[str, Any], required: set[str]) -> Any:
    # Filled in later, since shapes may contain themselves.
    type_: Any = TypedDict(name, {}, total=False)  # type: ignore[misc]
    type_.__annotations__ = annotations
    type_.__required_keys__ = frozenset(required)
    return type_


def _limited(plain: Any, shape: Shape, *, held: bool) -> Any:
    """The type with as many of the shape's constraints as it can hold."""
    low, high = (shape.trait.min, shape.trait.max) if held else (None, None)
    limits: dict[str, Any] = {}
    if shape.type in INTEGERS:
        smallest, largest = INTEGERS[shape.type]
        limits["ge"] = smallest if low is None else max(int(low), smallest)
        limits["le"] = largest if high is None else min(int(high), largest)
    elif shape.type in ("float", "double"):
        limits = {"ge": low, "le": high}
    elif shape.type != "boolean":
        limits = {"min_length": low or None, "max_length": high}
    if shape.type == "string" and held and shape.trait.pattern:
        limits["pattern"] = patterns.expression(shape.trait.pattern)
        limits["max_length"] = PATTERN_CHARS if high is None else high
    limits = {name: value for name, value in limits.items() if value is not None}
    return Annotated[plain, msgspec.Meta(**limits)] if limits else plain


def _in_place(adapts: list[tuple[str, str, Adapt | None]], *, union: bool) -> Adapt:
    def adapt(value: Any) -> Any:
        if union and len(value) != 1:
            raise Refused
        for key, name, change in adapts:
            if key in value:
                item = value.pop(key) if key != name else value[key]
                value[name] = item if change is None else change(item)
        return value

    return adapt


def _list_adapt(change: Adapt | None) -> Adapt | None:
    if change is None:
        return None
    return lambda value: [None if item is None else change(item) for item in value]


def _map_adapt(change: Adapt | None) -> Adapt | None:
    if change is None:
        return None
    return lambda value: {key: None if item is None else change(item) for key, item in value.items()}
