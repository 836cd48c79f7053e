"""Live tails with real clients over real sockets: boto3, awscli and bayon's own command."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EventStreamError

from bayon import limits
from bayon.testing import Bayon, running

ARN = "arn:aws:logs:us-east-1:000000000000:log-group:"
LIVE = Config(inject_host_prefix=False, retries={"total_max_attempts": 1})
WAIT_S = 15


@pytest.fixture
def logs(bayon: Bayon) -> Any:
    """A client, and two groups with a stream each, one with another stream."""
    client = bayon.client("logs", config=LIVE)
    for group, stream in (("a", "s1"), ("a", "s2"), ("b", "s1")):
        if stream == "s1":
            client.create_log_group(logGroupName=group)
        client.create_log_stream(logGroupName=group, logStreamName=stream)
    return client


def put(logs: Any, group: str, stream: str, *messages: str) -> None:
    now_ms = time.time_ns() // 1_000_000
    events = [{"timestamp": now_ms, "message": message} for message in messages]
    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)


class Followed:
    """What a session of a thread of its own has told so far."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.start: dict[str, Any] = {}
        self.updates: list[dict[str, Any]] = []
        self.error: Exception | None = None
        self._thread = threading.Thread(target=self._follow)
        self._thread.start()

    def _follow(self) -> None:
        try:
            for event in self._stream:
                if "sessionStart" in event:
                    self.start = event["sessionStart"]
                else:
                    self.updates.append(event["sessionUpdate"])
        except Exception as err:  # noqa: BLE001 - looked at by the test
            self.error = err

    @property
    def messages(self) -> list[str]:
        return [result["message"] for update in list(self.updates) for result in update["sessionResults"]]

    def wait(self, count: int) -> list[str]:
        """The messages, once there are so many or it has taken too long."""
        until_s = time.monotonic() + WAIT_S
        while len(self.messages) < count and time.monotonic() < until_s and self._thread.is_alive():
            time.sleep(0.05)
        return self.messages

    def end(self) -> None:
        self._stream.close()
        self._thread.join(WAIT_S)
        assert not self._thread.is_alive()


@contextmanager
def following(logs: Any, *groups: str, **asked: Any) -> Iterator[Followed]:
    answer = logs.start_live_tail(logGroupIdentifiers=[ARN + group for group in groups], **asked)
    followed = Followed(answer["responseStream"])
    try:
        yield followed
    finally:
        followed.end()


def test_a_session_tells_what_arrives_and_matches(logs: Any) -> None:
    """From its start on, of all groups asked for, as the API reference describes each event."""
    put(logs, "a", "s1", "ERROR before")
    with following(logs, "a", "b", logEventFilterPattern="ERROR") as followed:
        put(logs, "a", "s1", "ERROR one", "fine")
        put(logs, "b", "s1", "ERROR two")
        assert followed.wait(2) == ["ERROR one", "ERROR two"]
    assert followed.start["logGroupIdentifiers"] == [ARN + "a", ARN + "b"]
    assert followed.start["logEventFilterPattern"] == "ERROR"
    assert followed.start["sessionId"]
    assert followed.start["requestId"]
    (told,) = [
        result for update in followed.updates for result in update["sessionResults"] if "two" in result["message"]
    ]
    assert told["logStreamName"] == "s1"
    assert told["logGroupIdentifier"] == "000000000000:b"
    assert told["ingestionTime"] >= told["timestamp"] - 1000
    assert all(update["sessionMetadata"] == {"sampled": False} for update in followed.updates)


def test_an_update_comes_every_second_also_without_events(logs: Any) -> None:
    """So that a client sees that the session lives."""
    with following(logs, "a") as followed:
        time.sleep(3.5)
    assert 2 <= len(followed.updates) <= 4
    assert followed.messages == []


def test_streams_are_chosen_by_name_or_by_prefix(logs: Any) -> None:
    """Also a stream that is made later."""
    with (
        following(logs, "a", logStreamNames=["s2", "later"]) as named,
        following(logs, "a", logStreamNamePrefixes=["s1", "la"]) as prefixed,
    ):
        put(logs, "a", "s1", "one")
        put(logs, "a", "s2", "two")
        logs.create_log_stream(logGroupName="a", logStreamName="later")
        put(logs, "a", "later", "three")
        assert named.wait(2) == ["two", "three"]
        assert prefixed.wait(2) == ["one", "three"]


def test_many_events_are_sampled(logs: Any) -> None:
    """At most 500 of a second, and the update says so."""
    with following(logs, "a") as followed:
        put(logs, "a", "s1", *(f"event {n}" for n in range(2000)))
        followed.wait(limits.LIVE_TAIL_EVENTS)
        time.sleep(1.2)
    full = [update for update in followed.updates if update["sessionResults"]]
    assert sum(len(update["sessionResults"]) for update in full) == limits.LIVE_TAIL_EVENTS
    assert full[0]["sessionMetadata"] == {"sampled": True}


def test_sessions_are_limited_and_come_free_when_their_client_goes(logs: Any) -> None:
    """Also the session of a client that goes without a word."""
    streams = [
        logs.start_live_tail(logGroupIdentifiers=[ARN + "a"])["responseStream"]
        for _ in range(limits.LIVE_TAIL_SESSIONS)
    ]
    with pytest.raises(ClientError) as raised:
        logs.start_live_tail(logGroupIdentifiers=[ARN + "a"])
    assert raised.value.response["Error"]["Code"] == "LimitExceededException"
    for stream in streams:
        stream.close()
    until_s = time.monotonic() + WAIT_S
    while True:
        try:
            logs.start_live_tail(logGroupIdentifiers=[ARN + "a"])["responseStream"].close()
        except ClientError:
            assert time.monotonic() < until_s
            time.sleep(0.2)
        else:
            break


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"logGroupIdentifiers": [ARN + "none"]}, "ResourceNotFoundException"),
        ({"logGroupIdentifiers": [ARN + "a:*"]}, "InvalidParameterException"),
        ({"logGroupIdentifiers": [ARN + "a", ARN + "b"], "logStreamNames": ["s1"]}, "InvalidParameterException"),
        (
            {"logGroupIdentifiers": [ARN + "a"], "logStreamNames": ["s1"], "logStreamNamePrefixes": ["s"]},
            "InvalidParameterException",
        ),
        ({"logGroupIdentifiers": [ARN + "a"], "logEventFilterPattern": "{ $.a"}, "InvalidParameterException"),
    ],
)
def test_what_a_session_cannot_be_is_refused(logs: Any, asked: dict[str, Any], code: str) -> None:
    """With an ordinary answer, before any stream begins."""
    with pytest.raises(ClientError) as raised:
        logs.start_live_tail(**asked)
    assert raised.value.response["Error"]["Code"] == code


@contextmanager
def started(bayon: Bayon, *command: str) -> Iterator[subprocess.Popen[str]]:
    """The command runs with nothing but the environment that `bayon env` prints."""
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "PYTHONUNBUFFERED": "1", **bayon.env}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=WAIT_S)


@pytest.mark.parametrize(
    "command",
    [
        [
            *(os.path.join(os.path.dirname(sys.executable), "aws"), "logs", "start-live-tail"),  # noqa: PTH118, PTH120
            *("--log-group-identifiers", ARN + "a", "--log-event-filter-pattern", "ERROR"),
        ],
        [sys.executable, "-m", "bayon", "logs", "tail", "a", "--filter", "ERROR"],
    ],
    ids=["awscli", "bayon"],
)
def test_programs_follow_with_what_bayon_env_prints(bayon: Bayon, logs: Any, command: list[str]) -> None:
    """No option of theirs turns the host prefix off: the environment does."""
    with started(bayon, *command) as process:
        assert process.stdout is not None
        lines: list[str] = []
        reader = threading.Thread(target=lambda: lines.extend(iter(process.stdout.readline, "")))  # type: ignore[union-attr]
        reader.start()
        until_s = time.monotonic() + 30
        while not lines and time.monotonic() < until_s and process.poll() is None:
            put(logs, "a", "s1", "an ERROR to follow", "nothing")
            time.sleep(0.5)
        assert lines, process.communicate()[1] if process.poll() is not None else "nothing was followed"
        assert "an ERROR to follow" in lines[0]
        assert not any("nothing" in line for line in lines)
    reader.join(WAIT_S)


def test_a_stop_ends_sessions_at_once() -> None:
    """bayon does not wait for clients that would stay for hours."""
    with running() as bayon:
        client = bayon.client("logs", config=LIVE)
        client.create_log_group(logGroupName="a")
        followed = Followed(client.start_live_tail(logGroupIdentifiers=[ARN + "a"])["responseStream"])
        while not followed.updates:
            time.sleep(0.05)
        began_s = time.monotonic()
    assert time.monotonic() - began_s < limits.STOP_S / 2
    followed.end()
    assert followed.error is None or not isinstance(followed.error, EventStreamError)
