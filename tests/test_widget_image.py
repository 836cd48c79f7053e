"""GetMetricWidgetImage through boto3: a real PNG, and an SVG with the data of the metrics that the widget names."""

from __future__ import annotations

import json
import struct
import zlib
from typing import Any
from xml.etree import ElementTree  # noqa: ICN001

import pytest

from bayon.testing import Bayon

NOW = "2026-03-02T12:30:00Z"


@pytest.fixture
def cloudwatch(bayon: Bayon) -> Any:
    """A client of a bayon that has half an hour of a metric on two hosts."""
    bayon.clock(freeze=NOW)
    client = bayon.client("cloudwatch")
    data = [
        {
            "MetricName": "Latency",
            "Dimensions": [{"Name": "Host", "Value": host}],
            "Value": base + minute,
            "Unit": "Milliseconds",
            "Timestamp": f"2026-03-02T12:{minute:02d}:00Z",
        }
        for host, base in (("web-1", 10), ("web-2", 50))
        for minute in range(30)
    ]
    client.put_metric_data(Namespace="App", MetricData=data)
    return client


def drawn(cloudwatch: Any, **widget: Any) -> ElementTree.Element:
    image = cloudwatch.get_metric_widget_image(MetricWidget=json.dumps(widget), OutputFormat="svg")
    return ElementTree.fromstring(image["MetricWidgetImage"])


def words(root: ElementTree.Element) -> list[str]:
    return [each.text or "" for each in root.iter() if each.tag.endswith("text")]


def shapes(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [each for each in root.iter() if each.tag.endswith("}" + name)]


def test_a_png_of_the_asked_size(cloudwatch: Any) -> None:
    """It decodes, has the size that was asked for, and text and lines are really drawn."""
    widget = {"metrics": [["App", "Latency", "Host", "web-1"]], "title": "Latency", "width": 500, "height": 300}
    data = cloudwatch.get_metric_widget_image(MetricWidget=json.dumps(widget))["MetricWidgetImage"]
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", data[16:24]) == (500, 300)
    bare = cloudwatch.get_metric_widget_image(MetricWidget=json.dumps({**widget, "title": ""}), OutputFormat="png")[
        "MetricWidgetImage"
    ]
    assert pixels(data, 24) != pixels(bare, 24), "the title is not drawn: is there a font?"


def pixels(png: bytes, rows: int) -> bytes:
    """The first rows of the picture, as they lie in the file."""
    body, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            body += png[at + 8 : at + 8 + length]
        at += 12 + length
    return zlib.decompress(body)[: rows * (1 + 4 * 500)]


def test_the_shorthand_of_metrics(cloudwatch: Any) -> None:
    """Dots repeat what the entry before has, three dots all but the end (metrics.md §6.3)."""
    root = drawn(
        cloudwatch,
        metrics=[
            ["App", "Latency", "Host", "web-1", {"label": "one", "color": "#123456"}],
            ["...", "web-2", {"label": "two ${LAST}", "stat": "Maximum"}],
            [".", ".", ".", "web-1", {"visible": False, "id": "m3"}],
            [{"expression": "m3 * 2", "label": "twice"}],
        ],
        period=60,
    )
    assert {"one", "two 79", "twice"} <= set(words(root))
    assert [each.get("stroke") for each in shapes(root, "polyline")] == ["#123456", "#1f77b4", "#ff7f0e"]
    assert all(len((each.get("points") or "").split()) == 30 for each in shapes(root, "polyline"))


def test_a_value_of_the_whole_range(cloudwatch: Any) -> None:
    """With setPeriodToTimeRange a single value is that of the range (metrics.md §6.2)."""
    metrics = [["App", "Latency", "Host", "web-1", {"stat": "Sum"}]]
    given = {"metrics": metrics, "view": "singleValue", "start": "-PT1H", "period": 60}
    assert "39" in words(drawn(cloudwatch, **given))
    assert "735" in words(drawn(cloudwatch, **given, setPeriodToTimeRange=True))


def test_a_search_and_a_theme(cloudwatch: Any) -> None:
    """Every series that is found has a colour of its own, in the dark too."""
    root = drawn(
        cloudwatch, metrics=[[{"expression": "SEARCH('{App,Host}', 'Average', 60)"}]], theme="dark", timezone="+0200"
    )
    assert {"web-1", "web-2", "14:00"} <= set(words(root))
    assert shapes(root, "rect")[0].get("fill") == "#0f1b2a"


def test_an_alarm(cloudwatch: Any) -> None:
    """Its metric, its threshold and its name (metrics.md §6.2, an alarm annotation)."""
    cloudwatch.put_metric_alarm(
        AlarmName="slow",
        Namespace="App",
        MetricName="Latency",
        Dimensions=[{"Name": "Host", "Value": "web-1"}],
        Statistic="Average",
        Period=60,
        EvaluationPeriods=1,
        Threshold=30,
        ComparisonOperator="GreaterThanThreshold",
    )
    arn = cloudwatch.describe_alarms(AlarmNames=["slow"])["MetricAlarms"][0]["AlarmArn"]
    root = drawn(cloudwatch, annotations={"alarms": [arn]})
    assert {"slow", "Latency > 30", "Latency"} <= set(words(root))
    assert len(shapes(root, "polyline")) == 1
