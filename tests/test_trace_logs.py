"""Traces meet logs, in both directions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bayon.errors import AwsError
from bayon.services.logs.ingestion import put_log_events
from bayon.services.logs.log_groups import create_log_group
from bayon.services.logs.log_streams import create_log_stream
from bayon.services.operation import Context
from bayon.services.xray.trace_logs import log_events_of, trace_id_of
from bayon.services.xray.trace_segments import put_trace_segments
from bayon.settings import Settings
from bayon.state.database import State
from bayon.store import settle_logs
from bayon.store.store import Store

NOW_S = 1_772_445_600
T = f"1-{NOW_S:08x}-00000000000000000000abcd"
DIGITS = T[2:].replace("-", "")


@pytest.mark.parametrize(
    ("message", "found"),
    [
        (f"X-Amzn-Trace-Id: Root={T};Parent=53995c3f42cd8ad8;Sampled=1", T),
        (f"REPORT RequestId: 1 Duration: 2 ms XRAY TraceId: {T} SegmentId: 53995c3f42cd8ad8 Sampled: true", T),
        (f"[AWS-XRAY-TRACE-ID: {T}@53995c3f42cd8ad8] order 17", T),
        (T.upper().replace("1-", "1-"), T),
        (json.dumps({"traceId": DIGITS, "body": "x"}), T),
        (json.dumps({"trace_id": DIGITS}), T),
        (f"otelTraceID={DIGITS} otelSpanID=53995c3f42cd8ad8", T),
        (f"traceparent: 00-{DIGITS}-53995c3f42cd8ad8-01", T),
        (f"checksum {DIGITS}", None),
        (f"traceId={DIGITS}00", None),
        ("nothing", None),
        ("", None),
    ],
)
def test_the_trace_of_an_event(message: str, found: str | None) -> None:
    """Told by the ids that AWS, the W3C and OpenTelemetry write, and by nothing that only looks like one."""
    assert trace_id_of(message) == found


@pytest.fixture
def ctx(store: Store, tmp_path: Path) -> Iterator[Context]:
    with closing(State.open(f"sqlite:///{tmp_path}/state.sqlite3", durable=False)) as state:
        yield Context(
            account="000000000000",
            region="us-east-1",
            access_key="",
            request_id="",
            now_ms=NOW_S * 1000,
            settings=Settings(),
            store=store,
            state=state,
        )


def log(ctx: Context, group: str, *messages: str, at_s: float = NOW_S) -> None:
    create_log_group(ctx, {"logGroupName": group})
    create_log_stream(ctx, {"logGroupName": group, "logStreamName": "s"})
    put_log_events(
        ctx,
        {
            "logGroupName": group,
            "logStreamName": "s",
            "logEvents": [{"timestamp": int(at_s * 1000), "message": message} for message in messages],
        },
    )


def found(ctx: Context, *groups: str) -> list[tuple[str, str]]:
    return [(each.group, each.event.message) for each in log_events_of(ctx, T, groups)]


@pytest.mark.parametrize("settled", [False, True])
def test_the_events_of_a_trace(ctx: Context, *, settled: bool) -> None:
    """In every group, however the id is written, whether they are indexed yet or not; others are not."""
    log(ctx, "/a", f"Root={T}", f"otelTraceID={DIGITS}", f"Root=1-{NOW_S + 1:08x}-00000000000000000000abcd")
    log(ctx, "/b", json.dumps({"traceId": DIGITS}), "nothing")
    log(ctx, "/late", f"Root={T}", at_s=NOW_S - 3 * 86_400)
    if settled:
        settle_logs.settle_logs(ctx.store, now=True)
    expected = [("/a", f"Root={T}"), ("/a", f"otelTraceID={DIGITS}"), ("/b", json.dumps({"traceId": DIGITS}))]
    assert found(ctx) == expected
    assert found(ctx, "/b") == expected[2:]
    assert found(ctx, "/none") == []


def test_the_range_is_that_of_the_trace(ctx: Context) -> None:
    """Of a trace that is held, events are sought around it, however long it took."""
    segment = {"id": "00000000000000a1", "trace_id": T, "name": "web", "start_time": NOW_S, "end_time": NOW_S + 7200}
    put_trace_segments(ctx, {"TraceSegmentDocuments": [json.dumps(segment)]})
    log(ctx, "/within", f"1 {T}", at_s=NOW_S + 7000)
    log(ctx, "/beyond", f"2 {T}", at_s=NOW_S - 3600)
    assert found(ctx) == [("/within", f"1 {T}")]


def test_what_is_no_id(ctx: Context) -> None:
    """It is refused by name."""
    with pytest.raises(AwsError, match="Invalid trace id x"):
        log_events_of(ctx, "x")
