"""Killed at any moment, bayon neither loses nor doubles what an arrived log event means to metrics."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from bayon.testing import Bayon, _end, _wait_ready
from crash_load import ONCE

ROUNDS = 6
GROUP, STREAM, NAMESPACE = "/crash", "s", "Crash"
EVENTS = 30
CAUGHT_UP_S = 60
# The command as it is, but what follows the log runs so often, in so small steps, that many kills hit it.
HURRIED = """
from dataclasses import replace
from bayon import limits
assert limits.FOLLOWED_ROWS and limits.SETTLE_LOG_AFTER_S and limits.SETTLE_METRIC_AFTER_S  # as they are called
limits.FOLLOWED_ROWS = 150
limits.SETTLE_LOG_AFTER_S = limits.SETTLE_METRIC_AFTER_S = 0.3
limits.SETTLE_LOG_BACKLOG_ROWS = limits.SETTLE_METRIC_BACKLOG_ROWS = 0
limits.SETTLE_METRIC_ROWS = 50
import bayon.jobs.log_followers, bayon.jobs.metrics
bayon.jobs.log_followers.derive_log_metrics = replace(bayon.jobs.log_followers.derive_log_metrics, every_s=1)
bayon.jobs.metrics.settle_metrics = replace(bayon.jobs.metrics.settle_metrics, every_s=1)
from bayon.cli import main
main()
"""


@contextmanager
def hurried(folder: Path) -> Iterator[tuple[Bayon, subprocess.Popen[bytes]]]:
    """A bayon on the folder serves until the block ends."""
    command = [sys.executable, "-c", HURRIED, "up", "--port", "0", "--data-dir", str(folder)]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)
        try:
            yield _wait_ready(process, log), process
        finally:
            _end(process)
            log.seek(0)
            print(log.read().decode())  # noqa: T201 - shown by pytest when the test fails


def test_kills_leave_every_event_counted_once(tmp_path: Path) -> None:
    """The sums of all metrics are those of the events that are stored, after six kills."""
    for number in range(ROUNDS):
        with hurried(tmp_path) as (bayon, process):
            client = bayon.client("logs", config=ONCE)
            if number == 0:
                prepare(client)
            writer = threading.Thread(target=write, args=(client,))
            writer.start()
            time.sleep(random.Random(number).uniform(0.8, 2.5))
            os.kill(process.pid, signal.SIGKILL)
            writer.join(40)
            assert process.wait() == -signal.SIGKILL
    with hurried(tmp_path) as (bayon, _):
        stored = list(stored_events(bayon.client("logs")))
        assert len(stored) > ROUNDS * EVENTS
        expected = {
            "Events": float(len(stored)),
            "Sevens": float(sum(event["n"] % 10 == 7 for event in stored)),
            "Numbers": float(sum(event["n"] for event in stored)),
            "Embedded": float(sum(event["n"] for event in stored if "_aws" in event)),
            "IncomingLogEvents": float(len(stored)),
        }
        until_s = time.monotonic() + CAUGHT_UP_S
        while (found := sums(bayon, expected)) != expected and time.monotonic() < until_s:
            time.sleep(0.5)
        assert found == expected
        time.sleep(2)
        assert sums(bayon, expected) == expected, "more came of events that had been counted"


def prepare(client: Any) -> None:
    client.create_log_group(logGroupName=GROUP)
    client.create_log_stream(logGroupName=GROUP, logStreamName=STREAM)
    for name, pattern, value in (
        ("Events", "", "1"),
        ("Sevens", '{ $.text = "*7" }', "1"),
        ("Numbers", "{ $.n >= 0 }", "$.n"),
    ):
        transformation = {"metricName": name, "metricNamespace": NAMESPACE, "metricValue": value}
        client.put_metric_filter(
            logGroupName=GROUP, filterName=name, filterPattern=pattern, metricTransformations=[transformation]
        )


def write(client: Any) -> None:
    """Requests are sent until one gets no answer."""
    number = 0
    while True:
        now_ms = time.time_ns() // 1_000_000
        events = [{"timestamp": now_ms, "message": message(number + n, now_ms)} for n in range(EVENTS)]
        number += EVENTS
        try:
            client.put_log_events(logGroupName=GROUP, logStreamName=STREAM, logEvents=events)
        except (BotoCoreError, ClientError):
            return


def message(n: int, now_ms: int) -> str:
    event: dict[str, Any] = {"n": n, "text": f"number {n}"}
    if n % 3 == 0:
        directive = {"Namespace": NAMESPACE, "Dimensions": [[]], "Metrics": [{"Name": "Embedded"}]}
        event |= {"Embedded": n, "_aws": {"Timestamp": now_ms, "CloudWatchMetrics": [directive]}}
    return json.dumps(event)


def stored_events(client: Any) -> Iterator[dict[str, Any]]:
    for page in client.get_paginator("filter_log_events").paginate(logGroupName=GROUP):
        for event in page["events"]:
            yield json.loads(event["message"])


def sums(bayon: Bayon, names: dict[str, float]) -> dict[str, float]:
    """The sum of each metric over the last hours."""
    client = bayon.client("cloudwatch")
    now = datetime.now(UTC)
    found = {}
    for name in names:
        points = client.get_metric_statistics(
            Namespace="AWS/Logs" if name == "IncomingLogEvents" else NAMESPACE,
            MetricName=name,
            StartTime=now - timedelta(hours=2),
            EndTime=now + timedelta(minutes=5),
            Period=60,
            Statistics=["Sum"],
        )["Datapoints"]
        found[name] = sum(point["Sum"] for point in points)
    return found
