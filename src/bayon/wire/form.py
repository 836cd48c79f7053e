"""Flattened forms, `A.member.1.B=x`, to the model's values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from bayon import limits
from bayon.errors import AwsError
from bayon.wire import scalars
from bayon.wire.message import Malformed
from bayon.wire.model import Shape
from bayon.wire.xml import wire_name

_TEXT = ""  # under this key a node keeps its own text
Node = dict[str, Any]
Read = Callable[[Node], Any]


def parse(text: str) -> dict[str, str]:
    """The form's fields; of a name given twice the last counts. Raises: AwsError for what is no form."""
    try:
        return dict(parse_qsl(text, keep_blank_values=True, strict_parsing=False, errors="strict"))
    except (ValueError, UnicodeError) as err:
        raise AwsError("MalformedQueryString", "The query string contains a syntax error.") from err


def tree(fields: dict[str, str]) -> Node:
    """The fields by the parts of their names. Raises: Malformed when a name has too many."""
    root: Node = {}
    for name, value in fields.items():
        parts = name.split(".", limits.QUERY_NAME_PARTS)
        if len(parts) > limits.QUERY_NAME_PARTS:
            raise Malformed("a parameter name has too many parts")
        node = root
        for part in parts:
            node = node.setdefault(part or "?", {})
        node[_TEXT] = value
    return root


class FormReader:
    """Compiles readers of nodes; with `strict` unknown names are refused."""

    def __init__(self, *, strict: bool) -> None:
        self._strict = strict
        self._structures: dict[str, Read] = {}

    def reader(self, shape: Shape) -> Read:
        """The function from a node to a value of the shape; it raises Malformed."""
        if shape.type == "structure":
            return self._structures.get(shape.name) or self.structure(shape)
        if shape.type == "list":
            return self._list(shape)
        if shape.type == "map":
            return self._map(shape)
        from_text = scalars.reader(shape)
        return lambda node: from_text(_text(node))

    def structure(self, shape: Shape, ignored: frozenset[str] = frozenset()) -> Read:
        """The reader of a structure; the `ignored` names are known not to be members."""
        members: dict[str, tuple[str, Read]] = {}
        union = shape.trait.union

        def read(node: Node) -> Any:
            found = {}
            for key, below in node.items():
                member = members.get(key)
                if member is not None:
                    found[member[0]] = member[1](below)
                elif self._strict and key and key not in ignored:
                    raise Malformed(f"Unknown member: {key}")
            if union and len(found) != 1:
                raise Malformed(f"A union must have exactly one member, found {len(found)}")
            return found

        self._structures[shape.name] = read
        for name, member in shape.members.items():
            members[wire_name(member, name)] = (name, self.reader(member))
        return read

    def _list(self, shape: Shape) -> Read:
        read_item = self.reader(shape.member)
        item_name = shape.member.trait.location_name or "member"
        flattened = shape.trait.flattened

        def read(node: Node) -> Any:
            return [read_item(item) for item in _numbered(node if flattened else node.get(item_name, {}))]

        return read

    def _map(self, shape: Shape) -> Read:
        key_name = shape.key.trait.location_name or "key"
        value_name = shape.value.trait.location_name or "value"
        read_key, read_value = self.reader(shape.key), self.reader(shape.value)
        flattened = shape.trait.flattened

        def read(node: Node) -> Any:
            found = {}
            for entry in _numbered(node if flattened else node.get("entry", {})):
                if key_name not in entry:
                    raise Malformed(f"a map entry needs {key_name} and {value_name}")
                found[read_key(entry[key_name])] = read_value(entry.get(value_name, {}))
            return found

        return read


def _text(node: Node) -> str:
    if _TEXT not in node:
        raise Malformed("Unexpected complex element termination")  # AWS's text for a name that goes on
    text: str = node[_TEXT]
    return text


def _numbered(node: Node) -> list[Node]:
    """The nodes below 1, 2, 3 … in that order; a gap is closed."""
    numbers: list[tuple[int, Node]] = []
    for key, below in node.items():
        if key == _TEXT:
            continue
        if not (key.isascii() and key.isdecimal()) or len(key) > 9:
            raise Malformed(f"Expected a number in a list's name, found {key[:40]}")
        numbers.append((int(key), below))
    return [below for _, below in sorted(numbers, key=lambda pair: pair[0])]
