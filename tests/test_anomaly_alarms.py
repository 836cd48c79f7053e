"""Anomaly detection from outside: two weeks of data in, a band out, and alarms on it."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bayon.testing import Bayon

NOW = datetime(2026, 3, 16, 12, 0, tzinfo=UTC)
STEP = timedelta(minutes=5)
METRIC = {"Namespace": "App", "MetricName": "Orders"}


def usual(at: datetime) -> float:
    """What a day looks like: busy at noon, quiet at midnight, with a little noise that is always the same."""
    hours = at.hour + at.minute / 60
    return 100 - 60 * math.cos(hours * math.pi / 12) + 3 * math.sin(at.timestamp() / 97)


@pytest.fixture
def cloudwatch(bayon: Bayon) -> Any:
    """A client of a bayon with two weeks of orders."""
    bayon.clock(freeze=NOW.isoformat())
    client = bayon.client("cloudwatch")
    times = [NOW - STEP * number for number in range(1, 14 * 288 - 12)]
    data = [{"MetricName": "Orders", "Timestamp": at, "Value": usual(at)} for at in times]
    for first in range(0, len(data), 1000):
        client.put_metric_data(Namespace="App", MetricData=data[first : first + 1000])
    return client


def band(client: Any, start: datetime, end: datetime, expression: str = "ANOMALY_DETECTION_BAND(m1, 3)") -> list[Any]:
    stat = {"Metric": METRIC, "Period": 300, "Stat": "Average"}
    queries = [
        {"Id": "band", "Expression": expression},
        {"Id": "m1", "MetricStat": stat, "ReturnData": False},
        {"Id": "e1", "Expression": "m1 * 2", "ReturnData": False},
    ]
    answer = client.get_metric_data(
        MetricDataQueries=queries, StartTime=start, EndTime=end, ScanBy="TimestampAscending"
    )
    return list(answer["MetricDataResults"])


def test_a_band_holds_what_is_usual_and_goes_on_where_there_is_no_data(cloudwatch: Any) -> None:
    """Lower, then upper, at every period of the range, also of what is yet to come."""
    lower, upper = band(cloudwatch, NOW - timedelta(hours=6), NOW + timedelta(hours=1))
    assert [each["Label"] for each in (lower, upper)] == ["Orders Low", "Orders High"]
    assert len(lower["Timestamps"]) == 7 * 12
    rows = zip(lower["Timestamps"], lower["Values"], upper["Values"], strict=True)
    inside = [low <= usual(at) <= high for at, low, high in rows]
    assert sum(inside) / len(inside) > 0.9
    doubled = band(cloudwatch, NOW - timedelta(hours=6), NOW, "ANOMALY_DETECTION_BAND(e1, 3)")
    assert doubled[0]["Values"] == pytest.approx([2 * value for value in lower["Values"][:72]], rel=1e-6)


def test_a_detector_that_waits_has_no_band_and_one_that_has_learnt_excludes(cloudwatch: Any, bayon: Bayon) -> None:
    """PENDING_TRAINING first; then the model knows nothing of what was excluded."""
    excluded = {"StartTime": NOW - timedelta(days=15), "EndTime": NOW - timedelta(hours=5)}
    detector = {**METRIC, "Stat": "Average", "Configuration": {"ExcludedTimeRanges": [excluded]}}
    cloudwatch.put_anomaly_detector(**detector)
    assert [each["Values"] for each in band(cloudwatch, NOW - timedelta(hours=1), NOW)] == [[], []]
    bayon.clock(advance_s=10)
    (found,) = cloudwatch.describe_anomaly_detectors()["AnomalyDetectors"]
    assert found["StateValue"] == "TRAINED"
    lower, upper = band(cloudwatch, NOW - timedelta(hours=13), NOW - timedelta(hours=12))
    at_midnight = usual(NOW - timedelta(hours=12))
    assert at_midnight < min(lower["Values"]) < max(upper["Values"])


@pytest.mark.parametrize(
    ("operator", "value", "says"),
    [
        ("LessThanLowerOrGreaterThanUpperThreshold", 20.0, "less than the lower thresholds ["),
        ("LessThanLowerOrGreaterThanUpperThreshold", 500.0, "or greater than the upper thresholds ["),
        ("GreaterThanUpperThreshold", 500.0, "was greater than the upper thresholds ["),
        ("LessThanLowerThreshold", 20.0, "was less than the lower thresholds ["),
    ],
)
def test_an_alarm_on_a_band_makes_its_detector_and_fires(
    cloudwatch: Any, bayon: Bayon, operator: str, value: float, says: str
) -> None:
    """Usual values are OK; one outside the band is not, and the reason shows both."""
    cloudwatch.put_metric_alarm(
        AlarmName="orders",
        ComparisonOperator=operator,
        EvaluationPeriods=1,
        ThresholdMetricId="band",
        Metrics=[
            {"Id": "m1", "MetricStat": {"Metric": METRIC, "Period": 300, "Stat": "Average"}},
            {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(m1, 4)"},
        ],
    )
    bayon.clock(advance_s=10)
    (alarm,) = cloudwatch.describe_alarms()["MetricAlarms"]
    assert alarm["StateValue"] == "OK", alarm
    assert "Threshold" not in alarm
    (detector,) = cloudwatch.describe_anomaly_detectors()["AnomalyDetectors"]
    assert (detector["MetricName"], detector["StateValue"]) == ("Orders", "TRAINED")
    cloudwatch.put_metric_data(Namespace="App", MetricData=[{"MetricName": "Orders", "Timestamp": NOW, "Value": value}])
    bayon.clock(advance_s=300)
    (alarm,) = cloudwatch.describe_alarms()["MetricAlarms"]
    assert alarm["StateValue"] == "ALARM", alarm
    assert alarm["StateReason"].startswith(f"Thresholds Crossed: 1 out of the last 1 datapoints [{value} (16/03/26 ")
    assert says in alarm["StateReason"]
    assert alarm["StateReason"].endswith("(minimum 1 datapoint for OK -> ALARM transition).")
    assert "recentLowerThresholds" in alarm["StateReasonData"]
