"""GetMetricData over HTTP: 100 and 500 series over 24 hours, a value a minute, Average and p99.

Asked of points as they arrived and, after a restart, of the same points rolled up.
"""

from __future__ import annotations

from statistics import quantiles
from time import perf_counter
from typing import Any

import msgspec

from bench import at_rest, data, load, servers
from bench.load import Connection
from bench.plan import Plan
from bench.report import Row, Target
from bench.servers import Server

DAY_S = 86_400
MOST = 500  # queries of one call
MOST_MS = Target(400, at_least=False)


def measure(plan: Plan) -> list[Row]:
    """Milliseconds of an answer. Raises: AssertionError when a value is missing."""
    folder = plan.folder / "bayon"
    minutes = plan.amount(1440, 30)
    end_s = data.now_ms() // 60_000 * 60
    asked = plan.amount(4, 2) * plan.runs
    with servers.bayon(folder) as bayon:
        _fill(bayon, minutes, end_s)
        rows = _rows(bayon, minutes, end_s, asked, "as they arrived")
    at_rest.settled(folder)
    with servers.bayon(folder) as bayon:
        return rows + _rows(bayon, minutes, end_s, asked, "rolled up")


def _fill(bayon: Server, minutes: int, end_s: int) -> None:
    points = data.data_points(MOST * minutes, seed=1, end_s=end_s, of=MOST)
    requests = [
        load.prepared("cloudwatch", "PutMetricData", given, protocol="json")
        for given in (
            {"Namespace": "Bench", "MetricData": points[at : at + 1000]} for at in range(0, len(points), 1000)
        )
    ]
    load.drive(bayon, requests, connections=4)


def _rows(bayon: Server, minutes: int, end_s: int, asked: int, state: str) -> list[Row]:
    rows = []
    for count, statistic, target in (
        (data.SERIES, "Average", None),
        (data.SERIES, "p99", None),
        (MOST, "Average", MOST_MS),
    ):
        _answer_ms(bayon, minutes, end_s, statistic, count)  # warms up
        took_ms = [_answer_ms(bayon, minutes, end_s, statistic, count) for _ in range(asked)]
        what = f"metric read, {count} series over {minutes / 60:g} h, {statistic}, {state}"
        rows.append(Row(what, "ms", took_ms, target=target))
        rows.append(Row("  p99 of the answers", "ms", [quantiles(took_ms, n=100, method="inclusive")[98]]))
    return rows


def _answer_ms(bayon: Server, minutes: int, end_s: int, statistic: str, count: int) -> float:
    """How long all pages of the answer took. Raises: AssertionError when a value is missing."""
    connection = Connection(bayon)
    given = _query(statistic, end_s, count)
    pages: list[Any] = []
    took_s = 0.0
    while not pages or "NextToken" in pages[-1]:
        request = load.prepared("cloudwatch", "GetMetricData", given, protocol="json")
        began_s = perf_counter()
        page = connection.ask(request)
        took_s += perf_counter() - began_s
        pages.append(msgspec.json.decode(page))
        given["NextToken"] = pages[-1].get("NextToken")
    connection.close()
    found = sum(len(result["Values"]) for page in pages for result in page["MetricDataResults"])
    assert found == minutes * count, f"the answer has {found} values, not {minutes * count}"
    return 1000 * took_s


def _query(statistic: str, end_s: int, count: int) -> dict[str, Any]:
    queries = []
    for place, each in enumerate(data.series(count)):
        metric = {"Namespace": "Bench", "MetricName": each["MetricName"], "Dimensions": each["Dimensions"]}
        queries.append({"Id": f"m{place}", "MetricStat": {"Metric": metric, "Period": 60, "Stat": statistic}})
    return {"MetricDataQueries": queries, "StartTime": end_s - DAY_S, "EndTime": end_s}
