"""The series of metrics, for queries that name one: read, computed and labelled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bayon.series import Series, Values
from bayon.services.cloudwatch import labels, periods, statistics, units
from bayon.services.cloudwatch.labels import Wording
from bayon.services.cloudwatch.metric_queries import MetricQuery, Query
from bayon.services.cloudwatch.statistics import Statistic
from bayon.state.database import State
from bayon.store import metric_buckets
from bayon.store.metric_buckets import NOTHING, Rows, Stream
from bayon.store.metric_series import series_number
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
    reads = _reads(reader, queries, asked)
    found = []
    for query, default in zip(queries, defaults, strict=True):
        if query.account != reader.account:
            found.append(_forbidden(query, default))
            continue
        read = reads[_key(query)]
        number = series_number(reader.account, reader.region, query.metric)
        stream, messages = _chosen(read.streams.get(number, []), query.unit)
        wording = Wording(_properties(query, reader.region), asked.offset_s, asked.now_ms)
        found.append(Found(query, _series(query, read, stream, default, wording), messages))
    return found


class _Read:
    """What was read for the queries of a period. Each statistic is computed once, of all series together: of a few
    buckets it would take almost as long."""

    def __init__(self, rows: Rows) -> None:
        self.streams = rows.streams()
        self.times_ms = rows.start_s * 1000
        self._buckets = rows.buckets(0, len(rows))
        self._values: dict[str, Values] = {}

    def values(self, statistic: Statistic) -> Values:
        found = self._values.get(statistic.text)
        if found is None:
            found = self._values[statistic.text] = statistics.over(statistic, self._buckets)
        return found


def _key(query: MetricQuery) -> tuple[int, bool]:
    return query.period_s, query.statistic.needs_weights


def _reads(reader: Reader, queries: Sequence[MetricQuery], asked: Asked) -> dict[tuple[int, bool], _Read]:
    """One read for each period and need of single values."""
    groups: defaultdict[tuple[int, bool], list[MetricQuery]] = defaultdict(list)
    now_s = asked.now_ms // 1000
    for query in queries:
        if query.account == reader.account:
            groups[_key(query)].append(query)
    found = {}
    for key, wanted in groups.items():
        start_s, end_s = periods.rounded(asked.start_ms, asked.end_ms, key[0], now_s)
        metrics = dict.fromkeys(query.metric for query in wanted)
        rows = metric_buckets.rows_of(
            reader.store,
            [series_number(reader.account, reader.region, metric) for metric in metrics],
            start_s=start_s,
            end_s=end_s,
            period_s=key[0],
            now_s=now_s,
            columns=statistics.columns(query.statistic for query in wanted),
        )
        found[key] = _Read(rows)
    return found


def _chosen(streams: Sequence[Stream], unit: str | None) -> tuple[Stream, list[dict[str, str]]]:
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


def _series(query: MetricQuery, read: _Read, stream: Stream, default: str, wording: Wording) -> Series:
    cut = slice(stream.first, stream.last)
    values, times_ms = read.values(query.statistic)[cut], read.times_ms[cut]
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
