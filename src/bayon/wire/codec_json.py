"""AWS JSON 1.0 and 1.1: `POST /`, the operation in X-Amz-Target, a JSON body each way."""

from __future__ import annotations

from typing import Any

import msgspec

from bayon.wire import body_reader, event_stream
from bayon.wire.body_reader import json_body
from bayon.wire.faults import Fault
from bayon.wire.json_writer import JsonWriter
from bayon.wire.message import Codec, Reply
from bayon.wire.model import Metadata, Model, Operation, Shape

_FRAMEWORK = "com.amazon.coral.validate#"  # where AWS's validation errors come from; recorded, metrics.md §2.1


def compile_codec(model: Model, operation: Operation, *, strict: bool) -> Codec:
    """The operation's codec; with `strict` unknown members are refused."""
    content_type = _content_type(model.metadata)
    return Codec(
        body_reader.compile_decode(model, operation, json_body, strict=strict), _encoder(operation, content_type)
    )


def _encoder(operation: Operation, content_type: str) -> Any:
    headers = {"content-type": content_type}
    if operation.output is None:
        return lambda _output, _request_id: Reply(200, headers, b"")
    output_shape = operation.output
    if event_stream.stream_member(output_shape):
        streaming = {"content-type": event_stream.CONTENT_TYPE}
        return lambda output, _request_id: Reply(
            200, streaming, b"", event_stream.streamed(output_shape, content_type, output)
        )
    convert = JsonWriter().structure(operation.output, list(operation.output.members))
    return lambda output, _request_id: Reply(200, headers, msgspec.json.encode(convert(output)))


def encode_error(metadata: Metadata | None, fault: Fault, request_id: str) -> Reply:
    """The error as JSON; query-compatible services add the query protocol's code in a header."""
    headers = {"content-type": _content_type(metadata), "x-amzn-errortype": fault.code}
    headers |= query_compatible(metadata, fault)
    body = {"__type": type_name(metadata, fault), **error_members(fault)}
    return Reply(fault.status, headers, msgspec.json.encode(body))


def error_members(fault: Fault) -> dict[str, Any]:
    """The error's members for a JSON body: the message in the model's letter case and in lower case."""
    members = fault.members()
    if fault.shape is not None:
        members = JsonWriter().structure(fault.shape, _body_members(fault.shape))(members)
    if fault.message:
        members.setdefault("message", fault.message)
    return members


def _body_members(shape: Shape) -> list[str]:
    return [name for name, member in shape.members.items() if not member.trait.location]


def query_compatible(metadata: Metadata | None, fault: Fault) -> dict[str, str]:
    """The header by which query-compatible services keep the codes of their first protocol."""
    if metadata is None or metadata.aws_query_compatible is None:
        return {}
    return {"x-amzn-query-error": f"{fault.query_code};{'Sender' if fault.sender else 'Receiver'}"}


def type_name(metadata: Metadata | None, fault: Fault) -> str:
    """`__type`: with its namespace where the service gives one. Source: metrics.md §2.1, recorded."""
    if metadata is None or metadata.aws_query_compatible is None:
        return fault.code
    if fault.code == "ValidationException":
        return _FRAMEWORK + fault.code
    version = metadata.api_version.replace("-", "_")
    return f"com.amazonaws.{metadata.service_id.lower().replace(' ', '')}.v{version}#{fault.code}"


def _content_type(metadata: Metadata | None) -> str:
    return f"application/x-amz-json-{metadata.json_version if metadata else '1.1'}"
