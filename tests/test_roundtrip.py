"""Every operation in every protocol: botocore writes what bayon reads, and reads what bayon writes."""

from __future__ import annotations

import functools
import io
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore import awsrequest, parsers, serialize
from botocore.model import ServiceModel

from bayon.errors import AwsError
from bayon.wire import model, patterns, route
from bayon.wire.faults import fault
from bayon.wire.message import Codec, Reply, Request
from bayon.wire.model import Shape
from bayon.wire.protocols import PROTOCOLS
from roundtrip_values import Values, as_botocore

# Not served, but they use what the served ones do not: rest-xml, payloads, header maps, JSON values in headers.
EXTRA = ("route53", "cloudfront", "s3control", "lex-runtime", "glacier")
UNREADABLE = {
    ("logs", "StartLiveTail"),  # answered in frames, tested in test_wire_event_stream
    ("logs", "GetLogObject"),
    ("cloudfront", "GetFunction"),  # botocore takes a blob that is the whole body for text
    ("cloudfront", "GetConnectionFunction"),
}

Case = tuple[str, str, str]


def cases(services: tuple[str, ...]) -> Iterator[Case]:
    for service in services:
        outline = model.outline(service)
        for protocol in outline.metadata.spoken:
            for operation in outline.operations:
                yield service, protocol, operation


CASES = list(cases(model.SERVICES + EXTRA))
IDS = ["-".join(case) for case in CASES]


@pytest.fixture(autouse=True)
def no_patterns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Generated strings do not look at patterns."""
    monkeypatch.setattr(patterns, "expression", lambda _pattern: None)


@functools.cache
def botocore_model(service: str) -> ServiceModel:
    return ServiceModel(json.loads(model.read(service)), service)


@functools.cache
def codec(service: str, protocol: str, operation: str) -> Codec:
    known = model.load(service)
    return PROTOCOLS[protocol].compile_codec(known, known.operation(operation), strict=True)


@functools.cache
def lenient_codec(service: str, protocol: str, operation: str) -> Codec:
    known = model.load(service)
    return PROTOCOLS[protocol].compile_codec(known, known.operation(operation), strict=False)


def serialized(case: Case, params: dict[str, Any]) -> Request:
    """The request that botocore sends, with the labels of the route that bayon finds for it."""
    service, protocol, name = case
    serializer = serialize.create_serializer(protocol, include_validation=False)
    request = serializer.serialize_to_request(params, botocore_model(service).operation_model(name))
    awsrequest.prepare_request_dict(request, "http://localhost:4566")
    sent = awsrequest.create_request_object(request).prepare()
    url = urlsplit(sent.url)
    headers = {key.lower(): _text(value) for key, value in sent.headers.items()}
    body = sent.body.encode() if isinstance(sent.body, str) else bytes(sent.body or b"")
    return Request(sent.method, url.path, url.query, headers, body)


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def labelled(case: Case, request: Request) -> Request:
    service, protocol, name = case
    if service in model.SERVICES:
        found = route.find(request, model.outline(service).metadata.signed_as)
        assert found is not None
        assert (found.service, found.protocol, found.operation, found.error) == (service, protocol, name, None)
        labels = found.labels
    else:
        matches = [(t.operation, t.match(request)) for t in route.templates(model.outline(service))]
        labels = next(found for operation, found in matches if operation == name and found is not None)
    return Request(request.method, request.path, request.query, request.headers, request.body, labels)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_input(case: Case) -> None:
    """What botocore sends is decoded to what it was given, by the fast reader and by the reference."""
    service, protocol, name = case
    shape = model.load(service).operation(name).input
    for seed, minimal in ((1, False), (2, False), (3, True)):
        value = Values(seed, minimal=minimal, whole_seconds=True).value(shape) if shape else {}
        request = labelled(case, serialized(case, as_botocore(shape, value) if shape else {}))
        expected = in_a_form(value) if protocol == "query" else value
        for each in (codec(*case), lenient_codec(*case)):
            decoded = without_invented(shape, each.decode(request), value)
            assert without_added(shape, decoded, value) == expected


def without_invented(shape: Shape | None, found: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
    """botocore sends and sees an empty structure for a payload that is not there, and always a status."""
    payload = shape.trait.payload if shape else ""
    status = [name for name, member in shape.members.items() if member.trait.location == "statusCode"] if shape else []
    return {name: item for name, item in found.items() if name in value or not (name in status or name == payload)}


def in_a_form(value: Any) -> Any:
    """The value without what a form has no words for: empty structures and maps."""
    if isinstance(value, dict):
        kept = {name: in_a_form(item) for name, item in value.items()}
        return {name: item for name, item in kept.items() if item != {}}
    if isinstance(value, list):
        return [item for item in map(in_a_form, value) if item != {}]
    return value


def without_added(shape: Shape | None, decoded: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
    """The request without the idempotency tokens that were filled in."""
    tokens = [name for name, m in shape.members.items() if m.trait.idempotency_token] if shape else []
    return {name: item for name, item in decoded.items() if name in value or name not in tokens}


@pytest.mark.parametrize("case", [c for c in CASES if (c[0], c[2]) not in UNREADABLE], ids="-".join)
def test_output(case: Case) -> None:
    """What bayon answers is parsed by botocore to what the operation returned."""
    service, protocol, name = case
    shape = model.load(service).operation(name).output
    for seed, minimal in ((1, False), (2, False), (3, True)):
        value = Values(seed, minimal=minimal).value(shape) if shape else {}
        reply = codec(*case).encode(value, "request-1")
        parsed = botocore_parsed(case, reply, botocore_model(service).operation_model(name).output_shape)
        metadata = parsed.pop("ResponseMetadata")
        assert metadata["HTTPStatusCode"] == reply.status
        assert without_invented(shape, parsed, value) == (as_botocore(shape, value) if shape else {})
        if protocol == "query":
            assert metadata["RequestId"] == "request-1"


def botocore_parsed(case: Case, reply: Reply, shape: Any) -> dict[str, Any]:
    payload = shape.serialization.get("payload") if shape else None
    streams = payload and shape.members[payload].serialization.get("streaming")
    response = {
        "status_code": reply.status,
        "headers": awsrequest.HeadersDict(reply.headers),
        "body": io.BytesIO(reply.body) if streams else reply.body,
        "context": {"operation_name": case[2]},
    }
    parsed: dict[str, Any] = parsers.create_parser(case[1]).parse(response, shape)
    return read_streams(parsed)


def read_streams(parsed: dict[str, Any]) -> dict[str, Any]:
    return {name: item.read() if hasattr(item, "read") else item for name, item in parsed.items()}


ERRORS = [
    (service, protocol, code)
    for service in model.SERVICES + EXTRA
    if service != "glacier"  # its errors have a member that botocore takes for the code
    for protocol in model.outline(service).metadata.spoken
    for code in sorted({shape.name for shape in model.load(service).exceptions.values()})
]


@pytest.mark.parametrize("case", ERRORS, ids="-".join)
def test_error(case: Case) -> None:
    """Each modelled error is parsed by botocore to its code, message and members."""
    service, protocol, code = case
    known = model.load(service)
    shape = known.exceptions[code]
    members = Values(1).value(shape)
    message = members.pop(next((n for n in members if n.lower() == "message"), ""), "it failed")
    written = fault(known, AwsError(code, message, **members))
    reply = PROTOCOLS[protocol].encode_error(known.metadata, written, "request-1")
    parsed = botocore_parsed(case, reply, botocore_model(service).shape_for(code))
    modelled = {name: item for name, item in parsed.items() if name not in ("Error", "ResponseMetadata")}
    for name, item in as_botocore(shape, members).items():
        assert modelled[name] == item
    unmodelled = botocore_parsed(case, reply, None)
    error = unmodelled["Error"]
    expected = written.query_code if protocol == "query" or known.metadata.aws_query_compatible is not None else code
    assert error["Code"] == expected
    assert error["Message"] == message
    assert unmodelled["ResponseMetadata"]["HTTPStatusCode"] == reply.status >= 400


def test_snake_names() -> None:
    """Operations are called by the names that boto3 gives them."""
    assert model.snake("PutMetricData") == "put_metric_data"
    assert model.snake("GetOTelEnrichment") == "get_otel_enrichment"
