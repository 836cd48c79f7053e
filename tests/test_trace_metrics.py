"""Metrics that traces count for: of services, of whom they call, and of AWS's own services; each thing counted once."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from bayon.services.xray.following import aws_calls
from bayon.services.xray.following.derive import derive_metrics
from bayon.services.xray.following.measures import Called, measures
from bayon.services.xray.following.span_metrics import dimensions
from bayon.settings import AwsMetrics
from bayon.store import metric_buckets, traces
from bayon.store.metric_series import Metric
from bayon.store.store import Store
from bayon.store.traces import SegmentDocument
from bayon.testing import Bayon, running
from test_xray_daemon import until

PATH = Path(__file__).parent / "cases" / "traces" / "aws_calls.yaml"
CASES: list[dict[str, Any]] = yaml.safe_load(PATH.read_text())["cases"]
PLACE = ("000000000000", "us-east-1")
NOW_S = 1_772_445_600
T = f"1-{NOW_S:08x}-000000000000000000000001"


def segment(id_: str, **fields: Any) -> dict[str, Any]:
    return {"id": id_, "trace_id": T, "name": "web", "start_time": NOW_S, "end_time": NOW_S + 0.5} | fields


def called(id_: str, **fields: Any) -> dict[str, Any]:
    return segment(id_, namespace="aws", name="DynamoDB", end_time=NOW_S + 0.1) | fields


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_aws_call(case: dict[str, Any]) -> None:
    """The call counts for these metrics of AWS, and for no others."""
    assert case["source"]
    text = json.dumps(segment("a1", subsegments=[called("b1") | case["call"]]))
    call = measures([SegmentDocument(T, text)])["b1"]
    assert isinstance(call, Called)
    found = [
        f"{metric.namespace} {metric.name} {','.join('='.join(pair) for pair in metric.dimensions) or '-'} "
        f"{value:g} {unit}"
        for metric, unit, value in aws_calls.samples(call)
    ]
    assert found == case["metrics"]


def test_who_did_what() -> None:
    """A service's requests count for it and its operation, its calls for whom they reach as well."""
    http = {"request": {"method": "GET", "url": "https://shop.example.com/cart/17?x=1"}}
    aws = {"operation": "GetItem", "table_name": "carts"}
    text = json.dumps(
        segment("a1", http=http, origin="AWS::ECS::Container", subsegments=[called("b1", aws=aws, fault=True)])
    )
    found = {
        id_: [dict(each) for each in dimensions(measure, {})]
        for id_, measure in measures([SegmentDocument(T, text)]).items()
    }
    of_service = {"Environment": "ecs:default", "Service": "web"}
    remote = of_service | {"RemoteService": "AWS::DynamoDB"}
    assert found == {
        "a1": [of_service, of_service | {"Operation": "GET /cart"}],
        "b1": [remote, remote | {"Operation": "GET /cart", "RemoteOperation": "GetItem"}],
    }


# ── Once ──


def put(store: Store, *documents: dict[str, Any]) -> None:
    found = [SegmentDocument(T, json.dumps(document)) for document in documents]
    traces.append(store, *PLACE, found, NOW_S * 1000)


def requests(store: Store, **dimensions_: str) -> float:
    """How many were counted for those dimensions, after all that has arrived is."""
    derive_metrics(store, "as-aws", NOW_S * 1000)
    named = {"Environment": "generic:default", "Service": "web"} | dimensions_
    return count_of(store, "ApplicationSignals", "Latency", named)


def count_of(store: Store, namespace: str, name: str, named: dict[str, str]) -> float:
    metric = Metric(namespace, name, tuple(sorted(named.items())))
    found = metric_buckets.read(
        store, *PLACE, [metric], start_s=NOW_S - 60, end_s=NOW_S + 60, period_s=60, now_s=NOW_S, columns=["count"]
    )
    return float(sum(sum(buckets.count) for each in found.values() for buckets in each))


def test_a_request_counts_once(store: Store) -> None:
    """While it runs not at all; then once, however often it is sent and whether bayon restarts meanwhile."""
    running_ = segment("a1", in_progress=True)
    del running_["end_time"]
    put(store, running_)
    assert requests(store) == 0
    put(store, segment("a1"))
    assert requests(store) == 1
    store.caches.clear()  # as a restart does
    put(store, segment("a1"), segment("a1"))
    assert requests(store) == 1
    put(store, segment("a2"))
    assert requests(store) == 2


def test_a_call_waits_for_its_service(store: Store) -> None:
    """Sent by itself before its segment, as the Python SDK does, it counts when the segment comes, and once."""
    put(store, called("b1", type="subsegment", parent_id="a1"))
    assert requests(store, RemoteService="AWS::DynamoDB") == 0
    put(store, segment("a1"))
    assert requests(store, RemoteService="AWS::DynamoDB") == 1
    put(store, segment("a1", subsegments=[called("b1")]))
    assert requests(store, RemoteService="AWS::DynamoDB") == 1
    assert requests(store) == 1


def test_operations_have_a_bound(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond it they count together; the service's own figures stay whole."""
    monkeypatch.setattr("bayon.limits.OPERATIONS_COUNTED", 2)
    for number in range(4):
        put(store, segment(f"a{number}", annotations={"aws.local.operation": f"op {number}"}))
    assert requests(store) == 4
    assert requests(store, Operation="op 1") == 1
    assert requests(store, Operation="op 2") == 0
    assert requests(store, Operation="AllOtherOperations") == 2


@pytest.mark.parametrize(
    ("setting", "source", "count"), [("as-aws", "", 1), ("marked", "traces", 1), ("off", "", 0), ("marked", "", 0)]
)
def test_the_setting(store: Store, setting: AwsMetrics, source: str, count: int) -> None:
    """AWS's metrics are published under AWS's names, marked, or not at all; those of services always."""
    put(store, segment("a1", subsegments=[called("b1", aws={"operation": "Query", "table_name": "t"})]))
    derive_metrics(store, setting, NOW_S * 1000)
    named = {"TableName": "t", "Operation": "Query"} | ({"Source": source} if source else {})
    found = count_of(store, "AWS/DynamoDB", "SuccessfulRequestLatency", named)
    assert found == count
    assert requests(store) == 1


# ── Through a running bayon ──


def stored(bayon: Bayon, namespace: str, name: str, stat: str, **dimensions_: str) -> float:
    now_s = time.time()
    answer = bayon.client("cloudwatch").get_metric_statistics(
        Namespace=namespace,
        MetricName=name,
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions_.items()],
        StartTime=now_s - 7200,
        EndTime=now_s + 7200,
        Period=86_400,
        Statistics=[stat],
    )
    return float(sum(point[stat] for point in answer["Datapoints"]))


def live(number: int, **fields: Any) -> str:
    now_s = time.time()
    calls = [called("b1", start_time=now_s - 0.2, end_time=now_s - 0.1, aws={"operation": "Query", "table_name": "t"})]
    trace_id = f"1-{int(now_s):08x}-{number:024x}"
    return json.dumps(
        segment("00000000000000a1", trace_id=trace_id, start_time=now_s - 1, end_time=now_s, subsegments=calls) | fields
    )


def test_a_killed_bayon_counts_each_once(tmp_path: Path) -> None:
    """Killed while it counts, again and again, it has counted all that was acknowledged, once."""
    acknowledged = 0
    for round_ in range(3):
        with running(data_dir=tmp_path) as bayon:
            xray = bayon.client("xray")
            until_s = time.monotonic() + 2.5
            while time.monotonic() < until_s:
                documents = [live(round_ << 32 | acknowledged + place) for place in range(50)]
                xray.put_trace_segments(TraceSegmentDocuments=documents)
                acknowledged += len(documents)
            os.kill(bayon.pid, signal.SIGKILL)
    with running(data_dir=tmp_path) as bayon:
        of = {"Service": "web", "Environment": "generic:default"}
        count: Callable[[], float] = lambda: stored(bayon, "ApplicationSignals", "Latency", "SampleCount", **of)  # noqa: E731
        until(lambda: count() >= acknowledged)
        assert count() == acknowledged
