"""`bayon import logs`: what becomes of each form of file, and that every event arrives once, whatever interrupts it."""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from bayon import limits
from bayon.errors import BayonError
from bayon.imports.journal import Journal
from bayon.imports.log_files import events, opened
from bayon.imports.sending import Stream, send
from bayon.testing import Bayon

NOW_MS = 1_772_445_600_000  # 2026-03-02 10:00 UTC


def run(bayon: Bayon, folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), **environment(bayon, folder), text=True, capture_output=True, check=False
    )


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "bayon", "import", "logs", *map(str, arguments)]


def environment(bayon: Bayon, folder: Path) -> dict[str, Any]:
    return {"env": {**os.environ, **bayon.env, "BAYON_IMPORT_JOURNAL": str(folder / "journal")}, "cwd": folder}


def held(bayon: Bayon, group: str) -> list[tuple[str, int, str]]:
    """Every event of the group: stream, time, message."""
    pages = bayon.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
    return [(each["logStreamName"], each["timestamp"], each["message"]) for page in pages for each in page["events"]]


def read(path: Path, text: str) -> list[tuple[int, str]]:
    """The events of a file of that text, undated ones at 1."""
    packed = path.suffix == ".gz"
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    with closing(opened(path, None)) as file:
        file.undated_ms = 1
        return [(event.at_ms, event.message) for event in events(file, 0, NOW_MS)]


@pytest.mark.parametrize(
    ("line", "at_ms"),
    [
        ("2026-03-02T09:59:59.123Z x", NOW_MS - 877),
        ("2026-03-02 09:59:59,123 INFO x", NOW_MS - 877),
        ("[2026-03-02 10:59:59.123+01:00] x", NOW_MS - 877),
        ("2026/03/02 09:59:59 x", NOW_MS - 1000),
        ("Mar  2 09:59:59 host x", NOW_MS - 1000),
        ("<34>Dec 31 23:59:59 host x", 1_767_225_599_000),
        ('10.0.0.1 - - [02/Mar/2026:09:59:59 +0000] "GET / HTTP/1.1" 200 5', NOW_MS - 1000),
        ("1772445599.5 x", NOW_MS - 500),
        ("1772445599500 x", NOW_MS - 500),
        ("2026-13-02 09:59:59 x", 1),
        ("x", 1),
    ],
)
def test_times_of_text(tmp_path: Path, line: str, at_ms: int) -> None:
    """As programs write them; what has none gets the file's."""
    assert read(tmp_path / "a.log", line + "\n") == [(at_ms, line)]


def test_lines_without_a_time_belong_to_the_one_before(tmp_path: Path) -> None:
    """Once there was one; before that each is by itself."""
    text = "header\n\n2026-03-02 10:00:00 ERROR\n  at x\n\n  at y\n2026-03-02 10:00:01 INFO\n"
    assert read(tmp_path / "a.log", text) == [
        (1, "header"),
        (NOW_MS, "2026-03-02 10:00:00 ERROR\n  at x\n\n  at y"),
        (NOW_MS + 1000, "2026-03-02 10:00:01 INFO"),
    ]


def test_json_lines(tmp_path: Path) -> None:
    """Whole, but of what the API answered the message; a line that is no object is an event, too."""
    lines = [
        '{"time": "2026-03-02T10:00:00Z", "a": 1}',
        '{"ts": 1772445600.25}',
        '{"timestamp": 1772445600001, "message": "m\\n", "ingestionTime": 5, "eventId": "7"}',
        '{"timestamp": 1772445600002, "message": "m", "level": "INFO"}',
        '{"a": ',
        "[1]",
    ]
    assert read(tmp_path / "a.ndjson", "\n".join(lines) + "\n\n") == [
        (NOW_MS, lines[0]),
        (NOW_MS + 250, lines[1]),
        (NOW_MS + 1, "m\n"),
        (NOW_MS + 2, lines[3]),
        (1, lines[4]),
        (1, lines[5]),
    ]


def test_a_line_that_is_too_large_is_cut(tmp_path: Path) -> None:
    """Into events of the same time, of which nothing is missing."""
    text = "2026-03-02 10:00:00 " + "ab" * 900_000
    read_back = read(tmp_path / "a.log", text)
    assert {at_ms for at_ms, _ in read_back} == {NOW_MS}
    assert "".join(message.replace("\n", "") for _, message in read_back) == text
    assert all(len(m.encode()) + limits.LOG_EVENT_OVERHEAD_BYTES <= limits.LOG_EVENT_BYTES for _, m in read_back)


def test_what_was_exported_comes_back(bayon: Bayon, tmp_path: Path) -> None:
    """As it was, under the name of the stream's folder, also events with several lines and old ones."""
    folder = tmp_path / "web-1"
    folder.mkdir()
    exported = "2020-01-02T03:04:05.678Z one\nmore\n2020-01-02T03:04:06.000Z two\n\n"
    (folder / "000000.gz").write_bytes(gzip.compress(exported.encode()))
    ended = run(bayon, tmp_path, folder / "000000.gz", "--group", "/a")
    assert ended.returncode == 0, ended.stderr
    assert held(bayon, "/a") == [("web-1", 1_577_934_245_678, "one\nmore"), ("web-1", 1_577_934_246_000, "two\n")]


def test_a_file_is_imported_once_and_what_it_grows_by(bayon: Bayon, tmp_path: Path) -> None:
    """Run again, it sends nothing; after lines were added, those."""
    path = tmp_path / "app.log"
    path.write_text("2026-03-02 10:00:00 one\n")
    assert "1 events sent" in run(bayon, tmp_path, path, "-g", "/a", "-s", "s").stdout
    assert "0 events sent, 1 before" in run(bayon, tmp_path, path, "-g", "/a", "-s", "s").stdout
    with path.open("a") as file:
        file.write("2026-03-02 10:00:01 two\n")
    assert "1 events sent, 1 before" in run(bayon, tmp_path, path, "-g", "/a", "-s", "s").stdout
    path.write_text("2026-03-02 10:00:02 another file\n")
    assert "1 events sent to" in run(bayon, tmp_path, path, "-g", "/a", "-s", "s").stdout
    assert [message[20:] for _, _, message in held(bayon, "/a")] == ["one", "two", "another file"]


def test_what_the_group_does_not_keep_is_told(bayon: Bayon, tmp_path: Path) -> None:
    """And ends the command with an error, after the rest was sent."""
    logs = bayon.client("logs")
    logs.create_log_group(logGroupName="/a")
    logs.put_retention_policy(logGroupName="/a", retentionInDays=1)
    path = tmp_path / "app.log"
    path.write_text(f"2020-01-01 00:00:00 old\n{time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime())} new\n")
    ended = run(bayon, tmp_path, path, "-g", "/a")
    assert ended.returncode == 1
    assert "1 events were refused, they are older than the group keeps events" in ended.stderr
    assert len(held(bayon, "/a")) == 1


def test_an_endpoint_that_is_not_there_gets_one_sentence(bayon: Bayon, tmp_path: Path) -> None:
    """And the import can be begun again."""
    path = tmp_path / "app.log"
    path.write_text("x\n")
    ended = run(bayon, tmp_path, path, "-g", "/a", "--endpoint-url", "http://127.0.0.1:9")
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1), ended.stderr
    assert "cannot be reached" in ended.stderr


def test_killed_again_and_again_it_sends_each_event_once(bayon: Bayon, tmp_path: Path) -> None:
    """Among them many that are alike."""
    rng = random.Random(5)
    lines = [
        json.dumps({"timestamp": f"2026-03-02T10:{n // 1500:02d}:00Z", "n": rng.randint(0, 50), "pad": "x" * 200})
        for n in range(30_000)
    ]
    path = tmp_path / "app.ndjson"
    path.write_text("\n".join(lines) + "\n")
    arguments = command(path, "-g", "/a", "-s", "s")
    kills = 0
    for _ in range(40):
        with subprocess.Popen(arguments, **environment(bayon, tmp_path), stdout=subprocess.PIPE) as process:
            try:
                process.wait(0.5 + rng.random())
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                kills += 1
                continue
            if process.returncode == 0:
                break
    else:
        assert run(bayon, tmp_path, path, "-g", "/a", "-s", "s").returncode == 0
    assert kills, "it was done before it could be killed"
    assert Counter(message for _, _, message in held(bayon, "/a")) == Counter(lines)


class FakeLogs:
    """A destination whose answers get lost: `losses` says of each call whether before or after it was carried out."""

    def __init__(self, losses: list[str]) -> None:
        self.losses = losses
        self.kept: list[dict[str, Any]] = []

    def put_log_events(self, *, logEvents: list[dict[str, Any]], **_: Any) -> dict[str, Any]:  # noqa: N803
        loss = self.losses.pop(0) if self.losses else ""
        if loss == "throttled":
            answer = {"Error": {"Code": "ThrottlingException"}, "ResponseMetadata": {"HTTPStatusCode": 400}}
            raise ClientError(answer, "PutLogEvents")
        if loss != "before":
            self.kept += [{**event, "ingestionTime": NOW_MS} for event in logEvents]
        if loss:
            raise EndpointConnectionError(endpoint_url="http://nowhere")
        return {}

    def get_log_events(self, *, startTime: int, endTime: int, **_: Any) -> dict[str, Any]:  # noqa: N803
        found = [event for event in self.kept if startTime <= event["timestamp"] < endTime]
        return {"events": [] if "nextToken" in _ else found, "nextForwardToken": "f"}


@pytest.mark.parametrize("seed", range(12))
def test_lost_answers_lose_and_double_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Whatever is lost, and also when the process begins anew in between."""
    monkeypatch.setattr(limits, "LOG_BATCH_EVENTS", 3)
    rng = random.Random(seed)
    losses = [rng.choice(["", "before", "after", "throttled"]) for _ in range(60)]
    logs = FakeLogs(losses)
    lines = [f"2026-03-0{rng.randint(1, 4)} 10:00:00 {rng.randint(0, 3)}" for _ in range(40)]
    path = tmp_path / "a.log"
    path.write_text("\n".join(lines))
    pauses = 0

    def pause(_: float) -> None:
        nonlocal pauses
        pauses += 1
        if rng.random() < 0.3:
            raise KeyboardInterrupt

    for _ in range(200):
        with closing(opened(path, None)) as file, closing(Journal(tmp_path / "j", str(path))) as journal:
            if journal.mark is None:
                journal.begin(path, since_ms=0, now_ms=NOW_MS, undated_ms=1)
            try:
                send(file, Stream(logs, "g", "s"), journal, pause=pause, progress=lambda _: None)
            except (KeyboardInterrupt, BayonError):
                continue
            break
    assert Counter(event["message"] for event in logs.kept) == Counter(lines)
    assert pauses


def test_two_imports_of_one_file_do_not_run_at_once(tmp_path: Path) -> None:
    """The second is told so."""
    with closing(Journal(tmp_path, "a", "b")), pytest.raises(BayonError, match="another process"):
        Journal(tmp_path, "a", "b")


def test_a_torn_journal_is_read_up_to_its_last_whole_line(tmp_path: Path) -> None:
    """What was not written whole was never acted on."""
    path = tmp_path / "a.log"
    path.write_text("x")
    with closing(Journal(tmp_path, "a")) as journal:
        journal.begin(path, since_ms=1, now_ms=2, undated_ms=3)
        journal.sending()
        whole = journal.path
    with whole.open("ab") as file:
        file.write(b'{"sent": [1, ')
    with closing(Journal(tmp_path, "a")) as journal:
        assert journal.mark is not None
        assert journal.mark.in_doubt
        journal.not_sent()
    with closing(Journal(tmp_path, "a")) as journal:
        assert journal.mark is not None
        assert not journal.mark.in_doubt
