"""The series of metrics, for queries that name one: read, computed and labelled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bayon.series import Series
from bayon.services.cloudwatch import labels, periods, statistics, units
from bayon.services.cloudwatch.labels import Wording
from bayon.services.cloudwatch.metric_queries import MetricQuery, Query
from bayon.state.database import State
from bayon.store import metric_buckets
from bayon.store.metric_buckets import NOTHING, Buckets
from bayon.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whose metrics are read, and from where."""

    store: Store
    state: State
    account: str
    region: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The range that is asked for, the time that decides rounding and what tiers keep, and the labels' time zone."""

    start_ms: int
    end_ms: int
    now_ms: int
    offset_s: int


@dataclass(frozen=True, slots=True)
class Found:
    """A query's series, labelled, with what AWS says about it; `forbidden` where the caller may not see it, `partial`
    where a limit left some data out."""

    query: Query
    series: Series
    messages: list[dict[str, str]]
    forbidden: bool = False
    partial: bool = False


def default_labels(queries: Iterable[MetricQuery]) -> dict[str, str]:
    """The default label of each query, by its id."""
    listed = list(queries)
    found = labels.defaults((query.metric.name, query.statistic.text, query.period_s) for query in listed)
    return {query.id: label for query, label in zip(listed, found, strict=True)}


def find(reader: Reader, queries: Sequence[MetricQuery], defaults: Sequence[str], asked: Asked) -> list[Found]:
    """The series of the queries, in their order; one read of the store serves all of one period.

    Reads: metric data.
    """
    streams = _streams(reader, queries, asked)
    found = []
    for query, default, units_found in zip(queries, defaults, streams, strict=True):
        if query.account != reader.account:
            found.append(_forbidden(query, default))
            continue
        stream, messages = _chosen(units_found, query.unit)
        wording = Wording(_properties(query, reader.region), asked.offset_s, asked.now_ms)
        found.append(Found(query, _series(query, stream, default, wording), messages))
    return found


def _streams(reader: Reader, queries: Sequence[MetricQuery], asked: Asked) -> list[list[Buckets]]:
    """For each query the streams of its metric, by one read for each period and need of weights."""
    groups: defaultdict[tuple[int, bool], list[MetricQuery]] = defaultdict(list)
    now_s = asked.now_ms // 1000
    needed = [statistics.columns([query.statistic]) for query in queries]
    keys = [(query.period_s, "weights" in columns) for query, columns in zip(queries, needed, strict=True)]
    for query, key in zip(queries, keys, strict=True):
        if query.account == reader.account:
            groups[key].append(query)
    read = {}
    for (period_s, weights), wanted in groups.items():
        start_s, end_s = periods.rounded(asked.start_ms, asked.end_ms, period_s, now_s)
        read[period_s, weights] = metric_buckets.read(
            reader.store,
            reader.account,
            reader.region,
            list(dict.fromkeys(query.metric for query in wanted)),
            start_s=start_s,
            end_s=end_s,
            period_s=period_s,
            now_s=now_s,
            columns=statistics.columns(query.statistic for query in wanted),
        )
    return [read.get(key, {}).get(query.metric, []) for query, key in zip(queries, keys, strict=True)]


def _chosen(streams: Sequence[Buckets], unit: str | None) -> tuple[Buckets, list[dict[str, str]]]:
    """The stream of the unit; without one the first in AWS's order, and a message where there were more.

    Source: recorded.
    """
    by_unit = {stream.unit: stream for stream in streams}
    if unit is not None:
        return by_unit.get(unit, NOTHING), []
    found = units.ranked(by_unit)
    if len(found) < 2:
        return (by_unit[found[0]] if found else NOTHING), []
    several = {"Code": "MultipleUnits", "Value": f"Multiple units returned: '[{', '.join(found)}]'"}
    return by_unit[found[0]], [several]


def _series(query: MetricQuery, stream: Buckets, default: str, wording: Wording) -> Series:
    values, times_ms = statistics.over(query.statistic, stream), stream.start_s * 1000
    there = ~np.isnan(values)
    if not there.all():
        values, times_ms = values[there], times_ms[there]
    plain = Series(times_ms, values, default, stream.unit, query.period_s, wording.properties)
    return plain if query.label is None else replace(plain, label=labels.render(query.label, plain, wording))


def _forbidden(query: MetricQuery, default: str) -> Found:
    """Nothing of another account: none is linked to the caller's."""
    message = {"Code": "Forbidden", "Value": f"You are not authorized to see metrics of account {query.account}"}
    return Found(query, Series.empty(query.label or default, query.period_s), [message], forbidden=True)


def _properties(query: MetricQuery, region: str) -> dict[str, str]:
    """What `${PROP('…')}` may name."""
    return {
        "AccountId": query.account,
        "AccountLabel": query.account,
        "MetricName": query.metric.name,
        "Namespace": query.metric.namespace,
        "Period": str(query.period_s),
        "Region": region,
        "Stat": query.statistic.text,
        **{f"Dim.{name}": value for name, value in query.metric.dimensions},
    }
