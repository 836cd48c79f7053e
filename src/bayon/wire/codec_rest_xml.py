"""rest-xml: method and path name the operation, the body is an XML element."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bayon.errors import AwsError
from bayon.wire import codec_rest, rest, xml
from bayon.wire.body_reader import Body, ReadBody
from bayon.wire.codec_query import error_element
from bayon.wire.codec_rest import Format, WriteBody
from bayon.wire.faults import Fault
from bayon.wire.message import Codec, Malformed, Reply
from bayon.wire.model import Metadata, Model, Operation, Shape, XmlNamespace

_CONTENT_TYPE = "application/xml"


def compile_codec(model: Model, operation: Operation, *, strict: bool) -> Codec:
    """The operation's codec; with `strict` unknown members are refused."""

    def read_members(model: Model, operation: Operation, names: list[str]) -> ReadBody:
        assert operation.input is not None
        return _members_reader(operation.input, names, strict=strict)

    def read_payload(shape: Shape) -> Callable[[bytes], Any]:
        read = xml.XmlReader(strict=strict).reader(shape)
        return lambda data: read(xml.parse(data))

    def write_members(operation: Operation, names: list[str]) -> WriteBody:
        return _members_writer(model.metadata, operation, names)

    form = Format(_CONTENT_TYPE, read_members, read_payload, write_members, _payload_writer)
    return codec_rest.compile_codec(model, operation, form)


def _members_reader(shape: Shape, names: list[str], *, strict: bool) -> ReadBody:
    read = xml.XmlReader(strict=strict).structure(shape, names)

    def read_body(data: bytes) -> Body:
        try:
            return Body(read(xml.parse(data)) if data else {}, checked=False)
        except (Malformed, RecursionError) as err:
            raise AwsError("SerializationException", getattr(err, "message", "")) from err

    return read_body


def _members_writer(metadata: Metadata, operation: Operation, names: list[str]) -> WriteBody:
    assert operation.output is not None
    root = operation.output.trait.location_name or f"{operation.name}Response"
    namespace = operation.output.namespace or XmlNamespace(metadata.xml_namespace)
    start = f'<{root} xmlns="{xml.escape(namespace.uri)}">' if namespace.uri else f"<{root}>"
    write = xml.XmlWriter().members(operation.output, names)

    def write_body(output: dict[str, Any]) -> bytes:
        out = [start]
        write(out, output)
        out.append(f"</{root}>")
        return "".join(out).encode() if names else b""

    return write_body


def _payload_writer(shape: Shape) -> Callable[[Any], bytes]:
    write = xml.XmlWriter().element(shape, shape.trait.location_name or shape.name)

    def payload(value: Any) -> bytes:
        out: list[str] = []
        write(out, value)
        return "".join(out).encode()

    return payload


def encode_error(metadata: Metadata | None, fault: Fault, request_id: str) -> Reply:
    """The error as `ErrorResponse`."""
    namespace = f' xmlns="{xml.escape(metadata.xml_namespace)}"' if metadata and metadata.xml_namespace else ""
    body = f"<ErrorResponse{namespace}>{error_element(fault)}<RequestId>{request_id}</RequestId></ErrorResponse>"
    headers = {"content-type": _CONTENT_TYPE, **rest.compile_headers(fault.shape)(fault.members())}
    return Reply(fault.status, headers, body.encode())
