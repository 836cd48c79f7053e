"""Insights open when faults are out of the ordinary, follow them, and close when they are over."""

from __future__ import annotations

import json

from bayon.services.xray.insight_detection import find
from bayon.store.service_graph import Ended
from bayon.store.trace_rows import CLIENT, FAULT, INFERRED, ROOT, node_key
from bayon.testing import Bayon

WEB, PAY, TABLE = node_key("web"), node_key("pay"), node_key("ledger", "AWS::DynamoDB::Table")
NOW_S = 1_700_000_040
B = 1_700_000_000


def minute(at_s: int, faults: int, total: int) -> list[Ended]:
    """A minute in which web called pay, and pay failed so often."""
    found = []
    for flags, count in ((FAULT, faults), (0, total - faults)):
        found += [
            Ended(0, at_s, "", WEB, flags | ROOT | CLIENT, 100, count, count),
            Ended(1, at_s, WEB, PAY, flags, 90, count, count),
            Ended(0, at_s, "", PAY, flags, 80, count, count),
            Ended(1, at_s, PAY, TABLE, INFERRED, 10, count, count),
        ]
    return [each for each in found if each.count]


def test_the_service_that_calls_no_other_anomalous_one_is_the_cause() -> None:
    """Its caller fails with it and is named behind it."""
    calm = [each for at_s in range(NOW_S - 3600, NOW_S - 300, 60) for each in minute(at_s, at_s // 60 % 2, 100)]
    assert find(calm + minute(NOW_S - 60, 4, 100), NOW_S) is None, "four faults are noise"
    assert find(calm + minute(NOW_S - 60, 5, 1000), NOW_S) is None, "half a percent is ordinary"
    found = find(calm + minute(NOW_S - 60, 40, 100), NOW_S)
    assert found is not None
    assert found.root == PAY
    assert set(found.services) == {WEB, PAY}
    assert (found.clients.faults, found.clients.total, found.of_root.ok) == (40, 100, 60)


def test_what_always_fails_is_ordinary() -> None:
    """The share of faults is compared with that of the service's own minutes before."""
    bad = [each for at_s in range(NOW_S - 3600, NOW_S, 60) for each in minute(at_s, 50 + at_s // 60 % 3, 100)]
    assert find(bad, NOW_S) is None


def test_an_insight_closes_when_its_faults_are_over(bayon: Bayon) -> None:
    """Through the API and the jobs of a running bayon; until then it is active."""
    bayon.clock(freeze=1000 * B)
    client = bayon.client("xray")
    client.create_group(GroupName="watched", InsightsConfiguration={"InsightsEnabled": True})
    times = {"start_time": B - 2, "end_time": B - 1}
    documents = [
        {"name": "web", "id": "00000000000000a1", "trace_id": f"1-{B:08x}-{n:024x}", "fault": n < 8} | times
        for n in range(10)
    ]
    client.put_trace_segments(TraceSegmentDocuments=[json.dumps(document) for document in documents])
    states = []
    for _ in range(18):
        bayon.clock(advance_s=60)
        (insight,) = client.get_insight_summaries(StartTime=B - 600, EndTime=B + 600)["InsightSummaries"]
        states.append(insight["State"])
    assert states == sorted(states)
    assert set(states) == {"ACTIVE", "CLOSED"}
    assert insight["EndTime"] >= insight["StartTime"]
    assert client.get_insight_summaries(StartTime=B - 600, EndTime=B + 600, States=["ACTIVE"])["InsightSummaries"] == []
