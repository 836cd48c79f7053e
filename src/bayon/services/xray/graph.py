"""Draws the service graph of what was counted. Pure. Source: Service and Edge (API reference), traces.md §2.6."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bayon.services.xray.service_ids import client_node, service_id
from bayon.store import trace_rows as columns
from bayon.store.service_graph import Calls, Segments
from bayon.store.trace_rows import TraceRow

if TYPE_CHECKING:
    from bayon.shapes.xray import Edge, HistogramEntry, Service, ServiceStatistics


@dataclass(slots=True)
class Statistics:
    """How many ended how, and how long they took."""

    ok: int = 0
    throttled: int = 0
    other_errors: int = 0
    faults: int = 0
    took_us: int = 0
    histogram: Counter[int] = field(default_factory=Counter)

    def add(self, flags: int, count: int, took_us: int, took_ms: int) -> None:
        """What has not ended yet does not count. Source: traces.md §1.2.4, the first flag that is set counts."""
        if took_ms < 0:
            return
        if flags & columns.FAULT:
            self.faults += count
        elif flags & columns.THROTTLE:
            self.throttled += count
        elif flags & columns.ERROR:
            self.other_errors += count
        else:
            self.ok += count
        self.took_us += took_us
        self.histogram[took_ms] += count

    @property
    def count(self) -> int:
        return self.ok + self.throttled + self.other_errors + self.faults

    def summary(self) -> ServiceStatistics:
        """ServiceStatistics, and EdgeStatistics as well."""
        errors = self.throttled + self.other_errors
        return {
            "OkCount": self.ok,
            "ErrorStatistics": {
                "ThrottleCount": self.throttled,
                "OtherCount": self.other_errors,
                "TotalCount": errors,
            },
            "FaultStatistics": {"OtherCount": self.faults, "TotalCount": self.faults},
            "TotalCount": self.count,
            "TotalResponseTime": round(self.took_us / 1e6, 3),
        }


@dataclass(frozen=True, slots=True)
class Linked:
    """A message's way from the node that sent it to the one that received it, so many milliseconds later."""

    source: str
    target: str
    age_ms: int


@dataclass(slots=True)
class _Node:
    """`order` puts services before what they called, and those before the clients."""

    order: int
    start_us: int
    end_us: int
    statistics: Statistics = field(default_factory=Statistics)
    durations: Counter[int] = field(default_factory=Counter)
    is_root: bool = False
    edges: dict[str, Statistics] = field(default_factory=dict)
    ages: dict[str, Counter[int]] = field(default_factory=dict)

    def meet(self, start_us: int, end_us: int) -> None:
        self.start_us, self.end_us = min(self.start_us, start_us), max(self.end_us, end_us)

    def edge(self, target: str) -> Statistics:
        return self.edges.setdefault(target, Statistics())


_SERVICE, _CALLED, _CLIENT = range(3)


def graph(segments: Iterable[Segments], calls: Iterable[Calls], links: Iterable[Linked] = ()) -> list[Service]:
    """The services, each with its edges."""
    nodes: dict[str, _Node] = {}
    for each in segments:
        _add_segments(nodes, each)
    made = list(calls)
    for call in made:
        if call.flags & columns.INFERRED:
            node = _node(nodes, call.target, _CALLED, call.start_us, call.end_us)
            node.statistics.add(call.flags, call.count, call.took_us, call.took_ms)
            node.durations[call.took_ms] += call.count if call.took_ms >= 0 else 0
    for call in made:
        if call.source in nodes and call.target in nodes:
            nodes[call.source].edge(call.target).add(call.flags, call.count, call.took_us, call.took_ms)
    for link in links:
        if link.source in nodes and link.target in nodes:
            nodes[link.source].ages.setdefault(link.target, Counter())[link.age_ms] += 1
    return _written(nodes)


def of_rows(rows: Sequence[TraceRow]) -> tuple[list[Segments], list[Calls]]:
    """The segments and calls of some traces, each for itself."""
    segments: list[Segments] = []
    calls: list[Calls] = []
    for row in rows:
        for node, parent, flags, start_us, took_us, span_us in zip(
            *(row.s_node, row.s_parent, row.s_flags, row.s_start_us, row.s_took_us, row.s_span_us), strict=True
        ):
            times = (_ms(took_us), 1, took_us, start_us, start_us + max(took_us, 0))
            segments.append(Segments(node, flags, times[0], _ms(span_us), *times[1:]))
            if parent:
                calls.append(Calls(parent, node, flags, *times))
        for source, target, flags, start_us, took_us in zip(
            *(row.c_from, row.c_to, row.c_flags, row.c_start_us, row.c_took_us), strict=True
        ):
            times = (_ms(took_us), 1, took_us, start_us, start_us + max(took_us, 0))
            calls.append(Calls(source, target, flags, *times))
    return segments, calls


def histogram(counted: Counter[int]) -> list[HistogramEntry]:
    """The values of a histogram in seconds, in order."""
    return [{"Value": ms / 1000, "Count": count} for ms, count in sorted(counted.items()) if count]


def _ms(took_us: int) -> int:
    return -1 if took_us < 0 else (took_us + 500) // 1000


def _node(nodes: dict[str, _Node], key: str, order: int, start_us: int, end_us: int) -> _Node:
    node = nodes.get(key)
    if node is None:
        node = nodes[key] = _Node(order, start_us, end_us)
    node.meet(start_us, end_us)
    return node


def _add_segments(nodes: dict[str, _Node], each: Segments) -> None:
    node = _node(nodes, each.node, _SERVICE, each.start_us, each.end_us)
    node.statistics.add(each.flags, each.count, each.took_us, each.took_ms)
    if each.took_ms >= 0 and each.span_ms >= 0:
        node.durations[each.span_ms] += each.count
    node.is_root = node.is_root or bool(each.flags & columns.ROOT)
    if each.flags & columns.CLIENT:
        client = _node(nodes, client_node(each.node), _CLIENT, each.start_us, each.end_us)
        client.edge(each.node).add(each.flags, each.count, each.took_us, each.took_ms)


def _written(nodes: dict[str, _Node]) -> list[Service]:
    order = sorted(nodes, key=lambda key: (nodes[key].order, nodes[key].start_us, key))
    numbers = {key: number for number, key in enumerate(order)}
    return [_service(key, nodes[key], numbers) for key in order]


def _service(key: str, node: _Node, numbers: dict[str, int]) -> Service:
    named = service_id(key)
    found: Service = {
        "ReferenceId": numbers[key],
        "Name": named["Name"],
        "Names": named["Names"],
        "State": "active" if node.order == _SERVICE else "unknown",
        "StartTime": _floor_ms(node.start_us),
        "EndTime": _ceiling_ms(node.end_us),
        "Edges": _edges(node, numbers),
    }
    if node.is_root:
        found["Root"] = True
    if "Type" in named:
        found["Type"] = named["Type"]
    if "AccountId" in named:
        found["AccountId"] = named["AccountId"]
    if node.order != _CLIENT:
        found["SummaryStatistics"] = node.statistics.summary()
        found["DurationHistogram"] = histogram(node.durations)
        found["ResponseTimeHistogram"] = histogram(node.statistics.histogram)
    return found


def _edges(node: _Node, numbers: dict[str, int]) -> list[Edge]:
    times = (_floor_ms(node.start_us), _ceiling_ms(node.end_us))
    found = [_edge(numbers[target], times, statistics) for target, statistics in node.edges.items()]
    for target, ages in node.ages.items():
        edge = _edge(numbers[target], times, Statistics())
        edge["EdgeType"] = "link"
        edge["ReceivedEventAgeHistogram"] = histogram(ages)
        found.append(edge)
    return sorted(found, key=lambda edge: (edge["ReferenceId"], edge.get("EdgeType", "")))


def _edge(number: int, times: tuple[int, int], statistics: Statistics) -> Edge:
    return {
        "ReferenceId": number,
        "StartTime": times[0],
        "EndTime": times[1],
        "SummaryStatistics": statistics.summary(),
        "ResponseTimeHistogram": histogram(statistics.histogram),
        "Aliases": [],
    }


def _floor_ms(time_us: int) -> int:
    return time_us // 1_000_000 * 1000


def _ceiling_ms(time_us: int) -> int:
    return -(-time_us // 1_000_000) * 1000
