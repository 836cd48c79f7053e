"""The `http` block of a span's segment, and what its status says of failures. Pure.

Source: traces.md §4.2; both generations of OpenTelemetry's names are read.
"""

from __future__ import annotations

from typing import Any

from bayon.services.otlp.signals import Attributes, Span
from bayon.services.otlp.span_names import text

STATUS = ("http.status_code", "http.response.status_code")
_METHOD = ("http.method", "http.request.method")
_URL = ("http.url", "url.full")
_AGENT = ("http.user_agent", "user_agent.original")
_CLIENT = ("http.client_ip", "client.address")
_PEER = ("net.peer.ip", "network.peer.address")
_LENGTH = ("http.response_content_length", "http.response.body.size", "http.response.header.content-length")
_SCHEME = ("http.scheme", "url.scheme")
_HOST = ("http.host", "server.address", "http.server_name", "net.host.name", "host.name")
_PORT = ("net.host.port", "server.port")
_TARGET = ("http.target",)
_PATH = ("url.path",)
_QUERY = ("url.query",)

# What the block holds and metadata therefore need not.
READ = frozenset(
    (*STATUS, *_METHOD, *_URL, *_AGENT, *_CLIENT, *_PEER, *_LENGTH, *_SCHEME, *_TARGET, *_PATH, *_QUERY, "http.host")
)


def http(span: Span) -> dict[str, Any]:
    """The block, empty where the span says nothing of HTTP."""
    attributes = span.attributes
    if not any(key in attributes for key in (*_METHOD, *STATUS, *_URL, *_TARGET)):
        return {}
    request: dict[str, Any] = {}
    _put(request, "method", text(attributes, *_METHOD))
    _put(request, "url", text(attributes, *_URL) or _assembled(attributes))
    _put(request, "user_agent", text(attributes, *_AGENT))
    client, peer = text(attributes, *_CLIENT), text(attributes, *_PEER)
    _put(request, "client_ip", client or peer)
    if client and not peer:
        request["x_forwarded_for"] = True
    response: dict[str, Any] = {}
    _put(response, "status", status(attributes))
    _put(response, "content_length", _content_length(span))
    block = {"request": request, "response": response}
    return {key: value for key, value in block.items() if value}


def status(attributes: Attributes) -> int | None:
    """The status code of the answer, none where there is none."""
    return _integer(next((attributes[key] for key in STATUS if key in attributes), None))


def failures(span: Span) -> dict[str, bool]:
    """The flags `error`, `throttle` and `fault` that are true of the span."""
    code = status(span.attributes)
    if code is not None and 400 <= code < 500:
        return {"error": True} | ({"throttle": True} if code == 429 else {})
    if code is not None and 500 <= code < 600:
        return {"fault": True}
    return {"fault": True} if span.status == "ERROR" else {}


def path(attributes: Attributes) -> str:
    """The path asked for, without its query; empty where the span does not say."""
    if found := text(attributes, *_PATH):
        return found
    found = text(attributes, *_TARGET) or text(attributes, *_URL)
    if "://" in found:
        _, _, rest = found.partition("://")
        found = "/" + rest.partition("/")[2]
    return found.partition("?")[0]


def _put(block: dict[str, Any], key: str, value: Any) -> None:
    if value not in (None, ""):
        block[key] = value


def _assembled(attributes: Attributes) -> str:
    host, port = text(attributes, *_HOST), text(attributes, *_PORT)
    target = text(attributes, *_TARGET) or text(attributes, *_PATH)
    if not host:
        return target
    query = text(attributes, *_QUERY) if "url.path" in attributes else ""
    scheme = text(attributes, *_SCHEME) or "http"
    usual = {"http": "80", "https": "443"}.get(scheme)
    place = host if ":" in host or port in ("", usual) else f"{host}:{port}"
    return f"{scheme}://{place}{target or '/'}{f'?{query}' if query else ''}"


def _content_length(span: Span) -> int | None:
    named = _integer(next((span.attributes[key] for key in _LENGTH if key in span.attributes), None))
    if named is not None:
        return named
    received = (event.attributes for event in span.events if event.attributes.get("message.type") == "RECEIVED")
    sizes = (_integer(each.get("messaging.message_payload_size_bytes")) for each in received)
    return next((size for size in sizes if size is not None), None)


def _integer(value: Any) -> int | None:
    value = value[0] if isinstance(value, list) and value else value
    try:
        return int(value) if value is not None and not isinstance(value, bool) else None
    except (TypeError, ValueError, OverflowError):
        return None
