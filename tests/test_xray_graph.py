"""The service graph of the traces of tests/cases/service_graph, counted by the store and trace by trace alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from bayon.services.operation import Context
from bayon.services.xray.service_graph import get_service_graph, get_trace_graph
from bayon.services.xray.time_series import get_time_series_service_statistics
from bayon.services.xray.upload import take
from bayon.settings import Settings
from bayon.state.database import State
from bayon.store.store import Store
from xray_documents import B, full, trace_id

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "service_graph" / "graphs.yaml").read_text())["cases"]
NOW_MS = 1000 * (B + 60)


@pytest.fixture
def ctx(store: Store, tmp_path: Path) -> Context:
    return Context(
        account="000000000000",
        region="us-east-1",
        access_key="",
        request_id="",
        now_ms=NOW_MS,
        settings=Settings(),
        store=store,
        state=State.open(f"sqlite:///{tmp_path / 'state.sqlite3'}", durable=False),
    )


def put(ctx: Context, traces: list[list[dict[str, Any]]]) -> list[str]:
    ids = [trace_id(number) for number in range(1, len(traces) + 1)]
    texts = [json.dumps(full(each, id_)) for id_, documents in zip(ids, traces, strict=True) for each in documents]
    assert take(ctx.store, ctx.account, ctx.region, texts, ctx.now_ms) == []
    return ids


def numbers(statistics: Any) -> str:
    errors = statistics["ErrorStatistics"]
    assert statistics["TotalCount"] == (
        statistics["OkCount"] + errors["TotalCount"] + statistics["FaultStatistics"]["TotalCount"]
    )
    faults = statistics["FaultStatistics"]["TotalCount"]
    counts = (statistics["OkCount"], errors["OtherCount"], errors["ThrottleCount"], faults)
    return f"[{'/'.join(map(str, counts))}, {statistics['TotalResponseTime']}]"


def written(services: list[Any]) -> tuple[list[str], list[str]]:
    """Nodes and edges as the cases write them."""
    names = {each["ReferenceId"]: f"{each['Name']}|{each.get('Type', '')}" for each in services}
    assert sorted(names) == list(range(len(services)))
    nodes, edges = [], []
    for each in services:
        statistics = f" {numbers(each['SummaryStatistics'])}" if "SummaryStatistics" in each else ""
        nodes.append(f"{names[each['ReferenceId']]}|{each['State']}{' root' if each.get('Root') else ''}{statistics}")
        for edge in each["Edges"]:
            ages = [entry["Value"] for entry in edge.get("ReceivedEventAgeHistogram", [])]
            link = f" link after {ages}" if edge.get("EdgeType") == "link" else ""
            assert (
                sum(entry["Count"] for entry in edge["ResponseTimeHistogram"])
                == edge["SummaryStatistics"]["TotalCount"]
            )
            ends = f"{names[each['ReferenceId']]} -> {names[edge['ReferenceId']]}"
            edges.append(f"{ends} {numbers(edge['SummaryStatistics'])}{link}")
            assert (edge["StartTime"], edge["EndTime"]) == (each["StartTime"], each["EndTime"])
    return nodes, edges


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case: dict[str, Any], ctx: Context) -> None:
    """The graph has the nodes and edges of the case, over a time range as for the traces by their ids."""
    assert case["source"]
    ids = put(ctx, case["traces"])
    by_time = get_service_graph(ctx, {"StartTime": 1000 * (B - 60), "EndTime": NOW_MS})
    nodes, edges = written(by_time["Services"])
    assert nodes == case["nodes"]
    assert sorted(edges) == sorted(case.get("edges", edges))
    assert get_trace_graph(ctx, {"TraceIds": ids})["Services"] == by_time["Services"]
    assert by_time["ContainsOldGroupVersions"] is False


def test_asynchronous_work_is_told_apart(ctx: Context) -> None:
    """E30: the response and the whole duration have histograms of their own."""
    put(
        ctx,
        [
            [
                {"name": "web", "id": "a1", "start_time": 0, "end_time": 0.2},
                {
                    "type": "subsegment",
                    "name": "later",
                    "id": "b1",
                    "parent_id": "a1",
                    "start_time": 0.1,
                    "end_time": 1.5,
                },
            ]
        ],
    )
    service = get_service_graph(ctx, {"StartTime": 1000 * (B - 60), "EndTime": NOW_MS})["Services"][0]
    assert service["ResponseTimeHistogram"] == [{"Value": 0.2, "Count": 1}]
    assert service["DurationHistogram"] == [{"Value": 1.5, "Count": 1}]
    assert (service["StartTime"], service["EndTime"]) == (1000 * B, 1000 * (B + 1))


def test_a_graph_counts_what_started_in_its_range(ctx: Context) -> None:
    """The end of the range does not belong to it."""
    put(ctx, [[{"name": "web", "id": "a1", "start_time": n, "end_time": n + 30}] for n in (0, 10, 20)])
    services = get_service_graph(ctx, {"StartTime": 1000 * (B + 10), "EndTime": 1000 * (B + 20)})["Services"]
    assert written(services)[0] == ["web||active root [1/0/0/0, 30.0]", "web|client|unknown"]


def series(ctx: Context, **asked: Any) -> list[Any]:
    given: Any = {"StartTime": 1000 * (B - 60), "EndTime": 1000 * (B + 180), "Period": 60} | asked
    return list(get_time_series_service_statistics(ctx, given)["TimeSeriesServiceStatistics"])


def test_time_series(ctx: Context) -> None:
    """E44: requests by minute without a selector, else the calls of the service or the edge."""
    call = {"name": "SNS", "id": "b1", "namespace": "aws", "start_time": 105, "end_time": 105.5}
    put(
        ctx,
        [
            [{"name": "app", "id": "a1", "start_time": 4, "end_time": 5}],
            [{"name": "app", "id": "a1", "start_time": 38, "end_time": 39, "fault": True}],
            [{"name": "app", "id": "a1", "start_time": 101, "end_time": 110, "subsegments": [call]}],
        ],
    )  # 1700000000 is twenty seconds past a minute
    requests = series(ctx)
    assert [item["Timestamp"] for item in requests] == [1000 * (B - 20), 1000 * (B + 100)]
    assert [numbers(item["EdgeSummaryStatistics"]) for item in requests] == ["[1/0/0/1, 2.0]", "[1/0/0/0, 9.0]"]
    (sns,) = series(ctx, EntitySelectorExpression='service("SNS")')
    assert numbers(sns["ServiceSummaryStatistics"]) == "[1/0/0/0, 0.5]"
    assert sns["ResponseTimeHistogram"] == [{"Value": 0.5, "Count": 1}]
    (edge,) = series(ctx, EntitySelectorExpression='edge("app", "SNS")')
    assert numbers(edge["EdgeSummaryStatistics"]) == "[1/0/0/0, 0.5]"
    assert series(ctx, EntitySelectorExpression='edge("SNS", "app")') == []
    clients = series(ctx, EntitySelectorExpression='edge(id(type: "client"), "app")')
    assert [item["EdgeSummaryStatistics"] for item in clients] == [item["EdgeSummaryStatistics"] for item in requests]


def test_a_forecast_is_the_day_before(ctx: Context) -> None:
    """Mean faults a period, three standard deviations down and up."""
    put(
        ctx,
        [[{"name": "app", "id": "a1", "start_time": n, "end_time": n + 1, "fault": True}] for n in (0, 120, 125, 600)],
    )
    (item,) = series(
        ctx,
        StartTime=1000 * (B + 580),
        EndTime=1000 * (B + 640),
        EntitySelectorExpression='id(name: "app")',
        ForecastStatistics=True,
    )
    assert item["ServiceForecastStatistics"] == {"FaultCountLow": 0, "FaultCountHigh": 3}
