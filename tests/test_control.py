"""What bayon answers beside AWS, asked over HTTP as any client would."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from bayon.errors import BayonError
from bayon.testing import DIRECT, Bayon, running

TEN = "2026-03-02T10:00:00Z"
TEN_MS = 1_772_445_600_000


def test_it_lives(bayon: Bayon) -> None:
    """Health names the process, readiness asks the store and the state."""
    assert got(bayon, "/healthz") == {"status": "ok", "pid": bayon.pid}
    assert got(bayon, "/readyz") == {"status": "ready"}


@pytest.mark.parametrize(
    "change", [{"freeze": TEN}, {"freeze": TEN_MS}, {"set": TEN}, {"set": "2026-03-02T11:00:00+01:00"}]
)
def test_freezing(bayon: Bayon, change: dict[str, Any]) -> None:
    """The clock stands where it is told to stand, until it is resumed."""
    assert bayon.clock(**change) == {"now": "2026-03-02T10:00:00.000Z", "now_ms": TEN_MS, "frozen": True}
    assert bayon.clock()["now_ms"] == TEN_MS
    resumed = bayon.clock(resume=True)
    assert resumed["now_ms"] > TEN_MS
    assert not resumed["frozen"]


def test_freezing_now(bayon: Bayon) -> None:
    """It can stand where it is."""
    assert bayon.clock(freeze=True)["now_ms"] == bayon.clock()["now_ms"]


def test_advancing(bayon: Bayon) -> None:
    """It stands that much later, also in parts of a second."""
    bayon.clock(freeze=TEN)
    assert bayon.clock(advance_s=1200)["now_ms"] == TEN_MS + 1_200_000
    assert bayon.clock(advance_s=0.25)["now_ms"] == TEN_MS + 1_200_250
    assert bayon.clock(advance_s=0)["now_ms"] == TEN_MS + 1_200_250


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({}, "found nothing"),
        ({"advance": 1}, "found advance"),
        ({"freeze": True, "set": TEN}, "found freeze, set"),
        ({"freeze": False}, "expected one of"),
        ({"freeze": None}, "expected one of"),
        ({"resume": False}, "expected one of"),
        ({"freeze": "noon"}, "expected a time such as 2026-03-02T10:00:00Z, found noon"),
        ({"set": True}, "expected one of"),
        ({"set": -1}, "expected a time from 1970 to 9999, found -1"),
        ({"set": 10**30}, "expected a time from 1970 to 9999"),
        ({"advance_s": -1}, "expected advance_s from 0 to"),
        ({"advance_s": 1e300}, "expected advance_s from 0 to"),
        ({"advance_s": "1"}, "expected one of"),
    ],
)
def test_a_wrong_change_of_the_clock(bayon: Bayon, change: dict[str, Any], says: str) -> None:
    """The clock stays as it is and the answer says what was expected."""
    bayon.clock(freeze=TEN)
    with pytest.raises(BayonError, match="answered 400") as caught:
        bayon._call("/_bayon/clock", change)
    assert says in caught.value.message
    assert bayon.clock()["now_ms"] == TEN_MS


def test_reset(bayon: Bayon) -> None:
    """Nothing is left, of the state nor of the store, and the clock runs."""
    bayon.clock(freeze=TEN)
    logs = bayon.client("logs")
    make_group(logs)
    bayon.client("cloudwatch").put_metric_data(Namespace="App", MetricData=[{"MetricName": "m", "Value": 1}])
    bayon.reset()
    assert not bayon.clock()["frozen"]
    assert logs.describe_log_groups()["logGroups"] == []
    assert bayon.client("cloudwatch").list_metrics()["Metrics"] == []


def test_jobs_follow_the_clock(bayon: Bayon) -> None:
    """Advancing past a group's retention has removed its events by the time the answer comes."""
    bayon.clock(freeze=TEN)
    logs = bayon.client("logs")
    make_group(logs)
    logs.put_retention_policy(logGroupName="g", retentionInDays=1)
    assert logs.describe_log_groups()["logGroups"][0]["storedBytes"] > 0
    bayon.clock(advance_s=2 * 86400)
    assert logs.describe_log_groups()["logGroups"][0]["storedBytes"] == 0


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with running(data_dir=tmp_path_factory.mktemp("data")) as bayon:
        yield bayon


def test_only_an_ephemeral_bayon_is_reset(lasting: Bayon) -> None:
    """Data that is meant to stay cannot be emptied by a request, nor its clock be moved."""
    make_group(lasting.client("logs"))
    with pytest.raises(BayonError, match="403: only an ephemeral bayon can be reset"):
        lasting.reset()
    with pytest.raises(BayonError, match="403: only the clock of an ephemeral bayon can be changed"):
        lasting.clock(freeze=True)
    assert not lasting.clock()["frozen"]
    assert len(lasting.client("logs").describe_log_groups()["logGroups"]) == 1


def make_group(logs: Any) -> None:
    """A group with one event."""
    logs.create_log_group(logGroupName="g")
    logs.create_log_stream(logGroupName="g", logStreamName="s")
    event = {"timestamp": TEN_MS, "message": "hello"}
    logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=[event])


def got(bayon: Bayon, path: str) -> Any:
    with DIRECT.open(bayon.url + path) as answer:
        return msgspec.json.decode(answer.read())
