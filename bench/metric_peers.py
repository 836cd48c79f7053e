"""Range queries and p99 of bayon, VictoriaMetrics and Prometheus, each asked over HTTP for the same points.

100 series over 24 hours, a value a minute. The other two are Debian's packages; where one is missing it is left out.
VictoriaMetrics is asked not to answer from its cache of results, since the others have none.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import msgspec

from bench import at_rest, data, load, servers
from bench.load import Connection
from bench.plan import Plan, say
from bench.report import Row, Target
from bench.servers import Server

FASTEST = Target(1.0, at_least=False, of_ratio=True)
ASKED = {  # what: bayon's statistic and period, and the same in PromQL
    "range query, a value a minute": ("Average", 60, "bench"),
    "p99 of five minutes": ("p99", 300, "quantile_over_time(0.99, bench[5m])"),
}
Ask = Callable[[Server, str], float]


def measure(plan: Plan) -> list[Row]:
    """Milliseconds of an answer, beside those of the faster of the others. Raises: AssertionError when values are
    missing."""
    minutes = plan.amount(1440, 30)
    end_s = data.now_ms() // 300_000 * 300
    asked = plan.amount(2, 1) * plan.runs
    with servers.bayon(plan.folder / "bayon") as bayon:
        _fill(bayon, minutes, end_s)
    at_rest.settled(plan.folder / "bayon")
    with servers.bayon(plan.folder / "bayon") as bayon:
        mine = {what: _runs(asked, _bayon_ms, bayon, what, minutes, end_s) for what in ASKED}
    others: dict[str, dict[str, list[float]]] = {}
    for name, serve in (("VictoriaMetrics", _victoria_metrics), ("Prometheus", _prometheus)):
        for server in serve(plan.folder, minutes, end_s):
            others[name] = {what: _runs(asked, _promql_ms, server, what, minutes, end_s) for what in ASKED}
    return [
        row for what in ASKED for row in _rows(what, mine[what], {name: each[what] for name, each in others.items()})
    ]


def _rows(what: str, mine: list[float], others: dict[str, list[float]]) -> list[Row]:
    """Beside the faster one, and a line for the other."""
    ranked = sorted(others, key=lambda name: median(others[name]))
    what = f"{what}, {data.SERIES} series over a day"
    if not ranked:
        return [Row(what, "ms", mine)]
    fastest, *rest = ranked
    first = Row(what, "ms", mine, beside=fastest, beside_runs=others[fastest], target=FASTEST)
    return [
        first,
        *(Row("  beside the slower one", "ms", mine, beside=name, beside_runs=others[name]) for name in rest),
    ]


def _runs(asked: int, ask: Any, server: Server, what: str, minutes: int, end_s: int) -> list[float]:
    ask(server, what, minutes, end_s)  # warms up
    return [ask(server, what, minutes, end_s) for _ in range(asked)]


def _fill(bayon: Server, minutes: int, end_s: int) -> None:
    points = data.data_points(data.SERIES * minutes, seed=1, end_s=end_s)
    requests = [
        load.prepared(
            "cloudwatch", "PutMetricData", {"Namespace": "Bench", "MetricData": points[at : at + 1000]}, protocol="json"
        )
        for at in range(0, len(points), 1000)
    ]
    load.drive(bayon, requests, connections=4)


def _bayon_ms(server: Server, what: str, minutes: int, end_s: int) -> float:
    statistic, period_s, _ = ASKED[what]
    expression = f"SEARCH('{{Bench,InstanceId,Service,Stage}}', '{statistic}', {period_s})"
    given: dict[str, Any] = {"MetricDataQueries": [{"Id": "a", "Expression": expression}]}
    given |= {"StartTime": end_s - minutes * 60, "EndTime": end_s}
    connection = Connection(server)
    took_s, found = 0.0, 0
    while True:
        request = load.prepared("cloudwatch", "GetMetricData", given, protocol="json")
        began_s = perf_counter()
        answer = connection.ask(request)
        took_s += perf_counter() - began_s
        page = msgspec.json.decode(answer)
        found += sum(len(result["Values"]) for result in page["MetricDataResults"])
        if "NextToken" not in page:
            break
        given["NextToken"] = page["NextToken"]
    connection.close()
    _check(server, found, minutes, period_s)
    return 1000 * took_s


def _promql_ms(server: Server, what: str, minutes: int, end_s: int) -> float:
    _, period_s, query = ASKED[what]
    # A step's value is that of what came before it: the first step ends the first period, the last one the last.
    given = {
        "query": query,
        "start": end_s - minutes * 60 + period_s - 60,
        "end": end_s - 60,
        "step": period_s,
        "nocache": 1,
    }
    url = f"http://{server.host}:{server.port}/api/v1/query_range?{urlencode(given)}"
    began_s = perf_counter()
    with urlopen(Request(url, headers={"Accept-Encoding": "identity"})) as answer:
        body = answer.read()
    took_s = perf_counter() - began_s
    found = sum(len(each["values"]) for each in msgspec.json.decode(body)["data"]["result"])
    _check(server, found, minutes, period_s)
    return 1000 * took_s


def _check(server: Server, found: int, minutes: int, period_s: int) -> None:
    expected = data.SERIES * minutes * 60 // period_s
    assert found == expected, f"{server.name} answers {found} values, not {expected}"


def _lines(minutes: int, end_s: int) -> Iterator[str]:
    """The same points in the text format of Prometheus, with a label for the metric's name; series after series."""
    points = data.data_points(data.SERIES * minutes, seed=1, end_s=end_s)
    for first in range(data.SERIES):
        for point in points[first :: data.SERIES]:
            labels = {each["Name"]: each["Value"] for each in point["Dimensions"]} | {"metric": point["MetricName"]}
            named = ",".join(f'{name}="{value}"' for name, value in labels.items())
            yield f"bench{{{named}}} {point['Value']} {point['Timestamp']:.0f}"


def _victoria_metrics(folder: Path, minutes: int, end_s: int) -> Iterator[Server]:
    """A filled one, or none and a word."""
    if not servers.installed("victoria-metrics"):
        say("  VictoriaMetrics is not installed (Debian: victoria-metrics), and left out")
        return
    with servers.victoria_metrics(folder / "victoria") as server:
        address = f"http://{server.host}:{server.port}"
        body = "\n".join(f"{line}000" for line in _lines(minutes, end_s)).encode()  # in milliseconds
        with urlopen(Request(f"{address}/api/v1/import/prometheus", body, method="POST")) as answer:
            answer.read()
        with urlopen(f"{address}/internal/force_flush") as answer:
            answer.read()
        yield server


def _prometheus(folder: Path, minutes: int, end_s: int) -> Iterator[Server]:
    """A filled one, or none and a word."""
    if not servers.installed("prometheus", "promtool"):
        say("  Prometheus is not installed (Debian: prometheus), and left out")
        return
    blocks, text = folder / "prometheus", folder / "points.txt"
    blocks.mkdir()
    text.write_text("\n".join(["# TYPE bench gauge", *_lines(minutes, end_s), "# EOF", ""]))
    command = ["promtool", "tsdb", "create-blocks-from", "openmetrics", str(text), str(blocks)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with servers.prometheus(blocks) as server:
        yield server
