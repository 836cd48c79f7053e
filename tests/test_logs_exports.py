"""Export tasks from the outside: what lies in the bucket, a folder and a real S3 server, and what a stop leaves."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import s3_server
from bayon import limits
from bayon.services.logs import exports
from bayon.state import export_tasks, log_groups, log_streams
from bayon.state.database import State
from bayon.state.export_tasks import ExportTask
from bayon.store import logs
from bayon.store.store import Store
from bayon.testing import running
from s3_server import S3Server

T0_MS = 1_772_445_600_000
PLACE = ("000000000000", "us-east-1")


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A running S3 server."""
    with s3_server.running(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    opened = State.open(f"sqlite:///{tmp_path / 'state.sqlite3'}", durable=False)
    yield opened
    opened.close()


def objects(folder: Path) -> dict[str, str]:
    """The text of every compressed object below the folder, by key."""
    return {f"{path.relative_to(folder)}": gzip.decompress(path.read_bytes()).decode() for path in folder.rglob("*.gz")}


def filled(state: State, store: Store, events: int = 6) -> ExportTask:
    """A group of three streams, its events in turn, and an active task that exports two of the streams."""
    group = log_groups.create(state, *PLACE, "/app", created_ms=T0_MS)
    assert group is not None
    names = ("web/[$LATEST]1", "web/2", "other")
    streams = [log_streams.create(state, group.id, name, created_ms=T0_MS) for name in names]
    for number in range(events):
        stream = streams[number % 3]
        assert stream is not None
        logs.append(store, group.id, stream.id, [T0_MS + number], [f"event {number}"], T0_MS)
    task = ExportTask(
        id="task", account=PLACE[0], region=PLACE[1], name=None, group_id=group.id, group_name="/app",
        stream_prefix="web/", from_ms=T0_MS, to_ms=T0_MS + events - 1, destination="bucket", destination_prefix="/a/b/",
        status="PENDING", message="", created_ms=T0_MS, completed_ms=None, progress={},
    )  # fmt: skip
    assert export_tasks.create(state, task)
    return task


def carried_out(state: State, store: Store, place: str, stopping: Callable[[], bool] = lambda: False) -> ExportTask:
    task = export_tasks.find(state, *PLACE, "task")
    assert task is not None
    exports.carry_out(task, state, store, place, lambda: T0_MS + 99, stopping)
    found = export_tasks.find(state, *PLACE, "task")
    assert found is not None
    return found


def test_objects_are_laid_out_as_aws_does(state: State, store: Store, tmp_path: Path) -> None:
    """One line an event, both ends of the range included, a folder a stream, and the test object stays aside."""
    filled(state, store, events=9)
    task = carried_out(state, store, str(tmp_path))
    assert (task.status, task.message, task.completed_ms) == ("COMPLETED", "Completed successfully", T0_MS + 99)
    assert objects(tmp_path / "bucket") == {
        "a/b/task/web-[$LATEST]1/000000.gz": "2026-03-02T10:00:00.000Z event 0\n2026-03-02T10:00:00.003Z event 3\n"
        "2026-03-02T10:00:00.006Z event 6\n",
        "a/b/task/web-2/000000.gz": "2026-03-02T10:00:00.001Z event 1\n2026-03-02T10:00:00.004Z event 4\n"
        "2026-03-02T10:00:00.007Z event 7\n",
    }


class Watch:
    """Says to stop at the n-th look, and never before."""

    def __init__(self, looks: int) -> None:
        self.left = looks

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0


@pytest.mark.parametrize("looks", range(8))
def test_an_interrupted_task_goes_on_and_writes_nothing_twice(
    state: State, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, looks: int
) -> None:
    """Wherever it was stopped: the objects together are those events, each once."""
    monkeypatch.setattr(limits, "LOG_PAGE_EVENTS", 2)
    monkeypatch.setattr(limits, "EXPORT_OBJECT_BYTES", 100)
    filled(state, store, events=15)
    interrupted = carried_out(state, store, str(tmp_path), Watch(looks))
    assert interrupted.status == "RUNNING"
    task = carried_out(state, store, str(tmp_path))
    assert task.status == "COMPLETED"
    texts = objects(tmp_path / "bucket")
    lines = [line.split(" ", 1)[1] for key in sorted(texts) for line in texts[key].splitlines()]
    assert sorted(lines) == sorted(f"event {number}" for number in range(15) if number % 3 < 2)
    assert len(texts) > 4


def test_a_cancelled_task_stops_between_objects(
    state: State, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written stays, nothing follows, and another task may begin."""
    monkeypatch.setattr(limits, "LOG_PAGE_EVENTS", 2)
    monkeypatch.setattr(limits, "EXPORT_OBJECT_BYTES", 100)
    task = filled(state, store, events=15)
    looks = 0

    def cancel_at_third() -> bool:
        nonlocal looks
        looks += 1
        if looks == 5:
            export_tasks.cancel(state, task.id)
        return False

    ended = carried_out(state, store, str(tmp_path), cancel_at_third)
    assert ended.status == "CANCELLED"
    assert 0 < sum(text.count("\n") for text in objects(tmp_path / "bucket").values()) < 10
    assert export_tasks.active(state) == []


def test_a_bucket_that_fails_ends_the_task(state: State, store: Store, tmp_path: Path) -> None:
    """With a sentence that says why."""
    filled(state, store)
    (tmp_path / "bucket").write_text("a file where the bucket should be")
    task = carried_out(state, store, str(tmp_path))
    assert task.status == "FAILED"
    assert "cannot be written" in task.message


def test_exports_reach_a_real_s3_server(s3: S3Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Through a running bayon: the object of the trial, a stream's events, and an error for what is no bucket."""
    for name, value in s3.env.items():
        monkeypatch.setenv(name, value)
    s3.client().create_bucket(Bucket="archive")
    with running(data_dir=tmp_path / "data", buckets=s3.url) as bayon:
        client = bayon.client("logs")
        client.create_log_group(logGroupName="/app")
        client.create_log_stream(logGroupName="/app", logStreamName="2026/03/02/[$LATEST]abc")
        now_ms = time.time_ns() // 1_000_000
        messages = [f"event {number} ü" for number in range(100)]
        client.put_log_events(
            logGroupName="/app",
            logStreamName="2026/03/02/[$LATEST]abc",
            logEvents=[{"timestamp": now_ms, "message": message} for message in messages],
        )
        asked = {"logGroupName": "/app", "fromTime": now_ms - 1000, "to": now_ms + 1000, "destination": "archive"}
        asked["from"] = asked.pop("fromTime")
        with pytest.raises(client.exceptions.InvalidParameterException, match="bucket does not exist"):
            client.create_export_task(**{**asked, "destination": "nowhere"})
        task_id = client.create_export_task(**asked)["taskId"]
        assert ended(client, task_id) == "COMPLETED"
    listed = s3.client().list_objects_v2(Bucket="archive")["Contents"]
    key = f"exportedlogs/{task_id}/2026-03-02-[$LATEST]abc/000000.gz"
    assert {each["Key"] for each in listed} == {key, "exportedlogs/aws-logs-write-test"}
    trial = s3.client().get_object(Bucket="archive", Key="exportedlogs/aws-logs-write-test")["Body"].read()
    assert trial == b"Permission Check Successful"
    lines = gzip.decompress(s3.client().get_object(Bucket="archive", Key=key)["Body"].read()).decode().splitlines()
    assert [line.split(" ", 1)[1] for line in lines] == messages


def ended(client: Any, task_id: str) -> str:
    """How the task ended."""
    until_s = time.monotonic() + 20
    while time.monotonic() < until_s:
        (task,) = client.describe_export_tasks(taskId=task_id)["exportTasks"]
        if task["status"]["code"] in export_tasks.ENDED:
            return str(task["status"]["code"])
        time.sleep(0.1)
    raise AssertionError("the task did not end")
