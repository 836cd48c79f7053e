"""The fast reader and the reference give the same answers, and no bytes whatever bring the endpoint down."""

from __future__ import annotations

import math
from typing import Any

import cbor2
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bayon.errors import AwsError
from bayon.wire import body_reader, cbor, fast, model, trees, validate
from bayon.wire.fast import FastReader
from bayon.wire.message import Malformed
from roundtrip_values import Values
from wire_endpoint import Echo

BODIES = (
    ("logs", "PutLogEvents"),
    ("cloudwatch", "PutMetricData"),
    ("cloudwatch", "GetMetricData"),
    ("cloudwatch", "PutMetricAlarm"),
    ("ce", "GetCostAndUsage"),
    ("ssm-contacts", "CreateRotation"),
    ("application-signals", "CreateServiceLevelObjective"),
    ("xray", "CreateSamplingRule"),
    ("budgets", "CreateBudget"),
)
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(["", "NaN", "Infinity", "x" * 2000, 2**31, 2**63, -(2**63) - 1, 1e300, 0, -1, 1.5, 3.0, [], {}]),
    st.binary(max_size=4),
    st.lists(st.none() | st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


def spots(tree: Any) -> list[tuple[Any, Any]]:
    """Every place of the tree where a value stands: its container and its key there."""
    found: list[tuple[Any, Any]] = []
    keys = list(tree) if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else []
    for key in keys:
        found += [(tree, key), *spots(tree[key])]
    return found


def on_the_wire(shape: model.Shape, value: Any, *, is_cbor: bool) -> Any:
    """A generated value as a JSON or CBOR tree."""
    match shape.type:
        case "structure":
            return {
                shape.members[name].trait.location_name or name: on_the_wire(shape.members[name], item, is_cbor=is_cbor)
                for name, item in value.items()
            }
        case "list":
            return [on_the_wire(shape.member, item, is_cbor=is_cbor) for item in value]
        case "map":
            return {key: on_the_wire(shape.value, item, is_cbor=is_cbor) for key, item in value.items()}
        case "timestamp":
            return cbor2.CBORTag(1, value / 1000) if is_cbor else value / 1000
        case _:
            return value


@st.composite
def bodies(draw: st.DrawFn, *, is_cbor: bool) -> tuple[model.Operation, model.Model, Any]:
    """A request that is right but for up to two odd values, extra or missing members."""
    service, name = draw(st.sampled_from(BODIES))
    known = model.load(service)
    operation = known.operation(name)
    assert operation.input is not None
    value = Values(draw(st.integers(0, 50)), minimal=draw(st.booleans())).value(operation.input)
    tree = on_the_wire(operation.input, value, is_cbor=is_cbor)
    for _ in range(draw(st.integers(0, 2))):
        places = spots(tree)
        if not places:
            break
        container, key = draw(st.sampled_from(places))
        match draw(st.sampled_from(("odd", "missing", "extra"))):
            case "odd":
                container[key] = draw(ODD)
            case "missing" if isinstance(container, dict):
                del container[key]
            case "extra" if isinstance(container, dict):
                container[draw(st.text(max_size=3))] = draw(ODD)
    return operation, known, tree


def reference(known: model.Model, operation: model.Operation, data: bytes, *, is_cbor: bool) -> Any:
    """What the reference makes of a body: the value, or a refusal."""
    assert operation.input is not None
    reader = trees.cbor_reader(cbor.timestamp, strict=False) if is_cbor else trees.json_reader(strict=False)
    try:
        value = reader.structure(operation.input, list(operation.input.members))(
            cbor.exact(data) if is_cbor else msgspec.json.decode(data)
        )
        body_reader.token_filler(operation)(value)
        validate.compile_check(known, operation)(value)
    except (Malformed, AwsError, *fast.TRUSTED):
        return "refused"
    return value


def quick(known: model.Model, operation: model.Operation, data: bytes, *, is_cbor: bool) -> Any:
    """What the fast reader makes of a body, without asking the reference."""
    assert operation.input is not None
    reader = FastReader(known, operation, list(operation.input.members), cbor=is_cbor)
    try:
        if is_cbor:
            return reader.adapt(msgspec.convert(cbor.quick(data), reader.type_, builtin_types=cbor.NATIVE))
        return reader.adapt(msgspec.json.Decoder(reader.type_).decode(data))
    except fast.TRUSTED:
        return "refused"


def same(left: Any, right: Any) -> bool:
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, float) and isinstance(right, float) and math.isnan(left):
        return math.isnan(right)
    return type(left) is type(right) and bool(left == right)


SLOW_DATA = [HealthCheck.too_slow, HealthCheck.data_too_large]
CALM = settings(max_examples=300, deadline=None, suppress_health_check=SLOW_DATA)


@pytest.mark.parametrize("is_cbor", [False, True], ids=["json", "cbor"])
@CALM
@given(data=st.data())
def test_what_the_fast_reader_accepts_the_reference_reads_the_same(data: st.DataObject, is_cbor: bool) -> None:
    """The fast reader may refuse, but never differ."""
    operation, known, tree = data.draw(bodies(is_cbor=is_cbor))
    try:
        body = cbor2.dumps(tree) if is_cbor else msgspec.json.encode(tree)
    except (UnicodeEncodeError, OverflowError, cbor2.CBOREncodeError):
        return
    found = quick(known, operation, body, is_cbor=is_cbor)
    if found == "refused":
        return
    expected = reference(known, operation, body, is_cbor=is_cbor)
    assert expected != "refused"
    added = {member for member in expected if member not in found}
    assert same(found, {name: item for name, item in expected.items() if name not in added})
    assert added <= {n for n, m in operation.input.members.items() if m.trait.idempotency_token}  # type: ignore[union-attr]


@pytest.mark.parametrize(("service", "name"), BODIES, ids=["-".join(pair) for pair in BODIES])
def test_the_fast_reader_is_used(service: str, name: str) -> None:
    """A right request needs no reference: else a fault in the fast types would only show as slowness."""
    known = model.load(service)
    operation = known.operation(name)
    assert operation.input is not None
    value = Values(4).value(operation.input)
    for is_cbor in (False, True):
        tree = on_the_wire(operation.input, value, is_cbor=is_cbor)
        body = cbor2.dumps(tree) if is_cbor else msgspec.json.encode(tree)
        if reference(known, operation, body, is_cbor=is_cbor) != "refused":
            assert quick(known, operation, body, is_cbor=is_cbor) != "refused"


TARGETS: tuple[tuple[dict[str, str], str], ...] = (
    ({"x-amz-target": "Logs_20140328.PutLogEvents"}, "/"),
    ({"x-amz-target": "AWSInsightsIndexService.GetCostAndUsage"}, "/"),
    ({"x-amz-target": "GraniteServiceVersion20100801.GetMetricData"}, "/"),
    ({"smithy-protocol": "rpc-v2-cbor"}, "/service/GraniteServiceVersion20100801/operation/PutMetricData"),
    ({"smithy-protocol": "rpc-v2-cbor"}, "/service/ResourceGroupsTaggingAPI_20170126/operation/GetResources"),
    ({}, "/TraceSegments"),
    ({}, "/rummetrics/a/metrics"),
    ({}, "/slo/%ff%00"),
    ({}, "/"),
    ({}, "/?"),
)
PIECES = (
    b"Action=PutMetricData&Version=2010-08-01&",
    b"MetricData.member.",
    b"1.",
    b"Value=",
    b"=",
    b"&",
    b"%ff",
    b".",
)
FORM = st.lists(st.sampled_from(PIECES))
HEADERS = {
    "content-encoding": ("gzip", "aws-chunked", "aws-chunked,gzip", "é"),
    "authorization": ("AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request", "AWS4-", "é"),
    "x-amz-content-sha256": ("STREAMING-", "0"),
    "x-amz-decoded-content-length": ("-1", "é"),
}


@settings(max_examples=400, deadline=None)
@given(
    target=st.sampled_from(TARGETS),
    body=st.one_of(st.binary(max_size=60), st.text(max_size=40).map(str.encode), FORM.map(b"".join)),
    query=st.text(st.characters(max_codepoint=255), max_size=20),
    more=st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in HEADERS.items()}),
    method=st.sampled_from(["GET", "POST", "PATCH", "DELETE", "PUT", "BREW"]),
)
def test_any_bytes_get_an_answer(
    target: tuple[dict[str, str], str], body: bytes, query: str, more: dict[str, str], method: str
) -> None:
    """Whatever is sent, the answer is AWS's kind of error or success, never an internal failure."""
    headers, path = target
    reply = ECHO.send(method, path, query, {**headers, **more}, body)
    assert 200 <= reply.status < 500, reply


ECHO = Echo({})
