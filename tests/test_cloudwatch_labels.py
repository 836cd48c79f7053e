"""Labels: the defaults as recorded, dynamic fields over the points."""

from __future__ import annotations

import pytest

from bayon.series import Series
from bayon.services.cloudwatch import labels
from bayon.services.cloudwatch.labels import Wording

SERIES = Series.of(
    [1_772_445_600_000, 1_772_445_660_000, 1_772_445_720_000], [3.0, 12345.678, 1.5], "cpu", "Percent", 60
)
EMPTY = Series.empty("cpu", 60)
WORDING = Wording({"Dim.Host": "a", "Stat": "p99"}, 0, 1_772_449_320_000)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ([("m", "Sum", 60), ("m", "Sum", 60)], ["m", "m"]),
        ([("m", "Sum", 60), ("m", "Minimum", 60)], ["m Sum", "m Minimum"]),
        ([("m", "Sum", 60), ("m", "Sum", 30)], ["m 60", "m 30"]),
        ([("m", "Sum", 60), ("m", "Minimum", 30)], ["m Sum 60", "m Minimum 30"]),
        ([], []),
    ],
)
def test_defaults(asked: list[tuple[str, str, int]], expected: list[str]) -> None:
    """Statistic and period appear only where queries differ in them (metrics.md §1.9, recorded)."""
    assert labels.defaults(asked) == expected


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("${LABEL}|&|${PROP('Dim.Host')}", "cpu|&|a"),
        ("${PROP('Dim.Other')}-${PROP('Stat')}", "-p99"),
        ("${MIN} ${MAX} ${AVG}", "1.5 12345.678 4116.726"),
        ("${FIRST} ${LAST} ${SUM} ${DATAPOINT_COUNT}", "3 1.5 12350.178 3"),
        ("${FIRST_LAST_RANGE} ${MIN_MAX_RANGE}", "1.5 12344.178"),
        ("${FIRST_TIME} / ${MAX_TIME}", "2026-03-02 10:00:00 / 2026-03-02 10:01:00"),
        ("${LAST_TIME_RELATIVE} ${FIRST_LAST_TIME_RANGE} ${MIN_MAX_TIME_RANGE}", "1h 2m 1m"),
        ("${NOTHING} $LABEL {LABEL}", "${NOTHING} $LABEL {LABEL}"),
    ],
)
def test_render(label: str, expected: str) -> None:
    """Known fields are replaced, everything else stays (metrics.md §1.9; formats reasoned)."""
    assert labels.render(label, SERIES, WORDING) == expected


def test_empty_series() -> None:
    """Without points only the label, the count and properties have a value."""
    assert labels.render("${LABEL} ${MAX} ${DATAPOINT_COUNT} ${PROP('Stat')}", EMPTY, WORDING) == "cpu  0 p99"


def test_timezone() -> None:
    """Times are shown in the zone of LabelOptions."""
    offset_s = labels.timezone_offset_s("-0130")
    assert offset_s == -5400
    assert labels.render("${FIRST_TIME}", SERIES, Wording({}, offset_s, 0)) == "2026-03-02 08:30:00"
    assert labels.timezone_offset_s("UTC") is None


def test_too_many_fields() -> None:
    """Six fields are allowed, and the label itself once."""
    assert not labels.fields_excess("${LABEL}" + "${MAX}" * 5)
    assert labels.fields_excess("${MAX}" * 7)
    assert labels.fields_excess("${LABEL}${LABEL}")
