"""What an evaluation does over a pause, over a change by hand, and with one reading for many alarms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bayon.services.cloudwatch import alarm_evaluation, alarm_readings
from bayon.state import alarm_history, alarms
from bayon.state.database import State
from bayon.store import metrics
from bayon.store.metric_series import Metric
from bayon.store.metrics import Points
from bayon.store.store import Store

ACCOUNT, REGION = "000000000000", "us-east-1"
START_MS = 1_772_452_800_000  # 2026-03-02T12:00:00Z
METRIC = Metric("App", "Errors", ())


@pytest.fixture
def database(tmp_path: Path) -> Iterator[State]:
    with closing(State.open(f"sqlite:///{tmp_path / 'state.sqlite3'}", durable=False)) as opened:
        yield opened


def put_alarm(database: State, name: str = "a", *, without: frozenset[str] = frozenset(), **members: Any) -> None:
    usual = {
        "Namespace": METRIC.namespace,
        "MetricName": METRIC.name,
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 5.0,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "ignore",
        **members,
    }
    config = {member: value for member, value in usual.items() if member not in without}
    alarms.put(
        database,
        ACCOUNT,
        REGION,
        name,
        kind=alarms.METRIC,
        config=config,
        actions={},
        actions_enabled=True,
        metric=(METRIC.namespace, METRIC.name),
        reason="new",
        now_ms=START_MS,
    )


def put_points(store: Store, values: dict[int, float]) -> None:
    """A value a minute after the start."""
    points = Points()
    for minute, value in values.items():
        points.metric.append(METRIC)
        points.unit.append("Count")
        points.at_s.append(START_MS // 1000 + 60 * minute)
        points.resolution_s.append(60)
        for column in (points.sum, points.min, points.max):
            column.append(value)
        points.count.append(1.0)
        points.values.append([])
        points.weights.append([])
        points.opaque.append(False)
    metrics.append(store, ACCOUNT, REGION, points, START_MS)


def at(minute: int, second: int = 10) -> int:
    return START_MS + 60_000 * minute + 1000 * second


def updates(database: State) -> list[tuple[int, str]]:
    """The minute of each change of state, and what changed."""
    found = alarm_history.page(
        database, ACCOUNT, REGION, kinds=[alarms.METRIC], item="StateUpdate", newest_first=False, limit=100
    )
    return [((item.at_ms - START_MS) // 60_000, item.summary.removeprefix("Alarm updated from ")) for item in found]


def test_a_pause_is_made_up_for(store: Store, database: State) -> None:
    """What happened while nobody evaluated is found at its times, once, also by a process that is new."""
    put_alarm(database)
    put_points(store, {0: 1, 1: 9, 2: 1, 3: 9, 4: 1, 5: 1})
    alarm_evaluation.run(store, database, at(1))
    store.caches.clear()
    alarm_evaluation.run(store, database, at(6))
    wanted = [
        (1, "INSUFFICIENT_DATA to OK"),
        (2, "OK to ALARM"),
        (3, "ALARM to OK"),
        (4, "OK to ALARM"),
        (5, "ALARM to OK"),
    ]
    assert updates(database) == wanted
    store.caches.clear()
    alarm_evaluation.run(store, database, at(6, 20))
    assert updates(database) == wanted


def test_an_alarm_is_not_evaluated_for_the_time_before_it_was_put(store: Store, database: State) -> None:
    """The points before count, the ticks before do not."""
    put_alarm(database, "old")
    put_points(store, {-3: 9, -2: 9, -1: 9})
    alarm_evaluation.run(store, database, at(0))
    assert updates(database) == [(0, "INSUFFICIENT_DATA to ALARM")]


def test_what_changed_meanwhile_is_left_alone(store: Store, database: State) -> None:
    """A state that was set by hand after the alarm was read wins over the evaluation."""
    put_alarm(database)
    seen = alarms.find(database, ACCOUNT, REGION, "a")
    assert seen is not None
    assert alarms.change_state(database, seen, "OK", reason="x", reason_data=None, now_ms=1, transitioned=True)
    assert not alarms.change_state(database, seen, "ALARM", reason="y", reason_data=None, now_ms=2, transitioned=True)
    found = alarms.find(database, ACCOUNT, REGION, "a")
    assert found is not None
    assert (found.state, found.reason) == ("OK", "x")


def test_a_series_is_read_once_however_many_alarms_watch_it(
    store: Store, database: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of one period, whatever the statistic, the threshold and the number of windows."""
    for number, statistic in enumerate(("Sum", "Average", "Maximum", "p90")):
        name = "ExtendedStatistic" if statistic == "p90" else "Statistic"
        put_alarm(
            database,
            f"a{number}",
            without=frozenset(("Statistic",)) - {name},
            **{name: statistic, "EvaluationPeriods": 1 + 3 * number},
        )
    put_points(store, dict.fromkeys(range(-20, 1), 9))
    reads: list[int] = []
    read = alarm_readings.read

    def counted(store: Store, batch: alarm_readings.Batch, *, end_s: int, now_s: int) -> alarm_readings.Reading:
        reads.append(len(batch.watches))
        return read(store, batch, end_s=end_s, now_s=now_s)

    monkeypatch.setattr(alarm_readings, "read", counted)
    alarm_evaluation.run(store, database, at(1))
    assert reads == [4]
    assert {glance.state for glance in alarms.glance(database)} == {"ALARM"}


def test_silence_is_known(store: Store, database: State) -> None:
    """Where no data can come into any window there is nothing to do until somebody sends some."""
    put_alarm(database)
    put_points(store, {0: 1})
    assert alarm_evaluation.run(store, database, at(1)) == at(2)
    assert alarm_evaluation.run(store, database, at(60)) == at(61)
    assert alarm_evaluation.run(store, database, at(60 * 5)) is None
    put_points(store, {60 * 5: 9})
    assert alarm_evaluation.run(store, database, at(60 * 5 + 1)) == at(60 * 5 + 2)
    assert updates(database)[-1] == (60 * 5 + 1, "OK to ALARM")
