"""Alarms from outside: data in, time passes, and whoever subscribed is told, over real sockets; also over a crash."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bayon.testing import Bayon, running
from endpoints import Webhook, webhook

NOW = "2026-03-02T12:00:00Z"
WAIT_S = 30


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as made:
        yield made


def subscribed(bayon: Bayon, hook: Webhook, name: str = "ops") -> str:
    """The ARN of a topic that the hook is subscribed to."""
    sns = bayon.client("sns")
    topic = sns.create_topic(Name=name)["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=hook.url)
    asked = json.loads(hook.wait(1)[0].body)
    sns.confirm_subscription(TopicArn=topic, Token=asked["Token"])
    hook.received.clear()
    return str(topic)


def put_alarm(bayon: Bayon, name: str, **members: Any) -> None:
    usual = {
        "AlarmName": name,
        "Namespace": "App",
        "MetricName": "Errors",
        "Statistic": "Sum",
        "Period": 300,
        "EvaluationPeriods": 1,
        "Threshold": 10,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    bayon.client("cloudwatch").put_metric_alarm(**(usual | members))


def put_data(bayon: Bayon, value: float, **members: Any) -> None:
    datum = {"MetricName": "Errors", "Value": value, **members}
    bayon.client("cloudwatch").put_metric_data(Namespace="App", MetricData=[datum])


def until(found: Any, what: str) -> Any:
    """What the function finds, as soon as it finds anything."""
    ends = time.monotonic() + WAIT_S
    while time.monotonic() < ends:
        if value := found():
            return value
        time.sleep(0.05)
    raise AssertionError(f"no {what} within {WAIT_S} s")


def test_put_data_advance_twenty_minutes_and_be_told(bayon: Bayon, hook: Webhook) -> None:
    """The message is the JSON that AWS sends, and nobody had to wait."""
    bayon.clock(freeze=NOW)
    topic = subscribed(bayon, hook)
    put_alarm(
        bayon,
        "errors",
        AlarmDescription="too many",
        AlarmActions=[topic],
        Dimensions=[{"Name": "Service", "Value": "web"}],
        TreatMissingData="notBreaching",
        DatapointsToAlarm=1,
        Unit="Count",
    )
    put_data(bayon, 11, Dimensions=[{"Name": "Service", "Value": "web"}], Unit="Count")
    bayon.clock(advance_s=1200)
    (told,) = hook.wait(1)
    document = json.loads(told.body)
    assert document["Subject"] == 'ALARM: "errors" in US East (N. Virginia)'
    message = json.loads(document["Message"])
    assert list(message) == [
        *("AlarmName", "AlarmDescription", "AWSAccountId", "AlarmConfigurationUpdatedTimestamp", "NewStateValue"),
        *("NewStateReason", "StateChangeTime", "Region", "AlarmArn", "OldStateValue", "OKActions", "AlarmActions"),
        *("InsufficientDataActions", "ActionExecutedAfterMuteWindow", "Trigger"),
    ]
    assert message["OldStateValue"] == "OK"
    assert message["StateChangeTime"] == "2026-03-02T12:01:10.000+0000"
    assert message["NewStateReason"] == (
        "Threshold Crossed: 1 out of the last 1 datapoints [11.0 (02/03/26 11:56:00)] was greater than the threshold "
        "(10.0) (minimum 1 datapoint for OK -> ALARM transition)."
    )
    assert message["Trigger"] == {
        "MetricName": "Errors",
        "Namespace": "App",
        "StatisticType": "Statistic",
        "Statistic": "SUM",
        "Unit": "Count",
        "Dimensions": [{"value": "web", "name": "Service"}],
        "Period": 300,
        "EvaluationPeriods": 1,
        "DatapointsToAlarm": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 10.0,
        "TreatMissingData": "notBreaching",
        "EvaluateLowSampleCountPercentile": "",
    }
    states = bayon.client("cloudwatch").describe_alarm_history(HistoryItemType="StateUpdate")["AlarmHistoryItems"]
    assert [each["HistorySummary"] for each in states] == [
        "Alarm updated from ALARM to OK",
        "Alarm updated from OK to ALARM",
        "Alarm updated from INSUFFICIENT_DATA to OK",
    ]


def test_a_composite_alarm_tells_of_its_children(bayon: Bayon, hook: Webhook) -> None:
    """And so does its message after a mute window, which says that it waited."""
    bayon.clock(freeze=NOW)
    topic = subscribed(bayon, hook)
    cloudwatch = bayon.client("cloudwatch")
    put_alarm(bayon, "errors", TreatMissingData="ignore")
    cloudwatch.put_composite_alarm(AlarmName="down", AlarmRule="ALARM(errors)", AlarmActions=[topic])
    cloudwatch.put_alarm_mute_rule(
        Name="noon",
        Rule={"Schedule": {"Expression": "cron(0 12 * * *)", "Duration": "PT1H"}},
        MuteTargets={"AlarmNames": ["down"]},
    )
    cloudwatch.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="a drill")
    bayon.clock(advance_s=3610)
    (told,) = hook.wait(1)
    message = json.loads(json.loads(told.body)["Message"])
    assert message["AlarmRule"] == "ALARM(errors)"
    assert message["ActionExecutedAfterMuteWindow"] is True
    assert (message["OldStateValue"], message["NewStateValue"]) == ("OK", "ALARM")


def test_events_reach_the_log_group_and_the_addresses(hook: Webhook) -> None:
    """EventBridge's envelope and details, of configuration and state, in order; a failure is tried again."""
    with webhook() as other, running(alarm_webhooks=f"{hook.url}/a, {other.url}") as bayon:
        statuses = iter([500])
        hook.answering = lambda _: (next(statuses, 200), {}, b"")
        bayon.clock(freeze=NOW)
        put_alarm(bayon, "errors", TreatMissingData="ignore")
        bayon.client("cloudwatch").set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="a drill")
        bayon.clock(advance_s=10)
        bayon.clock(advance_s=10)
        assert [len(each.received) for each in (hook, other)] == [3, 2]
        created, changed = (json.loads(request.body) for request in other.received)
        assert json.loads(hook.received[-1].body) == changed
        events = bayon.client("logs").filter_log_events(logGroupName="/aws/events/cloudwatch-alarms")["events"]
    assert [json.loads(event["message"]) for event in events] == [created, changed]
    assert created["detail-type"] == "CloudWatch Alarm Configuration Change"
    assert created["detail"]["operation"] == "create"
    assert created["detail"]["configuration"]["threshold"] == 10.0
    identity = changed["detail"]["configuration"]["metrics"][0].pop("id")
    assert created["detail"]["configuration"]["metrics"][0]["id"] == identity
    assert {**changed, "id": ""} == {
        "version": "0",
        "id": "",
        "detail-type": "CloudWatch Alarm State Change",
        "source": "aws.cloudwatch",
        "account": "000000000000",
        "time": "2026-03-02T12:00:00Z",
        "region": "us-east-1",
        "resources": ["arn:aws:cloudwatch:us-east-1:000000000000:alarm:errors"],
        "detail": {
            "alarmName": "errors",
            "state": {"value": "ALARM", "reason": "a drill", "timestamp": "2026-03-02T12:00:00.000+0000"},
            "previousState": {
                "value": "INSUFFICIENT_DATA",
                "reason": "Unchecked: Initial alarm creation",
                "timestamp": "2026-03-02T12:00:00.000+0000",
            },
            "configuration": {
                "metrics": [
                    {
                        "metricStat": {
                            "metric": {"namespace": "App", "name": "Errors", "dimensions": {}},
                            "period": 300,
                            "stat": "Sum",
                        },
                        "returnData": True,
                    }
                ]
            },
        },
    }


def test_a_crash_neither_loses_nor_repeats_a_transition(tmp_path: Path, hook: Webhook) -> None:
    """After a kill the alarm is in the state it was in, and tells nobody twice."""
    with running(data_dir=tmp_path, allow_networks="127.0.0.0/8") as bayon:
        topic = subscribed(bayon, hook)
        put_alarm(bayon, "fast", Period=10, AlarmActions=[topic], TreatMissingData="ignore")
        put_data(bayon, 11, StorageResolution=1)
        hook.wait(1)
        os.kill(bayon.pid, signal.SIGKILL)
    with running(data_dir=tmp_path, allow_networks="127.0.0.0/8") as bayon:
        cloudwatch = bayon.client("cloudwatch")
        put_data(bayon, 12, StorageResolution=1)
        put_alarm(bayon, "witness", Period=10, TreatMissingData="breaching")
        until(lambda: cloudwatch.describe_alarms(AlarmNames=["witness"], StateValue="ALARM")["MetricAlarms"], "alarm")
        states = cloudwatch.describe_alarm_history(AlarmName="fast", HistoryItemType="StateUpdate")["AlarmHistoryItems"]
        assert [each["HistorySummary"] for each in states] == ["Alarm updated from INSUFFICIENT_DATA to ALARM"]
        actions = cloudwatch.describe_alarm_history(AlarmName="fast", HistoryItemType="Action")["AlarmHistoryItems"]
        assert len(actions) == 1
    assert len({json.loads(request.body)["MessageId"] for request in hook.received}) == 1
