"""The embedded metrics of a window's events, and what was wrong with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bayon import limits
from bayon.services.logs.following import emf, service_metrics
from bayon.services.logs.following.points import Derived
from bayon.sql import Sql
from bayon.state.log_groups import LogGroup
from bayon.store import arrivals
from bayon.store.arrivals import MINUTE_MS, ArrivedEvent, Window
from bayon.store.store import Store

_MAY_HOLD = Sql("message LIKE '%\"\\_aws\"%'")


def add(made: Derived, store: Store, window: Window, groups: Sequence[LogGroup], now_ms: int) -> None:
    """The embedded metrics of the groups' events are among the points, as are the counts of errors."""
    if not groups:
        return
    by_id = {group.id: group for group in groups}
    errors: Counter[tuple[int, int, str]] = Counter()
    for event in _events(store, window, list(by_id)):
        group = by_id[event.group_id]
        found = emf.read(event.message, now_ms)
        for datum in found.data:
            made.add(
                (group.account, group.region),
                datum.metric,
                datum.at_s,
                datum.values,
                [1.0] * len(datum.values),
                unit=datum.unit,
                resolution_s=datum.resolution_s,
            )
        minute = event.ingested_at_ms // MINUTE_MS
        errors[group.id, minute, "EMFParsingErrors"] += found.unreadable
        errors[group.id, minute, "EMFValidationErrors"] += found.invalid
    for (group_id, minute, name), count in errors.items():
        if count:
            group = by_id[group_id]
            named = ("LogGroupName", group.name)
            service_metrics.count(made, (group.account, group.region), name, count, minute * 60, named, unit="Count")


def _events(store: Store, window: Window, group_ids: Sequence[int]) -> Iterator[ArrivedEvent]:
    """Events that may hold metrics, a bounded number in memory at a time."""
    while True:
        found = arrivals.events(store, window, group_ids, _MAY_HOLD, limit=limits.EMF_EVENTS_READ)
        yield from found
        if len(found) < limits.EMF_EVENTS_READ:
            return
        window = replace(window, after=found[-1].seq)
