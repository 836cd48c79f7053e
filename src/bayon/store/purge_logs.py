"""Removes log events for good: of deleted groups and streams, and those that have expired.

A day whose events all go, and a settled generation whose events all go, is dropped at once. Where others stay, their
day is written again without those that go. Expiry does that no more often than is worth it: a day is left alone for a
while that grows with what writing it again took last time, since its expired events are hidden already.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from bayon import limits
from bayon.clock import monotonic_s
from bayon.errors import StoreError
from bayon.store.schema import LOG_OLD_PARTS_S
from bayon.store.settle_logs import settle_logs
from bayon.store.store import Store

_PARTITION = re.compile(r"[0-9a-zA-Z-]+")
_POLL_S = 0.05
_NO_DAY = "-1"  # no event is that old


@dataclass(frozen=True, slots=True)
class _Going:
    """A condition on events and its values."""

    where: str
    values: Mapping[str, Any]


def delete(
    store: Store, deletions: Sequence[tuple[int, int | None]], stopping: Callable[[], bool] = lambda: False
) -> None:
    """No event of those groups, or of the one stream of a group, is left, nor the note of a group's fields.

    What had been read lately goes in minutes.
    Raises: StoreError when it could not be finished; then it may be tried again.
    """
    groups = [group_id for group_id, stream_id in deletions if stream_id is None]
    streams = [(group_id, stream_id) for group_id, stream_id in deletions if stream_id is not None]
    going = _Going(
        "(group_id IN {groups:Array(UInt64)} OR "
        "(group_id IN {stream_groups:Array(UInt64)} AND stream_id IN {streams:Array(UInt64)}))",
        {
            "groups": groups,
            "stream_groups": [group_id for group_id, _ in streams],
            "streams": [stream_id for _, stream_id in streams],
        },
    )
    unsettled = f"SELECT 1 FROM log_recent WHERE {going.where} AND generation > {{settled:UInt64}} LIMIT 1"
    if store.query(unsettled, {**going.values, "settled": store.log_generations.settled}).num_rows:
        settle_logs(store, now=True)
    _remove(store, going, stopping, sparing=False)
    noted = "group_id IN {groups:Array(UInt64)}"
    if groups and store.query(f"SELECT 1 FROM log_fields WHERE {noted} LIMIT 1", {"groups": groups}).num_rows:
        store.command(f"ALTER TABLE log_fields DELETE WHERE {noted} SETTINGS mutations_sync = 1", {"groups": groups})


def expire(store: Store, before_ms: Mapping[int, Sequence[int]], stopping: Callable[[], bool] = lambda: False) -> None:
    """Events of the groups older than their time go: at once by whole days, the rest as often as is worth it.

    In: by time, the groups whose events expired before it. Raises: StoreError; then it may be tried again.
    """
    for ms, group_ids in before_ms.items():
        numbers = iter(group_ids)
        while chunk := list(islice(numbers, limits.PURGE_GROUPS)):
            going = _Going(
                "(group_id IN {groups:Array(UInt64)} AND at_ms < {before_ms:Int64})", {"groups": chunk, "before_ms": ms}
            )
            _remove(store, going, stopping, sparing=True)


def sweep(store: Store) -> None:
    """What days were before they were merged or written again is gone, once it has been left for a few seconds.

    The engine does so by itself, but the longer it has been idle the later. Dropping what is not there makes it look.
    """
    left = store.query(
        "SELECT 1 FROM system.parts WHERE database = currentDatabase() AND table = 'log_events' AND NOT active "
        f"AND remove_time < now() - {LOG_OLD_PARTS_S} LIMIT 1"
    )
    if left.num_rows:
        store.command(f"ALTER TABLE log_events DROP PARTITION ID '{_NO_DAY}'")


def _remove(store: Store, going: _Going, stopping: Callable[[], bool], *, sparing: bool) -> None:
    with store.settling:  # not while events move from one table to the other, or a day gains some between look and drop
        _drop_recent(store, going)
        rewritten = [day for day in _drop_days(store, going) if not (sparing and _rests(store, day))]
        for day in rewritten:
            store.command(f"ALTER TABLE log_events DELETE IN PARTITION ID '{day}' WHERE {going.where}", going.values)
    if rewritten:
        began_s = monotonic_s()
        _wait(store, stopping)
        if sparing:
            _rewrites(store).update(dict.fromkeys(rewritten, (monotonic_s(), monotonic_s() - began_s)))


def _drop_recent(store: Store, going: _Going) -> None:
    """Settled generations that hold nothing else are gone. The others go soon by themselves."""
    settled = store.log_generations.settled
    for generation, whole in _touched(store, "log_recent", going).items():
        if whole and int(generation) <= settled:
            store.command(f"ALTER TABLE log_recent DROP PARTITION ID '{generation}'")
            store.leaving.gone("log_recent", generation)


def _drop_days(store: Store, going: _Going) -> Iterator[str]:
    """Days that hold nothing else are gone. Out: the others that are touched."""
    for day, whole in _touched(store, "log_events", going).items():
        if whole:
            store.command(f"ALTER TABLE log_events DROP PARTITION ID '{day}'")
        else:
            yield day


def _touched(store: Store, table: str, going: _Going) -> dict[str, bool]:
    """The partitions that hold some of the events, and whether they hold nothing else."""
    held = store.query(
        f"SELECT _partition_id AS id, count() AS rows FROM {table} WHERE {going.where} GROUP BY id", going.values
    )
    if not held.num_rows:
        return {}
    totals = store.query(
        "SELECT partition_id AS id, sum(rows) AS rows FROM system.parts "
        "WHERE database = currentDatabase() AND table = {table:String} AND active GROUP BY id",
        {"table": table},
    )
    rows_in = dict(zip(totals["id"].to_pylist(), totals["rows"].to_pylist(), strict=True))
    found = zip(held["id"].to_pylist(), held["rows"].to_pylist(), strict=True)
    return {_checked(partition): rows == rows_in.get(partition) for partition, rows in found}


def _checked(partition: str) -> str:
    """The name of a partition as the engine gave it, which is to be part of a statement."""
    assert _PARTITION.fullmatch(partition), f"the engine named a partition {partition!r}"
    return str(partition)


def _wait(store: Store, stopping: Callable[[], bool]) -> None:
    """Days that are being written again are done. Raises: StoreError when that fails, or bayon stops."""
    pause = threading.Event()
    while True:
        rows = store.query(
            "SELECT mutation_id AS id, latest_fail_reason AS reason FROM system.mutations "
            "WHERE database = currentDatabase() AND table = 'log_events' AND NOT is_done"
        )
        if not rows.num_rows:
            return
        failed = next((reason for reason in rows["reason"].to_pylist() if reason), None)
        if failed is not None:
            store.command(
                "KILL MUTATION WHERE database = currentDatabase() AND table = 'log_events' AND latest_fail_reason != ''"
            )
            raise StoreError(f"log events could not be removed: {failed}", retryable=True)
        if stopping():
            raise StoreError("the store is closing", retryable=True)
        pause.wait(_POLL_S)


def _rests(store: Store, day: str) -> bool:
    """Whether the day was written again so lately that once more would be too dear."""
    at_s, took_s = _rewrites(store).get(day, (0.0, 0.0))
    return took_s > 0 and monotonic_s() - at_s < took_s * limits.PURGE_RESTS


def _rewrites(store: Store) -> dict[str, tuple[float, float]]:
    """When each day was last written again and how long that took. Forgotten with the process: one more is no harm."""
    kept: dict[str, tuple[float, float]] = store.caches.setdefault("log_rewrites", {})
    return kept
