"""smithy-rpc-v2-cbor: `POST /service/<name>/operation/<Operation>`, a CBOR map each way."""

from __future__ import annotations

from typing import Any

from bayon.wire import body_reader, cbor
from bayon.wire.body_reader import cbor_body
from bayon.wire.codec_json import query_compatible, type_name
from bayon.wire.faults import Fault
from bayon.wire.message import Codec, Reply
from bayon.wire.model import Metadata, Model, Operation

_PROTOCOL = {"smithy-protocol": "rpc-v2-cbor"}
_HEADERS = {"content-type": "application/cbor", **_PROTOCOL}


def compile_codec(model: Model, operation: Operation, *, strict: bool) -> Codec:
    """The operation's codec; with `strict` unknown members are refused."""
    return Codec(body_reader.compile_decode(model, operation, cbor_body, strict=strict), _encoder(operation))


def _encoder(operation: Operation) -> Any:
    if operation.output is None:
        return lambda _output, _request_id: Reply(200, _PROTOCOL, b"")
    write = cbor.Writer().writer(operation.output)

    def encode(output: dict[str, Any], request_id: str) -> Reply:
        pieces: list[bytes] = []
        write(pieces, output)
        return Reply(200, _HEADERS, b"".join(pieces))

    return encode


def encode_error(metadata: Metadata | None, fault: Fault, request_id: str) -> Reply:
    """The error as a CBOR map with `__type`, its members, and the message in lower case as well."""
    pieces = [cbor.text("__type"), cbor.text(type_name(metadata, fault))]
    members = {name: value for name, value in fault.members().items() if value is not None}
    writer = cbor.Writer()
    count = 1
    for name, member in (fault.shape.members if fault.shape else {}).items():
        if name in members:
            pieces.append(cbor.text(member.trait.location_name or name))
            writer.writer(member)(pieces, members[name])
            count += 1
    if fault.message and "message" not in members:
        pieces += [cbor.text("message"), cbor.text(fault.message)]
        count += 1
    body = cbor.head(5, count) + b"".join(pieces)
    return Reply(fault.status, {**_HEADERS, **query_compatible(metadata, fault)}, body)
