"""Runs cases/wire/*.yaml: a request to the endpoint, and what was decoded or answered."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from bayon.errors import AwsError
from bayon.wire import model
from bayon.wire.message import Reply, Request
from bayon.wire.protocols import PROTOCOLS
from wire_endpoint import Echo

FOLDER = Path(__file__).parent / "cases" / "wire"
FILES = {path.stem: yaml.safe_load(path.read_text()) for path in sorted(FOLDER.glob("*.yaml"))}
CASES = [(file, case) for file, content in FILES.items() for case in content["cases"]]


@pytest.mark.parametrize(("file", "case"), CASES, ids=[f"{file}: {case['name']}" for file, case in CASES])
def test_case(file: str, case: dict[str, Any]) -> None:
    """The case holds."""
    assert case["source"]
    if "model" in FILES[file]:
        _run_on_model(FILES[file]["model"], case)
    else:
        _run_on_endpoint({**FILES[file].get("every", {}), **case})


def _run_on_endpoint(case: dict[str, Any]) -> None:
    """A case on the real services: `send` a request; `decoded`, or `status`, `error`, `headers`, `body` answered."""
    echo = Echo({}, parity=case.get("parity", "lifted"), served=() if case.get("unserved") else None)
    send = case["send"]
    reply = echo.send(
        send.get("method", "POST"),
        send.get("path", "/"),
        send.get("query", ""),
        {**case.get("headers_sent", {}), **send.get("headers", {})},
        _bytes(send),
    )
    if "decoded" in case:
        assert reply.status < 300, reply.body
        assert echo.calls[0][1] == case["decoded"]
    _compare(case, reply)


def _bytes(send: dict[str, Any]) -> bytes:
    """The body: `json` data, `text`, or `hex`; `gzip` packs it and keeps so many bytes."""
    if "json" in send:
        data = json.dumps(send["json"]).encode()
    else:
        data = bytes.fromhex(send["hex"]) if "hex" in send else send.get("text", "").encode()
    return gzip.compress(data, mtime=0)[: send["gzip"] or None] if "gzip" in send else data


def _compare(case: dict[str, Any], reply: Reply) -> None:
    assert reply.status == case.get("status", 200 if "error" not in case else 400), reply.body
    for name, value in case.get("headers", {}).items():
        assert reply.headers.get(name) == value, name
    if "error" in case:
        found = msgspec.json.decode(reply.body)
        assert {name: found.get(name) for name in case["error"]} == case["error"]
    if "body" in case:
        assert reply.body.decode() == case["body"].rstrip("\n")


def _run_on_model(document: dict[str, Any], case: dict[str, Any]) -> None:
    """A case on the file's own model, in the case's protocol: `request` to `value`, or `output` to `reply`."""
    protocol = case["protocol"]
    spoken = {"metadata": document["metadata"] | {"protocol": protocol}}
    known = model.parse("weather", json.dumps(document | spoken).encode())
    operation = known.operation(case["operation"])
    codec = PROTOCOLS[protocol].compile_codec(known, operation, strict=False)
    if "request" in case:
        sent = {"method": "POST", "path": "/", "query": "", "headers": {}, "labels": {}} | case["request"]
        request = Request(sent["method"], sent["path"], sent["query"], sent["headers"], _bytes(sent), sent["labels"])
        if "error" in case:
            with pytest.raises(AwsError) as raised:
                codec.decode(request)
            assert {"code": raised.value.code, "message": raised.value.message} == case["error"]
        else:
            assert codec.decode(request) == case["value"]
    if "output" in case:
        reply = codec.encode(case["output"], "request-1")
        expected = case["reply"]
        assert reply.status == expected.get("status", 200)
        assert {name: reply.headers.get(name) for name in expected.get("headers", {})} == expected.get("headers", {})
        found = reply.body.hex() if "hex" in expected else reply.body.decode()
        assert found == expected.get("hex", expected.get("body", "")).rstrip("\n")
