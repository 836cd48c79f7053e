"""XML elements to the model's values and back, for answers of the query protocol and both ways of rest-xml.

A document with a DOCTYPE is refused, since entities can make a small text large.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree  # noqa: ICN001
from xml.sax.saxutils import escape as _escape

import numpy as np

from bayon.wire import scalars
from bayon.wire.message import Malformed
from bayon.wire.model import Shape, XmlNamespace

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ENTITIES = {"\r": "&#xD;", '"': "&quot;"}

# ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────

Write = Callable[[list[str], Any], None]


def escape(text: str) -> str:
    """The text for an element or an attribute; characters that XML cannot hold become U+FFFD."""
    return _escape(_NOT_XML.sub("\ufffd", text), _ENTITIES)


def wire_name(shape: Shape, name: str) -> str:
    """The element name of a structure's member; a flattened list is named after its items."""
    if shape.type == "list" and shape.trait.flattened and shape.member.trait.location_name:
        return shape.member.trait.location_name
    return shape.trait.location_name or name


class XmlWriter:
    """Compiles writers; a writer appends the element of one value to a list."""

    def __init__(self) -> None:
        self._contents: dict[str, tuple[list[str], Write, Callable[[Any], str]]] = {}

    def element(self, shape: Shape, name: str) -> Write:
        """The writer of `<name>value</name>`, or of one element an item for a flattened list or map."""
        if shape.type == "structure":
            return self._structure(shape, name)
        if shape.type == "list":
            return self._list(shape, name)
        if shape.type == "map":
            return self._map(shape, name)
        to_text = scalars.writer(shape, "iso8601")
        start, end = _tags(name, shape.namespace)
        return lambda out, value: out.append(f"{start}{escape(to_text(value))}{end}")

    def members(self, shape: Shape, names: list[str]) -> Write:
        """The writer of a structure's members without an element around them."""
        writers: dict[str, Write] = {}

        def write(out: list[str], value: Any) -> None:
            for name, item in value.items():
                write_member = writers.get(name)
                if write_member is not None and item is not None:
                    write_member(out, item)

        self._contents[shape.name] = (names, write, _attributes(shape))
        for name in names:
            member = shape.members[name]
            if not member.trait.xml_attribute:
                writers[name] = self.element(member, wire_name(member, name))
        return write

    def _structure(self, shape: Shape, name: str) -> Write:
        if shape.name not in self._contents:
            self.members(shape, list(shape.members))
        _, write_members, attributes = self._contents[shape.name]
        start, end = _tags(name, shape.namespace)

        def write(out: list[str], value: Any) -> None:
            out.append(f"{start[:-1]}{attributes(value)}>")
            write_members(out, value)
            out.append(end)

        return write

    def _list(self, shape: Shape, name: str) -> Write:
        item_name = name if shape.trait.flattened else shape.member.trait.location_name or "member"
        write_item = self.element(shape.member, item_name)
        start, end = ("", "") if shape.trait.flattened else _tags(name, shape.namespace)

        def write(out: list[str], value: Any) -> None:
            out.append(start)
            for item in value.tolist() if isinstance(value, np.ndarray) else value:
                write_item(out, item)
            out.append(end)

        return write

    def _map(self, shape: Shape, name: str) -> Write:
        write_key = self.element(shape.key, shape.key.trait.location_name or "key")
        write_value = self.element(shape.value, shape.value.trait.location_name or "value")
        entry = name if shape.trait.flattened else "entry"
        start, end = ("", "") if shape.trait.flattened else _tags(name, shape.namespace)

        def write(out: list[str], value: Any) -> None:
            out.append(start)
            for key, item in value.items():
                out.append(f"<{entry}>")
                write_key(out, key)
                write_value(out, item)
                out.append(f"</{entry}>")
            out.append(end)

        return write


def _tags(name: str, namespace: XmlNamespace | None) -> tuple[str, str]:
    if namespace is None:
        return f"<{name}>", f"</{name}>"
    attribute = f"xmlns:{namespace.prefix}" if namespace.prefix else "xmlns"
    return f'<{name} {attribute}="{escape(namespace.uri)}">', f"</{name}>"


def _attributes(shape: Shape) -> Callable[[Any], str]:
    names = {
        name: (member.trait.location_name or name, scalars.writer(member, "iso8601"))
        for name, member in shape.members.items()
        if member.trait.xml_attribute
    }
    if not names:
        return lambda _value: ""

    def attributes(value: Any) -> str:
        return "".join(
            f' {xml_name}="{escape(to_text(value[name]))}"'
            for name, (xml_name, to_text) in names.items()
            if value.get(name) is not None
        )

    return attributes


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────

Read = Callable[[ElementTree.Element], Any]


def parse(data: bytes) -> ElementTree.Element:
    """The document's root. Raises: Malformed."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise Malformed("a DOCTYPE is not allowed")
    try:
        return ElementTree.fromstring(data)  # noqa: S314 - without a DOCTYPE there is nothing to expand
    except (ElementTree.ParseError, ValueError, LookupError) as err:
        raise Malformed("the body is not well-formed XML") from err


class XmlReader:
    """Compiles readers of elements; with `strict` unknown elements are refused."""

    def __init__(self, *, strict: bool) -> None:
        self._strict = strict
        self._structures: dict[str, Read] = {}

    def reader(self, shape: Shape) -> Read:
        """The function from an element to a value of the shape; it raises Malformed."""
        if shape.type == "structure":
            return self._structures.get(shape.name) or self.structure(shape, list(shape.members))
        if shape.type == "list":
            return self._list(shape)
        if shape.type == "map":
            return self._map(shape)
        from_text = scalars.reader(shape)
        return lambda element: from_text(element.text or "")

    def structure(self, shape: Shape, names: list[str]) -> Read:
        """The reader of a structure of which only the named members are in the body."""
        members: dict[str, tuple[str, Read, bool]] = {}
        attributes: dict[str, str] = {}

        def read(element: ElementTree.Element) -> Any:
            found = {name: element.attrib[key] for key, name in attributes.items() if key in element.attrib}
            for child in element:
                member = members.get(_local(child.tag))
                if member is None:
                    self._unknown(_local(child.tag))
                    continue
                name, read_member, flattened = member
                value = read_member(child)
                found[name] = _joined(found[name], value) if flattened and name in found else value
            return found

        self._structures[shape.name] = read
        for name in names:
            member = shape.members[name]
            if member.trait.xml_attribute:
                attributes[_qualified(member.trait.location_name or name, member, shape)] = name
            else:
                members[wire_name(member, name)] = (name, self.reader(member), member.trait.flattened)
        return read

    def _unknown(self, name: str) -> None:
        if self._strict:
            raise Malformed(f"Unknown member: {name}")

    def _list(self, shape: Shape) -> Read:
        read_item = self.reader(shape.member)
        if shape.trait.flattened:
            return lambda element: [read_item(element)]
        return lambda element: [read_item(child) for child in element]

    def _map(self, shape: Shape) -> Read:
        key_name = shape.key.trait.location_name or "key"
        value_name = shape.value.trait.location_name or "value"
        read_key, read_value = self.reader(shape.key), self.reader(shape.value)

        def entry(element: ElementTree.Element) -> tuple[Any, Any]:
            parts = {_local(child.tag): child for child in element}
            if key_name not in parts or value_name not in parts:
                raise Malformed(f"a map entry needs {key_name} and {value_name}")
            return read_key(parts[key_name]), read_value(parts[value_name])

        if shape.trait.flattened:
            return lambda element: dict([entry(element)])
        return lambda element: dict(entry(child) for child in element)


def _joined(before: Any, more: Any) -> Any:
    return before | more if isinstance(before, dict) else before + more


def _local(tag: Any) -> str:
    return str(tag).rpartition("}")[2]


def _qualified(name: str, member: Shape, parent: Shape) -> str:
    """The attribute's name as the parser gives it: `xsi:type` becomes `{uri}type`."""
    prefix, _, local = name.rpartition(":")
    for namespace in (member.namespace, parent.namespace):
        if prefix and namespace is not None and namespace.prefix == prefix:
            return f"{{{namespace.uri}}}{local}"
    return name
