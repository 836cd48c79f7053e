"""SEARCH and Metrics Insights over HTTP, among 100,000 series with a point each."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import msgspec

from bench import data, load, servers
from bench.load import Connection
from bench.plan import Plan
from bench.report import Row, Target
from bench.servers import Server

SERIES, FEW = 100_000, 2_000
TEAMS = 20
ASKED = {  # what: the expression, how many series it must find, and how fast
    "SEARCH for a word, 500 found": ("SEARCH('latency', 'Average', 60)", 500, Target(300, at_least=False)),
    "SEARCH for a host": ("SEARCH('web-000123', 'Average', 60)", 1, Target(300, at_least=False)),
    "SEARCH with a schema and two properties": (
        "SEARCH('{Bench/Team3,Host,Service,Stage} MetricName=\"Latency\" Service=svc3', 'Sum', 60)",
        None,
        Target(300, at_least=False),
    ),
    "Metrics Insights, all of a metric by service": (
        'SELECT AVG(Latency) FROM "Bench/Team3" GROUP BY Service ORDER BY AVG() DESC LIMIT 10',
        None,
        None,
    ),
}


def measure(plan: Plan) -> list[Row]:
    """Milliseconds of an answer. Raises: AssertionError when it finds nothing, or not what is there."""
    series = plan.amount(SERIES, FEW)
    end_s = data.now_ms() // 60_000 * 60
    rows = []
    with servers.bayon(plan.folder / "bayon") as bayon:
        _fill(bayon, series, end_s)
        for what, (expression, found, target) in ASKED.items():
            _answer_ms(bayon, expression, end_s, found)  # warms up
            took_ms = [_answer_ms(bayon, expression, end_s, found) for _ in range(plan.amount(4, 1) * plan.runs)]
            rows.append(Row(f"{what}, {series:,} series", "ms", took_ms, target=target))
    return rows


def _fill(bayon: Server, series: int, end_s: int) -> None:
    names = ("Latency", "Requests", "Errors", "Duration")
    requests = []
    for team in range(TEAMS):
        datums = [_datum(place, names[place // TEAMS % len(names)], end_s) for place in range(team, series, TEAMS)]
        requests += [
            load.prepared(
                "cloudwatch",
                "PutMetricData",
                {"Namespace": f"Bench/Team{team}", "MetricData": datums[at : at + 1000]},
                protocol="json",
            )
            for at in range(0, len(datums), 1000)
        ]
    load.drive(bayon, requests, connections=4)


def _datum(place: int, name: str, end_s: int) -> dict[str, Any]:
    dimensions = {"Host": f"web-{place:06d}", "Service": f"svc{place % 203}", "Stage": "test" if place % 5 else "prod"}
    return {
        "MetricName": name,
        "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
        "Timestamp": float(end_s - 120),
        "Value": float(place % 97),
    }


def _answer_ms(bayon: Server, expression: str, end_s: int, found: int | None) -> float:
    """How long the answer took. Raises: AssertionError when it has not so many series, or none."""
    connection = Connection(bayon)
    given = {"MetricDataQueries": [{"Id": "a", "Expression": expression, "Period": 60}]}
    given |= {"StartTime": end_s - 3 * 3600, "EndTime": end_s}
    request = load.prepared("cloudwatch", "GetMetricData", given, protocol="json")
    began_s = perf_counter()
    answer = connection.ask(request)
    took_s = perf_counter() - began_s
    connection.close()
    valued = sum(bool(each["Values"]) for each in msgspec.json.decode(answer)["MetricDataResults"])
    assert valued == found or (found is None and valued), f"{expression} found {valued} series"
    return 1000 * took_s
