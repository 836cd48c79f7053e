"""Notifications: PublishBatch to a topic, until a webhook on this machine has every message; then with a kill -9."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

from bayon.testing import Bayon, running
from bench import load
from bench.plan import Plan, say
from bench.report import Row
from bench.servers import Server

BATCH = 10
CONNECTIONS = 4
WAIT_S = 120
SETTINGS = {"allow_networks": "127.0.0.0/8"}


@dataclass(frozen=True, slots=True)
class Sink:
    """A webhook in a process of its own: it keeps the message ids that it was sent, and answers at once."""

    url: str

    def seen(self) -> dict[str, int]:
        """How often each message has arrived."""
        with urlopen(self.url) as answer:
            found: dict[str, int] = json.loads(answer.read())
            return found

    def wait(self, number: int) -> dict[str, int]:
        """The messages, once so many different ones have arrived. Raises: AssertionError when they do not."""
        until_s = time.monotonic() + WAIT_S
        while len(found := self.seen()) < number:
            assert time.monotonic() < until_s, f"{number - len(found)} of {number} messages have not arrived"
            time.sleep(0.02)
        return found


@contextmanager
def sink() -> Iterator[Sink]:
    """A webhook listens while the block runs."""
    command = [sys.executable, str(Path(__file__).with_name("sink.py"))]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Sink(f"http://127.0.0.1:{int(process.stdout.readline())}")
    finally:
        process.kill()
        process.wait()


def measure(plan: Plan) -> list[Row]:
    """Messages a second. Raises: AssertionError when one is lost."""
    count = plan.amount(5000, 100)
    rates: list[float] = []
    with sink() as webhook, running(data_dir=plan.folder / "bayon", **SETTINGS) as bayon:
        topic, served = _subscribed(bayon, webhook), _server(bayon)
        total = 0
        for run in range(plan.runs + 1):  # the first warms up
            requests = _batches(topic, f"run {run}", count)
            began_s = time.perf_counter()
            load.drive(served, requests, connections=CONNECTIONS)
            published_s = time.perf_counter() - began_s
            total += count
            webhook.wait(total)
            rates.append(count / (time.perf_counter() - began_s))
            say(f"  {rates[-1]:.0f} a second; publishing alone {count / published_s:.0f} a second")
    lost, twice = _killed(plan, count)
    return [
        Row("notifications to a webhook, published and arrived", "messages/s", rates[1:]),
        Row("  lost over a kill -9", "messages", [float(lost)]),
        Row("  arrived twice over it", "messages", [float(twice)]),
    ]


def _killed(plan: Plan, count: int) -> tuple[int, int]:
    """Out: how many messages that were acknowledged never arrived, and how many arrived twice."""
    folder = plan.folder / "killed"
    acknowledged: set[str] = set()
    with sink() as webhook:
        with running(data_dir=folder, **SETTINGS) as bayon:
            topic = _subscribed(bayon, webhook)
            killer = threading.Timer(plan.amount(1.0, 0.3), os.kill, (bayon.pid, signal.SIGKILL))
            killer.start()
            _publish_until_gone(bayon, topic, count * 10, acknowledged)
            killer.join()
        say(f"  killed after {len(acknowledged)} messages were acknowledged")
        with running(data_dir=folder, **SETTINGS):
            found = _wait_for(webhook, acknowledged)
    return len(acknowledged - found.keys()), sum(times - 1 for times in found.values())


def _wait_for(webhook: Sink, wanted: set[str]) -> dict[str, int]:
    until_s = time.monotonic() + WAIT_S
    while wanted - (found := webhook.seen()).keys() and time.monotonic() < until_s:
        time.sleep(0.1)
    return found


def _publish_until_gone(bayon: Bayon, topic: str, count: int, acknowledged: set[str]) -> None:
    """Batches are published one after the other; the ids of what was acknowledged are added."""
    connection = load.Connection(_server(bayon))
    for request in _batches(topic, "killed", count):
        try:
            answer = connection.ask(request).decode()
        except (OSError, load.Refused, IndexError, ValueError):
            return
        acknowledged.update(part.partition("<")[0] for part in answer.split("<MessageId>")[1:])


def _batches(topic: str, name: str, count: int) -> list[bytes]:
    batches: list[bytes] = []
    for first in range(0, count, BATCH):
        entries: list[Any] = [{"Id": str(each), "Message": f"{name}, message {first + each}"} for each in range(BATCH)]
        given = {"TopicArn": topic, "PublishBatchRequestEntries": entries}
        batches.append(load.prepared("sns", "PublishBatch", given))
    return batches


def _subscribed(bayon: Bayon, webhook: Sink) -> str:
    """The ARN of a topic that the webhook is subscribed to, and has confirmed."""
    sns = bayon.client("sns")
    topic = str(sns.create_topic(Name="bench")["TopicArn"])
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=webhook.url + "/hook")
    until_s = time.monotonic() + WAIT_S
    while sns.get_topic_attributes(TopicArn=topic)["Attributes"]["SubscriptionsConfirmed"] == "0":
        assert time.monotonic() < until_s, "the webhook has not confirmed"
        time.sleep(0.05)
    return topic


def _server(bayon: Bayon) -> Server:
    address = urlsplit(bayon.url)
    assert address.hostname
    assert address.port
    return Server("bayon", address.hostname, address.port, bayon.pid)
