"""Reads a JSON or CBOR body into the model's values: the fast reader first, the reference where that refuses."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import msgspec

from bayon.errors import AwsError
from bayon.wire import cbor, fast, trees, validate
from bayon.wire.fast import FastReader
from bayon.wire.message import Malformed, Request
from bayon.wire.model import Model, Operation
from bayon.wire.repeats import Repeats


class Body(NamedTuple):
    """What a body said; `checked` where it is already known to hold to the constraints of its members."""

    value: dict[str, Any]
    checked: bool


ReadBody = Callable[[bytes], Body]
_Parse = Callable[[bytes], Any]


class _CompileBody(Protocol):
    def __call__(self, model: Model, operation: Operation, names: list[str], *, strict: bool) -> ReadBody: ...


def json_body(model: Model, operation: Operation, names: list[str], *, strict: bool) -> ReadBody:
    """The reader of a JSON body that holds the named members. Raises (the reader): AwsError."""
    assert operation.input is not None
    reference = trees.json_reader(strict=strict).structure(operation.input, names)
    if strict:  # the fast reader cannot see unknown members
        return _body(None, msgspec.json.decode, reference, empty=b"{}")
    reader = FastReader(model, operation, names, cbor=False)
    decode, adapt = msgspec.json.Decoder(reader.type_).decode, reader.adapt
    return _body(lambda data: adapt(decode(data)), msgspec.json.decode, reference, empty=b"{}")


def cbor_body(model: Model, operation: Operation, names: list[str], *, strict: bool) -> ReadBody:
    """The reader of a CBOR body. Raises (the reader): AwsError."""
    assert operation.input is not None
    reference = trees.cbor_reader(cbor.timestamp, strict=strict).structure(operation.input, names)
    if strict:
        return _body(None, cbor.exact, reference, empty=b"\xa0")
    reader = FastReader(model, operation, names, cbor=True)
    type_, adapt = reader.type_, reader.adapt

    def plainly(data: bytes) -> Any:
        return adapt(msgspec.convert(cbor.quick(data), type_, builtin_types=cbor.NATIVE))

    repeated = reader.repeated(operation.input, names)
    quick = plainly if repeated is None else _with_repeats(plainly, adapt, type_, *repeated)
    return _body(quick, cbor.exact, reference, empty=b"\xa0")


def _with_repeats(
    plainly: _Parse, adapt: fast.Adapt, type_: Any, name: str, item_type: Any, adapt_item: fast.Adapt
) -> _Parse:
    """Reads long lists of the member by what recurs in them, and everything else plainly."""

    def item(value: Any) -> Any:
        return adapt_item(msgspec.convert(value, item_type, builtin_types=cbor.NATIVE))

    repeats = Repeats(name, item)

    def quick(data: bytes) -> Any:
        try:
            rest, items = repeats.read(data)
        except ValueError:
            return plainly(data)
        value = adapt(msgspec.convert(rest | {name: []}, type_, builtin_types=cbor.NATIVE))
        value[name] = items
        return value

    return quick


def _body(quick: _Parse | None, parse: _Parse, reference: trees.Read, *, empty: bytes) -> ReadBody:
    def read(data: bytes) -> Body:
        data = data or empty
        if quick is not None:
            try:
                return Body(quick(data), checked=True)
            except fast.TRUSTED:
                pass
        return Body(_slowly(data, parse, reference), checked=False)

    return read


def _slowly(data: bytes, parse: _Parse, reference: trees.Read) -> dict[str, Any]:
    try:
        found: dict[str, Any] = reference(parse(data))
    except Malformed as err:
        raise AwsError("SerializationException", err.message) from err
    except fast.TRUSTED as err:  # what the parsers raise for bytes that are no JSON or no CBOR, or too deep
        raise AwsError("SerializationException") from err
    return found


def compile_decode(
    model: Model, operation: Operation, compile_body: _CompileBody, *, strict: bool
) -> Callable[[Request], dict[str, Any]]:
    """The decoder of an operation whose whole input is the body."""
    if operation.input is None:
        return lambda _request: {}
    read = compile_body(model, operation, list(operation.input.members), strict=strict)
    check = validate.compile_check(model, operation)
    fill = token_filler(operation)

    def decode(request: Request) -> dict[str, Any]:
        value, checked = read(request.body)
        fill(value)
        if not checked:
            check(value)
        return value

    return decode


def token_filler(operation: Operation) -> Callable[[dict[str, Any]], None]:
    """The function that gives a request the idempotency tokens it came without."""
    members = operation.input.members if operation.input else {}
    names = [name for name, member in members.items() if member.trait.idempotency_token]

    def fill(request: dict[str, Any]) -> None:
        for name in names:
            if name not in request:
                request[name] = str(uuid.uuid4())

    return fill
