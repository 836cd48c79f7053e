"""Log ingest with ten metric filters, embedded metrics and a live tail on the group, in turn with plain ingest."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from botocore.config import Config

from bench import data, load, servers
from bench.plan import Plan, say
from bench.report import Row, Target
from bench.servers import Server

CONNECTIONS = 4
EVENTS = 5000
BODIES = 16
EMBEDDED_EVERY = 100
CAUGHT_UP_S = 300
PLAIN, FOLLOWED = "/bench/plain", "/bench/watch"  # names of one length: requests are addressed by replacing one
FILTERS = (
    ("ERROR", "1", {}),
    ("?WARN ?ERROR", "1", {}),
    ('"GET /api/orders" -INFO', "1", {}),
    ("%user u-000[0-9]{2}%", "1", {}),
    ("[at, level=ERROR, service, method, route, status=5*, ...]", "1", {}),
    ("{ $.status = 500 }", "1", {}),
    ('{ $.level = "ERROR" && $.status >= 400 }', "1", {}),
    ('{ $.route = "/api/or*" || $.route = "/api/ca*" }', "1", {}),
    ("{ $.durationMs > 100 }", "$.durationMs", {}),
    ("{ $.status = 500 }", "$.durationMs", {"Service": "$.service"}),
)


def measure(plan: Plan) -> list[Row]:
    """Events per second. Raises: AssertionError when an event was not counted, or counted twice."""
    requests = _requests(plan.amount(BODIES, 2))
    count = plan.amount(100, 4)
    plain: list[float] = []
    followed: list[float] = []
    behind_s: list[float] = []
    with servers.bayon(plan.folder / "bayon") as bayon:
        _prepare(bayon)
        for run in range(plan.runs + 1):  # the first warms up
            plain.append(_rate(bayon, requests, PLAIN, count))
            _caught_up_s(bayon, PLAIN, (run + 1) * count * EVENTS)
            with _tailing(bayon):
                followed.append(_rate(bayon, requests, FOLLOWED, count))
                behind_s.append(_caught_up_s(bayon, FOLLOWED, (run + 1) * count * EVENTS))
            bayon.wait_idle()
            say(f"  run {run}: plain {plain[-1]:,.0f}/s, followed {followed[-1]:,.0f}/s, {behind_s[-1]:.1f} s behind")
    what = f"log ingest, ten metric filters, embedded metrics and a live tail, {CONNECTIONS} connections"
    return [
        Row(what, "events/s", followed[1:], "plain", plain[1:], Target(0.7, of_ratio=True)),
        Row("  until every metric is there", "s", behind_s[1:]),
    ]


def _requests(bodies: int) -> list[bytes]:
    requests = []
    for seed in range(bodies):
        events = data.log_events(EVENTS, seed=seed, end_ms=data.now_ms())
        for event in events[1::EMBEDDED_EVERY]:
            event["message"] = _embedded(event)
        given = {"logGroupName": PLAIN, "logStreamName": "app", "logEvents": events}
        requests.append(load.prepared("logs", "PutLogEvents", given))
    return requests


def _embedded(event: dict[str, Any]) -> str:
    """The JSON event with a directive that makes its duration a metric."""
    members = msgspec.json.decode(event["message"])
    metric = {"Name": "durationMs", "Unit": "Milliseconds"}
    directive = {"Namespace": "Bench", "Dimensions": [["service"], ["service", "route"]], "Metrics": [metric]}
    members["_aws"] = {"Timestamp": event["timestamp"], "CloudWatchMetrics": [directive]}
    return msgspec.json.encode(members).decode()


def _prepare(bayon: Server) -> None:
    client = bayon.client("logs")
    for group in (PLAIN, FOLLOWED):
        client.create_log_group(logGroupName=group)
        client.create_log_stream(logGroupName=group, logStreamName="app")
    for number, (pattern, value, dimensions) in enumerate(FILTERS):
        transformation: dict[str, Any] = {"metricName": f"M{number}", "metricNamespace": "Bench", "metricValue": value}
        if dimensions:
            transformation["dimensions"] = dimensions
        client.put_metric_filter(
            logGroupName=FOLLOWED,
            filterName=f"f{number}",
            filterPattern=pattern,
            metricTransformations=[transformation],
        )


def _rate(bayon: Server, requests: list[bytes], group: str, count: int) -> float:
    addressed = [request.replace(PLAIN.encode(), group.encode(), 1) for request in requests]
    return count * EVENTS / load.drive(bayon, addressed, connections=CONNECTIONS, count=count).took_s


@contextmanager
def _tailing(bayon: Server) -> Iterator[None]:
    """A client follows the group inside the block."""
    import boto3

    client = boto3.client(
        "logs",
        endpoint_url=f"http://{bayon.host}:{bayon.port}",
        region_name="us-east-1",
        aws_access_key_id="bench",
        aws_secret_access_key="bench",
        config=Config(inject_host_prefix=False),
    )
    stream = client.start_live_tail(logGroupIdentifiers=[FOLLOWED], logEventFilterPattern="ERROR")["responseStream"]
    seen = threading.Thread(target=_drained, args=(stream,))
    seen.start()
    try:
        yield
    finally:
        stream.close()
        seen.join()


def _drained(stream: Any) -> None:
    with suppress(Exception):  # the stream is closed under it
        for _ in stream:
            pass


def _caught_up_s(bayon: Server, group: str, events: int) -> float:
    """Every event of the group is counted. Out: the seconds it took. Raises: AssertionError."""
    client = bayon.client("cloudwatch")
    began_s = time.monotonic()
    now = datetime.now(UTC)
    while True:
        points = client.get_metric_statistics(
            Namespace="AWS/Logs",
            MetricName="IncomingLogEvents",
            Dimensions=[{"Name": "LogGroupName", "Value": group}],
            StartTime=now - timedelta(hours=12),
            EndTime=now + timedelta(hours=1),
            Period=3600,
            Statistics=["Sum"],
        )["Datapoints"]
        found = sum(point["Sum"] for point in points)
        assert found <= events, f"{found:,.0f} events were counted, {events:,} sent"
        if found == events:
            return time.monotonic() - began_s
        assert time.monotonic() - began_s < CAUGHT_UP_S, f"{found:,.0f} events of {events:,} were counted"
        time.sleep(0.2)
