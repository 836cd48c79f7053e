"""The benches run: every measure, with tiny amounts. How fast bayon is, is for a quiet machine to say, not for this."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MEASURES = {
    "log_ingest": "log ingest, 5,000 events",
    "log_followed": "log ingest, ten metric filters",
    "log_search": "log search, a word",
    "metric_ingest": "metric ingest, CBOR",
    "metric_read": "p99, rolled up",
    "metric_search": "SEARCH for a host",
    "alarms": "Average alarm of 10 s",
    "metric_peers": "p99 of five minutes",
    "trace_ingest": "trace ingest, 50 segments",
    "udp": "UDP, segments of",
    "traces": "traces, GetServiceGraph of an hour",
    "otlp_ingest": "OTLP ingest, 500 spans",
    "small_appends": "small append, one log event, 16 connections",
    "log_read": "FilterLogEvents, first page",
    "notifications": "lost over a kill -9",
    "start": "cold start until ready",
    "layout": "text and JSON column",
    "logs_insights": "log events on disk for each raw byte",
    "sketch": "quantileDD(0.01)",
}


@pytest.mark.parametrize("name", MEASURES)
def test_a_measure_runs_and_reports(name: str) -> None:
    """What a measure finds stands in the table that is printed."""
    command = [sys.executable, "-m", "bench", name, "--quick", "--runs", "1"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    assert MEASURES[name] in run.stdout
    assert "machine " in run.stdout


def test_every_measure_is_tried() -> None:
    """A measure that is added is added here."""
    usage = subprocess.run(
        [sys.executable, "-m", "bench", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    listed = " ".join(usage.stdout.split()).partition("what to measure: ")[2].partition(" options:")[0]
    assert set(listed.split(", ")) == set(MEASURES)
