"""The series that queries of metric data answer with: one read of the store serves all queries of one period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bayon.series import Series
from bayon.services.cloudwatch import labels, periods, statistics, units
from bayon.services.cloudwatch.labels import Wording
from bayon.services.cloudwatch.metric_queries import Query
from bayon.services.operation import Context
from bayon.store import metrics
from bayon.store.metric_series import Metric
from bayon.store.metrics import Buckets

_NOTHING = Buckets("", [], [], [], [], [], [], [], [])


@dataclass(frozen=True, slots=True)
class Found:
    """A query's series, labelled, with what AWS says about it; `forbidden` where the caller may not see it."""

    query: Query
    series: Series
    messages: list[dict[str, str]]
    forbidden: bool = False


def find(
    ctx: Context, queries: Sequence[Query], *, start_ms: int, end_ms: int, now_ms: int, offset_s: int
) -> list[Found]:
    """The series of the queries, in their order.

    In: `now_ms` is the time that decides rounding, `offset_s` the labels' time zone.   Reads: metric data.
    """
    streams = _streams(ctx, queries, start_ms, end_ms, now_ms // 1000)
    defaults = labels.defaults((query.metric.name, query.statistic.text, query.period_s) for query in queries)
    found = []
    for query, default, units_found in zip(queries, defaults, streams, strict=True):
        if query.account != ctx.account:
            found.append(_forbidden(query, default))
            continue
        stream, messages = _chosen(units_found, query.unit)
        wording = Wording(_properties(query, ctx.region), offset_s, now_ms)
        found.append(Found(query, _series(query, stream, default, wording), messages))
    return found


def _streams(ctx: Context, queries: Sequence[Query], start_ms: int, end_ms: int, now_s: int) -> list[list[Buckets]]:
    """For each query the streams of its metric, by one read for each period and need of weights."""
    groups: defaultdict[tuple[int, bool], dict[Metric, None]] = defaultdict(dict)
    keys = [(query.period_s, query.statistic.needs_weights) for query in queries]
    for query, key in zip(queries, keys, strict=True):
        if query.account == ctx.account:
            groups[key][query.metric] = None
    read = {}
    for (period_s, weights), wanted in groups.items():
        start_s, end_s = periods.rounded(start_ms, end_ms, period_s, now_s)
        read[period_s, weights] = metrics.read(
            ctx.store,
            ctx.account,
            ctx.region,
            list(wanted),
            start_s=start_s,
            end_s=end_s,
            period_s=period_s,
            now_s=now_s,
            weights=weights,
        )
    return [read.get(key, {}).get(query.metric, []) for query, key in zip(queries, keys, strict=True)]


def _chosen(streams: Sequence[Buckets], unit: str | None) -> tuple[Buckets, list[dict[str, str]]]:
    """The stream of the unit; without one the first in AWS's order, and a message where there were more.

    Source: recorded.
    """
    by_unit = {stream.unit: stream for stream in streams}
    if unit is not None:
        return by_unit.get(unit, _NOTHING), []
    found = units.ranked(by_unit)
    if len(found) < 2:
        return (by_unit[found[0]] if found else _NOTHING), []
    several = {"Code": "MultipleUnits", "Value": f"Multiple units returned: '[{', '.join(found)}]'"}
    return by_unit[found[0]], [several]


def _series(query: Query, stream: Buckets, default: str, wording: Wording) -> Series:
    column = statistics.over(query.statistic, stream)
    times_ms = [start_s * 1000 for start_s in stream.start_s]
    if None in column:
        times_ms = [time_ms for time_ms, value in zip(times_ms, column, strict=True) if value is not None]
    values = [value for value in column if value is not None]
    plain = Series(times_ms, values, default, stream.unit, query.period_s)
    return plain if query.label is None else replace(plain, label=labels.render(query.label, plain, wording))


def _forbidden(query: Query, default: str) -> Found:
    """Nothing of another account: none is linked to the caller's."""
    message = {"Code": "Forbidden", "Value": f"You are not authorized to see metrics of account {query.account}"}
    return Found(query, Series([], [], query.label or default, "", query.period_s), [message], forbidden=True)


def _properties(query: Query, region: str) -> dict[str, str]:
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
