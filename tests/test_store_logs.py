"""Log events come back whole, once and in order, whatever has been settled meanwhile."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from bayon.sql import Sql, Values
from bayon.store import logs, purge_logs
from bayon.store.settle_logs import settle_logs
from bayon.store.store import Store

T0_MS = 1_772_445_600_000
DAY_MS = 86_400_000


def _fill(store: Store, seed: int) -> list[tuple[int, int, int, str]]:
    """Seeded batches over several groups, streams and days, settled now and then. Out: (group, stream, ms, message)."""
    rng = random.Random(seed)
    kept = []
    for batch in range(40):
        group_id, stream_id = rng.randint(1, 3), rng.randint(1, 4)
        days = [rng.choice([0, DAY_MS, -5 * DAY_MS]) for _ in range(rng.randint(1, 9))]
        at_ms = sorted(T0_MS + day + rng.randint(0, 5) for day in days)
        texts = [f'{{"n": {batch}}}', f"line {batch}", "{broken", '{"a":1,"a":2}', "ü\x00\n"]
        messages = [rng.choice(texts) for _ in at_ms]
        logs.append(store, group_id, stream_id, at_ms, messages, T0_MS + batch)
        kept += [(group_id, stream_id, ms, message) for ms, message in zip(at_ms, messages, strict=True)]
        if rng.random() < 0.2:
            settle_logs(store, now=True)
    return kept


def _expected(kept: list[tuple[int, int, int, str]], group_id: int) -> list[tuple[int, int, str]]:
    """The group's events in (timestamp, arrival) order, as (stream, ms, message)."""
    return sorted(((s, ms, m) for g, s, ms, m in kept if g == group_id), key=lambda event: event[1])


@pytest.mark.parametrize("seed", range(4))
def test_reads_give_every_event_once_in_order(store: Store, seed: int) -> None:
    """A group's events are those appended, by timestamp and then by arrival."""
    kept = _fill(store, seed)
    for group_id in (1, 2, 3):
        events = logs.read(store, group_id, limit=1000)
        assert [(e.stream_id, e.at_ms, e.message) for e in events] == _expected(kept, group_id)
        assert len({e.seq for e in events}) == len(events)


@pytest.mark.parametrize("newest", [False, True])
@pytest.mark.parametrize("seed", range(2))
def test_pages_join_to_the_whole(store: Store, seed: int, newest: bool) -> None:
    """Walking by position, in either direction, yields what one read yields."""
    _fill(store, seed)
    whole = logs.read(store, 1, limit=1000)
    walked: list[logs.LogEvent] = []
    position: logs.Position | None = None
    while page := logs.read(
        store, 1, limit=3, newest=newest, after=None if newest else position, before=position if newest else None
    ):
        walked = page + walked if newest else walked + page
        edge = page[0] if newest else page[-1]
        position = logs.Position(edge.at_ms, edge.seq)
    assert walked == whole


RANGES: dict[str, tuple[dict[str, object], Callable[[logs.LogEvent], bool]]] = {
    "start included": ({"start_ms": T0_MS + 2}, lambda e: e.at_ms >= T0_MS + 2),
    "end excluded": ({"end_ms": T0_MS + 2}, lambda e: e.at_ms < T0_MS + 2),
    "streams": ({"stream_ids": [1, 4]}, lambda e: e.stream_id in (1, 4)),
    "no stream": ({"stream_ids": []}, lambda e: False),
}


@pytest.mark.parametrize("name", RANGES)
def test_ranges(store: Store, name: str) -> None:
    """Bounds leave out what lies outside of them and nothing else."""
    _fill(store, 7)
    arguments, inside = RANGES[name]
    assert logs.read(store, 2, limit=1000, **arguments) == [e for e in logs.read(store, 2, limit=1000) if inside(e)]  # type: ignore[arg-type]


def test_a_condition_leaves_out_the_others(store: Store) -> None:
    """Its values are bound, and it holds for recent and settled events alike."""
    _fill(store, 7)
    values = Values()
    for text in ("line 3", "{broken"):
        condition = Sql(f"position(message, {values.bind(text, 'String')}) > 0", values.parameters)
        expected = [event for event in logs.read(store, 2, limit=1000) if text in event.message]
        assert expected
        assert logs.read(store, 2, limit=1000, condition=condition) == expected


def test_statistics_count_what_is_held(store: Store) -> None:
    """Stream statistics and stored bytes agree with the events."""
    _fill(store, 3)
    events = logs.read(store, 1, limit=1000)
    for stream_id, stats in logs.stream_stats(store, 1).items():
        own = [e for e in events if e.stream_id == stream_id]
        assert stats == logs.StreamStats(
            min(e.at_ms for e in own),
            max(e.at_ms for e in own),
            max(e.ingested_at_ms for e in own),
            len(own),
            sum(len(e.message.encode()) for e in own),
        )
    assert logs.stored_bytes(store, {1: 0, 99: 0}) == {1: sum(len(e.message.encode()) for e in events)}
    kept = {1: sum(len(e.message.encode()) for e in events if e.at_ms >= T0_MS)}
    assert logs.stored_bytes(store, {1: T0_MS, 99: T0_MS}) == kept


def test_delete_and_expire_leave_the_others(store: Store) -> None:
    """A deleted stream, an expired past and a deleted group are gone; all else stays."""
    _fill(store, 5)
    others = logs.read(store, 2, limit=1000)
    kept = [e for e in logs.read(store, 1, limit=1000) if e.stream_id != 2]
    purge_logs.delete(store, [(1, 2), (9, None)])
    assert logs.read(store, 1, limit=1000) == kept
    settle_logs(store, now=True)  # what has not been settled is expired later
    purge_logs.expire(store, {T0_MS: [1, 9]})
    assert logs.read(store, 1, limit=1000) == [e for e in kept if e.at_ms >= T0_MS]
    purge_logs.delete(store, [(1, None)])
    assert not store.query("SELECT 1 FROM log_fields WHERE group_id = 1").num_rows
    settle_logs(store, now=True)
    assert logs.read(store, 1, limit=1000) == []
    assert logs.read(store, 2, limit=1000) == others


def test_a_crash_while_settling_changes_no_answer(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Copies made before the crash do not count, and the next attempt leaves each event once."""
    kept = _fill(store, 1)

    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Store, "record", crash)
        with pytest.raises(KeyboardInterrupt):
            settle_logs(store, now=True)
    for _ in range(2):
        store._load()  # what a restart reads again
        events = logs.read(store, 1, limit=1000)
        assert [(e.stream_id, e.at_ms, e.message) for e in events] == _expected(kept, 1)
        settle_logs(store, now=True)
    logs.append(store, 1, 1, [T0_MS + 2 * DAY_MS], ["after"], T0_MS)
    assert logs.read(store, 1, limit=1, newest=True)[0].seq > max(e.seq for e in events)


def _held(store: Store, table: str) -> dict[str, int]:
    """Rows by partition, as they lie in the engine."""
    rows = store.query(
        "SELECT partition_id AS id, sum(rows) AS held FROM system.parts WHERE database = currentDatabase() "
        "AND table = {table:String} AND active AND rows > 0 GROUP BY id",
        {"table": table},
    )
    return dict(zip(rows["id"].to_pylist(), rows["held"].to_pylist(), strict=True))


def test_what_goes_whole_is_dropped(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A day and a generation whose events all go cost no rewriting, and the copies they were made from go with them."""
    commands: list[str] = []
    command = store.command

    def noting(sql: str, values: Mapping[str, Any] | None = None) -> None:
        commands.append(sql)
        command(sql, values)

    monkeypatch.setattr(store, "command", noting)
    for group_id, day in ((1, 0), (1, 1), (2, 1)):
        logs.append(store, group_id, 1, [T0_MS + day * DAY_MS], ["x"], T0_MS)
    settle_logs(store, now=True)
    assert set(_held(store, "log_events").values()) == {1, 2}
    purge_logs.expire(store, {T0_MS + 1: [1]})
    assert sum(_held(store, "log_events").values()) == 2
    assert not any("DELETE" in each for each in commands)
    purge_logs.delete(store, [(1, None), (2, None)])
    assert _held(store, "log_events") == _held(store, "log_recent") == {}
    assert not any("DELETE" in each for each in commands)


def test_a_day_is_not_written_again_all_the_time(store: Store) -> None:
    """What expires after it has just been written again stays for a while, hidden; what is deleted does not."""
    for group_id, ms in ((1, 1), (1, 2), (1, 3), (2, 4)):
        logs.append(store, group_id, 1, [T0_MS + ms], ["x"], T0_MS)
    settle_logs(store, now=True)
    purge_logs.expire(store, {T0_MS + 2: [1]})
    assert sum(_held(store, "log_events").values()) == 3
    purge_logs.expire(store, {T0_MS + 3: [1]})
    assert sum(_held(store, "log_events").values()) == 3
    assert logs.stored_bytes(store, {1: T0_MS + 3}) == {1: 1}
    purge_logs.delete(store, [(1, None)])
    assert sum(_held(store, "log_events").values()) == 1


def test_a_late_event_is_not_dropped_with_its_day(store: Store) -> None:
    """What is settled into a day while it is looked at stays."""
    logs.append(store, 1, 1, [T0_MS], ["old"], T0_MS)
    settle_logs(store, now=True)
    logs.append(store, 2, 1, [T0_MS], ["late"], T0_MS)
    purge_logs.delete(store, [(1, None)])
    settle_logs(store, now=True)
    assert [event.message for event in logs.read(store, 2, limit=9)] == ["late"]
