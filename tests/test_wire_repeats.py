"""Lists that are read by what recurs in them are what they would be if each item were read by itself."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bayon.errors import AwsError
from bayon.wire import cbor, model, trees
from bayon.wire.body_reader import Body, _slowly, cbor_body
from bayon.wire.message import Request
from bayon.wire.protocols import PROTOCOLS

MODEL = model.load("cloudwatch")
OPERATION = MODEL.operation("PutMetricData")
assert OPERATION.input is not None
NAMES = list(OPERATION.input.members)


REFERENCE = trees.cbor_reader(cbor.timestamp, strict=False).structure(OPERATION.input, NAMES)


def _reference(data: bytes) -> Any:
    """What the reference, which reads item by item, says."""
    return _outcome(lambda data: Body(_slowly(data, cbor.exact, REFERENCE), checked=False), data)


def _outcome(read: Any, data: bytes) -> Any:
    try:
        body: Body = read(data)
    except AwsError as err:
        return err.code, err.message
    return body.value


def _moment(seconds: float) -> Any:
    return datetime.fromtimestamp(seconds, UTC)


_TEXT = st.one_of(st.sampled_from(["Value", "Timestamp", "MetricData", "a", ""]), st.text(max_size=40))
_DATUM = st.fixed_dictionaries(
    {"MetricName": _TEXT},
    optional={
        "Value": st.floats(allow_nan=False),
        "Timestamp": st.one_of(st.integers(0, 2**32 - 1), st.integers(0, 2**40).map(lambda ms: ms / 1000)).map(_moment),
        "Unit": st.sampled_from(["Count", "Seconds"]),
        "Dimensions": st.lists(st.fixed_dictionaries({"Name": _TEXT, "Value": _TEXT}), max_size=3),
        "Values": st.lists(st.floats(allow_nan=False), max_size=3),
    },
)


def _body(data: list[dict[str, Any]], *, namespace: str = "n", first: bool = True) -> bytes:
    members = {"Namespace": namespace, "MetricData": data}
    ordered = members if first else dict(reversed(members.items()))
    return cbor2.dumps(ordered, datetime_as_timestamp=True)


@settings(max_examples=25, deadline=None)
@given(st.lists(_DATUM, min_size=1, max_size=4), st.integers(24, 300), st.text(max_size=9), st.booleans(), st.randoms())
def test_long_lists_are_read_alike(
    shapes: list[dict[str, Any]], count: int, namespace: str, first: bool, rng: random.Random
) -> None:
    """Whatever the items are, in whatever order, the first time and the next."""
    read = cbor_body(MODEL, OPERATION, NAMES, strict=False)
    for _ in range(3):
        data = [dict(rng.choice(shapes)) for _ in range(count)]
        for datum in data:
            if "Value" in datum:
                datum["Value"] = rng.uniform(-1e9, 1e9)
        body = _body(data, namespace=namespace, first=first)
        assert _outcome(read, body) == _reference(body)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([0xC1, 0xFB, 0x1A, 0x78, 0x80, 0xA5, 0x18]), st.integers(0, 9999))
def test_damaged_lists_are_read_alike(seed: int, byte: int, place: int) -> None:
    """A byte that is something else makes of a remembered item what it makes of any."""
    rng = random.Random(seed)
    read = cbor_body(MODEL, OPERATION, NAMES, strict=False)
    datum = {
        "MetricName": "Latency",
        "Dimensions": [{"Name": "Host", "Value": "h" * 193}],
        "Timestamp": _moment(1.7e9),
        "Value": 1.5,
        "Unit": "Count",
    }
    data = [{**datum, "Value": rng.random()} for _ in range(40)]
    whole = _body(data)
    assert _outcome(read, whole) == _reference(whole)
    damaged = bytearray(whole)
    damaged[place % len(whole)] = byte
    assert _outcome(read, bytes(damaged)) == _reference(bytes(damaged))


@pytest.mark.parametrize("order", [["MetricName", "Value", "Unit"], ["Value", "Timestamp", "MetricName"]])
def test_items_are_remembered(order: list[str]) -> None:
    """Also with numbers first or last: the second request needs to learn nothing."""
    codec = PROTOCOLS["smithy-rpc-v2-cbor"].compile_codec(MODEL, OPERATION, strict=False)
    whole = {"MetricName": "m", "Value": 0.5, "Timestamp": _moment(1.7e9), "Unit": "Count"}
    data = [{name: whole[name] for name in order} | {"Value": float(n)} for n in range(50)]
    for _ in range(2):
        decoded = codec.decode(Request("POST", "/", "", {}, _body(data)))
        assert [datum["Value"] for datum in decoded["MetricData"]] == [float(n) for n in range(50)]
