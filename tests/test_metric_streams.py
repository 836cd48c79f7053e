"""Metric streams: what is put arrives at an endpoint, a minute at a time, in each format, and again after a crash."""

from __future__ import annotations

import base64
import json
import os
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from bayon.clock import monotonic_s
from bayon.testing import Bayon, _end, _wait_ready, running
from endpoints import Received, Webhook, webhook

NOW = "2026-03-02T10:00:00Z"
NOW_S = 1_772_445_600
FIREHOSE = "arn:aws:firehose:us-east-1:000000000000:deliverystream/out"


def accepting(request: Received) -> tuple[int, dict[str, str], bytes]:
    """The answer that the protocol asks for."""
    answer = {"requestId": request.headers["x-amz-firehose-request-id"], "timestamp": 1}
    return 200, {"Content-Type": "application/json"}, json.dumps(answer).encode()


@pytest.fixture
def endpoint() -> Iterator[Webhook]:
    with webhook(accepting) as made:
        yield made


@pytest.fixture
def streaming(endpoint: Webhook) -> Iterator[Bayon]:
    """A bayon whose delivery streams lead to the endpoint, with its key."""
    with running(targets=f"arn:aws:firehose:*={endpoint.url.replace('//', '//:secret@')}/in") as bayon:
        bayon.clock(freeze=NOW)
        yield bayon


def put_stream(cloudwatch: Any, name: str = "s", **more: Any) -> str:
    fixed = {"FirehoseArn": FIREHOSE, "RoleArn": "arn:aws:iam::000000000000:role/r", "OutputFormat": "json"}
    arn: str = cloudwatch.put_metric_stream(Name=name, **fixed | more)["Arn"]
    return arn


def put(cloudwatch: Any, name: str, value: float, *, before_s: int = 0, namespace: str = "App", **more: Any) -> None:
    datum = {"MetricName": name, "Value": value, "Timestamp": NOW_S - before_s} | more
    cloudwatch.put_metric_data(Namespace=namespace, MetricData=[datum])


def records(requests: list[Received]) -> list[bytes]:
    return [base64.b64decode(each["data"]) for request in requests for each in json.loads(request.body)["records"]]


def lines(requests: list[Received]) -> list[dict[str, Any]]:
    return [json.loads(line) for record in records(requests) for line in record.splitlines()]


def test_a_stream_sends_json(streaming: Bayon, endpoint: Webhook) -> None:
    """Within a minute, as Firehose sends it: each minute summed up, with the statistics that are asked for."""
    cloudwatch = streaming.client("cloudwatch")
    put(cloudwatch, "before", 1)
    wanted = {"IncludeMetrics": [{"Namespace": "App", "MetricName": "m"}], "AdditionalStatistics": ["p50", "TM(:50%)"]}
    put_stream(cloudwatch, StatisticsConfigurations=[wanted])
    where: dict[str, Any] = {"Dimensions": [{"Name": "Page", "Value": "a b"}], "Unit": "Milliseconds"}
    for value in (1.0, 2.0, 9.0):
        put(cloudwatch, "m", value, before_s=70, **where)
    put(cloudwatch, "n", 5, before_s=70)
    streaming.clock(advance_s=60)
    (request,) = endpoint.wait(1)
    assert request.path == "/in"
    assert request.headers["x-amz-firehose-protocol-version"] == "1.0"
    assert request.headers["x-amz-firehose-source-arn"] == FIREHOSE
    assert request.headers["x-amz-firehose-access-key"] == "secret"
    assert "authorization" not in request.headers
    assert json.loads(request.body)["requestId"] == request.headers["x-amz-firehose-request-id"]
    first, second = sorted(lines([request]), key=lambda line: str(line["metric_name"]))
    assert first == {
        "metric_stream_name": "s",
        "account_id": "000000000000",
        "region": "us-east-1",
        "namespace": "App",
        "metric_name": "m",
        "dimensions": {"Page": "a b"},
        "timestamp": (NOW_S - 120) * 1000,
        "value": {
            "max": 9.0,
            "min": 1.0,
            "sum": 12.0,
            "count": 3.0,
            "p50": 2.0,
            "TM(:50%)": first["value"]["TM(:50%)"],
        },
        "unit": "Milliseconds",
    }
    assert (second["metric_name"], second["unit"], second["dimensions"]) == ("n", "None", {})
    streaming.clock(advance_s=120)
    assert len(endpoint.received) == 1


def test_late_points_send_their_minute_again(streaming: Bayon, endpoint: Webhook) -> None:
    """As it is then, and nothing else."""
    cloudwatch = streaming.client("cloudwatch")
    put_stream(cloudwatch)
    put(cloudwatch, "m", 1, before_s=3000)
    put(cloudwatch, "n", 1, before_s=3000)
    streaming.clock(advance_s=60)
    put(cloudwatch, "m", 2, before_s=3000)
    streaming.clock(advance_s=60)
    requests = endpoint.wait(2)
    (late,) = lines(requests[1:])
    assert (late["metric_name"], late["value"]["sum"], late["value"]["count"]) == ("m", 3.0, 2.0)


def test_filters_and_states(streaming: Bayon, endpoint: Webhook) -> None:
    """Namespaces and names are included or excluded; a stream that stands still misses what comes meanwhile."""
    cloudwatch = streaming.client("cloudwatch")
    put_stream(cloudwatch, "in", IncludeFilters=[{"Namespace": "A", "MetricNames": ["m"]}, {"Namespace": "B"}])
    put_stream(cloudwatch, "out", ExcludeFilters=[{"Namespace": "A"}, {"Namespace": "B", "MetricNames": ["m"]}])
    for namespace in "ABC":
        for name in "mn":
            put(cloudwatch, name, 1, namespace=namespace)
    streaming.clock(advance_s=60)
    sent = {(line["metric_stream_name"], line["namespace"], line["metric_name"]) for line in lines(endpoint.wait(2))}
    assert sent == {
        *(("in", "A", "m"), ("in", "B", "m"), ("in", "B", "n")),
        *(("out", "B", "n"), ("out", "C", "m"), ("out", "C", "n")),
    }
    endpoint.received.clear()
    cloudwatch.stop_metric_streams(Names=["in", "out"])
    put(cloudwatch, "m", 1, namespace="B")
    streaming.clock(advance_s=60)
    cloudwatch.start_metric_streams(Names=["in"])
    put(cloudwatch, "n", 1, namespace="B")
    streaming.clock(advance_s=60)
    assert [line["metric_name"] for line in lines(endpoint.wait(1))] == ["n"]


@pytest.mark.parametrize("layout", ["opentelemetry1.0", "opentelemetry0.7"])
def test_a_stream_sends_opentelemetry(streaming: Bayon, endpoint: Webhook, layout: str) -> None:
    """A length and a protobuf message that OpenTelemetry's own library reads; 0.7 by its field numbers."""
    cloudwatch = streaming.client("cloudwatch")
    wanted = {"IncludeMetrics": [{"Namespace": "App", "MetricName": "m"}], "AdditionalStatistics": ["p90", "p99.9"]}
    arn = put_stream(cloudwatch, OutputFormat=layout, StatisticsConfigurations=[wanted])
    for value in range(1, 11):
        put(cloudwatch, "m", value, Dimensions=[{"Name": "Page", "Value": "a"}], Unit="Bytes/Second")
    streaming.clock(advance_s=60)
    (record,) = records(endpoint.wait(1))
    size, content = varint(record)
    assert len(content) == size
    if layout == "opentelemetry1.0":
        check_new(content, arn)
    else:
        check_old(content, arn)


def check_new(content: bytes, arn: str) -> None:
    export = ExportMetricsServiceRequest()
    export.ParseFromString(content)
    (resource,) = export.resource_metrics
    said = {each.key: each.value.string_value for each in resource.resource.attributes}
    assert said == {
        "cloud.provider": "aws",
        "cloud.account.id": "000000000000",
        "cloud.region": "us-east-1",
        "aws.exporter.arn": arn,
    }
    (metric,) = resource.scope_metrics[0].metrics
    assert (metric.name, metric.unit) == ("amazonaws.com/App/m", "By/s")
    (point,) = metric.summary.data_points
    assert (point.start_time_unix_nano, point.time_unix_nano) == (NOW_S * 10**9, (NOW_S + 60) * 10**9)
    assert (point.count, point.sum) == (10, 55.0)
    assert [(each.quantile, each.value) for each in point.quantile_values] == [
        (0.0, 1.0),
        (0.9, 9.0),
        (pytest.approx(0.999), 10.0),
        (1.0, 10.0),
    ]
    attributes = {each.key: each.value for each in point.attributes}
    assert attributes["Namespace"].string_value == "App"
    assert attributes["MetricName"].string_value == "m"
    (dimension,) = attributes["Dimensions"].kvlist_value.values
    assert (dimension.key, dimension.value.string_value) == ("Page", "a")


def check_old(content: bytes, arn: str) -> None:
    resource_metrics = fields(fields(content)[1][0])
    assert arn.encode() in resource_metrics[1][0]
    (metric,) = (fields(each) for each in fields(resource_metrics[2][0])[2])
    assert (metric[1][0], metric[3][0]) == (b"amazonaws.com/App/m", b"By/s")
    (point,) = (fields(each) for each in fields(metric[11][0])[1])
    labels = {fields(each)[1][0]: fields(each)[2][0] for each in point[1]}
    assert labels == {b"Namespace": b"App", b"MetricName": b"m", b"Page": b"a"}
    assert struct.unpack("<Q", point[4][0])[0] == 10
    assert struct.unpack("<d", point[5][0])[0] == 55.0
    quantiles = [struct.unpack("<d", fields(each)[2][0])[0] for each in point[6]]
    assert quantiles == [1.0, 9.0, 10.0, 10.0]


def varint(data: bytes) -> tuple[int, bytes]:
    value = shift = 0
    for place, byte in enumerate(data):
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return value, data[place + 1 :]
    raise AssertionError("the number does not end")


def fields(data: bytes) -> dict[int, list[bytes]]:
    """A protobuf message's fields by their numbers."""
    found: dict[int, list[bytes]] = {}
    while data:
        tag, data = varint(data)
        size = 8
        if tag & 7 == 2:
            size, data = varint(data)
        found.setdefault(tag >> 3, []).append(data[:size])
        data = data[size:]
    return found


def test_an_endpoint_that_fails_is_tried_again(streaming: Bayon, endpoint: Webhook) -> None:
    """With the same request id, until it answers as the protocol says; too large is given up."""
    cloudwatch = streaming.client("cloudwatch")
    put_stream(cloudwatch)
    answers = iter([(500, b""), (200, b"fine"), (200, b'{"requestId": "another"}')])

    def answer(request: Received) -> tuple[int, dict[str, str], bytes]:
        status, body = next(answers, (0, b""))
        return (status, {}, body) if status else accepting(request)

    endpoint.answering = answer
    put(cloudwatch, "m", 1)
    for _ in range(2):
        streaming.clock(advance_s=60)
    requests = endpoint.wait(4)
    assert len(requests) == 4
    assert len({request.headers["x-amz-firehose-request-id"] for request in requests}) == 1
    assert len({request.body for request in requests}) == 1
    endpoint.answering = lambda _: (413, {}, b"")
    put(cloudwatch, "m", 1)
    streaming.clock(advance_s=60)
    (letter,) = streaming.inbox(kind="undelivered")
    assert (letter["reason"], letter["to"]) == ("the endpoint answered 413", FIREHOSE)
    assert len(endpoint.received) == 5


# The command as it is, but streams are filled every second, so that the test need not wait for a minute.
HURRIED = """
from dataclasses import replace
import bayon.jobs.metric_streams as streams
streams.fill_metric_streams = replace(streams.fill_metric_streams, every_s=1)
from bayon.cli import main
main()
"""


@contextmanager
def hurried(*arguments: str) -> Iterator[Bayon]:
    """A bayon serves until the block ends."""
    command = [sys.executable, "-c", HURRIED, "up", "--port", "0", "--xray-port", "0", "--otlp-port", "-1", *arguments]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)
        try:
            yield _wait_ready(process, log)
        finally:
            _end(process)


def test_nothing_is_lost_over_kills(endpoint: Webhook, tmp_path: Path) -> None:
    """What had been acknowledged before a kill goes out after it, at the latest."""
    arguments = ["--data-dir", str(tmp_path), "--targets", f"arn:aws:firehose:*={endpoint.url}"]
    names: list[str] = []
    for number in range(4):
        with hurried(*arguments) as bayon:
            cloudwatch = bayon.client("cloudwatch")
            put_stream(cloudwatch)
            for each in range(20):
                names.append(f"m{number}-{each}")
                cloudwatch.put_metric_data(Namespace="App", MetricData=[{"MetricName": names[-1], "Value": 7}])
                time.sleep(0.02 * number)
            os.kill(bayon.pid, signal.SIGKILL)
    with hurried(*arguments):
        until_s = monotonic_s() + 30
        while missing := set(names) - {line["metric_name"] for line in lines(list(endpoint.received))}:
            assert monotonic_s() < until_s, missing
            time.sleep(0.1)


def test_a_name_may_be_an_address(endpoint: Webhook) -> None:
    """A delivery stream that is named like a URL leads there, where private addresses are allowed."""
    named = f"arn:aws:firehose:us-east-1:000000000000:deliverystream/{endpoint.url}/named"
    with running(allow_networks="127.0.0.0/8") as bayon:
        bayon.clock(freeze=NOW)
        cloudwatch = bayon.client("cloudwatch")
        put_stream(cloudwatch, FirehoseArn=named)
        put(cloudwatch, "m", 1)
        bayon.clock(advance_s=60)
        assert endpoint.wait(1)[0].path == "/named"
