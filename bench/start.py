"""Start and rest: from the start of the process until it is ready, with data there before, and its memory when idle."""

from __future__ import annotations

import time
from urllib.request import urlopen

from bench import data, load, servers
from bench.plan import Plan, say
from bench.report import Row, Target
from bench.servers import Server

IDLE_S = 10
GROUP = "/bench/start"


def measure(plan: Plan) -> list[Row]:
    """Seconds and MiB; the machine has the files in its cache."""
    folder = plan.folder / "bayon"
    with servers.bayon(folder) as bayon:
        _fill(bayon, plan)
    starts_s: list[float] = []
    idle_mib: list[float] = []
    used_mib: list[float] = []
    for run in range(plan.runs + 1):  # the first warms up
        began_s = time.perf_counter()
        with servers.bayon(folder) as bayon:
            with urlopen(f"http://{bayon.host}:{bayon.port}/readyz") as answer:
                assert answer.status == 200
            starts_s.append(time.perf_counter() - began_s)
            if run < 2:
                time.sleep(plan.amount(IDLE_S, 1))
                idle_mib.append(bayon.resident_mib())
                bayon.client("logs").describe_log_groups()
                used_mib.append(bayon.resident_mib())
        say(f"  run {run}: ready after {starts_s[-1]:.2f} s, {idle_mib[-1]:.0f} MiB")
    return [
        Row("cold start until ready, with existing data", "s", starts_s[1:], target=Target(1.5, at_least=False)),
        Row(
            f"memory resident after {plan.amount(IDLE_S, 1)} s idle",
            "MiB",
            idle_mib[1:],
            target=Target(350, at_least=False),
        ),
        Row("  and after a client's first call", "MiB", used_mib[1:], target=Target(350, at_least=False)),
    ]


def _fill(bayon: Server, plan: Plan) -> None:
    """Some of everything is stored."""
    client = bayon.client("logs")
    client.create_log_group(logGroupName=GROUP)
    client.create_log_stream(logGroupName=GROUP, logStreamName="app")
    requests = []
    for seed in range(plan.amount(40, 1)):
        events = data.log_events(5000, seed=seed, end_ms=data.now_ms())
        points = data.data_points(1000, seed=seed, end_s=data.now_ms() // 1000 - 600 * seed)
        documents = data.segments(50, seed=seed, end_s=data.now_ms() / 1000)
        given = {"logGroupName": GROUP, "logStreamName": "app", "logEvents": events}
        requests += [
            load.prepared("logs", "PutLogEvents", given),
            load.prepared("cloudwatch", "PutMetricData", {"Namespace": "Bench", "MetricData": points}, protocol="json"),
            load.prepared("xray", "PutTraceSegments", {"TraceSegmentDocuments": documents}),
        ]
    load.drive(bayon, requests, connections=4)
