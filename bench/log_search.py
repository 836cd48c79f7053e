"""FilterLogEvents with a pattern over HTTP, in a store of ten million events of a day: the first page."""

from __future__ import annotations

from statistics import quantiles
from typing import Any

import msgspec

from bench import at_rest, data, load, log_read, servers
from bench.load import Connection
from bench.plan import Plan
from bench.report import Row, Target
from bench.servers import Server

PATTERNS = (
    ("a word, one event of 20", "ERROR", Target(150, at_least=False)),
    ("a word, one event of 5", "checkout", Target(150, at_least=False)),
    ("a phrase of a user", '"user u-00017"', None),
    ("two JSON properties", '{ $.status = 500 && $.service = "payments" }', None),
    ("a word that is nowhere", "nosuchword", None),
)


def measure(plan: Plan) -> list[Row]:
    """Milliseconds of an answer, and for a rare phrase seconds until all pages are read."""
    folder = plan.folder / "bayon"
    requests = plan.amount(2000, 4)
    asked = plan.amount(10, 2) * plan.runs
    with servers.bayon(folder) as bayon:
        log_read._fill(bayon, requests, data.now_ms())  # noqa: SLF001 - the same events as there
    at_rest.settled(folder)
    rows: list[Row] = []
    with servers.bayon(folder) as bayon:
        for what, pattern, target in PATTERNS:
            rows += _rows(bayon, what, pattern, target, requests * log_read.EVENTS, asked)
    return rows


def _rows(bayon: Server, what: str, pattern: str, target: Target | None, held: int, asked: int) -> list[Row]:
    given: dict[str, Any] = {"logGroupName": log_read.GROUP, "filterPattern": pattern}
    request = load.prepared("logs", "FilterLogEvents", given)
    connection = Connection(bayon)
    first = msgspec.json.decode(connection.ask(request))
    connection.close()
    took_ms = [1000 * each for each in load.drive(bayon, [request] * asked, connections=1).latencies_s]
    slow = quantiles(took_ms, n=100, method="inclusive")[98]
    title = f"log search, {what}, first page of {held:,} ({len(first['events']):,} events)"
    return [Row(title, "ms", took_ms, target=target), Row("  p99 of the answers", "ms", [slow])]
