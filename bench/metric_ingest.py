"""Metric ingest over HTTP: PutMetricData with 1,000 data points of 100 series a request, in each protocol.

Beside it the same requests to moto_server, where it understands the protocol.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench import at_rest, data, load, servers
from bench.load import Refused
from bench.plan import Plan, say
from bench.report import Row, Target
from bench.servers import Server

POINTS = 1000
BODIES = 16
PROTOCOLS = {"json": "JSON", "smithy-rpc-v2-cbor": "CBOR", "query": "query"}


@dataclass(frozen=True, slots=True)
class Case:
    """One way of sending; only the two protocols of today's SDKs have a target."""

    protocol: str
    connections: int
    gzipped: bool = False

    @property
    def what(self) -> str:
        zipped = " and gzip" if self.gzipped else ""
        sent = f"{PROTOCOLS[self.protocol]}{zipped}, {POINTS:,} data points a request"
        return f"metric ingest, {sent}, {self.connections} connections"

    @property
    def moto_count(self) -> int:
        """How many requests moto gets: none in the query protocol, where one of this size takes it ten seconds."""
        return 0 if self.protocol == "query" else 50

    @property
    def target(self) -> Target | None:
        return None if self.protocol == "query" else Target(100_000)


CASES = (
    Case("json", 4),
    Case("json", 16),
    Case("json", 4, gzipped=True),
    Case("smithy-rpc-v2-cbor", 4),
    Case("smithy-rpc-v2-cbor", 16),
    Case("smithy-rpc-v2-cbor", 4, gzipped=True),
    Case("query", 4),
)


def measure(plan: Plan) -> list[Row]:
    """Data points per second. Raises: AssertionError when what is stored is not what was acknowledged."""
    cases = plan.amount(CASES, CASES[:4:3])
    count = plan.amount(120, 4)
    acknowledged = 0
    rows: list[Row] = []
    with servers.bayon(plan.folder / "bayon") as bayon, servers.moto() as moto:
        for case in cases:
            requests = _requests(case, plan.amount(BODIES, 2))
            mine: list[float] = []
            others: list[float] = []
            for _ in range(plan.runs + 1):  # the first warms up
                with servers.stopped(moto):
                    mine.append(_rate(bayon, case, requests, count))
                with servers.stopped(bayon):
                    others += _moto_rate(moto, case, requests, min(case.moto_count, count))
                acknowledged += count * POINTS
                say(f"  {case.what}: {mine[-1]:,.0f}/s{f', moto {others[-1]:,.0f}/s' if others else ''}")
            rows.append(Row(case.what, "points/s", mine[1:], "moto" if others else "", others[1:], case.target))
        with servers.stopped(moto):
            _check_counts(bayon, acknowledged)
    stored = at_rest.counts(plan.folder / "bayon")["data_points"]
    assert stored == acknowledged, f"{acknowledged} data points were acknowledged, {stored} are stored"
    return rows


def _requests(case: Case, bodies: int) -> list[bytes]:
    end_s = data.now_ms() // 60_000 * 60
    return [
        load.prepared(
            "cloudwatch",
            "PutMetricData",
            {"Namespace": "Bench", "MetricData": data.data_points(POINTS, seed=seed, end_s=end_s - 600 * seed)},
            protocol=case.protocol,
            gzipped=case.gzipped,
        )
        for seed in range(bodies)
    ]


def _rate(server: Server, case: Case, requests: Sequence[bytes], count: int) -> float:
    return count * POINTS / load.drive(server, requests, connections=case.connections, count=count).took_s


def _moto_rate(moto: Server, case: Case, requests: Sequence[bytes], count: int) -> list[float]:
    """None where it refuses the protocol."""
    if not count:
        return []
    moto.reset()
    try:
        return [_rate(moto, case, requests, count)]
    except Refused:
        return []


def _check_counts(bayon: Server, acknowledged: int) -> None:
    """Raises: AssertionError unless the sample counts of all series add up to what was acknowledged."""
    end_s = data.now_ms() // 1000
    metrics = [{name: value for name, value in each.items() if name != "Unit"} for each in data.series()]
    queries = [
        {
            "Id": f"m{place}",
            "MetricStat": {"Metric": {"Namespace": "Bench", **metric}, "Period": 86400, "Stat": "SampleCount"},
        }
        for place, metric in enumerate(metrics)
    ]
    answer = bayon.client("cloudwatch").get_metric_data(
        MetricDataQueries=queries, StartTime=end_s - 2 * 86_400, EndTime=end_s + 3600
    )
    found = sum(sum(result["Values"]) for result in answer["MetricDataResults"])
    assert found == acknowledged, f"{acknowledged} data points were acknowledged, {found} are found"
