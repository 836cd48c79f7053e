"""Alarms: a tick of 10,000 of them, and how soon a webhook hears of a point that breaches a ten-second alarm."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import Any

from bayon.testing import running
from bench import alarm_tick
from bench.plan import Plan, say
from bench.report import Row, Target

WAIT_S = 30
STATISTICS = ("Average", "Sum", "p95")


def measure(plan: Plan) -> list[Row]:
    """Processor time and memory of a tick, and seconds from an accepted point to the webhook."""
    return [*_ticks(plan), *_latencies(plan)]


def _ticks(plan: Plan) -> Iterator[Row]:
    count = plan.amount(10_000, 50)
    for statistic in ("Average", "p95"):
        folder = plan.folder / f"tick-{statistic}"
        folder.mkdir()
        used_s, took_s, extra_mib = alarm_tick.ticks(folder, count, statistic, plan.runs)
        what = f"tick of {count:,} alarms on {count:,} series, {statistic}"
        say(f"  {what}: {max(used_s):.3f} s of processor time at most")
        plain = statistic == "Average"
        yield Row(f"{what}, processor time", "s", used_s, target=Target(1.0, at_least=False) if plain else None)
        yield Row(f"{what}, time", "s", took_s)
        target = Target(150 / 1.048576, at_least=False) if plain else None  # 150 MB
        yield Row(f"{what}, memory", "MiB", [extra_mib], target=target)


def _latencies(plan: Plan) -> Iterator[Row]:
    with _webhook() as (url, told), running(data_dir=plan.folder / "bayon", allow_networks="127.0.0.0/8") as bayon:
        cloudwatch, sns = bayon.client("cloudwatch"), bayon.client("sns")
        topic = sns.create_topic(Name="bench")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=url)
        sns.confirm_subscription(TopicArn=topic, Token=told.get(timeout=WAIT_S)["Token"])
        for statistic in plan.amount(STATISTICS, STATISTICS[:1]):
            found = [_latency_s(cloudwatch, told, topic, f"{statistic}-{run}", statistic) for run in range(plan.runs)]
            what = f"{statistic} alarm of 10 s, from the accepted point to its webhook"
            say(f"  {what}: {max(found):.2f} s at most")
            yield Row(what, "s", found, target=Target(2.0, at_least=False))


def _latency_s(cloudwatch: Any, told: Queue[dict[str, Any]], topic: str, name: str, statistic: str) -> float:
    kind = "Statistic" if statistic[0].isupper() else "ExtendedStatistic"
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace="Bench",
        MetricName=name,
        Period=10,
        EvaluationPeriods=1,
        Threshold=5,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
        AlarmActions=[topic],
        **{kind: statistic},
    )
    while cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]["StateValue"] != "OK":
        time.sleep(0.1)
    time.sleep(time.monotonic() % 1)  # at any time within the second
    cloudwatch.put_metric_data(Namespace="Bench", MetricData=[{"MetricName": name, "Value": 9, "StorageResolution": 1}])
    accepted_s = time.monotonic()
    while json.loads(told.get(timeout=WAIT_S)["Message"])["AlarmName"] != name:
        pass
    return time.monotonic() - accepted_s


@contextmanager
def _webhook() -> Iterator[tuple[str, Queue[dict[str, Any]]]]:
    """An endpoint that accepts everything, and what it was sent."""
    told: Queue[dict[str, Any]] = Queue()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            told.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", told
        server.shutdown()
