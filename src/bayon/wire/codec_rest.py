"""What rest-json and rest-xml share: members bound to the request line and headers, and payloads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from bayon.errors import AwsError
from bayon.wire import rest, validate
from bayon.wire.body_reader import Body, ReadBody, token_filler
from bayon.wire.message import Codec, Malformed, Reply, Request
from bayon.wire.model import Model, Operation, Shape

WriteBody = Callable[[dict[str, Any]], bytes]


class Format(NamedTuple):
    """What one of the two does with a body.

    `members` reads a body of the named members, `payload` one that is a whole value; the writers the other way.
    """

    content_type: str
    read_members: Callable[[Model, Operation, list[str]], ReadBody]
    read_payload: Callable[[Shape], Callable[[bytes], Any]]
    write_members: Callable[[Operation, list[str]], WriteBody]
    write_payload: Callable[[Shape], Callable[[Any], bytes]]


def compile_codec(model: Model, operation: Operation, form: Format) -> Codec:
    return Codec(_decoder(model, operation, form), _encoder(operation, form))


def _decoder(model: Model, operation: Operation, form: Format) -> Any:
    shape = operation.input
    if shape is None:
        return lambda _request: {}
    read = _body_reader(model, operation, shape, form)
    bind = rest.compile_bindings(shape)
    body_only = len(rest.body_members(shape)) == len(shape.members)
    check = validate.compile_check(model, operation)
    fill = token_filler(operation)

    def decode(request: Request) -> dict[str, Any]:
        value, checked = read(request.body)
        try:
            bind(request, value)
        except Malformed as err:
            raise AwsError("SerializationException", err.message) from err
        fill(value)
        if not (checked and body_only):
            check(value)
        return value

    return decode


def _body_reader(model: Model, operation: Operation, shape: Shape, form: Format) -> ReadBody:
    payload = shape.trait.payload
    if payload:
        return _payload_reader(payload, shape.members[payload], form)
    names = rest.body_members(shape)
    return form.read_members(model, operation, names) if names else lambda _data: Body({}, checked=True)


def _payload_reader(name: str, member: Shape, form: Format) -> ReadBody:
    if member.type == "blob":
        return lambda data: Body({name: data} if data else {}, checked=False)
    read = _text if member.type == "string" else form.read_payload(member)

    def read_body(data: bytes) -> Body:
        try:
            return Body({name: read(data)} if data else {}, checked=False)
        except Malformed as err:
            raise AwsError("SerializationException", err.message) from err

    return read_body


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as err:
        raise Malformed("the body is not UTF-8") from err


def _encoder(operation: Operation, form: Format) -> Any:
    shape = operation.output
    write = _body_writer(operation, shape, form)
    heads = rest.compile_headers(shape)
    status_name = rest.status_member(shape)
    status = operation.http.response_code
    content = {"content-type": form.content_type} if _has_content(shape) else {}

    def encode(output: dict[str, Any], request_id: str) -> Reply:
        code = output.get(status_name, status) if status_name else status
        body = write(output) if code != 204 else b""
        return Reply(code, {**(content if body else {}), **heads(output)}, body)

    return encode


def _has_content(shape: Shape | None) -> bool:
    """Whether the body is in the protocol's own format, not a payload of another kind."""
    if shape is None or not shape.trait.payload:
        return True
    return shape.members[shape.trait.payload].type not in ("blob", "string")


def _body_writer(operation: Operation, shape: Shape | None, form: Format) -> WriteBody:
    if shape is None:
        return lambda _output: b""
    payload = shape.trait.payload
    if not payload:
        return form.write_members(operation, rest.body_members(shape))
    member = shape.members[payload]
    if member.type == "blob":
        return lambda output: bytes(output.get(payload) or b"")
    if member.type == "string":
        return lambda output: str(output.get(payload) or "").encode()
    write = form.write_payload(member)
    return lambda output: write(output[payload]) if output.get(payload) is not None else b""
