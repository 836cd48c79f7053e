"""Subscription filters deliver to what stands for Lambda, Kinesis and Firehose: real requests over real sockets."""

from __future__ import annotations

import base64
import gzip
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from botocore.exceptions import ClientError

from bayon.testing import Bayon, running

NOW, NOW_MS = "2026-03-02T10:00:00Z", 1_772_445_600_000
LAMBDA = "arn:aws:lambda:us-east-1:000000000000:function:f"
KINESIS = "arn:aws:kinesis:us-east-1:000000000000:stream/s"
FIREHOSE = "arn:aws:firehose:us-east-1:000000000000:deliverystream/d"
ROLE = "arn:aws:iam::000000000000:role/r"


@dataclass
class Receiver:
    """What an HTTP server was sent; it answers each request with the next of `statuses`, then with 200."""

    url: str = ""
    requests: list[tuple[dict[str, str], Any]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def messages(self) -> list[dict[str, Any]]:
        """The messages in the requests, without those that only try the destination."""
        found = [unpacked(body) for _, body in self.requests]
        return [message for message in found if message["messageType"] == "DATA_MESSAGE"]


def unpacked(body: Any) -> dict[str, Any]:
    data = body.get("Data") or body.get("awslogs", {}).get("data") or body["records"][0]["data"]
    message: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(data)))
    return message


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            receiver.requests.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        receiver.url = f"http://127.0.0.1:{server.server_port}/take"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture(scope="module")
def served(receiver: Receiver) -> Iterator[Bayon]:
    targets = ",".join(f"{arn}={receiver.url}" for arn in (LAMBDA, KINESIS, FIREHOSE))
    with running(targets=targets) as bayon:
        yield bayon


@pytest.fixture
def house(served: Bayon, receiver: Receiver) -> Bayon:
    """An empty bayon with a group of two streams, at a known time; nothing was received yet."""
    served.reset()
    served.clock(freeze=NOW)
    receiver.requests.clear()
    receiver.statuses.clear()
    logs = served.client("logs")
    logs.create_log_group(logGroupName="g")
    for stream in ("s1", "s2"):
        logs.create_log_stream(logGroupName="g", logStreamName=stream)
    return served


def put(bayon: Bayon, stream: str, *messages: str) -> None:
    events = [{"timestamp": NOW_MS, "message": message} for message in messages]
    bayon.client("logs").put_log_events(logGroupName="g", logStreamName=stream, logEvents=events)


def subscribe(bayon: Bayon, arn: str, pattern: str = "ERROR", **options: Any) -> None:
    if arn != LAMBDA:
        options["roleArn"] = ROLE
    bayon.client("logs").put_subscription_filter(
        logGroupName="g", filterName="f", filterPattern=pattern, destinationArn=arn, **options
    )


def test_a_function_gets_what_matches_by_stream(house: Bayon, receiver: Receiver) -> None:
    """The event is that of a real function: compressed, and one message a stream, with ids that searches show too."""
    put(house, "s1", "ERROR before")
    house.clock(advance_s=2)
    subscribe(house, LAMBDA)
    put(house, "s1", "ERROR one", "fine", "ERROR two")
    put(house, "s2", "ERROR three")
    house.clock(advance_s=2)
    first, second = sorted(receiver.messages(), key=lambda message: message["logStream"])
    ids = {
        event["message"]: event["eventId"]
        for event in house.client("logs").filter_log_events(logGroupName="g")["events"]
    }
    assert first == {
        "messageType": "DATA_MESSAGE",
        "owner": "000000000000",
        "logGroup": "g",
        "logStream": "s1",
        "subscriptionFilters": ["f"],
        "logEvents": [
            {"id": ids[message], "timestamp": NOW_MS, "message": message} for message in ("ERROR one", "ERROR two")
        ],
    }
    assert [event["message"] for event in second["logEvents"]] == ["ERROR three"]
    assert list(receiver.requests[0][1]) == ["awslogs"]
    house.clock(advance_s=60)
    assert len(receiver.requests) == 2
    points = house.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Logs",
        MetricName="ForwardedLogEvents",
        Dimensions=[
            {"Name": "LogGroupName", "Value": "g"},
            {"Name": "DestinationType", "Value": "Lambda"},
            {"Name": "FilterName", "Value": "f"},
        ],
        StartTime="2026-03-02T09:00:00Z",
        EndTime="2026-03-02T11:00:00Z",
        Period=3600,
        Statistics=["Sum"],
    )["Datapoints"]
    assert [point["Sum"] for point in points] == [3.0]


@pytest.mark.parametrize(("arn", "named"), [(KINESIS, "Kinesis stream"), (FIREHOSE, "Firehose")])
def test_a_stream_is_tried_first(house: Bayon, receiver: Receiver, arn: str, named: str) -> None:
    """With the control message that subscribers skip, and then gets records as the real one would."""
    subscribe(house, arn, pattern="", distribution="ByLogStream")
    (control,) = [unpacked(body) for _, body in receiver.requests]
    assert control["messageType"] == "CONTROL_MESSAGE"
    text = f"CWL CONTROL MESSAGE: Checking health of destination {named}."
    assert control["logEvents"] == [{"id": "", "timestamp": NOW_MS, "message": text}]
    put(house, "s1", "anything")
    house.clock(advance_s=2)
    assert [event["message"] for event in receiver.messages()[0]["logEvents"]] == ["anything"]
    headers, body = receiver.requests[-1]
    if arn == KINESIS:
        assert headers["x-amz-target"] == "Kinesis_20131202.PutRecord"
        assert body["StreamName"] == "s"
        assert body["PartitionKey"]
    else:
        assert headers["x-amz-firehose-request-id"] == body["requestId"]


def test_a_logical_destination_leads_to_its_target_and_hidden_text_is_masked(house: Bayon, receiver: Receiver) -> None:
    """The target needs no role of the subscriber; data protection holds at every way out."""
    logs = house.client("logs")
    arn = logs.put_destination(destinationName="d", targetArn=KINESIS, roleArn=ROLE)["destination"]["arn"]
    identifier = "arn:aws:dataprotection::aws:data-identifier/EmailAddress"
    statements = [
        {"DataIdentifier": [identifier], "Operation": {"Audit": {"FindingsDestination": {}}}},
        {"DataIdentifier": [identifier], "Operation": {"Deidentify": {"MaskConfig": {}}}},
    ]
    policy = {"Name": "p", "Version": "2021-06-01", "Statement": statements}
    logs.put_data_protection_policy(logGroupIdentifier="g", policyDocument=json.dumps(policy))
    logs.put_subscription_filter(logGroupName="g", filterName="f", filterPattern="", destinationArn=arn)
    put(house, "s1", "mail to ada@example.com")
    house.clock(advance_s=2)
    (message,) = receiver.messages()
    assert [event["message"] for event in message["logEvents"]] == ["mail to ***************"]


def test_a_destination_that_does_not_take_the_control_message_is_refused(house: Bayon, receiver: Receiver) -> None:
    """Nothing is kept then."""
    receiver.statuses[:] = [500]
    with pytest.raises(ClientError) as raised:
        subscribe(house, FIREHOSE)
    assert raised.value.response["Error"]["Message"].startswith("Could not deliver test message to specified Firehose")
    assert house.client("logs").describe_subscription_filters(logGroupName="g")["subscriptionFilters"] == []


def test_failures_are_tried_again_later_and_later_with_the_same_ids(house: Bayon, receiver: Receiver) -> None:
    """Nothing overtakes what failed, and nothing is lost."""
    subscribe(house, LAMBDA)
    receiver.statuses[:] = [503, 429, 503]
    put(house, "s1", "ERROR one")
    house.clock(advance_s=2)
    assert len(receiver.requests) in (1, 2)
    put(house, "s1", "ERROR two")
    for _ in range(20):
        house.clock(advance_s=1)
    texts = [message["logEvents"][0]["message"] for message in receiver.messages()]
    assert texts == ["ERROR one"] * 4 + ["ERROR two"]
    assert len({message["logEvents"][0]["id"] for message in receiver.messages()}) == 2


def test_filters_are_listed_replaced_limited_and_deleted(house: Bayon) -> None:
    """As the API reference has it; the third filter of a group is one too many (recorded)."""
    logs = house.client("logs")
    subscribe(house, LAMBDA)
    (listed,) = logs.describe_subscription_filters(logGroupName="g")["subscriptionFilters"]
    assert listed == {
        "filterName": "f",
        "logGroupName": "g",
        "filterPattern": "ERROR",
        "destinationArn": LAMBDA,
        "distribution": "ByLogStream",
        "applyOnTransformedLogs": False,
        "creationTime": NOW_MS,
    }
    for name in ("f", "e"):
        logs.put_subscription_filter(logGroupName="g", filterName=name, filterPattern="x", destinationArn=LAMBDA)
    with pytest.raises(ClientError) as raised:
        logs.put_subscription_filter(logGroupName="g", filterName="h", filterPattern="x", destinationArn=LAMBDA)
    assert raised.value.response["Error"] == {"Code": "LimitExceededException", "Message": "Resource limit exceeded."}
    pages = logs.get_paginator("describe_subscription_filters").paginate(
        logGroupName="g", PaginationConfig={"PageSize": 1}
    )
    names = [each["filterName"] for page in pages for each in page["subscriptionFilters"]]
    assert names == ["e", "f"]
    logs.delete_subscription_filter(logGroupName="g", filterName="e")
    assert len(logs.describe_subscription_filters(logGroupName="g")["subscriptionFilters"]) == 1


def test_what_nobody_takes_is_in_the_dead_letters(tmp_path: Any) -> None:
    """A lasting bayon gives up what is refused for good, and its file says what and why."""
    with receiving() as receiver, running(data_dir=tmp_path, targets=f"{LAMBDA}={receiver.url}") as bayon:
        logs = bayon.client("logs")
        logs.create_log_group(logGroupName="g")
        logs.create_log_stream(logGroupName="g", logStreamName="s1")
        subscribe(bayon, LAMBDA)
        receiver.statuses[:] = [400]
        events = [{"timestamp": time.time_ns() // 1_000_000, "message": "ERROR one"}]
        logs.put_log_events(logGroupName="g", logStreamName="s1", logEvents=events)
        file = tmp_path / "dead-letters" / "subscriptions.ndjson"
        until_s = time.monotonic() + 20
        while not file.exists() and time.monotonic() < until_s:
            time.sleep(0.2)
        (line,) = [json.loads(line) for line in file.read_text().splitlines()]
    assert line["error"] == "the destination answered 400"
    message = json.loads(gzip.decompress(base64.b64decode(line["payload"])))
    assert [event["message"] for event in message["logEvents"]] == ["ERROR one"]
