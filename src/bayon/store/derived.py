"""Data points derived from what arrived, and how far that has been derived: both in one append, whole or not at all.

How far is itself kept as data points, of series that no account can name: their maxima only grow, and merging points,
as rolling up does, keeps maxima. So after a crash at any moment the points of an event are there exactly if the marks
say that it has been looked at, and no event is looked at twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import pyarrow as pa

from bayon.store.metric_series import Metric, known_series, series_block, series_number, series_numbers
from bayon.store.metrics import Points, points_block
from bayon.store.schema import TIERS
from bayon.store.store import Store

Place = tuple[str, str]  # account and region


@dataclass(frozen=True, slots=True)
class Progress:
    """The last event looked at, `seq`, and its generation; the last minute of arrival that is closed, and the event and
    generation behind which those of later minutes arrived."""

    seq: int = 0
    generation: int = 0
    closed_minute: int = 0
    open_seq: int = 0
    open_generation: int = 0


_OF_THE_LOG = {f"the log: {each.name}": each.name for each in fields(Progress)}


def progress(store: Store) -> Progress:
    """How far the log has been derived: from its beginning on, in a store that says nothing."""
    found = marks(store, list(_OF_THE_LOG))
    return Progress(**{name: found[mark] for mark, name in _OF_THE_LOG.items()})


def marks(store: Store, names: Sequence[str]) -> dict[str, int]:
    """How far each of the named followers has come, 0 where the store says nothing."""
    tables = " UNION ALL ".join(
        f"SELECT series, max FROM {table} WHERE series IN {{marks:Array(UInt64)}}"
        for table in ("metric_recent", *(tier.table for tier in TIERS))
    )
    numbers = {name: _mark(name) for name in names}
    rows = store.query(f"SELECT series, max(max) FROM ({tables}) GROUP BY series", {"marks": list(numbers.values())})
    found = dict(zip(*(column.to_pylist() for column in rows.columns), strict=True))
    return {name: int(found.get(number, 0)) for name, number in numbers.items()}


def append(store: Store, points: Mapping[Place, Points], reached: Progress, now_s: int) -> None:
    """The points are durable and their series listed, and the log is derived as far as is said; all or nothing.

    Raises: StoreError, after which `progress` says whether it was all or nothing.
    """
    append_marked(store, points, {mark: getattr(reached, name) for mark, name in _OF_THE_LOG.items()}, now_s)


def append_marked(store: Store, points: Mapping[Place, Points], reached: Mapping[str, int], now_s: int) -> None:
    """The points are durable and their series listed, and the named followers have come so far; all or nothing.

    Raises: StoreError, after which `marks` says whether it was all or nothing.
    """
    blocks: list[pa.Table] = []
    listed: list[pa.Table] = []
    seen_of = {}
    for place, each in points.items():
        numbers, seen = series_numbers(store, *place, each.metric, each.at_s)
        blocks.append(points_block(each, numbers))
        if seen:
            listed.append(series_block(*place, seen))
            seen_of[place] = seen
    blocks.append(_marks(reached, now_s))
    appended = {"metric_recent": pa.concat_tables(blocks)}
    if listed:
        appended["metric_series"] = pa.concat_tables(listed)
    store.append(appended)
    for place, seen in seen_of.items():
        known_series(store, *place).update(seen)


def _marks(reached: Mapping[str, int], now_s: int) -> pa.Table:
    points = Points()
    for value in reached.values():
        points.metric.append(_NO_METRIC)
        points.unit.append("None")
        points.at_s.append(now_s - now_s % 60)
        points.resolution_s.append(60)
        points.count.append(1)
        for column in (points.sum, points.min, points.max):
            column.append(value)
        points.values.append([])
        points.weights.append([])
        points.opaque.append(False)
    return points_block(points, [_mark(name) for name in reached])


def _mark(name: str) -> int:
    return series_number("", "", Metric("bayon", f"progress of {name}", ()))


_NO_METRIC = Metric("", "", ())
