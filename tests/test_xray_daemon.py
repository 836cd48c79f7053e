"""The X-Ray daemon's port: the unmodified X-Ray SDK over UDP and TCP, and every kind of datagram."""

from __future__ import annotations

import base64
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from bayon.intake.xray_udp import body_of
from bayon.settings import Settings
from bayon.testing import Bayon, running

HEADER = b'{"format": "json", "version": 1}\n'
WAIT_S = 20


def until(met: Callable[[], Any]) -> Any:
    """Out: the first true answer. Raises: AssertionError when there is none in time."""
    until_s = time.monotonic() + WAIT_S
    while time.monotonic() < until_s:
        if found := met():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not happen")


def counts(bayon: Bayon) -> dict[str, int]:
    with urlopen(f"{bayon.url}/_bayon/xray") as answer:
        found: dict[str, int] = json.load(answer)
        return found


def send(bayon: Bayon, *datagrams: bytes) -> None:
    host, _, port = bayon.env["AWS_XRAY_DAEMON_ADDRESS"].rpartition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for datagram in datagrams:
            sender.sendto(datagram, (host, int(port)))


def segment(number: int, **fields: Any) -> bytes:
    now_s = time.time()
    document = {
        "id": f"{number:016x}",
        "trace_id": f"1-{int(now_s):08x}-{number:024x}",
        "name": "shop",
        "start_time": now_s,
        "end_time": now_s + 0.1,
    }
    return json.dumps(document | fields).encode()


def documents(bayon: Bayon, trace_id: str) -> list[dict[str, Any]]:
    found = bayon.client("xray").batch_get_traces(TraceIds=[trace_id])["Traces"]
    return [json.loads(segment["Document"]) for trace in found for segment in trace["Segments"]]


# ── The SDK ──

PROGRAM = """
import time
from aws_xray_sdk.core import xray_recorder
xray_recorder.configure(service="shop")
while True:
    segment = xray_recorder.begin_segment("shop")
    if segment.sampled:
        break
    xray_recorder.end_segment()
segment.put_annotation("userId", "user-123")
with xray_recorder.in_subsegment("pay", namespace="remote") as call:
    call.put_http_meta("url", "https://pay.example.com/charge")
    call.put_http_meta("status", 200)
xray_recorder.end_segment()
print(segment.trace_id)
"""


def test_the_python_sdk_needs_no_daemon(bayon: Bayon) -> None:
    """What a program traces arrives whole, with nothing set but the address."""
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=os.environ | bayon.env,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    found = until(lambda: documents(bayon, ended.stdout.strip()))
    assert [each["name"] for each in found] == ["shop", "pay"]
    assert found[0]["annotations"] == {"userId": "user-123"}
    assert found[0]["subsegments"][0]["http"]["request"]["url"] == "https://pay.example.com/charge"
    assert found[1]["inferred"]


# ── Datagrams ──


def test_what_is_no_segment_stops_nothing(bayon: Bayon) -> None:
    """Each kind of it is counted, and the good one behind it is stored."""
    before = counts(bayon)
    send(
        bayon,
        b"",
        b"nothing",
        HEADER,
        segment(1),  # no header
        b'{"format": "json", "version": 2}\n' + segment(2),
        HEADER + b"\xff\xfe",
        HEADER + b"{}",
        HEADER + b"T1U" + base64.b64encode(b"spans that were not sampled"),
        HEADER + b"M1" + base64.b64encode(b"metrics"),
        HEADER + segment(3) + b" \n",
    )
    after = until(lambda: (now := counts(bayon))["stored"] > before["stored"] and now)
    changed = {name: after[name] - before[name] for name in after}
    expected = {"received": 10, "stored": 1, "rejected": 6, "refused": 1, "dropped": 0, "lost": 0, "waiting": 0}
    assert changed == expected


def test_a_burst_loses_nothing(bayon: Bayon) -> None:
    """Ten thousand datagrams as fast as they can be sent, one as large as they may be among them."""
    before = counts(bayon)
    filler = "x" * (65_507 - 40 - len(HEADER) - len(segment(1, user="")))  # two times of day may take 40 digits more
    send(bayon, *(HEADER + segment(number) for number in range(1, 10_000)), HEADER + segment(10_000, user=filler))
    after = until(lambda: (now := counts(bayon))["stored"] >= before["stored"] + 10_000 and now)
    assert after["stored"] - before["stored"] == after["received"] - before["received"] == 10_000


@pytest.mark.parametrize(
    ("header", "good"),
    [
        ('{"format":"json","version":1}', True),
        ('{ "version": 1, "format": "JSON" }', True),
        ('{"format":"json","version":1.0}', True),
        ('{"format":"json","version":"1"}', False),
        ('{"format":"json","version":true}', False),
        ('{"format":"xml","version":1}', False),
        ('{"version":1}', False),
        ("[]", False),
        ("", False),
    ],
)
def test_the_header_line(header: str, *, good: bool) -> None:
    """As the daemon's own reader takes it."""
    assert body_of(f"{header}\n {{}} \n".encode()) == (b"{}" if good else b"")


# ── The sampling proxy ──


def proxied(bayon: Bayon, path: str, body: bytes, **headers: str) -> Any:
    request = Request(f"http://{bayon.env['AWS_XRAY_DAEMON_ADDRESS']}{path}", data=body, headers=headers, method="POST")
    with urlopen(request) as answer:
        return json.load(answer)


def test_the_proxy_asks_for_no_signature(tmp_path: Path) -> None:
    """Once access keys exist too: the daemon signs for the SDKs that know no key. The body's type does not matter."""
    made = subprocess.run(
        [sys.executable, "-m", "bayon", "keys", "create", "--data-dir", tmp_path], check=True, capture_output=True
    )
    assert made.stdout
    with running(data_dir=tmp_path) as bayon:
        body = json.dumps({"TraceSegmentDocuments": [segment(1).decode(), "{}"]}).encode()
        answer = proxied(bayon, "/TraceSegments", body, **{"Content-Type": "text/plain"})
        assert [each["ErrorCode"] for each in answer["UnprocessedTraceSegments"]] == ["MissingName"]
        with pytest.raises(OSError, match="403"):
            urlopen(Request(f"{bayon.url}/TraceSegments", data=body, method="POST"))


# ── The port ──


def test_a_taken_port_stops_nothing(bayon: Bayon, tmp_path: Path) -> None:
    """bayon says so in one sentence, names no daemon, and serves."""
    port = int(bayon.env["AWS_XRAY_DAEMON_ADDRESS"].rpartition(":")[2])
    options = ["--port", "0", "--xray-port", str(port), "--data-dir", str(tmp_path)]
    command = [sys.executable, "-m", "bayon", "up", *options]
    with (tmp_path / "log").open("w+") as log, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log) as second:
        try:
            assert second.stdout is not None
            ready = [line.decode() for line in iter(second.stdout.readline, b"\n")]
            assert ready[0].startswith("bayon is ready on ")
            assert not [line for line in ready if "DAEMON" in line]
            said = (tmp_path / "log").read_text()
            assert f"port {port} of 127.0.0.1 is taken: stop what listens there, or choose another with --xray" in said
        finally:
            second.terminate()


def test_without_a_daemon() -> None:
    """With -1 bayon listens on no such port."""
    with running(xray_port=-1) as bayon:
        assert "AWS_XRAY_DAEMON_ADDRESS" not in bayon.env


def test_two_share_a_machine(bayon: Bayon) -> None:
    """Each test's bayon has a port of its own."""
    with running() as second:
        assert second.env["AWS_XRAY_DAEMON_ADDRESS"] != bayon.env["AWS_XRAY_DAEMON_ADDRESS"]


@pytest.mark.parametrize(("host", "address"), [("0.0.0.0", "127.0.0.1:2000"), ("::1", "[::1]:2000")])
def test_the_address_for_this_machine(host: str, address: str) -> None:
    """A client on this machine can use it."""
    assert Settings(xray_host=host).daemon == address
