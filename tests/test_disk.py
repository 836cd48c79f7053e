"""`bayon up` on disks that are full, read-only or of a newer bayon: one clear sentence, and nothing lost.

A version file of a newer bayon, a folder that another bayon holds and a folder that cannot be are in test_cli.py.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from bayon.state import migrate
from bayon.testing import DIRECT, Bayon, running

ONCE = Config(retries={"total_max_attempts": 1})
RETRYABLE = {"ServiceUnavailable", "ServiceUnavailableException", "InternalServiceError", "ThrottledException"}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "bayon-test", place], capture_output=True, text=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def refused_up(folder: Path) -> str:
    """Out: the one sentence with which `bayon up` did not start."""
    command = [sys.executable, "-m", "bayon", "up", "--port", "0", "--data-dir", str(folder)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout) == (1, ""), ended
    assert ended.stderr.startswith("bayon: ")
    assert ended.stderr.count("\n") == 1, ended.stderr
    return ended.stderr.removeprefix("bayon: ").strip()


class Kept:
    """What a bayon has acknowledged, by kind."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.points = 0
        self.segments: list[str] = []
        self.groups = ["g"]

    def begin(self, bayon: Bayon) -> None:
        """There is a log stream to write to."""
        logs = bayon.client("logs")
        logs.create_log_group(logGroupName="g")
        logs.create_log_stream(logGroupName="g", logStreamName="s")
        self.trace = f"1-{int(time.time()):08x}-{'a' * 24}"

    def puts(self, bayon: Bayon) -> list[Callable[[], None]]:
        """One request of each kind, incompressible so that disks fill; what is acknowledged is noted."""
        logs, cloudwatch, xray = (bayon.client(name, config=ONCE) for name in ("logs", "cloudwatch", "xray"))

        def put_events() -> None:
            messages = [f"{len(self.messages) + index} {os.urandom(4000).hex()}" for index in range(100)]
            events = [{"timestamp": int(time.time() * 1000), "message": message} for message in messages]
            logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=events)
            self.messages += messages

        def put_points() -> None:
            data = [{"MetricName": f"m{index:04}{'x' * 200}", "Value": float(index)} for index in range(1000)]
            cloudwatch.put_metric_data(Namespace="App", MetricData=data)
            self.points += 1

        def put_segment() -> None:
            times = {"start_time": time.time() - 1, "end_time": time.time()}
            segment = f"{len(self.segments) + 1:016x}"
            document = {"trace_id": self.trace, "id": segment, "name": "n", **times}
            text = json.dumps(document | {"metadata": {"a": {"b": os.urandom(2000).hex()}}})
            answer = xray.put_trace_segments(TraceSegmentDocuments=[text])
            assert answer["UnprocessedTraceSegments"] == []
            self.segments.append(segment)

        def create_group() -> None:
            name = f"{len(self.groups):08}{'x' * 480}"
            logs.create_log_group(logGroupName=name)
            self.groups.append(name)

        return [put_events, put_points, put_segment, create_group]

    def check(self, bayon: Bayon) -> None:
        """All of it is there, once, and nothing else."""
        logs, cloudwatch, xray = (bayon.client(name) for name in ("logs", "cloudwatch", "xray"))
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName="g")
        assert sorted(event["message"] for page in pages for event in page["events"]) == sorted(self.messages)
        pages = logs.get_paginator("describe_log_groups").paginate()
        assert [group["logGroupName"] for page in pages for group in page["logGroups"]] == sorted(self.groups)
        counts = cloudwatch.get_metric_statistics(
            Namespace="App",
            MetricName=f"m0999{'x' * 200}",
            StartTime=time.time() - 7200,
            EndTime=time.time() + 3600,
            Period=86400,
            Statistics=["SampleCount"],
        )["Datapoints"]
        assert sum(point["SampleCount"] for point in counts) == self.points
        traces = xray.batch_get_traces(TraceIds=[self.trace])["Traces"]
        assert sorted(segment["Id"] for trace in traces for segment in trace["Segments"]) == self.segments


def test_a_disk_that_fills_up(small_disk: Path) -> None:
    """Each write that has no room gets one error, reads go on, and so do writes once there is room; none is lost."""
    folder, filler = small_disk / "data", small_disk / "filler"
    kept = Kept()
    with running(data_dir=folder) as bayon:
        kept.begin(bayon)
        filler.write_bytes(b"x" * 35_000_000)
        puts = kept.puts(bayon)
        for put in puts:
            put()
        fill(small_disk, puts[0])
        for put in puts:
            errors = refusals(put)
            assert {error["Error"]["Code"] for error in errors} <= RETRYABLE
            assert {error["Error"]["Message"] for error in errors} <= {"the disk of the store is full", STATE_FULL}
            assert {error["ResponseMetadata"]["HTTPStatusCode"] for error in errors} <= {500, 503}
        kept.check(bayon)
        with DIRECT.open(bayon.url + "/healthz") as answer:
            assert answer.status == 200
        filler.unlink()
        for put in puts:
            put()
        kept.check(bayon)
    with running(data_dir=folder) as bayon:
        kept.check(bayon)


STATE_FULL = "the disk of the configuration database is full"


def fill(disk: Path, put: Callable[[], None]) -> None:
    """The put has been refused, and what room was left is taken too."""
    for _ in range(200):
        if error_of(put):
            break
    else:
        pytest.fail("the disk never became full")
    take_the_rest(disk, disk / "rest")


def take_the_rest(disk: Path, file: Path) -> None:
    """The file holds what room there was."""
    with file.open("wb", buffering=0) as rest, contextlib.suppress(OSError):
        while os.statvfs(disk).f_bavail:
            rest.write(b"x" * 4096)


def refusals(put: Callable[[], None]) -> list[Any]:
    """Out: two errors in a row; what is small may find room for a while."""
    for _ in range(100):
        errors = [error for error in (error_of(put), error_of(put)) if error]
        if len(errors) == 2:
            return errors
    pytest.fail("it always found room")


def error_of(put: Callable[[], None]) -> Any:
    """Out: the error that the put got, none if it was acknowledged."""
    try:
        put()
    except ClientError as err:
        return err.response
    return None


def test_a_full_disk_at_the_start(small_disk: Path) -> None:
    """It is one sentence, and with room again everything is there."""
    folder, filler = small_disk / "data", small_disk / "filler"
    kept = Kept()
    with running(data_dir=folder) as bayon:
        kept.begin(bayon)
        for put in kept.puts(bayon):
            put()
    take_the_rest(small_disk, filler)
    assert refused_up(folder) == f"no space is left for the data folder {folder}: free some, nothing is lost"
    filler.unlink()
    with running(data_dir=folder) as bayon:
        kept.check(bayon)


def test_a_disk_that_cannot_be_written(small_disk: Path) -> None:
    """Whoever the user is, a read-only disk is named."""
    folder = small_disk / "data"
    folder.mkdir()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    assert refused_up(folder) == f"cannot write to the data folder {folder}: read-only file system"


def newer_state(folder: Path, version: str) -> None:
    with sqlite3.connect(folder / "state.sqlite3") as database:
        database.execute("UPDATE bayon_version SET version_num = ?", (version,))
    database.close()


def newer_store(folder: Path, version: str) -> None:
    """In a process of its own, since only one store can be open in one."""
    script = (
        "import sys; from bayon.store.engine import Engine; engine = Engine('chdb://' + sys.argv[1])\n"
        "with engine.reader() as client: client.command(sys.argv[2])\n"
        "engine.close()"
    )
    change = f"INSERT INTO schema_version VALUES ({int(version)})"
    if int(version) < 9999:
        change = "ALTER TABLE schema_version DELETE WHERE version = 9999 SETTINGS mutations_sync = 1"
    subprocess.run([sys.executable, "-c", script, str(folder / "store"), change], check=True)


@pytest.mark.parametrize(
    ("change", "old", "says"),
    [
        (newer_state, migrate.VERSIONS[-1], "configuration database"),
        (newer_store, "1", "the store was written by a newer version of bayon (schema 9999"),
    ],
)
def test_data_of_a_newer_bayon(tmp_path: Path, change: Callable[[Path, str], None], old: str, says: str) -> None:
    """Either half of the data may be newer than this bayon; it is left as it is."""
    kept = Kept()
    with running(data_dir=tmp_path) as bayon:
        kept.begin(bayon)
        for put in kept.puts(bayon):
            put()
    change(tmp_path, "9999")
    sentence = refused_up(tmp_path)
    assert says in sentence
    assert "newer" in sentence
    change(tmp_path, old)
    with running(data_dir=tmp_path) as bayon:
        kept.check(bayon)
