"""The metrics in AWS/Logs that Logs keeps of itself. Source: logs.md §5.4."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from bayon.services.logs.following.points import Derived
from bayon.state.log_groups import LogGroup
from bayon.store.arrivals import Arrival
from bayon.store.derived import Place
from bayon.store.metric_series import Metric

NAMESPACE = "AWS/Logs"


def count(
    derived: Derived, place: Place, name: str, value: float, at_s: int, *dimensions: tuple[str, str], unit: str = "None"
) -> None:
    """The count is a point of the metric."""
    metric = Metric(NAMESPACE, name, tuple(sorted(dimensions)))
    derived.add(place, metric, at_s, [float(value)], [1.0], unit=unit)


def count_incoming(derived: Derived, arrivals: Sequence[Arrival], groups: Mapping[int, LogGroup]) -> None:
    """IncomingLogEvents and IncomingBytes, of each group and of all."""
    events: Counter[tuple[Place, int]] = Counter()
    sizes: Counter[tuple[Place, int]] = Counter()
    for arrival in arrivals:
        group = groups.get(arrival.group_id)
        if group is None:
            continue  # it was deleted meanwhile
        place, at_s, named = (group.account, group.region), arrival.minute * 60, ("LogGroupName", group.name)
        count(derived, place, "IncomingLogEvents", arrival.events, at_s, named)
        count(derived, place, "IncomingBytes", arrival.size_bytes, at_s, named, unit="Bytes")
        events[place, at_s] += arrival.events
        sizes[place, at_s] += arrival.size_bytes
    for (place, at_s), total in events.items():
        count(derived, place, "IncomingLogEvents", total, at_s)
        count(derived, place, "IncomingBytes", sizes[place, at_s], at_s, unit="Bytes")
