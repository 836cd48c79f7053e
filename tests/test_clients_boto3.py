"""boto3 as an application uses it: each protocol, compression, paginators, error classes, retries, signatures.

The answers themselves are pinned by cases/api, which also come through boto3, in the one protocol that it prefers.
"""

from __future__ import annotations

import gzip
import json
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import boto3
import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.loaders import Loader

from bayon.testing import DIRECT, Bayon, running

NOW = "2026-03-02T10:00:00Z"
NOW_MS = 1_772_445_600_000
SPAN = {"StartTime": "2026-03-02T09:00:00Z", "EndTime": "2026-03-02T11:00:00Z"}
CONTENT = {
    "json": "application/x-amz-json-1.0",
    "query": "application/x-www-form-urlencoded; charset=utf-8",
    "smithy-rpc-v2-cbor": "application/cbor",
}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Per protocol a folder of models, for boto3's setting `data_path`, in which CloudWatch speaks that one alone."""
    folders = {}
    for protocol in CONTENT:
        folders[protocol] = tmp_path_factory.mktemp("models")
        model = Loader().load_service_model("cloudwatch", "service-2")
        model["metadata"]["protocols"] = [protocol]
        path = folders[protocol] / "cloudwatch" / model["metadata"]["apiVersion"] / "service-2.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(model))
    return folders


@pytest.fixture(params=CONTENT)
def protocol(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def sent() -> list[Any]:
    """The requests that clients watched with `watch` have sent."""
    return []


def watch(client: Any, sent: list[Any]) -> None:
    client.meta.events.register("before-send.*", lambda request, **_: sent.append(request))


def cloudwatch(bayon: Bayon, models: Path, **config: Any) -> Any:
    session = botocore.session.get_session()
    session.set_config_variable("data_path", str(models))
    return boto3.session.Session(botocore_session=session).client(
        "cloudwatch",
        endpoint_url=bayon.url,
        region_name="us-east-1",
        aws_access_key_id="0" * 12,
        aws_secret_access_key="any",
        config=Config(**config),
    )


@pytest.mark.parametrize("compressed", [False, True])
def test_metrics_in_each_protocol(
    bayon: Bayon, models: dict[str, Path], protocol: str, sent: list[Any], compressed: bool
) -> None:
    """What is put is answered alike in every protocol, also where the request is compressed."""
    bayon.clock(freeze=NOW)
    client = cloudwatch(bayon, models[protocol], request_min_compression_size_bytes=1 if compressed else 1_048_576)
    watch(client, sent)
    dimensions = [{"Name": "Host", "Value": "a & b = <c>"}]
    data: list[dict[str, Any]] = [
        {"MetricName": "m", "Value": 1.5, "Dimensions": dimensions, "Unit": "Seconds", "Timestamp": NOW},
        {"MetricName": "m", "Dimensions": dimensions, "Unit": "Seconds", "StatisticValues": statistic_set(2, 7, 3, 4)},
        {"MetricName": "v", "Values": [1, 2, 1e-9], "Counts": [1, 2, 1], "StorageResolution": 1, "Timestamp": NOW},
    ]
    client.put_metric_data(Namespace="App/a & b", MetricData=data)
    put = sent[0]
    assert put.headers["Content-Type"].decode() == CONTENT[protocol]
    assert (put.headers.get("Content-Encoding") == b"gzip") is compressed
    assert not compressed or gzip.decompress(put.body)

    assert client.list_metrics(Namespace="App/a & b", MetricName="m")["Metrics"] == [
        {"Namespace": "App/a & b", "MetricName": "m", "Dimensions": dimensions}
    ]
    statistics = client.get_metric_statistics(
        Namespace="App/a & b",
        MetricName="m",
        Dimensions=dimensions,
        Period=60,
        Statistics=["SampleCount", "Sum", "Minimum", "Maximum", "Average"],
        **SPAN,
    )
    [point] = statistics["Datapoints"]
    assert int(point.pop("Timestamp").timestamp() * 1000) == NOW_MS
    assert point == statistic_set(3, 8.5, 1.5, 4) | {"Average": 8.5 / 3, "Unit": "Seconds"}

    queries = [
        {"Id": name, "MetricStat": {"Metric": {"Namespace": "App/a & b", "MetricName": "v"}, "Period": 1, "Stat": stat}}
        for name, stat in {"p": "p50", "s": "Sum", "n": "SampleCount"}.items()
    ]
    results = client.get_metric_data(MetricDataQueries=queries, **SPAN)["MetricDataResults"]
    assert {result["Id"]: result["Values"] for result in results} == {"p": [1.0], "s": [5.000000001], "n": [4.0]}
    assert {int(at.timestamp() * 1000) for result in results for at in result["Timestamps"]} == {NOW_MS}

    with pytest.raises(client.exceptions.InvalidParameterValueException) as caught:
        client.put_metric_data(Namespace="AWS/Mine", MetricData=[{"MetricName": "m", "Value": float("nan")}])
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert caught.value.response["Error"]["Code"] in {"InvalidParameterValue", "InvalidParameterValueException"}
    with pytest.raises(client.exceptions.DashboardInvalidInputError) as refused:
        client.put_dashboard(DashboardName="d", DashboardBody='{"widgets": [{"type": "metric"}]}')
    messages = refused.value.response.get("dashboardValidationMessages", [])
    assert protocol == "query" or [message["DataPath"] for message in messages] == ["/widgets/0"]
    assert "Should have required property 'properties'" in str(refused.value)


def statistic_set(count: float, total: float, least: float, most: float) -> dict[str, float]:
    return {"SampleCount": count, "Sum": total, "Minimum": least, "Maximum": most}


def put_much(bayon: Bayon) -> dict[str, Any]:
    """Enough of everything that each list needs more than one page. Out: clients and names."""
    bayon.clock(freeze=NOW)
    clients = {name: bayon.client(name) for name in ("cloudwatch", "logs", "sns", "xray", "resourcegroupstaggingapi")}
    data = [{"MetricName": f"m{number:03}", "Value": 1} for number in range(501)]
    clients["cloudwatch"].put_metric_data(Namespace="App", MetricData=data)
    clients["cloudwatch"].put_dashboard(DashboardName="d", DashboardBody='{"widgets": []}')
    logs = clients["logs"]
    for name in "abc":
        logs.create_log_group(logGroupName=name, tags={"t": name})
        logs.create_log_stream(logGroupName="a", logStreamName=name)
    events = [{"timestamp": NOW_MS + number, "message": f"{number}"} for number in range(5)]
    logs.put_log_events(logGroupName="a", logStreamName="a", logEvents=events)
    topics = [clients["sns"].create_topic(Name=f"t{number:03}")["TopicArn"] for number in range(101)]
    for number in range(101):
        clients["sns"].subscribe(TopicArn=topics[0], Protocol="sms", Endpoint=f"+1555{number:07}")
    traces = [f"1-{NOW_MS // 1000:08x}-{number:024x}" for number in range(5)]
    times = {"start_time": NOW_MS / 1000, "end_time": NOW_MS / 1000 + 1}
    documents = [json.dumps({"trace_id": trace, "id": "a" * 16, "name": "n", **times}) for trace in traces]
    clients["xray"].put_trace_segments(TraceSegmentDocuments=documents)
    return clients | {"topic": topics[0], "traces": traces}


def test_paginators(bayon: Bayon) -> None:
    """Every paginator that boto3 has for what bayon lists comes to the end with everything, each thing once."""
    much = put_much(bayon)
    metrics = [{"Namespace": "App", "MetricName": f"m{number:03}"} for number in range(3)]
    queries = [
        {"Id": f"q{at}", "MetricStat": {"Metric": each, "Period": 60, "Stat": "Sum"}} for at, each in enumerate(metrics)
    ]
    of_group = {"logGroupName": "a"}
    listed: list[tuple[str, str, dict[str, Any], int, int]] = [  # service, paginator, request, page size, results
        ("cloudwatch", "list_metrics", {}, 0, 501),
        ("cloudwatch", "list_dashboards", {}, 0, 1),
        ("cloudwatch", "get_metric_data", {"MetricDataQueries": queries, **SPAN}, 1, 3),
        ("logs", "describe_log_groups", {}, 1, 3),
        ("logs", "describe_log_streams", of_group, 2, 3),
        ("logs", "filter_log_events", of_group, 2, 5),
        ("sns", "list_topics", {}, 0, 101),
        ("sns", "list_subscriptions", {}, 0, 101),
        ("sns", "list_subscriptions_by_topic", {"TopicArn": much["topic"]}, 0, 101),
        ("xray", "batch_get_traces", {"TraceIds": much["traces"]}, 0, 5),
        ("resourcegroupstaggingapi", "get_resources", {}, 1, 3),
        ("resourcegroupstaggingapi", "get_tag_keys", {}, 0, 1),
        ("resourcegroupstaggingapi", "get_tag_values", {"Key": "t"}, 0, 3),
    ]
    for service, name, request, size, results in listed:
        paginator = much[service].get_paginator(name)
        pages = paginator.paginate(**request, PaginationConfig={"PageSize": size} if size else {})
        key = paginator.result_keys[0].expression
        found = [json.dumps(each, default=str) for page in pages for each in page[key]]
        if name == "get_metric_data":  # a page may tell of a query without having values of it
            found = [each for each in found if '"Values": [1.0]' in each]
        assert len(found) == len(set(found)) == results, f"{service} {name}"


def test_errors_have_their_classes(bayon: Bayon) -> None:
    """Applications catch modelled errors by class, and read what their shapes carry."""
    logs, sns, tagging = (bayon.client(name) for name in ("logs", "sns", "resourcegroupstaggingapi"))
    logs.create_log_group(logGroupName="g")
    with pytest.raises(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_group(logGroupName="g")
    with pytest.raises(logs.exceptions.ResourceNotFoundException, match="The specified log stream does not exist"):
        logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=[{"timestamp": NOW_MS, "message": "m"}])
    with pytest.raises(logs.exceptions.InvalidParameterException):
        logs.put_retention_policy(logGroupName="g", retentionInDays=2)
    with pytest.raises(sns.exceptions.NotFoundException, match="Topic does not exist"):
        sns.publish(TopicArn="arn:aws:sns:us-east-1:000000000000:none", Message="m")
    with pytest.raises(sns.exceptions.InvalidParameterException):
        sns.create_topic(Name="no spaces")
    with pytest.raises(tagging.exceptions.InvalidParameterException):
        tagging.get_resources(PaginationToken="gone")
    xray = bayon.client("xray")
    with pytest.raises(xray.exceptions.InvalidRequestException):
        xray.batch_get_traces(TraceIds=[f"1-581cf771-{number:024}" for number in range(6)])


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_what_cannot_succeed_is_tried_once(bayon: Bayon, mode: str, sent: list[Any]) -> None:
    """No error that is the caller's doing makes a client retry, nor does what is not implemented."""
    config = Config(retries={"mode": mode}, parameter_validation=False)
    calls: list[tuple[str, str, dict[str, Any]]] = [
        ("logs", "describe_log_streams", {"logGroupName": "none"}),
        ("logs", "create_log_group", {}),
        ("logs", "start_query", {"queryString": "fields @message", "startTime": 0, "endTime": 1, "logGroupName": "g"}),
        ("sns", "publish", {"TopicArn": "x", "Message": "m"}),
        ("cloudwatch", "get_dashboard", {"DashboardName": "none"}),
        ("rum", "list_app_monitors", {}),
        ("cloudwatch", "get_metric_data", {"MetricDataQueries": [{"Id": "e", "Expression": "SUM("}], **SPAN}),
        ("xray", "put_trace_segments", {}),
        ("dynamodb", "list_tables", {}),
    ]
    clients = {service: bayon.client(service, config=config) for service, _, _ in calls}
    for client in clients.values():
        watch(client, sent)
    for service, operation, request in calls:
        before = len(sent)
        with pytest.raises(ClientError):
            getattr(clients[service], operation)(**request)
        assert len(sent) == before + 1, f"{service} {operation}"


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Bayon, dict[str, str]]]:
    """A bayon with an access key, and the key."""
    folder = tmp_path_factory.mktemp("keyed")
    made = subprocess.run(
        [sys.executable, "-m", "bayon", "keys", "create", "--account", "1" * 12, "--data-dir", str(folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    words = dict(shlex.split(line)[1].split("=", 1) for line in made.stdout.splitlines())
    key = {name.lower(): value for name, value in words.items()}
    with running(data_dir=folder) as bayon:
        yield bayon, key


QUERY_CODES = ("SignatureDoesNotMatch", "InvalidClientTokenId")
OTHER_CODES = ("InvalidSignatureException", "UnrecognizedClientException")


@pytest.mark.parametrize(
    ("service", "operation", "codes"),
    [
        ("cloudwatch", "list_metrics", QUERY_CODES),  # JSON, but with the codes of the query protocol beside it
        ("logs", "describe_log_groups", OTHER_CODES),
        ("sns", "list_topics", QUERY_CODES),
        ("xray", "batch_get_traces", OTHER_CODES),
        ("sts", "get_caller_identity", QUERY_CODES),
        ("resourcegroupstaggingapi", "get_resources", OTHER_CODES),
    ],
)
def test_signatures(keyed: tuple[Bayon, dict[str, str]], service: str, operation: str, codes: tuple[str, str]) -> None:
    """In each protocol the right secret is let in, and the others get the code that AWS gives."""
    bayon, key = keyed
    request = {"TraceIds": ["1-581cf771-a006649127e371903a2de979"]} if service == "xray" else {}
    assert getattr(bayon.client(service, **key), operation)(**request)
    wrong = (key | {"aws_secret_access_key": "wrong"}, key | {"aws_access_key_id": "AKIDNOBODYKNOWSTHISX"})
    for code, credentials in zip(codes, wrong, strict=True):
        with pytest.raises(ClientError) as caught:
            getattr(bayon.client(service, **credentials), operation)(**request)
        assert caught.value.response["Error"]["Code"] == code
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 403)


def test_a_presigned_url(keyed: tuple[Bayon, dict[str, str]]) -> None:
    """Anyone who has the URL may ask what it says, and nothing else."""
    bayon, key = keyed
    url = bayon.client("sts", **key).generate_presigned_url("get_caller_identity", HttpMethod="GET")
    with DIRECT.open(url) as answer:
        assert "<Account>111111111111</Account>" in answer.read().decode()
    with (
        pytest.raises(HTTPError, match="403") as caught,
        DIRECT.open(url.replace("X-Amz-Expires=3600", "X-Amz-Expires=3601")),
    ):
        pass
    with caught.value as refused:
        assert "SignatureDoesNotMatch" in refused.read().decode()
