"""OTLP ingest over HTTP, protobuf on four connections: spans, metric points and log records, kept on disk."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from bench import at_rest, data, load, servers
from bench.plan import Plan, say
from bench.report import Row

CONNECTIONS = 4
ITEMS = 500
BODIES = 32
SERVICES = ("cart", "checkout", "search", "users")
DELTA = 1


def measure(plan: Plan) -> list[Row]:
    """Items per second. Raises: AssertionError when what is stored is not what was acknowledged."""
    count = plan.amount(200, 4)
    rows: list[Row] = []
    sent: dict[str, int] = {}
    with servers.bayon(plan.folder / "bayon") as bayon:
        for signal, (what, body) in SIGNALS.items():
            bodies = [body(seed) for seed in range(plan.amount(BODIES, 4))]
            requests = [_request(signal, each) for each in bodies]
            size_bytes = sum(map(len, bodies)) // len(bodies) // ITEMS
            rates = []
            for _ in range(plan.runs + 1):  # the first warms up
                took_s = load.drive(bayon, requests, connections=CONNECTIONS, count=count).took_s
                rates.append(count * ITEMS / took_s)
                sent[signal] = sent.get(signal, 0) + count * ITEMS
                say(f"  {what}: {rates[-1]:,.0f}/s")
            rows.append(Row(f"OTLP ingest, {ITEMS} {what} of {size_bytes} bytes an export", f"{what}/s", rates[1:]))
    stored = at_rest.counts(plan.folder / "bayon")
    found = (stored["segments"], stored["log_events"])
    assert found == (sent["traces"], sent["logs"]), f"{sent} were acknowledged, {stored} are stored"
    return rows


def _request(signal: str, body: bytes) -> bytes:
    head = (
        f"POST /v1/{signal} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-protobuf\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _spans(seed: int) -> bytes:
    rng = random.Random(seed)
    request = ExportTraceServiceRequest()
    scoped = _scope(request.resource_spans.add(), rng).scope_spans.add()
    now_ns = data.now_ms() * 1_000_000
    for _ in range(ITEMS):
        start_ns = now_ns - rng.randrange(60_000_000_000)
        span = scoped.spans.add(
            trace_id=(start_ns // 10**9).to_bytes(4) + rng.randbytes(12),
            span_id=rng.randbytes(8),
            name=f"GET /{rng.choice(SERVICES)}",
            kind=2,
            start_time_unix_nano=start_ns,
            end_time_unix_nano=start_ns + rng.randrange(10**9),
        )
        _put(span, **{"http.request.method": "GET", "url.path": f"/cart/{rng.randrange(10**6)}", "tenant": "t-1"})
        _put(span, **{"user_agent.original": "Mozilla/5.0 (X11; Linux x86_64)", "server.address": "shop.example.com"})
        span.attributes.add(key="http.response.status_code").value.int_value = 200
    return request.SerializeToString()


def _points(seed: int) -> bytes:
    rng = random.Random(seed)
    request = ExportMetricsServiceRequest()
    scoped = _scope(request.resource_metrics.add(), rng).scope_metrics.add()
    histogram = scoped.metrics.add(name="http.server.request.duration", unit="s").histogram
    histogram.aggregation_temporality = DELTA
    now_ns = data.now_ms() * 1_000_000
    bounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
    for place in range(ITEMS):
        counts = [rng.randrange(20) for _ in range(len(bounds) + 1)]
        point = histogram.data_points.add(
            time_unix_nano=now_ns,
            start_time_unix_nano=now_ns - 60_000_000_000,
            count=sum(counts),
            sum=sum(counts) * 0.2,
            bucket_counts=counts,
            explicit_bounds=bounds,
        )
        _put(point, **{"http.route": f"/r{place % 100}", "http.request.method": rng.choice(("GET", "POST"))})
    return request.SerializeToString()


def _records(seed: int) -> bytes:
    rng = random.Random(seed)
    request = ExportLogsServiceRequest()
    scoped = _scope(request.resource_logs.add(), rng).scope_logs.add()
    now_ns = data.now_ms() * 1_000_000
    for event in data.log_events(ITEMS, seed=seed, end_ms=data.now_ms()):
        record = scoped.log_records.add(time_unix_nano=now_ns, severity_number=9, severity_text="INFO")
        record.body.string_value = event["message"][:200]
        record.trace_id, record.span_id = rng.randbytes(16), rng.randbytes(8)
        _put(record, customer=f"c-{rng.randrange(1000)}")
    return request.SerializeToString()


def _scope(resource: Any, rng: random.Random) -> Any:
    _put(resource.resource, **{"service.name": rng.choice(SERVICES), "telemetry.sdk.language": "python"})
    return resource


def _put(message: Any, **attributes: str) -> None:
    for key, value in attributes.items():
        message.attributes.add(key=key).value.string_value = value


SIGNALS: dict[str, tuple[str, Callable[[int], bytes]]] = {
    "traces": ("spans", _spans),
    "metrics": ("histogram points", _points),
    "logs": ("log records", _records),
}
