"""Spans become segment documents: the cases of tests/cases/otlp/spans.yaml.

A case has a `span` and its `resource`, their attributes as a plain map; every document that becomes of it must hold the
fields given, and none of those that it `lacks`. `parent: 0` means the id of the first document.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from bayon.intake import otlp_messages
from bayon.services.otlp.segments import documents

PATH = Path(__file__).parent / "cases" / "otlp" / "spans.yaml"
CASES: list[dict[str, Any]] = yaml.safe_load(PATH.read_text())["cases"]
KINDS = {bool: "boolValue", int: "intValue", float: "doubleValue", str: "stringValue"}


def value(plain: Any) -> dict[str, Any]:
    if isinstance(plain, list):
        return {"arrayValue": {"values": [value(each) for each in plain]}}
    return {KINDS[type(plain)]: plain}


def attributes(plain: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": value(each)} for key, each in plain.items()]


def exported(case: dict[str, Any]) -> bytes:
    span: dict[str, Any] = {
        "traceId": "6553f100000000000000000000000001",
        "spanId": "aaaaaaaaaaaaaa01",
        "startTimeUnixNano": "1700000000100000000",
        "endTimeUnixNano": "1700000000350000000",
    } | case["span"]
    span["parentSpanId"] = span.pop("parent", "")
    span["attributes"] = attributes(span.get("attributes", {}))
    for event in span.get("events", []):
        event["attributes"] = attributes(event["attributes"])
    resource = {"attributes": attributes(case.get("resource", {}))}
    return json.dumps({"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": [span]}]}]}).encode()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case: dict[str, Any]) -> None:
    """The span becomes the documents of the case."""
    assert case["source"]
    (span,) = otlp_messages.spans(exported(json.loads(json.dumps(case))), json=True)
    found = [json.loads(text) for text in documents(span)]
    assert len(found) == len(case["documents"])
    for document, expected in zip(found, case["documents"], strict=True):
        lacking = expected.pop("lacks", [])
        if "parent" in expected:
            expected["parent_id"] = found[expected.pop("parent")]["id"]
        assert {key: document.get(key) for key in expected} == expected
        assert [key for key in lacking if key in document] == []
