"""Where the REST protocols put members: path labels, query string, headers, status code, payload, body."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from bayon.wire import scalars, timestamps
from bayon.wire.message import Malformed, Request
from bayon.wire.model import Shape
from bayon.wire.trees import base64_bytes

_IN_BODY = ("", "body")


def body_members(shape: Shape | None) -> list[str]:
    """The names of the members that have no place of their own outside the body."""
    members = shape.members if shape else {}
    return [name for name, member in members.items() if member.trait.location in _IN_BODY]


# ── Requests ─────────────────────────────────────────────────────────────────────────────────────────────────────────

Put = Callable[[Request, dict[str, list[str]], dict[str, Any]], None]


def compile_bindings(shape: Shape) -> Callable[[Request, dict[str, Any]], None]:
    """The function that adds the members of label, query string and headers to a value; it raises Malformed."""
    bound = [(name, member) for name, member in shape.members.items() if member.trait.location not in _IN_BODY]
    puts = [_PLACES[member.trait.location](name, member) for name, member in bound]
    has_query = any(m.trait.location == "querystring" for _, m in bound)

    def bind(request: Request, value: dict[str, Any]) -> None:
        query = _query(request.query) if has_query else {}
        for put in puts:
            put(request, query, value)

    return bind


def _query(text: str) -> dict[str, list[str]]:
    """The query string's values by name. Raises: Malformed."""
    found: dict[str, list[str]] = {}
    try:
        for name, value in parse_qsl(text, keep_blank_values=True, errors="strict"):
            found.setdefault(name, []).append(value)
    except (ValueError, UnicodeError) as err:
        raise Malformed("the query string is malformed") from err
    return found


def _label(name: str, member: Shape) -> Put:
    key = member.trait.location_name or name
    read = scalars.reader(member)

    def put(request: Request, query: dict[str, list[str]], value: dict[str, Any]) -> None:
        if request.labels.get(key):
            value[name] = read(request.labels[key])

    return put


def _querystring(name: str, member: Shape) -> Put:
    key = member.trait.location_name or name
    if member.type == "map":
        return _query_map(name, member)
    read = scalars.reader(member.member if member.type == "list" else member)
    many = member.type == "list"

    def put(request: Request, query: dict[str, list[str]], value: dict[str, Any]) -> None:
        texts = query.get(key)
        if texts:
            value[name] = [read(text) for text in texts] if many else read(texts[-1])

    return put


def _query_map(name: str, member: Shape) -> Put:
    """Every parameter of the query string, also those with members of their own. Source: Smithy, httpQueryParams."""
    many = member.value.type == "list"

    def put(request: Request, query: dict[str, list[str]], value: dict[str, Any]) -> None:
        value[name] = {key: texts if many else texts[-1] for key, texts in query.items()}

    return put


def _header(name: str, member: Shape) -> Put:
    key = (member.trait.location_name or name).lower()
    read = _header_reader(member)

    def put(request: Request, query: dict[str, list[str]], value: dict[str, Any]) -> None:
        if key in request.headers:
            value[name] = read(request.headers[key])

    return put


def _headers(name: str, member: Shape) -> Put:
    prefix = member.trait.location_name.lower()

    def put(request: Request, query: dict[str, list[str]], value: dict[str, Any]) -> None:
        found = {key[len(prefix) :]: text for key, text in request.headers.items() if key.startswith(prefix)}
        if found:
            value[name] = found

    return put


_PLACES: dict[str, Callable[[str, Shape], Put]] = {
    "uri": _label,
    "querystring": _querystring,
    "header": _header,
    "headers": _headers,
}


def _header_reader(member: Shape) -> Callable[[str], Any]:
    if member.trait.jsonvalue:
        return _json_text
    if member.type == "list":
        read = scalars.reader(member.member)
        split = _split_dates if member.member.type == "timestamp" else _split
        return lambda text: [read(item) for item in split(text)]
    return scalars.reader(member)


def _json_text(text: str) -> str:
    """A jsonvalue is JSON text, in base64 on the wire."""
    try:
        return base64_bytes(text).decode()
    except UnicodeDecodeError as err:
        raise Malformed("a JSON value is not UTF-8") from err


def _split(text: str) -> list[str]:
    """Comma-separated items, of which each may be quoted."""
    items: list[str] = []
    item, quoted, escaped = "", False, False
    for char in text:
        if escaped:
            item, escaped = item + char, False
        elif quoted and char == "\\":
            escaped = True
        elif char == '"':
            quoted = not quoted
        elif char == "," and not quoted:
            items.append(item.strip())
            item = ""
        else:
            item += char
    return [*items, item.strip()]


def _split_dates(text: str) -> list[str]:
    """RFC 822 dates hold a comma themselves."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) % 2 or not parts[0].isalpha():
        return parts
    return [f"{day}, {rest}" for day, rest in zip(parts[::2], parts[1::2], strict=True)]


# ── Answers ──────────────────────────────────────────────────────────────────────────────────────────────────────────

Heads = Callable[[dict[str, Any]], dict[str, str]]


def compile_headers(shape: Shape | None) -> Heads:
    """The function from an output or an error to the headers that its members stand in."""
    members = shape.members if shape else {}
    singles = [(n, m.trait.location_name or n, _header_writer(m)) for n, m in members.items() if _at(m, "header")]
    prefixes = [(n, m.trait.location_name) for n, m in members.items() if _at(m, "headers")]

    def heads(value: dict[str, Any]) -> dict[str, str]:
        found = {key.lower(): write(value[name]) for name, key, write in singles if value.get(name) is not None}
        for name, prefix in prefixes:
            found |= {(prefix + key).lower(): text for key, text in (value.get(name) or {}).items()}
        return found

    return heads


def status_member(shape: Shape | None) -> str | None:
    """The name of the member that is the HTTP status."""
    members = shape.members if shape else {}
    return next((name for name, member in members.items() if _at(member, "statusCode")), None)


def _at(member: Shape, location: str) -> bool:
    return member.trait.location == location


def _header_writer(member: Shape) -> Callable[[Any], str]:
    if member.trait.jsonvalue:
        return lambda text: base64.b64encode(text.encode()).decode()
    if member.type == "list":
        write = _header_writer(member.member)
        return lambda items: ", ".join(_quoted(write(item)) for item in items)
    if member.type == "timestamp":
        return timestamps.text_writer(member.trait.timestamp_format or "rfc822")
    return scalars.writer(member, "rfc822")


def _quoted(text: str) -> str:
    if '"' not in text and ("," not in text or (text[:3].isalpha() and text.endswith("GMT"))):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
