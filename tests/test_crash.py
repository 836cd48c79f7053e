"""`bayon up` killed at any moment under load, again and again on one folder: what it acknowledged is there, once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import boto3
import pytest

from bayon.clock import monotonic_s
from bayon.testing import Bayon, _end, _wait_ready
from crash_load import Clients, Load, load, problems

ROUNDS = 20
SLOWER = 1.5  # than after a polite stop: what a restart may take on top when there is something to read again
# The command as it is, but what runs in the background runs so often that many kills hit it.
HURRIED = """
from dataclasses import replace
from bayon import limits
assert limits.SETTLE_LOG_BACKLOG_ROWS and limits.SETTLE_METRIC_BACKLOG_ROWS  # as they are called
assert limits.SETTLE_LOG_ROWS and limits.SETTLE_METRIC_ROWS
limits.SETTLE_LOG_ROWS = limits.SETTLE_METRIC_ROWS = 500
limits.SETTLE_LOG_AFTER_S = limits.SETTLE_METRIC_AFTER_S = 0.3
limits.SETTLE_LOG_BACKLOG_ROWS = limits.SETTLE_METRIC_BACKLOG_ROWS = 0
import bayon.jobs.metrics
bayon.jobs.metrics.settle_metrics = replace(bayon.jobs.metrics.settle_metrics, every_s=1)
from bayon.cli import main
main()
"""


@contextmanager
def hurried(folder: Path) -> Iterator[tuple[Bayon, subprocess.Popen[bytes], float]]:
    """A bayon on the folder serves until the block ends. Out: also how long it took to be ready."""
    command = [sys.executable, "-c", HURRIED, "up", "--port", "0", "--data-dir", str(folder)]
    with tempfile.TemporaryFile() as log:
        began_s = monotonic_s()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)
        try:
            yield _wait_ready(process, log), process, monotonic_s() - began_s
        finally:
            _end(process)
            log.seek(0)
            print(log.read().decode())  # noqa: T201 - shown by pytest when the test fails


def test_kills_under_load(tmp_path: Path) -> None:
    """Twenty kills in a row lose nothing, double nothing, and leave nothing to be repaired."""
    session = boto3.session.Session()
    loads: list[Load] = []
    ready_s = []
    for number in range(ROUNDS):
        with hurried(tmp_path) as (bayon, process, took_s):
            ready_s.append(took_s)
            clients = Clients(session, bayon)
            assert problems(loads[-2:], clients) == [], f"after the kill of round {number - 1}"
            loads.append(load(clients, f"round-{number}", int(time.time())))
            loads[-1].start()
            time.sleep(random.Random(number).uniform(0.1, 1.5))
            os.kill(process.pid, signal.SIGKILL)
            loads[-1].join()
            assert process.wait() == -signal.SIGKILL
    with hurried(tmp_path) as (bayon, _, took_s):
        ready_s.append(took_s)
        assert problems(loads, Clients(session, bayon)) == []
    clean_s = []
    for _ in range(3):
        with hurried(tmp_path) as (_, _, took_s):
            clean_s.append(took_s)
    assert sum(writer.acknowledged for each in loads for writer in each.writers) > 20 * ROUNDS
    assert median(ready_s[1:]) <= SLOWER * median(clean_s), (ready_s, clean_s)


@pytest.mark.parametrize("how", [signal.SIGTERM])
def test_a_stop_under_load(tmp_path: Path, how: signal.Signals) -> None:
    """A polite stop under the same load keeps what was acknowledged and ends with 0."""
    session = boto3.session.Session()
    with hurried(tmp_path) as (bayon, process, _):
        stopped = load(Clients(session, bayon), "stopped", int(time.time()))
        stopped.start()
        time.sleep(1)
        process.send_signal(how)
        assert process.wait(30) == 0
        stopped.join()
    with hurried(tmp_path) as (bayon, _, _):
        assert problems([stopped], Clients(session, bayon)) == []
