"""The query protocol: a form with Action and Version, or the same in a query string; XML answers."""

from __future__ import annotations

from typing import Any

from bayon.errors import AwsError
from bayon.wire import form, validate
from bayon.wire.body_reader import token_filler
from bayon.wire.faults import Fault
from bayon.wire.message import Codec, Malformed, Reply, Request
from bayon.wire.model import Metadata, Model, Operation
from bayon.wire.xml import XmlWriter, escape

_HEADERS = {"content-type": "text/xml"}
# In every request, or signing it in the query string; never members.
_ENVELOPE = frozenset(
    {
        *("Action", "Version", "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires"),
        *("X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Security-Token", "X-Amz-Content-Sha256"),
    }
)


def compile_codec(model: Model, operation: Operation, *, strict: bool) -> Codec:
    """The operation's codec; with `strict` unknown members are refused."""
    return Codec(_decoder(model, operation, strict=strict), _encoder(model.metadata, operation))


def fields(request: Request) -> dict[str, str]:
    """The request's form, from the query string and the body. Raises: AwsError for what is no form."""
    try:
        body = request.body.decode()
    except UnicodeDecodeError as err:
        raise AwsError("MalformedQueryString", "The query string contains a syntax error.") from err
    return form.parse(request.query) | form.parse(body)


def _decoder(model: Model, operation: Operation, *, strict: bool) -> Any:
    if operation.input is None:
        return lambda _request: {}
    read = form.FormReader(strict=strict).structure(operation.input, _ENVELOPE - set(operation.input.members))
    check = validate.compile_check(model, operation)
    fill = token_filler(operation)

    def decode(request: Request) -> dict[str, Any]:
        try:
            value: dict[str, Any] = read(form.tree(fields(request)))
        except Malformed as err:
            raise AwsError("MalformedInput", err.message) from err
        fill(value)
        check(value)
        return value

    return decode


def _encoder(metadata: Metadata, operation: Operation) -> Any:
    name, namespace = operation.name, escape(metadata.xml_namespace)
    start = f'<{name}Response xmlns="{namespace}">'
    write, wrapper = None, ""
    if operation.output is not None:
        write = XmlWriter().members(operation.output, list(operation.output.members))
        wrapper = operation.output.trait.result_wrapper

    def encode(output: dict[str, Any], request_id: str) -> Reply:
        out = [start]
        if write is not None:
            out.append(f"<{wrapper}>" if wrapper else "")
            write(out, output)
            out.append(f"</{wrapper}>" if wrapper else "")
        out.append(f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{name}Response>")
        return Reply(200, _HEADERS, "".join(out).encode())

    return encode


def encode_error(metadata: Metadata | None, fault: Fault, request_id: str) -> Reply:
    """The error as `ErrorResponse`."""
    namespace = f' xmlns="{escape(metadata.xml_namespace)}"' if metadata and metadata.xml_namespace else ""
    body = f"<ErrorResponse{namespace}>{error_element(fault)}<RequestId>{request_id}</RequestId></ErrorResponse>"
    return Reply(fault.status, _HEADERS, body.encode())


def error_element(fault: Fault) -> str:
    """`<Error>` with type, code, message and the error's other members."""
    out = [f"<Type>{'Sender' if fault.sender else 'Receiver'}</Type><Code>{escape(fault.query_code)}</Code>"]
    if fault.message:
        out.append(f"<Message>{escape(fault.message)}</Message>")
    if fault.shape is not None:
        body = [name for name, member in fault.shape.members.items() if not member.trait.location]
        XmlWriter().members(fault.shape, body)(out, fault.fields)
    return f"<Error>{''.join(out)}</Error>"
