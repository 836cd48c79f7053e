"""Small appends over HTTP: PutLogEvents of one event, each acknowledged once on disk, alone and with others."""

from __future__ import annotations

from statistics import median, quantiles

from bench import at_rest, data, load, servers
from bench.plan import Plan, say
from bench.report import Row

GROUP = "/bench/small"


def measure(plan: Plan) -> list[Row]:
    """Milliseconds until the answer. Raises: AssertionError when what is stored is not what was acknowledged."""
    events = data.log_events(200, seed=1, end_ms=data.now_ms())
    requests = [
        load.prepared("logs", "PutLogEvents", {"logGroupName": GROUP, "logStreamName": "app", "logEvents": [event]})
        for event in events
    ]
    acknowledged = 0
    rows: list[Row] = []
    with servers.bayon(plan.folder / "bayon") as bayon:
        client = bayon.client("logs")
        client.create_log_group(logGroupName=GROUP)
        client.create_log_stream(logGroupName=GROUP, logStreamName="app")
        for connections, count in ((1, plan.amount(200, 10)), (16, plan.amount(800, 40))):
            middle, slow, rates = [], [], []
            for _ in range(plan.runs + 1):  # the first warms up
                outcome = load.drive(bayon, requests, connections=connections, count=count)
                took_ms = [1000 * each for each in outcome.latencies_s]
                middle.append(median(took_ms))
                slow.append(quantiles(took_ms, n=100, method="inclusive")[98])
                rates.append(count / outcome.took_s)
                acknowledged += count
                say(f"  {connections} connections: p50 {middle[-1]:.1f} ms, p99 {slow[-1]:.1f} ms")
            rows.append(
                Row(f"small append, one log event, {connections} connection{'s'[: connections > 1]}", "ms", middle[1:])
            )
            rows.append(Row("  p99", "ms", slow[1:]))
            rows.append(Row("  rate", "requests/s", rates[1:]))
    stored = at_rest.counts(plan.folder / "bayon")["log_events"]
    assert stored == acknowledged, f"{acknowledged} events were acknowledged, {stored} are stored"
    return rows
