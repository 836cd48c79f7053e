"""A bayon killed while it delivers: what it has acknowledged arrives, and nothing of it is left when it has."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

from botocore.exceptions import BotoCoreError, ClientError

from bayon.clock import monotonic_s
from bayon.state import deliveries, messages
from bayon.state.database import State
from bayon.testing import Bayon, running
from crash_load import ONCE
from endpoints import Webhook, webhook

ROUNDS = 6
THREADS = 3


class Publisher:
    """Sends one batch at a time until it gets no answer; remembers what was acknowledged."""

    def __init__(self, bayon: Bayon, topic: str, name: str) -> None:
        self._sns = bayon.client("sns", config=ONCE)
        self._topic = topic
        self._name = name
        self.acknowledged: list[str] = []
        self.thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        number = 0
        while True:
            texts = [f"{self._name}-{number + each}" for each in range(10)]
            entries = [{"Id": str(each), "Message": text} for each, text in enumerate(texts)]
            try:
                self._sns.publish_batch(TopicArn=self._topic, PublishBatchRequestEntries=entries)
            except (BotoCoreError, ClientError):
                return
            self.acknowledged += texts
            number += 10


def subscribed(bayon: Bayon, hook: Webhook) -> str:
    """The topic's ARN; the webhook gets its messages as they are."""
    sns = bayon.client("sns")
    topic = str(sns.create_topic(Name="ops")["TopicArn"])
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=hook.url, Attributes={"RawMessageDelivery": "true"})
    (request,) = hook.wait(1)
    link = request.body.decode().partition('"SubscribeURL" : "')[2].partition('"')[0]
    assert parse_qs(urlsplit(link).query)["TopicArn"] == [topic]
    with urlopen(link) as response:
        assert response.status == 200
    return topic


def wait_for(hook: Webhook, wanted: set[str]) -> Counter[str]:
    """How often each text has arrived, once all that are wanted have."""
    until_s = monotonic_s() + 60
    while True:
        arrived = Counter(request.body.decode() for request in list(hook.received))
        missing = wanted - arrived.keys()
        if not missing:
            return arrived
        assert monotonic_s() < until_s, f"{len(missing)} of {len(wanted)} are lost: {sorted(missing)[:5]}"
        time.sleep(0.05)


def test_kills_lose_no_notification(tmp_path: Path) -> None:
    """Six kills in a row: all that was acknowledged arrives, hardly anything twice, and then nothing is left."""
    acknowledged: list[str] = []
    settings = {"data_dir": tmp_path, "allow_networks": "127.0.0.0/8"}
    with webhook() as hook:
        topic = ""
        for number in range(ROUNDS):
            with running(**settings) as bayon:
                topic = topic or subscribed(bayon, hook)
                publishers = [Publisher(bayon, topic, f"{number}-{thread}") for thread in range(THREADS)]
                for each in publishers:
                    each.thread.start()
                time.sleep(random.Random(number).uniform(0.2, 1.0))
                os.kill(bayon.pid, signal.SIGKILL)
                for each in publishers:
                    each.thread.join(30)
                    assert not each.thread.is_alive()
                    acknowledged += each.acknowledged
        with running(**settings):
            arrived = wait_for(hook, set(acknowledged))
        twice = sum(count - 1 for text, count in arrived.items() if "-" in text)
    assert len(acknowledged) > 10 * ROUNDS
    assert twice <= 2 * 16 * ROUNDS, "what was under way at a kill goes out again, no more"
    nothing_left(tmp_path)


def test_a_stop_delivers_each_once(tmp_path: Path) -> None:
    """A polite stop under the same load loses nothing and doubles nothing."""
    settings = {"data_dir": tmp_path, "allow_networks": "127.0.0.0/8"}
    with webhook() as hook:
        with running(**settings) as bayon:
            publisher = Publisher(bayon, subscribed(bayon, hook), "stop")
            publisher.thread.start()
            time.sleep(0.5)
            os.kill(bayon.pid, signal.SIGTERM)
            publisher.thread.join(30)
        with running(**settings):
            arrived = wait_for(hook, set(publisher.acknowledged))
    assert len(publisher.acknowledged) >= 10
    assert {text: count for text, count in arrived.items() if count > 1} == {}
    nothing_left(tmp_path)


def nothing_left(folder: Path) -> None:
    state = State.open(f"sqlite:///{folder / 'state.sqlite3'}")
    try:
        assert deliveries.count(state) == 0
        assert messages.page(state, "000000000000", "us-east-1", limit=None) == []
    finally:
        state.close()
