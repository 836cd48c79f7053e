"""Trace reads over HTTP in a store of a million traces, five million segments over six hours; their disk and memory."""

from __future__ import annotations

import json
import subprocess
import sys
from statistics import quantiles
from typing import Any

import msgspec

from bench import data, load, servers
from bench.load import Connection
from bench.plan import Plan, say
from bench.report import Row, Target
from bench.servers import Server

HOURS = 6
USER = "u-00042"


def measure(plan: Plan) -> list[Row]:
    """Milliseconds of an answer, bytes a byte of document, megabytes of the process.

    Raises: AssertionError when the answers are not about the traces that are there.
    """
    folder = plan.folder / "bayon"
    made, copies = plan.amount(100_000, 200), plan.amount(9, 1)
    end_s = int(data.now_ms() / 1000)
    arguments = [str(folder), str(made), str(copies), str(HOURS), str(end_s)]
    run = subprocess.run([sys.executable, "-m", "bench.trace_data", *arguments], check=True, stdout=subprocess.PIPE)
    found: dict[str, float] = json.loads(run.stdout)
    say(f"  filled: {found}")
    count = made * (copies + 1)
    rate = made * 5 / found["summing up s"]
    rows = [
        Row(
            f"traces, disk of {count:,} traces",
            "bytes/byte",
            [found["stored bytes"] / found["document bytes"]],
            target=Target(0.2, at_least=False),
        ),
        Row("traces, summing up in the background", "segments/s", [rate]),
    ]
    with servers.bayon(folder) as bayon:
        rows += _reads(bayon, count, end_s, plan.amount(20, 2) * plan.runs)
        memory = Target(1024, at_least=False)
        rows.append(Row("traces, resident memory after the reads", "MiB", [bayon.resident_mib()], target=memory))
    return rows


def _reads(bayon: Server, count: int, end_s: int, asked: int) -> list[Row]:
    whole = {"StartTime": end_s - HOURS * 3600, "EndTime": end_s}
    hour = {"StartTime": end_s - 3600, "EndTime": end_s}
    by_user = {"FilterExpression": f'annotation.userId = "{USER}" AND responsetime > 2'}
    slow = _ask(bayon, "GetTraceSummaries", whole | {"FilterExpression": "responsetime > 2"})["TraceSummaries"]
    assert len(slow) >= min(5, count // 200), f"{len(slow)} traces were slow"
    held = f"of {count:,} traces"
    five = {"TraceIds": [each["Id"] for each in slow[:5]]}
    by = "traces, GetTraceSummaries by annotation and response time, six hours"
    asked_for: tuple[tuple[str, str, dict[str, Any], float | None], ...] = (
        (f"{by} {held}", "GetTraceSummaries", whole | by_user, 400),
        (f"traces, GetServiceGraph of an hour {held}", "GetServiceGraph", hour, 500),
        (f"traces, BatchGetTraces of five {held}", "BatchGetTraces", five, 30),
        (f"traces, GetTraceSummaries, a page of a thousand {held}", "GetTraceSummaries", whole, None),
    )
    rows: list[Row] = []
    for what, operation, given, most_ms in asked_for:
        request = load.prepared("xray", operation, given)
        took_ms = [1000 * each for each in load.drive(bayon, [request] * asked, connections=1).latencies_s]
        p99 = quantiles(took_ms, n=100, method="inclusive")[98]
        target = None if most_ms is None else Target(most_ms, at_least=False)
        rows += [Row(what, "ms", took_ms, target=target), Row("  p99 of the answers", "ms", [p99])]
    services = _ask(bayon, "GetServiceGraph", hour)["Services"]
    assert len(services) == 12, f"{len(services)} services"
    return rows


def _ask(bayon: Server, operation: str, given: dict[str, Any]) -> Any:
    connection = Connection(bayon)
    answer = msgspec.json.decode(connection.ask(load.prepared("xray", operation, given)))
    connection.close()
    return answer
