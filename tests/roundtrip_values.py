"""Generated values of model shapes, and the same values as botocore has them."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from bayon.wire.model import Shape

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DEPTH = 6
_TEXTS = ("a", "Ünïcode ☃", "a b&c=d", "<x>\"'", "1.5", "arn:aws:x:us-east-1:000000000000:y/z")


class Values:
    """Makes one value after another from a seed; every member is there, or with `minimal` the required ones."""

    def __init__(self, seed: int, *, minimal: bool = False, whole_seconds: bool = False) -> None:
        self._random = random.Random(seed)
        self._minimal = minimal
        self._whole_seconds = whole_seconds

    def value(self, shape: Shape, inside: tuple[str, ...] = ()) -> Any:
        """A value within the shape's ranges, lengths and enums; patterns are not looked at."""
        match shape.type:
            case "structure":
                return self._structure(shape, (*inside, shape.name))
            case "list":
                return [self.value(shape.member, inside) for _ in range(self._count(shape, inside))]
            case "map":
                return self._map(shape, inside)
            case _:
                return self._scalar(shape)

    def _structure(self, shape: Shape, inside: tuple[str, ...]) -> dict[str, Any]:
        names = list(shape.members)
        if shape.trait.union:
            names = [self._random.choice(self._shallow(shape, names, inside))]
        elif self._minimal or len(inside) > _DEPTH or inside.count(shape.name) > 2:
            required = [name for name in names if name in shape.trait.required]
            # A form cannot say that an empty structure is there.
            names = required or (names[:1] if 1 < len(inside) <= _DEPTH else [])
        return {name: self.value(shape.members[name], inside) for name in names}

    def _shallow(self, shape: Shape, names: list[str], inside: tuple[str, ...]) -> list[str]:
        """Of a union's members those without a structure below them, when it is deep already and there are any."""
        if len(inside) <= _DEPTH:
            return names
        flat = [name for name in names if shape.members[name].type not in ("structure", "list", "map")]
        return flat or names

    def _count(self, shape: Shape, inside: tuple[str, ...]) -> int:
        low = int(shape.trait.min or 0)
        deep = len(inside) > _DEPTH or inside.count(inside[-1] if inside else "") > 1
        if deep or self._minimal:  # neither can a form do so for a map, nor a query string for a list
            return max(low, 1) if shape.type == "map" or shape.trait.location else low
        return min(max(low, 2), int(shape.trait.max or 2))

    def _map(self, shape: Shape, inside: tuple[str, ...]) -> dict[str, Any]:
        count = self._count(shape, inside)
        if shape.key.trait.enum:
            keys = list(shape.key.trait.enum)[:count]
        else:
            long = "k" * int(shape.key.trait.min or 1)
            keys = [f"{index}{long}"[: int(shape.key.trait.max or 99)] for index in range(count)]
        return {key: self.value(shape.value, inside) for key in keys}

    def _scalar(self, shape: Shape) -> Any:
        trait = shape.trait
        match shape.type:
            case "integer" if trait.location == "statusCode":
                return 206
            case "string" | "character":
                return self._string(shape)
            case "boolean":
                return self._random.random() < 0.5
            case "integer" | "long":
                high = trait.max if trait.max is not None else 2**31 - 1
                return self._random.randint(int(trait.min or 0), max(int(high), int(trait.min or 0)))
            case "float" | "double":
                return float(trait.min or 0) + self._random.choice((0.0, 0.25, 0.5))
            case "timestamp":
                seconds = self._random.randrange(1_600_000_000, 1_900_000_000)
                return seconds * 1000 + (0 if self._whole_seconds else self._random.choice((0, 123)))
            case _:
                return bytes(self._random.randrange(256) for _ in range(max(int(trait.min or 0), 3)))

    def _string(self, shape: Shape) -> str:
        trait = shape.trait
        if trait.jsonvalue:
            return json.dumps({"key": [1, "ü"]}, separators=(",", ":"))
        if trait.enum:
            return self._random.choice(trait.enum)
        text = "label" if trait.location else self._random.choice(_TEXTS)
        low, high = int(trait.min or 0), int(trait.max if trait.max is not None else 1000)
        return (text + "x" * max(0, low - len(text)))[:high]


def as_botocore(shape: Shape, value: Any) -> Any:
    """The value as botocore takes and gives it: datetimes, and the JSON values of headers parsed."""
    match shape.type:
        case "structure":
            return {name: as_botocore(shape.members[name], item) for name, item in value.items()}
        case "list":
            return [as_botocore(shape.member, item) for item in value]
        case "map":
            return {key: as_botocore(shape.value, item) for key, item in value.items()}
        case "timestamp":
            return _EPOCH + timedelta(milliseconds=value)
        case "string" if shape.trait.jsonvalue and shape.trait.location == "header":
            return json.loads(value)
        case _:
            return value
