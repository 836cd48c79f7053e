"""What is configured of X-Ray and what its clients report, each on SQLite and on PostgreSQL."""

from __future__ import annotations

from bayon.state import sampling_reports, xray_resources
from bayon.state.database import State
from bayon.state.sampling_reports import Report

ACCOUNT, OTHER, REGION = "111122223333", "444455556666", "eu-west-1"


def test_a_resource_is_found_by_its_kind_and_name(state: State) -> None:
    """Created once, then changed; deleted once."""
    made = xray_resources.create(state, ACCOUNT, REGION, "group", "g", {"a": [1]}, now_ms=1)
    assert made is not None
    assert xray_resources.create(state, ACCOUNT, REGION, "group", "g", {}, now_ms=2) is None
    assert xray_resources.find(state, ACCOUNT, REGION, "group", "g") == made
    assert xray_resources.find(state, ACCOUNT, REGION, "setting", "g") is None
    changed = xray_resources.put(state, ACCOUNT, REGION, "group", "g", {"a": [2]}, now_ms=5)
    assert (changed.created_ms, changed.modified_ms) == (1, 5)
    assert xray_resources.find(state, ACCOUNT, REGION, "group", "g") == changed
    other = xray_resources.put(state, OTHER, REGION, "group", "A", {}, now_ms=3)
    assert xray_resources.every(state, "group") == [changed, other]
    assert xray_resources.every(state, "group", account=OTHER, region=REGION) == [other]
    assert xray_resources.delete(state, ACCOUNT, REGION, "group", "g")
    assert not xray_resources.delete(state, ACCOUNT, REGION, "group", "g")
    xray_resources.delete_older(state, "group", 4)
    assert xray_resources.every(state, "group") == []


def test_reports_are_kept_for_a_while(state: State) -> None:
    """Oldest first, of one account and region, until they are forgotten."""
    reports = [Report("r", "c", at_ms, 3, 2, 1) for at_ms in (30, 10, 20)]
    sampling_reports.add(state, ACCOUNT, REGION, reports)
    sampling_reports.add(state, OTHER, REGION, [])
    assert [report.at_ms for report in sampling_reports.since(state, ACCOUNT, REGION, 15)] == [20, 30]
    assert sampling_reports.since(state, OTHER, REGION, 0) == []
    sampling_reports.forget(state, 20)
    assert sampling_reports.since(state, ACCOUNT, REGION, 0) == [reports[2], reports[0]]
