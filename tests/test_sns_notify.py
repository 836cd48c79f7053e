"""What bayon's own parts publish: kept inside their transaction, and readable where people get it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bayon.services.sns.notify import notify
from bayon.state import messages, topics
from bayon.state.database import State

NOW_MS = 1_772_445_600_000
ACCOUNT, REGION = "000000000000", "us-east-1"
ALARM: dict[str, Any] = {
    "AlarmName": "High Error Rate",
    "AlarmDescription": None,
    "AWSAccountId": ACCOUNT,
    "NewStateValue": "ALARM",
    "NewStateReason": "Threshold Crossed: 1 datapoint [21.5] was greater than the threshold (10.0).",
    "StateChangeTime": "2026-03-02T10:00:00.123+0000",
    "Region": "US East (N. Virginia)",
    "AlarmArn": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:High Error Rate",
    "OldStateValue": "OK",
    "OKActions": [],
    "AlarmActions": [f"arn:aws:sns:{REGION}:{ACCOUNT}:ops"],
    "InsufficientDataActions": [],
    "Trigger": {
        "MetricName": "Errors",
        "Namespace": "App",
        "StatisticType": "Statistic",
        "Statistic": "SUM",
        "Unit": None,
        "Dimensions": [{"value": "abc", "name": "InstanceId"}],
        "Period": 300,
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 10.0,
        "TreatMissingData": "missing",
        "EvaluateLowSampleCountPercentile": "",
    },
}


def topic(state: State, name: str, **attributes: str) -> str:
    made = topics.create(state, ACCOUNT, REGION, name, attributes=attributes, created_ms=NOW_MS)
    assert made is not None
    return made.arn


def kept(state: State) -> list[messages.Message]:
    return messages.page(state, ACCOUNT, REGION, limit=None)


def test_a_message_is_kept_with_the_callers_writes_or_not_at_all(state: State) -> None:
    """A transaction that fails takes the message with it; one that ends well keeps it."""
    arn = topic(state, "ops")

    def fail() -> None:
        with state.write():
            notify(state, arn, "subject", "text", NOW_MS)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert kept(state) == []
    with state.write():
        id_ = notify(state, arn, "subject", "text", NOW_MS)
    (message,) = kept(state)
    assert (message.id, message.topic_arn, message.published_ms) == (id_, arn, NOW_MS)
    assert message.request == {"TopicArn": arn, "Subject": "subject", "Message": "text"}


def test_nobody_is_told_where_there_is_no_topic(state: State) -> None:
    """There is no id, and nothing is kept."""
    assert notify(state, f"arn:aws:sns:{REGION}:{ACCOUNT}:gone", "s", "m", NOW_MS) is None
    assert kept(state) == []


def test_an_alarm_is_readable(state: State) -> None:
    """Machines get its JSON, mail a text with every fact, SMS the subject; a long subject is cut."""
    notify(state, topic(state, "ops"), f'ALARM: "{"x" * 200}"', json.dumps(ALARM), NOW_MS)
    (message,) = kept(state)
    assert len(message.request["Subject"]) == 100
    texts = json.loads(message.request["Message"])
    assert json.loads(texts["default"]) == ALARM
    assert texts["sms"] == message.request["Subject"]
    for fact in (
        'The alarm "High Error Rate" in US East (N. Virginia) has entered the ALARM state',
        "Monday 02 March, 2026 10:00:00 UTC",
        "> 10.0 for at least 1 of the last 1 period(s) of 300 seconds",
        "[InstanceId = abc]",
        "OK -> ALARM",
    ):
        assert fact in texts["email"]


def test_a_composite_alarm_is_readable(state: State) -> None:
    """Its rule and the children that set it off are named."""
    child = {"Arn": "arn:child", "State": {"Value": "ALARM", "Timestamp": "2026-03-02T09:59:00.000+0000"}}
    composite = ALARM | {"Trigger": None, "AlarmRule": 'ALARM("a")', "TriggeringChildren": [child]}
    notify(state, topic(state, "ops"), "s", json.dumps(composite), NOW_MS)
    text = json.loads(kept(state)[0].request["Message"])["email"]
    assert 'ALARM("a")' in text
    assert "arn:child in ALARM at Monday 02 March, 2026 09:59:00 UTC" in text


def test_a_fifo_topic_keeps_an_alarms_messages_in_one_group(state: State) -> None:
    """The same message twice is two, numbered, of the group of that alarm."""
    arn = topic(state, "ops.fifo", FifoTopic="true", ContentBasedDeduplication="true")
    for _ in range(2):
        notify(state, arn, "s", json.dumps(ALARM), NOW_MS)
    first, second = sorted((message.request for message in kept(state)), key=lambda request: request["SequenceNumber"])
    assert first["SequenceNumber"] < second["SequenceNumber"]
    assert first["MessageGroupId"] == second["MessageGroupId"]
