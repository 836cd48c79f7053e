"""`bayon traces`: the list, and the drawing of one trace."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from typing import Any

import pytest

from bayon.testing import Bayon


def bayon_traces(bayon: Bayon, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bayon", "traces", *arguments]
    return subprocess.run(command, env=os.environ | bayon.env, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def trace_id(bayon: Bayon) -> str:
    """A trace of a request that failed in a call two levels down; and another that did not fail."""
    now_s = time.time()
    id_ = f"1-{int(now_s):08x}-000000000000000000000001"
    pay = {"name": "pay", "namespace": "remote", "fault": True, "start_time": now_s - 1.5, "end_time": now_s - 1}
    pay["cause"] = {"exceptions": [{"id": "e" * 16, "type": "Timeout", "message": "too [slow]"}]}
    work = {"id": "b1", "name": "## save", "start_time": now_s - 1.75, "end_time": now_s - 1, "subsegments": [pay]}
    table = {"id": "b2", "name": "DynamoDB", "namespace": "aws", "aws": {"operation": "Query", "table_name": "carts"}}
    root: dict[str, Any] = {"id": f"{1:016x}", "trace_id": id_, "name": "web", "fault": True}
    root |= {"start_time": now_s - 2, "end_time": now_s - 1}
    root["http"] = {"request": {"method": "GET", "url": "https://shop/cart"}, "response": {"status": 500}}
    root["subsegments"] = [work, table | {"start_time": now_s - 2, "end_time": now_s - 1.75}]
    other = {"id": f"{2:016x}", "trace_id": id_[:-1] + "2", "name": "quick", "start_time": now_s, "end_time": now_s}
    bayon.client("xray").put_trace_segments(TraceSegmentDocuments=[json.dumps(each) for each in (root, other)])
    return id_


def test_the_list(bayon: Bayon, trace_id: str) -> None:
    """Newest first, those that match, so many as asked for."""
    every = bayon_traces(bayon).stdout
    assert every.index("quick") < every.index(trace_id)
    failed = bayon_traces(bayon, "--filter", "fault", "--since", "30m").stdout.splitlines()
    assert [line.split()[1:] for line in failed[1:]] == [
        [trace_id, "1,000", "ms", "fault", "web", "GET", "https://shop/cart", "500"]
    ]
    assert len(bayon_traces(bayon, "--limit", "1").stdout.splitlines()) == 2
    assert bayon_traces(bayon, "--filter", 'service("nobody")').stdout == "no traces\n"


def test_the_drawing(bayon: Bayon, trace_id: str) -> None:
    """A line for each segment and subsegment, below what called it, in order, its bar where it lay in time."""
    lines = [line.rstrip() for line in bayon_traces(bayon, "show", trace_id).stdout.splitlines()]
    assert lines[0].startswith(f"{trace_id}  ")
    assert lines[0].endswith("1,000 ms")
    assert [re.findall(r"^( *)(\S.*?)  +(\S+ ms) ", line)[0] for line in lines[1:]] == [
        ("", "web", "1,000.0 ms"),
        ("  ", "DynamoDB AWS::DynamoDB::Table", "250.0 ms"),
        ("  ", "## save", "750.0 ms"),
        ("    ", "pay remote", "500.0 ms"),
    ]
    bars = ["".join(char for char in line if char in "·━") for line in lines[1:]]
    assert bars == ["━" * 40, "━" * 10 + "·" * 30, "·" * 10 + "━" * 30, "·" * 20 + "━" * 20]
    assert lines[1].endswith("GET https://shop/cart 500 fault")
    assert lines[2].endswith("Query carts")
    assert lines[4].endswith("fault Timeout: too [slow]")


def test_the_logs_of_a_trace(bayon: Bayon, trace_id: str) -> None:
    """The events that carry its id, as X-Ray or OpenTelemetry write it, and no others."""
    logs = bayon.client("logs")
    logs.create_log_group(logGroupName="/shop")
    logs.create_log_stream(logGroupName="/shop", logStreamName="s")
    messages = (f"Root={trace_id};Sampled=1", f"trace {trace_id[2:].replace('-', '')}", "nothing")
    events = [{"timestamp": int(time.time() * 1000), "message": message} for message in messages]
    logs.put_log_events(logGroupName="/shop", logStreamName="s", logEvents=events)
    lines = bayon_traces(bayon, "show", "--logs", trace_id).stdout.splitlines()
    assert [line.split("  ", 1)[1] for line in lines[5:]] == [f"/shop  {message}" for message in messages[:2]]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["show", "1-00000000-000000000000000000000000"], "there is no trace 1-00000000-000000000000000000000000"),
        (["--filter", "faul"], "Invalid filter expression: expected a keyword, found 'faul'"),
    ],
)
def test_what_cannot_be_shown(bayon: Bayon, arguments: list[str], says: str) -> None:
    """One sentence, and the exit code 1."""
    ended = bayon_traces(bayon, *arguments)
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.startswith(f"bayon: {says}")
    assert ended.stderr.count("\n") == 1


def test_without_a_bayon() -> None:
    """The sentence names the address that does not answer."""
    nobody = Bayon("", {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_REGION": "us-east-1"}, 0)
    ended = bayon_traces(nobody)
    assert ended.returncode == 1
    assert ended.stderr.startswith("bayon: no bayon answers: ")
    assert "http://127.0.0.1:9" in ended.stderr


def test_how_far_back() -> None:
    """A time that is none is wrong usage."""
    ended = bayon_traces(Bayon("", {}, 0), "--since", "yesterday")
    assert ended.returncode == 2
    assert "expected a time such as 30m, 6h or 2d, found 'yesterday'" in ended.stderr
