"""Operations at their limits, called directly: pages, large requests, and how often the store is read."""

from __future__ import annotations

from typing import Any, cast

import pytest

from bayon import limits
from bayon.errors import AwsError
from bayon.services.cloudwatch.metric_data import get_metric_data, put_metric_data
from bayon.services.cloudwatch.metrics import list_metrics
from bayon.services.operation import Context
from bayon.settings import Settings
from bayon.store import metric_buckets
from bayon.store.store import Store

NOW_MS = 1_772_445_600_000


@pytest.fixture
def ctx(store: Store) -> Context:
    """A call on an empty store; nothing here needs the state."""
    return Context(
        account="000000000000",
        region="us-east-1",
        access_key="",
        request_id="",
        now_ms=NOW_MS,
        settings=Settings(),
        store=store,
        state=cast("Any", None),
    )


def datums(count: int) -> list[dict[str, Any]]:
    return [{"MetricName": f"m{number:04d}", "Value": float(number)} for number in range(count)]


def test_list_metrics_pages(ctx: Context) -> None:
    """Five hundred metrics a page, each once, and a token is of no use for another request."""
    put_metric_data(ctx, {"Namespace": "App", "MetricData": datums(501)})
    first = list_metrics(ctx, {"Namespace": "App"})
    second = list_metrics(ctx, {"Namespace": "App", "NextToken": first["NextToken"]})
    assert len(first["Metrics"]) == 500
    assert [metric["MetricName"] for metric in second["Metrics"]] == ["m0500"]
    assert "NextToken" not in second
    with pytest.raises(AwsError, match="NextToken is invalid"):
        list_metrics(ctx, {"Namespace": "Web", "NextToken": first["NextToken"]})


def test_a_thousand_datums_and_no_more(ctx: Context) -> None:
    """Datums count over the request and all its entities."""
    put_metric_data(ctx, {"Namespace": "App", "MetricData": datums(1000)})
    entity = {"Entity": {"KeyAttributes": {"Type": "Service", "Name": "shop"}}, "MetricData": datums(1)}
    with pytest.raises(AwsError, match="The collection MetricData must not have a size greater than 1000"):
        put_metric_data(ctx, {"Namespace": "App", "MetricData": datums(1000), "EntityMetricData": [entity]})


def test_an_invalid_entity_is_told_in_a_header(ctx: Context) -> None:
    """The call succeeds, and the header names the failure."""
    entity = {"Entity": {"KeyAttributes": {"Type": "Bakery", "Name": "shop"}}, "MetricData": datums(1)}
    put_metric_data(ctx, {"Namespace": "App", "EntityMetricData": [entity]})
    assert ctx.headers == {"X-Amzn-Failure-Message": "InvalidTypeValue"}
    assert len(list_metrics(ctx, {})["Metrics"]) == 1


def queries(count: int, *stats: str) -> list[dict[str, Any]]:
    return [
        {
            "Id": f"{stat.lower()}{number}",
            "MetricStat": {"Metric": {"Namespace": "App", "MetricName": f"m{number:04d}"}, "Period": 60, "Stat": stat},
        }
        for number in range(count)
        for stat in stats
    ]


def test_one_read_serves_all_queries_of_a_period(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store is read once for plain statistics and once for those that need single values."""
    put_metric_data(ctx, {"Namespace": "App", "MetricData": datums(100)})
    reads: list[tuple[int, bool]] = []
    read = metric_buckets.rows_of

    def counted(*positional: Any, **named: Any) -> Any:
        reads.append((len(positional[1]), "weights" in named["columns"]))
        return read(*positional, **named)

    monkeypatch.setattr(metric_buckets, "rows_of", counted)
    span = {"StartTime": NOW_MS - 60_000, "EndTime": NOW_MS + 60_000}
    answer = get_metric_data(ctx, {"MetricDataQueries": queries(100, "Sum", "Average", "p99"), **span})
    assert reads == [(100, False), (100, True)]
    assert [result["Values"] for result in answer["MetricDataResults"][-3:]] == [[99.0], [99.0], [99.0]]


def test_five_hundred_queries_and_no_more(ctx: Context) -> None:
    """The request is refused before anything is read."""
    span = {"StartTime": NOW_MS - 60_000, "EndTime": NOW_MS}
    too_many = queries(limits.METRIC_DATA_QUERIES + 1, "Sum")
    with pytest.raises(AwsError, match="must not have a size greater than 500"):
        get_metric_data(ctx, {"MetricDataQueries": too_many, **span})
