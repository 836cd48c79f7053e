"""rest-json: method and path name the operation, the body is a JSON object."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import msgspec

from bayon.wire import codec_rest, fast, rest, trees
from bayon.wire.body_reader import json_body
from bayon.wire.codec_json import error_members
from bayon.wire.codec_rest import Format, WriteBody
from bayon.wire.faults import Fault
from bayon.wire.json_writer import JsonWriter
from bayon.wire.message import Codec, Malformed, Reply
from bayon.wire.model import Metadata, Model, Operation, Shape

_CONTENT_TYPE = "application/json"


def compile_codec(model: Model, operation: Operation, *, strict: bool) -> Codec:
    """The operation's codec; with `strict` unknown members are refused."""
    read_members = functools.partial(json_body, strict=strict)
    read_payload = functools.partial(_payload_reader, strict=strict)
    form = Format(_CONTENT_TYPE, read_members, read_payload, _members_writer, _payload_writer)
    return codec_rest.compile_codec(model, operation, form)


def _payload_reader(shape: Shape, *, strict: bool) -> Callable[[bytes], Any]:
    read = trees.json_reader(strict=strict).reader(shape)

    def payload(data: bytes) -> Any:
        try:
            return read(msgspec.json.decode(data))
        except fast.TRUSTED as err:
            raise Malformed from err

    return payload


def _members_writer(operation: Operation, names: list[str]) -> WriteBody:
    assert operation.output is not None
    convert = JsonWriter().structure(operation.output, names)
    return lambda output: msgspec.json.encode(convert(output))


def _payload_writer(shape: Shape) -> Callable[[Any], bytes]:
    convert = JsonWriter().convert(shape)
    return lambda value: msgspec.json.encode(value if convert is None else convert(value))


def encode_error(metadata: Metadata | None, fault: Fault, request_id: str) -> Reply:
    """The error as JSON, its code in the header x-amzn-ErrorType, its other members where the model puts them."""
    heads = rest.compile_headers(fault.shape)(fault.members())
    headers = {"content-type": _CONTENT_TYPE, "x-amzn-errortype": fault.code, **heads}
    return Reply(fault.status, headers, msgspec.json.encode(error_members(fault)))
