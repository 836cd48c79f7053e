"""Pages of traces: newest first, each trace once, and honest about what is still being summed up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bayon import limits
from bayon.errors import AwsError
from bayon.services.operation import Context
from bayon.services.xray.groups import create_group
from bayon.services.xray.service_graph import get_service_graph
from bayon.services.xray.trace_summaries import get_trace_summaries
from bayon.services.xray.upload import take
from bayon.settings import Settings
from bayon.state.database import State
from bayon.store.store import Store
from xray_documents import B, full, trace_id

RANGE: dict[str, Any] = {"StartTime": 1000 * (B - 60), "EndTime": 1000 * (B + 60)}


@pytest.fixture
def ctx(store: Store, tmp_path: Path) -> Context:
    return Context(
        account="000000000000",
        region="us-east-1",
        access_key="",
        request_id="",
        now_ms=1000 * (B + 60),
        settings=Settings(),
        store=store,
        state=State.open(f"sqlite:///{tmp_path / 'state.sqlite3'}", durable=False),
    )


def put(ctx: Context, ids: list[str]) -> None:
    segment = {"name": "web", "id": "a1", "start_time": 0, "end_time": 1}
    assert take(ctx.store, ctx.account, ctx.region, [json.dumps(full(segment, id_)) for id_ in ids], ctx.now_ms) == []


def pages(ctx: Context, **asked: Any) -> Iterator[Any]:
    token: dict[str, str] = {}
    for _ in range(20):
        page: Any = get_trace_summaries(ctx, RANGE | asked | token)
        yield page
        if "NextToken" not in page:
            return
        token = {"NextToken": page["NextToken"]}
    raise AssertionError("twenty pages and no end")


def test_every_trace_is_on_one_page(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """Newest first, ties by id, and the pages count together what there is."""
    monkeypatch.setattr(limits, "TRACE_SUMMARIES_PAGE", 3)
    ids = [f"1-{B + n % 3:08x}-{n:024x}" for n in range(10)]
    put(ctx, ids)
    found = list(pages(ctx))
    assert [each["Id"] for page in found for each in page["TraceSummaries"]] == sorted(ids, reverse=True)
    assert sum(page["TracesProcessedCount"] for page in found) == len(ids)
    assert [page["ApproximateTime"] for page in found][-1] == RANGE["StartTime"]


def test_a_token_belongs_to_its_request(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another filter, range or account cannot go on with it."""
    monkeypatch.setattr(limits, "TRACE_SUMMARIES_PAGE", 1)
    put(ctx, [trace_id(1), trace_id(2)])
    token = next(pages(ctx))["NextToken"]
    for other in ({"FilterExpression": "ok"}, {"EndTime": RANGE["EndTime"] + 1000}, {"TimeRangeType": "Event"}):
        with pytest.raises(AwsError, match="Invalid NextToken"):
            get_trace_summaries(ctx, RANGE | other | {"NextToken": token})


def test_much_that_has_just_arrived_makes_empty_pages_first(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """No trace is missed by who follows the tokens, of summaries as of the graph."""
    monkeypatch.setattr(limits, "SUMMED_UP_DOCUMENTS", 2)
    monkeypatch.setattr(limits, "SUMMED_UP_S", 0.0)
    put(ctx, [trace_id(n) for n in range(1, 8)])
    found = list(pages(ctx))
    assert [len(page["TraceSummaries"]) for page in found] == [0, 0, 0, 7]
    put(ctx, [trace_id(n) for n in range(8, 11)])
    graph: Any = get_service_graph(ctx, RANGE)
    assert graph["Services"] == []
    graph = get_service_graph(ctx, RANGE | {"NextToken": graph["NextToken"]})
    assert graph["Services"][0]["SummaryStatistics"]["TotalCount"] == 10


@pytest.mark.parametrize(
    "term", ['service("a") ', 'edge("a","b") ', "service(){fault} ", 'annotation.k!="v" ', "!user "]
)
def test_the_longest_expressions_are_answered(ctx: Context, term: str) -> None:
    """Either with traces or as too complex, whatever stands in them."""
    put(ctx, [trace_id(1)])
    text = term * (limits.FILTER_EXPRESSION_CHARS // len(term))
    try:
        found: Any = get_trace_summaries(ctx, RANGE | {"FilterExpression": text})
    except AwsError as error:
        found = {"TraceSummaries": error.code}
    assert found["TraceSummaries"] in ([], "InvalidRequestException") or len(found["TraceSummaries"]) == 1


def test_an_expression_that_groups_make_too_long_is_refused(ctx: Context) -> None:
    """A group of groups is as long as all of them."""
    create_group(ctx, {"GroupName": "long", "FilterExpression": 'service("a") ' * 300})
    text = 'group.name = "long" OR ' * 5 + "ok"
    with pytest.raises(AwsError, match="too complex"):
        get_trace_summaries(ctx, RANGE | {"FilterExpression": text})
