"""Contributor Insights: rules over log events of a running bayon, and every case of cases/contributor_rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from bayon.languages.contributor_rule.rule import BadRuleError, parse
from bayon.testing import Bayon

NOW = "2026-03-02T10:00:00Z"
NOW_MS = 1_772_445_600_000
MINUTE_MS = 60_000
GOOD: dict[str, Any] = {
    "Schema": {"Name": "CloudWatchLogRule", "Version": 1},
    "LogGroupNames": ["/app/*"],
    "LogFormat": "JSON",
    "Contribution": {"Keys": ["$.ip"], "Filters": [{"Match": "$.status", "GreaterThan": 499}]},
    "AggregateOn": "Count",
}
CASES = [
    pytest.param(case, id=case["name"])
    for case in yaml.safe_load((Path(__file__).parent / "cases/contributor_rules/definitions.yaml").read_text())[
        "cases"
    ]
]


@pytest.mark.parametrize("case", CASES)
def test_definitions(case: dict[str, Any]) -> None:
    """Each is read, or refused with what was expected."""
    assert case["source"]
    text = case.get("text") or json.dumps(GOOD | case.get("with", {}))
    if "says" not in case:
        parse(text)
        return
    with pytest.raises(BadRuleError) as refused:
        parse(text)
    assert str(refused.value).startswith(case["says"])


def put(bayon: Bayon, group: str, events: list[tuple[int, Any]]) -> None:
    """Events of so many seconds before now; what is no text is JSON."""
    logs = bayon.client("logs")
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="s")
    written = [
        {"timestamp": NOW_MS - before_s * 1000, "message": text if isinstance(text, str) else json.dumps(text)}
        for before_s, text in sorted(events, key=lambda event: -event[0])
    ]
    logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=written)


def report(bayon: Bayon, rule: dict[str, Any], **asked: Any) -> dict[str, Any]:
    """The report of the last five minutes, by the minute."""
    cloudwatch = bayon.client("cloudwatch")
    cloudwatch.put_insight_rule(RuleName="rule", RuleState="ENABLED", RuleDefinition=json.dumps(rule))
    within = {"StartTime": (NOW_MS - 5 * MINUTE_MS) / 1000, "EndTime": NOW_MS / 1000, "Period": 60}
    found: dict[str, Any] = cloudwatch.get_insight_rule_report(RuleName="rule", **within | asked)
    return found


@pytest.fixture
def bayon_now(bayon: Bayon) -> Bayon:
    bayon.clock(freeze=NOW)
    return bayon


def test_the_greatest_contributors(bayon_now: Bayon) -> None:
    """Counted by their key, over all groups of the beginning, filtered, with a point for each period."""
    put(
        bayon_now,
        "/app/one",
        [
            *[(250 - number, {"ip": "10.0.0.1", "status": 500}) for number in range(3)],
            (70, {"ip": "10.0.0.1", "status": 503}),
            (65, {"ip": "10.0.0.2", "status": 500}),
            (64, {"ip": "10.0.0.3", "status": 200}),
            (63, {"status": 500}),
            (62, "no JSON"),
        ],
    )
    put(bayon_now, "/app/two", [(61, {"ip": "10.0.0.2", "status": 599.5}), (400, {"ip": "10.0.0.9", "status": 500})])
    put(bayon_now, "/other", [(61, {"ip": "10.0.0.9", "status": 500})])
    names = ["UniqueContributors", "MaxContributorValue", "SampleCount", "Sum", "Minimum", "Maximum", "Average"]
    found = report(bayon_now, GOOD, Metrics=names)
    assert found["KeyLabels"] == ["$.ip"]
    assert found["AggregationStatistic"] == "SampleCount"
    assert (found["AggregateValue"], found["ApproximateUniqueCount"]) == (6.0, 2)
    shown = [(each["Keys"], each["ApproximateAggregateValue"]) for each in found["Contributors"]]
    assert shown == [(["10.0.0.1"], 4.0), (["10.0.0.2"], 2.0)]
    points = found["Contributors"][0]["Datapoints"]
    assert [point["ApproximateValue"] for point in points] == [3.0, 1.0]
    assert [round(point["Timestamp"].timestamp() * 1000) for point in points] == [
        NOW_MS - 5 * MINUTE_MS,
        NOW_MS - 2 * MINUTE_MS,
    ]
    minutes = found["MetricDatapoints"]
    assert len(minutes) == 5
    assert [minute["UniqueContributors"] for minute in minutes] == [1.0, 0.0, 0.0, 2.0, 0.0]
    assert [minute["MaxContributorValue"] for minute in minutes] == [3.0, 0.0, 0.0, 2.0, 0.0]
    assert [minute["SampleCount"] for minute in minutes] == [3.0, 0.0, 0.0, 3.0, 0.0]
    assert minutes[0]["Average"] == 1.0
    one = report(bayon_now, GOOD, MaxContributorCount=1, OrderBy="Maximum")
    assert [each["Keys"] for each in one["Contributors"]] == [["10.0.0.1"]]
    assert (one["AggregateValue"], one["ApproximateUniqueCount"]) == (6.0, 2)
    assert one["MetricDatapoints"][0].keys() == {"Timestamp"}


def test_sums_and_filters(bayon_now: Bayon) -> None:
    """A value is summed up by two keys; every operator chooses as it says."""
    events = [
        (10, {"user": "ann", "op": {"name": "get", "parts": ["x", "y"]}, "bytes": 100}),
        (9, {"user": "ann", "op": {"name": "get", "parts": ["x"]}, "bytes": "50"}),
        (8, {"user": "bob", "op": {"name": "put", "parts": ["z"]}, "bytes": 7, "dry": False}),
        (7, {"user": "bob", "op": {"name": "put", "parts": ["z"]}, "bytes": "many"}),
    ]
    put(bayon_now, "/app/one", events)
    keys = {"Keys": ["$.user", "$.op.name"], "ValueOf": "$.bytes"}
    rule = GOOD | {"LogGroupNames": ["/app/one"], "AggregateOn": "Sum", "Contribution": keys}
    found = report(bayon_now, rule, Metrics=["Sum", "Minimum", "Maximum", "Average"])
    shown = {tuple(each["Keys"]): each["ApproximateAggregateValue"] for each in found["Contributors"]}
    assert shown == {("ann", "get"): 150.0, ("bob", "put"): 7.0}
    assert found["AggregationStatistic"] == "Sum"
    last = found["MetricDatapoints"][-1]
    assert (last["Sum"], last["Minimum"], last["Maximum"]) == (157.0, 7.0, 100.0)
    assert last["Average"] == pytest.approx(157 / 3)
    for wanted, users in (
        ({"Match": "$.op.parts[1]", "IsPresent": True}, {"ann": 1}),
        ({"Match": "$.op.parts[1]", "IsPresent": False}, {"ann": 1, "bob": 2}),
        ({"Match": "$.op.name", "In": ["put", "post"]}, {"bob": 2}),
        ({"Match": "$.op.name", "NotIn": ["put"]}, {"ann": 2}),
        ({"Match": "$.op.parts[0]", "StartsWith": ["x", "y"]}, {"ann": 2}),
        ({"Match": "$.bytes", "LessThan": 60}, {"ann": 1, "bob": 1}),
        ({"Match": "$.bytes", "EqualTo": 50}, {"ann": 1}),
        ({"Match": "$.bytes", "NotEqualTo": 50}, {"ann": 1, "bob": 1}),
        ({"Match": "$.dry", "In": ["false"]}, {"bob": 1}),
    ):
        counted = GOOD | {"Contribution": {"Keys": ["$.user"], "Filters": [wanted]}}
        found = report(bayon_now, counted)
        counts = {each["Keys"][0]: each["ApproximateAggregateValue"] for each in found["Contributors"]}
        assert counts == users, wanted


def test_the_common_log_format(bayon_now: Bayon) -> None:
    """Fields by their places: in brackets, in quotes, between spaces."""
    line = '{} - ann [02/Mar/2026:10:00:00 +0000] "GET /{} HTTP/1.1" {} {}'
    events = [
        (10, line.format("10.0.0.1", "a", 200, 10)),
        (9, line.format("10.0.0.1", "b", 500, 20)),
        (8, line.format("10.0.0.2", "b", 500, 5)),
    ]
    put(bayon_now, "/app/one", events)
    rule = GOOD | {
        "LogFormat": "CLF",
        "Fields": {"1": "Host", "6": "Status", "7": "Bytes", "5": "Request"},
        "Contribution": {"Keys": ["Host"], "ValueOf": "Bytes", "Filters": [{"Match": "Status", "In": ["500", "200"]}]},
        "AggregateOn": "Sum",
    }
    found = report(bayon_now, rule)
    shown = {each["Keys"][0]: each["ApproximateAggregateValue"] for each in found["Contributors"]}
    assert found["KeyLabels"] == ["Host"]
    assert shown == {"10.0.0.1": 30.0, "10.0.0.2": 5.0}
    by_request = rule | {"Contribution": {"Keys": ["Request"]}, "AggregateOn": "Count"}
    requests = [each["Keys"][0] for each in report(bayon_now, by_request)["Contributors"]]
    assert requests == ["GET /b HTTP/1.1", "GET /a HTTP/1.1"]


def test_settled_events_count_once(bayon_now: Bayon) -> None:
    """Whether they have been settled yet or not."""
    put(bayon_now, "/app/one", [(10, {"ip": "a", "status": 500})])
    bayon_now.clock(resume=True)
    bayon_now.clock(freeze=NOW)
    assert report(bayon_now, GOOD)["AggregateValue"] == 1.0
