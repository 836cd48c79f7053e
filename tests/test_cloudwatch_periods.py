"""Start and end of queries round as AWS says they do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bayon.services.cloudwatch import periods

NOW = "2026-03-02T12:40:00"


def at_s(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("start", "end", "period_s", "now", "first", "behind"),
    [
        # metrics.md §9 example 22 (documented): 10, 30 and 100 days ago
        ("2026-02-20T12:32:34", NOW, 60, NOW, "2026-02-20T12:32:00", NOW),
        ("2026-01-31T12:32:34", NOW, 300, NOW, "2026-01-31T12:30:00", NOW),
        ("2025-11-22T12:32:34", NOW, 3600, NOW, "2025-11-22T12:00:00", NOW),
        # metrics.md §9 example 23 and §1.5 (documented): the previous ten seconds, five minutes by five seconds
        ("2026-03-02T01:05:13", "2026-03-02T01:05:23", 10, NOW, "2026-03-02T01:05:10", "2026-03-02T01:05:20"),
        ("2026-03-02T15:02:17", "2026-03-02T15:07:17", 5, NOW, "2026-03-02T15:02:15", "2026-03-02T15:07:15"),
        # metrics.md §1.5 (inferred): no rounding of the end for longer periods, whole seconds for one second
        ("2026-03-02T12:02:34", "2026-03-02T12:13:07", 300, NOW, "2026-03-02T12:02:00", "2026-03-02T12:13:07"),
        ("2026-03-02T12:02:34", "2026-03-02T12:02:39", 1, NOW, "2026-03-02T12:02:34", "2026-03-02T12:02:39"),
        # the store holds nothing before 1970
        ("1969-12-31T23:59:30", NOW, 3600, NOW, "1970-01-01T00:00:00", NOW),
    ],
)
def test_rounded(start: str, end: str, period_s: int, now: str, first: str, behind: str) -> None:
    """The start rounds down by period and age, the end only below a minute."""
    rounded = periods.rounded(at_s(start) * 1000, at_s(end) * 1000, period_s, at_s(now))
    assert rounded == (at_s(first), at_s(behind))


def test_a_fraction_of_a_second_still_includes_its_second() -> None:
    """An end just behind a second includes the data of that second."""
    assert periods.rounded(0, 60_001, 60, 60) == (0, 61)


@pytest.mark.parametrize("period_s", [1, 5, 10, 20, 30, 60, 120, 86400])
def test_legal(period_s: int) -> None:
    """These are periods of AWS."""
    assert periods.is_legal(period_s)


@pytest.mark.parametrize("period_s", [0, -60, 2, 15, 45, 61, 90, 2**32 + 60 - 2**32 % 60])
def test_not_legal(period_s: int) -> None:
    """These are not."""
    assert not periods.is_legal(period_s)
