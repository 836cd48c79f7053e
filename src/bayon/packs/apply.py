"""Applies a pack through the public APIs: what is missing is made, what differs is changed, the rest is left alone.

It needs a client of each service and nothing else of bayon, so it does the same at any AWS endpoint. Nothing is ever
deleted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from botocore.exceptions import ClientError

from bayon.errors import BayonError
from bayon.packs.parameters import filled

FOLDER = Path(__file__).parent
Clients = Callable[[str], Any]
Json = dict[str, Any]
_ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing of the pack: what it is, how it differs from what is there, and how to make it so.

    `differences` are (member, what is there, what is to be); one of an empty member says that there is nothing yet.
    `problem` is why the endpoint could not say what is there.
    """

    kind: str
    name: str
    differences: list[tuple[str, Any, Any]]
    do: Callable[[], object] = lambda: None
    problem: str = ""

    @property
    def is_new(self) -> bool:
        return any(not member for member, _, _ in self.differences)


def names() -> list[str]:
    """The packs that there are."""
    return sorted(path.parent.name for path in FOLDER.glob("*/pack.yaml"))


def load(name: str, given: Mapping[str, str]) -> Json:
    """The pack with its parameters filled in. Raises: BayonError."""
    if name not in names():
        raise BayonError(f"expected the name of a pack ({', '.join(names())}), found {name!r}")
    pack = yaml.safe_load((FOLDER / name / "pack.yaml").read_text())
    for dashboard in pack.get("dashboards", []):
        dashboard["DashboardBody"] = (FOLDER / name / dashboard.pop("file")).read_text()
    found: Json = filled(pack, given)
    return found


def steps(pack: Json, clients: Clients) -> Iterator[Step]:
    """Every thing of the pack, compared with what is there when it is its turn."""
    for kind, service, member, compare in _KINDS:
        for wanted in pack.get(kind, []):
            if "when" in wanted and not pack["parameters"][wanted["when"]]:
                continue
            try:
                yield from compare(clients(service), wanted)
            except ClientError as err:
                yield Step(kind, wanted[member], [], problem=str(err.response["Error"].get("Message", err)))


def _topic(sns: Any, wanted: Json) -> Iterator[Step]:
    arns = [each["TopicArn"] for page in sns.get_paginator("list_topics").paginate() for each in page["Topics"]]
    there = any(arn.rpartition(":")[2] == wanted["Name"] for arn in arns)
    yield Step("topic", wanted["Name"], [] if there else [("", None, wanted)], lambda: sns.create_topic(**wanted))


def _alarm(cloudwatch: Any, wanted: Json) -> Iterator[Step]:
    name = wanted["AlarmName"]
    found = cloudwatch.describe_alarms(AlarmNames=[name], AlarmTypes=["MetricAlarm"])["MetricAlarms"]
    usual: Json = {"ActionsEnabled": True, **{name: [] for name in _ACTIONS}}
    if "Metrics" not in wanted:
        usual["Dimensions"] = []
    members = cloudwatch.meta.service_model.operation_model("PutMetricAlarm").input_shape.members
    differences = _compared(found[0] if found else None, usual | wanted, members)
    yield Step("alarm", name, differences, lambda: cloudwatch.put_metric_alarm(**wanted))


def _compared(found: Json | None, wanted: Json, members: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """Which members differ, also those that are there and are not wanted."""
    if found is None:
        return [("", None, wanted)]
    there = {name: value for name, value in found.items() if name in members}
    return [
        (name, there.get(name), wanted.get(name))
        for name in sorted(there.keys() | wanted.keys())
        if there.get(name) != wanted.get(name)
    ]


def _dashboard(cloudwatch: Any, wanted: Json) -> Iterator[Step]:
    name, body = wanted["DashboardName"], wanted["DashboardBody"]
    prefixed = cloudwatch.list_dashboards(DashboardNamePrefix=name)["DashboardEntries"]
    if all(each["DashboardName"] != name for each in prefixed):
        differences: list[tuple[str, Any, Any]] = [("", None, wanted)]
    else:
        before, after = json.loads(cloudwatch.get_dashboard(DashboardName=name)["DashboardBody"]), json.loads(body)
        keys = sorted(before.keys() | after.keys())
        differences = [(key, before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)]
    yield Step("dashboard", name, differences, lambda: cloudwatch.put_dashboard(**wanted))


def _query(logs: Any, wanted: Json) -> Iterator[Step]:
    name = wanted["name"]
    found = [each for each in _definitions(logs, name) if each["name"] == name]
    if not found:
        yield Step("query", name, [("", None, wanted)], lambda: logs.put_query_definition(**wanted))
        return
    before = found[0]
    differences = [(key, before.get(key), wanted[key]) for key in wanted if before.get(key) != wanted[key]]
    same = {"queryDefinitionId": before["queryDefinitionId"], **wanted}
    yield Step("query", name, differences, lambda: logs.put_query_definition(**same))


def _definitions(logs: Any, name: str) -> Iterator[Json]:
    """The definitions whose names begin so, page by page."""
    token: Json = {}
    while True:
        page = logs.describe_query_definitions(queryDefinitionNamePrefix=name, **token)
        yield from page["queryDefinitions"]
        if "nextToken" not in page:
            return
        token = {"nextToken": page["nextToken"]}


def _retention(logs: Any, wanted: Json) -> Iterator[Step]:
    name, days = wanted["logGroupName"], wanted["retentionInDays"]
    prefixed = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    found = next((each for each in prefixed if each["logGroupName"] == name), None)
    if found is None:
        yield Step(
            "log group", name, [("", None, {"logGroupName": name})], lambda: logs.create_log_group(logGroupName=name)
        )
    before = (found or {}).get("retentionInDays")
    differences = [] if before == days else [("retentionInDays", before, days)]
    put = {"logGroupName": name, "retentionInDays": days}
    yield Step("retention", name, differences, lambda: logs.put_retention_policy(**put))


_KINDS: tuple[tuple[str, str, str, Callable[[Any, Json], Iterator[Step]]], ...] = (
    ("topics", "sns", "Name", _topic),
    ("alarms", "cloudwatch", "AlarmName", _alarm),
    ("dashboards", "cloudwatch", "DashboardName", _dashboard),
    ("queries", "logs", "name", _query),
    ("retention", "logs", "logGroupName", _retention),
)
