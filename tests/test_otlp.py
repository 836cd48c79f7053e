"""OTLP over HTTP with the real OpenTelemetry SDK and its exporters, and what no exporter would send."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from opentelemetry._logs import LogRecord
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import Counter, Histogram, MeterProvider
from opentelemetry.sdk.metrics.export import AggregationTemporality, PeriodicExportingMetricReader
from opentelemetry.sdk.metrics.view import ExponentialBucketHistogramAggregation, View
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.trace import SpanKind

from bayon.testing import Bayon, running

JSON = {"Content-Type": "application/json"}
RESOURCE = Resource.create({"service.name": "cart", "service.version": "7", "deployment.environment.name": "prod"})


def segments(bayon: Bayon, trace_id: int) -> list[dict[str, Any]]:
    digits = f"{trace_id:032x}"
    found = bayon.client("xray").batch_get_traces(TraceIds=[f"1-{digits[:8]}-{digits[8:]}"])["Traces"]
    return [json.loads(each["Document"]) for trace in found for each in trace["Segments"]]


# ── Traces ──


@pytest.mark.parametrize("compression", [Compression.NoCompression, Compression.Gzip])
def test_spans_of_the_sdk(bayon: Bayon, compression: Compression) -> None:
    """A trace of three spans is a segment with two subsegments, of which the call has an inferred callee."""
    provider = TracerProvider(resource=RESOURCE)
    exporter = OTLPSpanExporter(f"{bayon.url}/v1/traces", compression=compression)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer("demo", "1")
    request: dict[str, Any] = {"http.request.method": "GET", "url.path": "/cart", "http.response.status_code": 503}
    with tracer.start_as_current_span("GET /cart", kind=SpanKind.SERVER, attributes=request) as served:
        with tracer.start_as_current_span("price"):
            pass
        attributes: dict[str, Any] = {"rpc.system": "aws-api", "rpc.service": "DynamoDB", "rpc.method": "GetItem"}
        attributes |= {"aws.dynamodb.table_names": ["carts"], "aws.xray.annotations": ["tenant"], "tenant": "t-1"}
        with (
            pytest.raises(ValueError, match="gone"),
            tracer.start_as_current_span("DynamoDB.GetItem", kind=SpanKind.CLIENT, attributes=attributes),
        ):
            raise ValueError("gone")
    root, inferred = segments(bayon, served.get_span_context().trace_id)
    assert root["name"] == "cart"
    assert root["service"] == {"version": "7"}
    assert root["fault"]
    assert root["http"] == {"request": {"method": "GET", "url": "/cart"}, "response": {"status": 503}}
    assert root["annotations"]["span.name"] == "GET /cart"
    assert root["annotations"]["aws.local.environment"] == "prod"
    assert root["metadata"]["deployment.environment.name"] == "prod"
    price, call = root["subsegments"]
    assert (price["name"], price.get("namespace")) == ("price", None)
    assert (call["name"], call["namespace"], call["aws"]["table_name"]) == ("DynamoDB", "aws", "carts")
    assert call["aws"]["operation"] == "GetItem"
    assert call["fault"]
    assert call["annotations"]["tenant"] == "t-1"
    (exception,) = call["cause"]["exceptions"]
    assert (exception["type"], exception["message"], exception["remote"]) == ("ValueError", "gone", True)
    assert exception["stack"][0]["label"] == "test_spans_of_the_sdk"
    assert (inferred["origin"], inferred["parent_id"]) == ("AWS::DynamoDB::Table", call["id"])


def test_spans_that_are_logged_keep_their_names(bayon: Bayon) -> None:
    """With the destination CloudWatch Logs they are events of aws/spans, named and of the kind that they were."""
    bayon.client("xray").update_trace_segment_destination(Destination="CloudWatchLogs")
    now_ns = time.time_ns()
    span = {"traceId": "6553f1" + "0" * 25 + "1", "spanId": "a" * 16, "name": "orders process", "kind": 5}
    span |= {"startTimeUnixNano": str(now_ns), "endTimeUnixNano": str(now_ns)}
    attributes = [{"key": "service.name", "value": {"stringValue": "worker"}}]
    export(
        bayon,
        "traces",
        {"resourceSpans": [{"resource": {"attributes": attributes}, "scopeSpans": [{"spans": [span]}]}]},
    )
    bayon.clock(freeze=True)
    bayon.clock(advance_s=10)
    (event,) = bayon.client("logs").filter_log_events(logGroupName="aws/spans")["events"]
    said = json.loads(event["message"])
    assert (said["name"], said["kind"], said["traceId"]) == ("orders process", "CONSUMER", span["traceId"])


# ── Metrics ──


def statistics(bayon: Bayon, name: str, *wanted: str, **dimensions: str) -> dict[str, list[float]]:
    now_s = time.time()
    stat = {
        "Metric": {
            "Namespace": "cart",
            "MetricName": name,
            "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()]
            + [
                {"Name": "service.name", "Value": "cart"},
                {"Name": "deployment.environment.name", "Value": "prod"},
            ],
        },
        "Period": 3600,
    }
    queries = [{"Id": f"q{place}", "MetricStat": stat | {"Stat": each}} for place, each in enumerate(wanted)]
    answer = bayon.client("cloudwatch").get_metric_data(
        StartTime=now_s - 3600, EndTime=now_s + 3600, MetricDataQueries=queries
    )
    return {each: result["Values"] for each, result in zip(wanted, answer["MetricDataResults"], strict=True)}


@pytest.fixture(params=[AggregationTemporality.DELTA, AggregationTemporality.CUMULATIVE])
def reader(bayon: Bayon, request: pytest.FixtureRequest) -> PeriodicExportingMetricReader:
    exporter = OTLPMetricExporter(
        f"{bayon.url}/v1/metrics",
        compression=Compression.Gzip,
        preferred_temporality={Counter: request.param, Histogram: request.param},
    )
    return PeriodicExportingMetricReader(exporter, export_interval_millis=3_600_000)


def test_metrics_of_the_sdk(bayon: Bayon, reader: PeriodicExportingMetricReader) -> None:
    """Whichever way they are counted, the statistics are those of what was measured, over several exports."""
    exponential = View(instrument_name="size", aggregation=ExponentialBucketHistogramAggregation())
    provider = MeterProvider([reader], resource=RESOURCE, views=[exponential])
    meter = provider.get_meter("demo")
    orders, latency = meter.create_counter("orders", unit="{order}"), meter.create_histogram("latency", unit="ms")
    size, load = meter.create_histogram("size", unit="By"), meter.create_gauge("load")
    for _ in range(3):
        orders.add(2, {"page": "checkout"})
        for value in (3, 30, 300):
            latency.record(value)
        for value in range(1, 101):
            size.record(value)
        load.set(0.5)
        provider.force_flush()
        time.sleep(0.001)  # the next export is of another time
    provider.shutdown()
    assert statistics(bayon, "orders", "Sum", page="checkout") == {"Sum": [6.0]}
    assert statistics(bayon, "load", "Average") == {"Average": [0.5]}
    found = statistics(bayon, "latency", "SampleCount", "Sum", "p50", "p99")
    assert (found["SampleCount"], found["Sum"]) == ([9.0], [999.0])
    assert 25 <= found["p50"][0] <= 50  # the bucket that 30 is in
    assert 250 <= found["p99"][0] <= 500
    found = statistics(bayon, "size", "SampleCount", "Sum", "p50", "p90")
    assert (found["SampleCount"], found["Sum"]) == ([300.0], [3 * 5050.0])
    assert found["p50"][0] == pytest.approx(50, rel=0.03)
    assert found["p90"][0] == pytest.approx(90, rel=0.03)


def export(bayon: Bayon, signal: str, body: Any, **headers: str) -> Any:
    """Out: the answer to an export in JSON."""
    return json.loads(post(bayon, signal, json.dumps(body).encode(), **(JSON | headers)))


def post(bayon: Bayon, signal: str, body: bytes, **headers: str) -> bytes:
    request = Request(f"{bayon.url}/v1/{signal}", data=body, headers=headers, method="POST")
    with urlopen(request) as answer:
        found: bytes = answer.read()
        return found


def counter(value: int, at_ns: int, start_ns: int) -> dict[str, Any]:
    point = {"asInt": str(value), "timeUnixNano": str(at_ns), "startTimeUnixNano": str(start_ns)}
    attributes = [
        {"key": "service.name", "value": {"stringValue": "cart"}},
        {"key": "deployment.environment.name", "value": {"stringValue": "prod"}},
    ]
    total = {"dataPoints": [point], "aggregationTemporality": 2, "isMonotonic": True}
    metric = {"name": "orders", "unit": "1", "sum": total}
    return {"resourceMetrics": [{"resource": {"attributes": attributes}, "scopeMetrics": [{"metrics": [metric]}]}]}


def test_totals_outlive_a_restart(tmp_path: Path) -> None:
    """What is counted from a start adds up, whether bayon restarts meanwhile or an export comes twice."""
    start_ns = time.time_ns() - 60_000_000_000
    with running(data_dir=tmp_path) as bayon:
        for value in (5, 5, 8):
            export(bayon, "metrics", counter(value, start_ns + value * 1_000_000_000, start_ns))
    with running(data_dir=tmp_path) as bayon:
        export(bayon, "metrics", counter(8, start_ns + 8_000_000_000, start_ns))
        export(bayon, "metrics", counter(10, start_ns + 10_000_000_000, start_ns))
        assert statistics(bayon, "orders", "Sum") == {"Sum": [10.0]}


def test_an_old_total_is_only_a_beginning(bayon: Bayon) -> None:
    """What was counted long before bayon saw it is not counted at once."""
    now_ns = time.time_ns()
    for value, age_ns in ((1000, 20_000_000_000), (1003, 10_000_000_000)):
        export(bayon, "metrics", counter(value, now_ns - age_ns, now_ns - 86_400_000_000_000))
    assert statistics(bayon, "orders", "Sum") == {"Sum": [3.0]}


# ── Logs ──


def test_log_records_of_the_sdk(bayon: Bayon) -> None:
    """They are events of the group that the headers name, with the ids of their trace."""
    logs = bayon.client("logs")
    logs.create_log_group(logGroupName="/shop/web")
    logs.create_log_stream(logGroupName="/shop/web", logStreamName="host-1")
    headers = {"x-aws-log-group": "/shop/web", "x-aws-log-stream": "host-1"}
    provider = LoggerProvider(resource=RESOURCE)
    provider.add_log_record_processor(
        SimpleLogRecordProcessor(OTLPLogExporter(f"{bayon.url}/v1/logs", headers=headers))
    )
    with TracerProvider(resource=RESOURCE).get_tracer("demo").start_as_current_span("GET /cart") as span:
        record = LogRecord(severity_text="WARN", body="order 17 is late", attributes={"customer": "c-1"})
        provider.get_logger("shop").emit(record)
    provider.shutdown()
    (event,) = logs.filter_log_events(logGroupName="/shop/web")["events"]
    said = json.loads(event["message"])
    assert said["body"] == "order 17 is late"
    assert said["severityText"] == "WARN"
    assert said["attributes"]["customer"] == "c-1"
    assert said["resource"]["attributes"]["service.name"] == "cart"
    assert said["traceId"] == f"{span.get_span_context().trace_id:032x}"
    assert event["logStreamName"] == "host-1"


def record(body: str, at_s: float) -> dict[str, Any]:
    return {"timeUnixNano": str(int(at_s * 1e9)), "body": {"stringValue": body}}


def logged(*records: dict[str, Any], **resource: str) -> dict[str, Any]:
    attributes = [{"key": key, "value": {"stringValue": value}} for key, value in resource.items()]
    return {"resourceLogs": [{"resource": {"attributes": attributes}, "scopeLogs": [{"logRecords": records}]}]}


def test_where_records_go_that_name_no_group(bayon: Bayon) -> None:
    """To the group of their service, which is made; oldest first, whatever order they came in."""
    now_s = time.time()
    export(bayon, "logs", logged(record("second", now_s), record("first", now_s - 1), **{"service.name": "cart"}))
    events = bayon.client("logs").filter_log_events(logGroupName="/otlp/cart")["events"]
    assert [json.loads(event["message"])["body"] for event in events] == ["first", "second"]


def test_records_that_cannot_be_kept(bayon: Bayon) -> None:
    """They are counted by reason, as CloudWatch Logs does, and the others are kept."""
    now_s = time.time()
    times = (now_s, now_s - 20 * 86_400, now_s + 3 * 3600)
    answer = export(bayon, "logs", logged(*(record("r", at_s) for at_s in times), **{"service.name": "cart"}))
    assert answer["partialSuccess"]["rejectedLogRecords"] == "2"
    assert json.loads(answer["partialSuccess"]["errorMessage"]) == {
        "tooOldLogEventCount": 1,
        "tooNewLogEventCount": 1,
        "expiredLogEventCount": 0,
    }
    assert len(bayon.client("logs").filter_log_events(logGroupName="/otlp/cart")["events"]) == 1


def test_aws_requires_the_headers() -> None:
    """With strict parity so does bayon; and a group that the headers name must exist, always."""
    body = json.dumps(logged(record("r", time.time()), **{"service.name": "cart"})).encode()
    with running(parity="strict") as bayon:
        status, said = refused(bayon, "logs", body, **JSON)
        assert (status, said["message"]) == (400, "the headers x-aws-log-group and x-aws-log-stream are required")
        named = {"x-aws-log-group": "/none", "x-aws-log-stream": "s"}
        assert refused(bayon, "logs", body, **JSON, **named)[0] == 404


# ── The protocol ──


def refused(bayon: Bayon, signal: str, body: bytes, **headers: str) -> tuple[int, dict[str, Any]]:
    with pytest.raises(HTTPError) as caught:
        post(bayon, signal, body, **headers)
    with caught.value as answer:
        return answer.code, json.loads(answer.read()) if answer.headers["content-type"] == "application/json" else {}


@pytest.mark.parametrize("signal", ["traces", "metrics", "logs"])
def test_what_is_no_export(bayon: Bayon, signal: str) -> None:
    """A Status says what was expected, in the encoding of the request."""
    status, said = refused(bayon, signal, b"{", **JSON)
    assert (status, said["code"]) == (400, 3)
    assert f"expected an OTLP export of {signal}" in said["message"]
    assert refused(bayon, signal, b"\xff\xff", **{"Content-Type": "application/x-protobuf"})[0] == 400
    assert refused(bayon, signal, b"", **{"Content-Type": "text/plain"})[0] == 415
    assert refused(bayon, signal, b"no gzip", **JSON, **{"Content-Encoding": "gzip"})[0] == 400


def test_a_body_has_a_bound(bayon: Bayon) -> None:
    """Five megabytes of traces, counted without their compression."""
    large = gzip.compress(b" " * (5 * 1024 * 1024 + 1))
    assert refused(bayon, "traces", large, **JSON, **{"Content-Encoding": "gzip"})[0] == 413
    assert refused(bayon, "traces", gzip.compress(b" " * 40_000_000), **JSON, **{"Content-Encoding": "gzip"})[0] == 413


def test_empty_exports(bayon: Bayon) -> None:
    """They succeed, with an empty answer."""
    assert post(bayon, "traces", b"", **{"Content-Type": "application/x-protobuf"}) == b""
    assert export(bayon, "traces", {}) == {"partialSuccess": {}}


def test_spans_that_cannot_be_kept(bayon: Bayon) -> None:
    """They are counted, with the reasons, and the others are kept; in protobuf as in JSON."""
    request = ExportTraceServiceRequest()
    spans = request.resource_spans.add().scope_spans.add().spans
    now_ns = time.time_ns()
    for trace_id, span_id in ((b"a" * 16, b"b" * 8), (b"\0" * 16, b"b" * 8), (b"a" * 16, b"short")):
        spans.add(trace_id=trace_id, span_id=span_id, name="s", start_time_unix_nano=now_ns, end_time_unix_nano=now_ns)
    answer = post(bayon, "traces", request.SerializeToString(), **{"Content-Type": "application/x-protobuf"})
    partial = ExportTraceServiceResponse.FromString(answer).partial_success
    assert partial.rejected_spans == 2
    assert "the trace id is not 16 bytes, or all zero (1)" in partial.error_message
    assert len(segments(bayon, int.from_bytes(b"a" * 16))) == 1


def test_a_span_larger_than_a_segment(bayon: Bayon) -> None:
    """It is kept, with its longest texts cut."""
    provider = TracerProvider(resource=RESOURCE)
    provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(f"{bayon.url}/v1/traces")))
    attributes = {"gen_ai.prompt": "p" * 150_000, "short": "s" * 500}
    with provider.get_tracer("demo").start_as_current_span("chat", attributes=attributes) as span:
        pass
    (document,) = segments(bayon, span.get_span_context().trace_id)
    assert document["metadata"]["short"] == "s" * 500
    assert document["metadata"]["gen_ai.prompt"] == "p" * 7_999 + "…"


def test_once_there_are_keys_exports_are_signed(tmp_path: Path) -> None:
    """With the service that AWS's endpoint has, or any other: the key says whose the data is."""
    options = ["--account", "1" * 12, "--data-dir", str(tmp_path)]
    made = subprocess.run(
        [sys.executable, "-m", "bayon", "keys", "create", *options], check=True, capture_output=True, text=True
    ).stdout
    words = dict(line.removeprefix("export ").split("=", 1) for line in made.splitlines())
    with running(data_dir=tmp_path) as bayon:
        body = json.dumps(logged(record("r", time.time()), **{"service.name": "cart"})).encode()
        status, said = refused(bayon, "logs", body, **JSON)
        assert (status, said["code"]) == (403, 7)
        request = AWSRequest("POST", f"{bayon.url}/v1/logs", headers=JSON, data=body)
        keys = Credentials(words["AWS_ACCESS_KEY_ID"], words["AWS_SECRET_ACCESS_KEY"])
        SigV4Auth(keys, "logs", "eu-north-1").add_auth(request)
        assert json.loads(post(bayon, "logs", body, **dict(request.headers.items()))) == {"partialSuccess": {}}
        logs = bayon.client(
            "logs", aws_access_key_id=keys.access_key, aws_secret_access_key=keys.secret_key, region_name="eu-north-1"
        )
        assert len(logs.filter_log_events(logGroupName="/otlp/cart")["events"]) == 1


def test_the_usual_port(tmp_path: Path) -> None:
    """With its own port bayon is where exporters look by themselves."""
    with running(otlp_port=0) as bayon:
        assert post(Bayon(bayon.env["OTEL_EXPORTER_OTLP_ENDPOINT"], {}, 0), "traces", b"{}", **JSON)
