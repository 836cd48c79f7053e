"""Log reads over HTTP in a store of a million events: the newest of a stream, and the first page of an hour."""

from __future__ import annotations

from statistics import quantiles
from typing import Any

import msgspec

from bench import at_rest, data, load, servers
from bench.load import Connection
from bench.plan import Plan
from bench.report import Row
from bench.servers import Server

GROUP = "/bench/read"
STREAMS = 10
EVENTS = 5000
DAY_MS = 86_400_000


def measure(plan: Plan) -> list[Row]:
    """Milliseconds of an answer. Raises: AssertionError when the answer is not the events asked for."""
    folder = plan.folder / "bayon"
    requests = plan.amount(200, 4)
    asked = plan.amount(20, 2) * plan.runs
    end_ms = data.now_ms()
    with servers.bayon(folder) as bayon:
        _fill(bayon, requests, end_ms)
    at_rest.settled(folder)
    newest = {"logGroupName": GROUP, "logStreamName": "s0", "limit": 100}
    hour = {"logGroupName": GROUP, "startTime": end_ms - DAY_MS // 2, "endTime": end_ms - DAY_MS // 2 + 3_600_000}
    with servers.bayon(folder) as bayon:
        held = f"of {requests * EVENTS:,}"
        return [
            *_rows(bayon, f"log read, GetLogEvents, newest 100 of a stream {held}", "GetLogEvents", newest, asked),
            *_rows(bayon, f"log read, FilterLogEvents, first page of an hour {held}", "FilterLogEvents", hour, asked),
        ]


def _fill(bayon: Server, requests: int, end_ms: int) -> None:
    """The events lie evenly over a day, in turn in each stream."""
    client = bayon.client("logs")
    client.create_log_group(logGroupName=GROUP)
    for stream in range(STREAMS):
        client.create_log_stream(logGroupName=GROUP, logStreamName=f"s{stream}")
    span_ms = (DAY_MS - 60_000) * STREAMS // max(requests, STREAMS)
    prepared = []
    for place in range(requests):
        until_ms = end_ms - place // STREAMS * span_ms
        events = data.log_events(EVENTS, seed=place, end_ms=until_ms, span_ms=span_ms)
        given = {"logGroupName": GROUP, "logStreamName": f"s{place % STREAMS}", "logEvents": events}
        prepared.append(load.prepared("logs", "PutLogEvents", given))
    load.drive(bayon, prepared, connections=4)


def _rows(bayon: Server, what: str, operation: str, given: dict[str, Any], asked: int) -> list[Row]:
    request = load.prepared("logs", operation, given)
    connection = Connection(bayon)
    events = msgspec.json.decode(connection.ask(request))["events"]
    connection.close()
    assert len(events) >= 100, f"{operation} answered {len(events)} events"
    took_ms = [1000 * each for each in load.drive(bayon, [request] * asked, connections=1).latencies_s]
    slow = quantiles(took_ms, n=100, method="inclusive")[98]
    return [Row(f"{what} ({len(events):,} events)", "ms", took_ms), Row("  p99 of the answers", "ms", [slow])]
