"""Decides when faults of a service are out of the ordinary, and which service they come from. Pure.

A service is anomalous when its share of faults over the last minutes is beyond three standard deviations of its minutes
before, and more than noise. Of several the root cause is one that calls no other. AWS's own model is not published;
traces.md §2.10 asks only that it be of faults.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bayon import limits
from bayon.services.xray.graph import Statistics
from bayon.store import trace_rows as columns
from bayon.store.service_graph import Ended

_SIGMAS = 3


@dataclass(frozen=True, slots=True)
class Impact:
    """How many requests there were, and how many ended in a fault."""

    faults: int
    ok: int
    total: int


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Anomalous services, the worst first, the one the faults come from, and what clients and that one saw of it."""

    root: str
    services: Sequence[str]
    clients: Impact
    of_root: Impact


@dataclass(slots=True)
class _Watched:
    lately: Statistics = field(default_factory=Statistics)
    before: list[float] = field(default_factory=list)  # share of faults, by minute


def find(ended: Iterable[Ended], now_s: int) -> Anomaly | None:
    """What is out of the ordinary at that time, none if nothing is. In: an hour of minutes."""
    minutes = list(ended)
    lately_s = now_s - limits.INSIGHT_WINDOW_S
    watched = _watched(minutes, lately_s)
    anomalous = [node for node, each in watched.items() if _is_anomalous(each)]
    if not anomalous:
        return None
    worst_first = sorted(anomalous, key=lambda node: (-watched[node].lately.faults, node))
    callers = {each.source for each in minutes if each.target in anomalous and each.source != each.target}
    root = next((node for node in worst_first if node not in callers), worst_first[0])
    lately = [each for each in minutes if each.at_s >= lately_s]
    return Anomaly(root, worst_first, clients_impact(lately), impact_of(lately, root))


def clients_impact(ended: Iterable[Ended]) -> Impact:
    """What those saw who called the services from outside."""
    return _impact(each for each in ended if each.flags & columns.CLIENT)


def impact_of(ended: Iterable[Ended], node: str) -> Impact:
    """How the service fared."""
    return _impact(each for each in ended if each.target == node and _is_segment(each))


def _impact(ended: Iterable[Ended]) -> Impact:
    statistics = Statistics()
    for each in ended:
        statistics.add(each.flags, each.count, each.took_us, each.took_ms)
    return Impact(statistics.faults, statistics.ok, statistics.count)


def _watched(minutes: Sequence[Ended], lately_s: int) -> dict[str, _Watched]:
    by_minute: dict[tuple[str, int], Statistics] = defaultdict(Statistics)
    watched: dict[str, _Watched] = defaultdict(_Watched)
    for each in minutes:
        if not _is_segment(each):
            continue
        statistics = watched[each.target].lately if each.at_s >= lately_s else by_minute[each.target, each.at_s]
        statistics.add(each.flags, each.count, each.took_us, each.took_ms)
    for (node, _), statistics in by_minute.items():
        watched[node].before.append(statistics.faults / statistics.count)
    return watched


def _is_segment(each: Ended) -> bool:
    return not each.is_call or bool(each.flags & columns.INFERRED)


def _is_anomalous(each: _Watched) -> bool:
    if each.lately.faults < limits.INSIGHT_FAULTS_MIN:
        return False
    share = each.lately.faults / each.lately.count
    mean = sum(each.before) / len(each.before) if each.before else 0.0
    spread = math.sqrt(sum((one - mean) ** 2 for one in each.before) / len(each.before)) if each.before else 0.0
    return share > max(mean + _SIGMAS * spread, limits.INSIGHT_SHARE_MIN)
