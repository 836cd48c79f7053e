"""Fills metric streams: the minutes that have got points go out, behind a durable place in the order of arrival.

A minute that gets more points later is sent again, as it is then. What is sent waits beside the messages of SNS, and
moves the stream's place in the same transaction, so that a crash neither loses nor skips anything.
"""

from __future__ import annotations

import logging
import math
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from bayon import limits
from bayon.services import firehose
from bayon.services.cloudwatch import metric_stream_formats, statistics
from bayon.services.cloudwatch.metric_stream_formats import Origin, Point
from bayon.services.sns import targets
from bayon.services.sns.recipients import lane_of
from bayon.settings import Settings
from bayon.state import deliveries, messages, metric_streams
from bayon.state.database import State
from bayon.state.messages import Published
from bayon.state.metric_streams import MetricStream
from bayon.store import metric_buckets, metric_changes
from bayon.store.metric_buckets import WEIGHTS, Buckets
from bayon.store.metric_series import Metric
from bayon.store.store import Store

_COLUMNS = ("count", "sum", "min", "max")
_WEIGHED = (*_COLUMNS, *WEIGHTS)

log = logging.getLogger(__name__)


def export(store: Store, state: State, settings: Settings, stream: MetricStream, now_ms: int) -> None:
    """All that has arrived is on its way, unless too much is on its way already. Writes: messages, metric_streams."""
    arn, upto = stream.request["FirehoseArn"], store.arrived_seq()
    if url_of(settings, arn) is None:
        log.warning("metric stream %s sends nothing: the setting targets does not say where %s leads", stream.name, arn)
        metric_streams.move(state, stream, upto)
        return
    cursor = stream.cursor
    while cursor < upto:
        if deliveries.count_of_lane(state, lane_of("firehose", arn)) >= limits.METRIC_STREAM_PUSHES_WAITING:
            log.warning("metric stream %s waits: %s takes nothing", stream.name, arn)
            return
        changes = metric_changes.since(
            store,
            stream.account,
            stream.region,
            _namespaces(stream),
            after=cursor,
            upto=upto,
            limit=limits.METRIC_STREAM_CHANGES,
        )
        cursor = changes.upto
        origin = Origin(stream.name, stream.arn, stream.account, stream.region)
        points = list(_points(store, stream, changes.by_minute, now_ms // 1000))
        with state.write():
            for records in _pushes(stream.request["OutputFormat"], origin, points):
                _keep(state, stream, records, now_ms)
            metric_streams.move(state, stream, cursor)


def url_of(settings: Settings, arn: str) -> str | None:
    """Where the delivery stream leads: by the settings, or by its own name."""
    return targets.url_of(settings.targets, arn) or firehose.named_url(arn)


def _namespaces(stream: MetricStream) -> list[str] | None:
    """The only namespaces that the stream may have metrics of, none where any may be."""
    included = stream.request.get("IncludeFilters")
    return sorted({each["Namespace"] for each in included if "Namespace" in each}) if included else None


def _wanted(stream: MetricStream, metric: Metric) -> bool:
    if included := stream.request.get("IncludeFilters"):
        return any(_names(each, metric) for each in included)
    return not any(_names(each, metric) for each in stream.request.get("ExcludeFilters") or [])


def _names(each: dict[str, Any], metric: Metric) -> bool:
    names = each.get("MetricNames")
    return each.get("Namespace") == metric.namespace and (not names or metric.name in names)


def _points(store: Store, stream: MetricStream, by_minute: dict[int, list[Metric]], now_s: int) -> Iterator[Point]:
    more = _additional(stream)
    for minute, changed in sorted(by_minute.items()):
        wanted = [metric for metric in changed if _wanted(stream, metric)]
        weighed = any((metric.namespace, metric.name) in more for metric in wanted)
        found = metric_buckets.read(
            store,
            stream.account,
            stream.region,
            wanted,
            start_s=minute,
            end_s=minute + 60,
            period_s=60,
            now_s=now_s,
            columns=_WEIGHED if weighed else _COLUMNS,
        )
        for metric, units in found.items():
            texts = more.get((metric.namespace, metric.name), [])
            for buckets in units:
                values = {text: _statistic(text, buckets) for text in texts}
                yield Point(
                    metric.namespace,
                    metric.name,
                    metric.dimensions,
                    buckets.unit,
                    int(buckets.start_s[0]),
                    float(buckets.count[0]),
                    float(buckets.sum[0]),
                    float(buckets.min[0]),
                    float(buckets.max[0]),
                    {text: value for text, value in values.items() if value is not None},
                )


def _additional(stream: MetricStream) -> dict[tuple[str, str], list[str]]:
    """The additional statistics by namespace and name."""
    found: dict[tuple[str, str], list[str]] = {}
    for each in stream.request.get("StatisticsConfigurations") or []:
        for metric in each["IncludeMetrics"]:
            texts = found.setdefault((metric["Namespace"], metric["MetricName"]), [])
            texts += [text for text in each["AdditionalStatistics"] if text not in texts]
    return found


def _statistic(text: str, buckets: Buckets) -> float | None:
    """The statistic of the minute, none where it does not exist."""
    known = statistics.parse(text)
    assert known is not None, "checked when the stream was put"
    value = float(statistics.over(known, buckets)[0])
    return None if math.isnan(value) else value


def _pushes(layout: str, origin: Origin, points: Sequence[Point]) -> Iterator[list[str]]:
    """The records of each request: of some points each, so many that a request stays small."""
    records: list[str] = []
    size = 0
    for first in range(0, len(points), limits.METRIC_STREAM_RECORD_POINTS):
        part = points[first : first + limits.METRIC_STREAM_RECORD_POINTS]
        record = firehose.record_of(metric_stream_formats.written(layout, origin, part))
        if records and size + len(record) > limits.METRIC_STREAM_PUSH_BYTES:
            yield records
            records, size = [], 0
        records.append(record)
        size += len(record)
    if records:
        yield records


def _keep(state: State, stream: MetricStream, records: list[str], now_ms: int) -> None:
    request = {
        "Type": "MetricStream",
        "Message": f"{len(records)} records of metric stream {stream.name}",
        "Records": records,
        "SubscriptionArn": stream.arn,
        "Protocol": "firehose",
        "Endpoint": stream.request["FirehoseArn"],
    }
    messages.keep(state, [Published(str(uuid.uuid4()), stream.account, stream.region, None, request, now_ms)])
