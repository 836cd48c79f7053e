"""A load of every kind of durable write, and the check of what is left of it after the server was stopped or killed.

Each writer sends one request at a time and never sends one again, so that at most one request of a writer is unknown:
sent and not acknowledged. Such a request may be there or not, but whole.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from bayon.clock import monotonic_s
from bayon.testing import Bayon

ONCE = Config(
    retries={"total_max_attempts": 1},
    parameter_validation=False,
    tcp_keepalive=True,
    read_timeout=20,
    connect_timeout=5,
)
EVENTS = 40
VALUES = {"Values": [1.0, 2.0, 5.0], "Counts": [2.0, 1.0, 1.0]}
SAMPLES, SUM = 4.0, 9.0
REQUESTS_A_TRACE = 10

Put = Callable[["Writer", int], Any]


class Clients:
    """boto3 clients of one bayon, made from one session since loading the models is what costs."""

    def __init__(self, session: Session, bayon: Bayon) -> None:
        made = {
            name: session.client(
                name,
                endpoint_url=bayon.url,
                region_name=bayon.env["AWS_REGION"],
                aws_access_key_id=bayon.env["AWS_ACCESS_KEY_ID"],
                aws_secret_access_key=bayon.env["AWS_SECRET_ACCESS_KEY"],
                config=ONCE,
            )
            for name in ("logs", "cloudwatch", "xray")
        }
        self.logs, self.cloudwatch, self.xray = made["logs"], made["cloudwatch"], made["xray"]


@dataclass
class Writer:
    """One thread's requests: the first `acknowledged` were, `unknown` says whether one more was sent."""

    name: str
    clients: Clients
    put: Put
    check: Callable[[Clients, Writer], Iterator[str]]
    started_s: int
    acknowledged: int = 0
    unknown: bool = False
    wrong: str = ""

    def run(self) -> None:
        """Requests are sent until one gets no answer, or the server says that it is stopping."""
        while True:
            self.unknown = True
            try:
                self.put(self, self.acknowledged)
            except BotoCoreError:
                return
            except ClientError as err:
                if err.response["ResponseMetadata"]["HTTPStatusCode"] < 500:
                    self.wrong = f"{self.name}: {err}"
                return
            self.acknowledged += 1
            self.unknown = False

    @property
    def allowed(self) -> set[int]:
        """How many requests may be there."""
        return {self.acknowledged, self.acknowledged + self.unknown}


@dataclass
class Load:
    """One round of writing by several threads at once."""

    writers: list[Writer]
    threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """The writers run."""
        self.threads = [threading.Thread(target=writer.run) for writer in self.writers]
        for thread in self.threads:
            thread.start()

    def join(self) -> None:
        """The writers have ended, as they do when the server does."""
        until_s = monotonic_s() + 40
        for thread in self.threads:
            thread.join(until_s - monotonic_s())
            assert not thread.is_alive()


def load(clients: Clients, name: str, now_s: int) -> Load:
    """Out: writers of log events, metric points, segments and configuration, made ready and not yet started."""
    group = f"/{name}/events"
    clients.logs.create_log_group(logGroupName=group)
    writers = []
    for number in range(2):
        clients.logs.create_log_stream(logGroupName=group, logStreamName=f"s{number}")
        writers.append(Writer(f"{name}.{number}", clients, put_events, check_events, now_s))
        writers.append(Writer(f"{name}.{number}", clients, put_points, check_points, now_s))
    writers.append(Writer(name, clients, put_segments, check_segments, now_s))
    writers.append(Writer(name, clients, put_group, check_groups, now_s))
    writers.append(Writer(name, clients, put_dashboard, check_dashboards, now_s))
    return Load(writers)


def problems(loads: list[Load], clients: Clients) -> list[str]:
    """What is missing, there twice, there in part or there without having been sent."""
    writers = [writer for each in loads for writer in each.writers]
    return [
        *(writer.wrong for writer in writers if writer.wrong),
        *(f"{writer.name}: {problem}" for writer in writers for problem in writer.check(clients, writer)),
    ]


def put_events(writer: Writer, number: int) -> None:
    name, _, stream = writer.name.rpartition(".")
    events = [
        {
            "timestamp": writer.started_s * 1000 + index,
            "message": json.dumps({"put": number, "at": index, "level": "INFO"}),
        }
        for index in range(EVENTS)
    ]
    writer.clients.logs.put_log_events(logGroupName=f"/{name}/events", logStreamName=f"s{stream}", logEvents=events)


def check_events(clients: Clients, writer: Writer) -> Iterator[str]:
    name, _, stream = writer.name.rpartition(".")
    pages = clients.logs.get_paginator("filter_log_events").paginate(
        logGroupName=f"/{name}/events", logStreamNames=[f"s{stream}"]
    )
    found: Counter[int] = Counter()
    seen: Counter[tuple[int, int]] = Counter()
    for page in pages:
        for event in page["events"]:
            message = json.loads(event["message"])
            found[message["put"]] += 1
            seen[message["put"], message["at"]] += 1
    if doubled := [key for key, times in seen.items() if times > 1]:
        yield f"{len(doubled)} events are there more than once, such as {doubled[0]}"
    if partly := {put: count for put, count in found.items() if count != EVENTS}:
        yield f"batches are there with another number of events than {EVENTS}: {partly}"
    yield from counted("batches", len(found), writer)
    if sorted(found) != list(range(len(found))):
        yield "batches are missing in between"


def put_points(writer: Writer, number: int) -> None:
    """Three series in one request, spread over the tiers' periods and, with one-second resolution, below them."""
    at = datetime.fromtimestamp(writer.started_s, UTC) - timedelta(minutes=number % 50)
    data = [
        {"MetricName": "m", "Dimensions": [{"Name": "writer", "Value": f"{writer.name}.{series}"}], **VALUES}
        | {"Timestamp": at, "StorageResolution": 1 if series == 0 else 60}
        for series in range(3)
    ]
    writer.clients.cloudwatch.put_metric_data(Namespace="crash", MetricData=data)


def check_points(clients: Clients, writer: Writer) -> Iterator[str]:
    start = datetime.fromtimestamp(writer.started_s, UTC).replace(minute=0, second=0) - timedelta(hours=1)
    read = (("SampleCount", 60), ("Sum", 300), ("SampleCount", 3600))  # from each tier
    asked = [(series, stat, period) for series in range(3) for stat, period in read]
    queries = [
        {
            "Id": f"q{index}",
            "MetricStat": {
                "Metric": {
                    "Namespace": "crash",
                    "MetricName": "m",
                    "Dimensions": [{"Name": "writer", "Value": f"{writer.name}.{series}"}],
                },
                "Stat": stat,
                "Period": period,
            },
        }
        for index, (series, stat, period) in enumerate(asked)
    ]
    pages = clients.cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=queries, StartTime=start, EndTime=start + timedelta(hours=3)
    )
    sums = Counter({f"q{index}": 0.0 for index in range(len(asked))})
    for page in pages:
        for result in page["MetricDataResults"]:
            sums[result["Id"]] += sum(result["Values"])
    counts = set()
    for index, (series, stat, period) in enumerate(asked):
        requests = sums[f"q{index}"] / (SAMPLES if stat == "SampleCount" else SUM)
        counts.add(requests)
        if requests not in writer.allowed:
            yield f"{stat} of series {series} at {period} s amounts to {requests} requests, not {writer.allowed}"
    if len(counts) > 1:
        yield f"a request's points are there in part: {counts}"


def put_segments(writer: Writer, number: int) -> None:
    """A segment and a subsegment of it, ten requests to a trace."""
    ids = [f"{2 * number + part + 1:016x}" for part in range(2)]
    times = {"start_time": writer.started_s, "end_time": writer.started_s + 0.5}
    common = {"trace_id": trace_id(writer, number), "name": "crash", **times}
    documents = [common | {"id": ids[0]}, common | {"id": ids[1], "parent_id": ids[0], "type": "subsegment"}]
    answer = writer.clients.xray.put_trace_segments(TraceSegmentDocuments=[json.dumps(each) for each in documents])
    assert answer["UnprocessedTraceSegments"] == []


def check_segments(clients: Clients, writer: Writer) -> Iterator[str]:
    traces = sorted({trace_id(writer, number) for number in range(writer.acknowledged + 1)})
    found: list[str] = []
    for first in range(0, len(traces), 5):
        for trace in clients.xray.batch_get_traces(TraceIds=traces[first : first + 5])["Traces"]:
            for segment in trace["Segments"]:
                found += ids_in(json.loads(segment["Document"]))
    if len(set(found)) != len(found):
        yield "segments are there more than once"
    if len(found) % 2:
        yield f"a request's documents are there in part: {len(found)} of them"
    yield from counted("requests of segments", len(found) // 2, writer)


def ids_in(document: Any) -> Iterator[str]:
    yield document["id"]
    for inner in document.get("subsegments", []):
        yield from ids_in(inner)


def trace_id(writer: Writer, number: int) -> str:
    unique = writer.name.encode().hex()[-16:].rjust(16, "0")
    return f"1-{writer.started_s:08x}-{unique}{number // REQUESTS_A_TRACE:08x}"


def put_group(writer: Writer, number: int) -> None:
    writer.clients.logs.create_log_group(logGroupName=f"/{writer.name}/groups/{number:06}")


def check_groups(clients: Clients, writer: Writer) -> Iterator[str]:
    pages = clients.logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=f"/{writer.name}/groups/")
    names = [group["logGroupName"] for page in pages for group in page["logGroups"]]
    yield from counted("log groups", len(names), writer)
    if names != [f"/{writer.name}/groups/{number:06}" for number in range(len(names))]:
        yield "log groups are missing in between or there twice"


def put_dashboard(writer: Writer, number: int) -> None:
    """Each request replaces the same dashboard, so that the last one counts."""
    body = {"widgets": [{"type": "text", "properties": {"markdown": str(number)}}]}
    writer.clients.cloudwatch.put_dashboard(DashboardName=writer.name, DashboardBody=json.dumps(body))


def check_dashboards(clients: Clients, writer: Writer) -> Iterator[str]:
    if writer.acknowledged == 0:
        return
    body = json.loads(clients.cloudwatch.get_dashboard(DashboardName=writer.name)["DashboardBody"])
    yield from counted("dashboards", int(body["widgets"][0]["properties"]["markdown"]) + 1, writer)


def counted(what: str, count: int, writer: Writer) -> Iterator[str]:
    if count not in writer.allowed:
        yield f"{count} {what} are there, not {writer.allowed}"
