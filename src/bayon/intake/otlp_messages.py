"""Reads OTLP's messages, protobuf or JSON, into the plain data of `services.otlp.signals`."""

from __future__ import annotations

import itertools
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from bayon import limits
from bayon.errors import BayonError
from bayon.services.otlp.signals import (
    Attributes,
    Event,
    Histogram,
    Kind,
    Link,
    LogRecord,
    Number,
    Point,
    Source,
    Span,
    Status,
    Stream,
    Summary,
)

_KINDS: tuple[Kind, ...] = ("INTERNAL", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER")
_STATUSES: tuple[Status, ...] = ("UNSET", "OK", "ERROR")
_DELTA = 1
_NO_VALUE = 1  # a point's flag: nothing was recorded


class Malformed(BayonError):
    """The body is not the message that it should be."""


def spans(body: bytes, *, json: bool) -> list[Span]:
    """The spans of an ExportTraceServiceRequest. Raises: Malformed."""
    return _read("traces", body, _spans, json=json)


def log_records(body: bytes, *, json: bool) -> list[LogRecord]:
    """The records of an ExportLogsServiceRequest. Raises: Malformed."""
    return _read("logs", body, _log_records, json=json)


def points(body: bytes, *, json: bool) -> list[Point]:
    """The points of an ExportMetricsServiceRequest. Raises: Malformed."""
    return _read("metrics", body, _points, json=json)


def _read(signal: str, body: bytes, read: Callable[[Any], Iterator[Any]], *, json: bool) -> list[Any]:
    try:
        return list(read(_json(signal, body) if json else _protobuf(signal, body)))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as err:
        raise Malformed(f"expected an OTLP export of {signal}: {err}") from err


def _json(signal: str, body: bytes) -> Any:
    from bayon.intake import otlp_json  # its fifty messages take a while to make

    return otlp_json.message(signal, body)


def _protobuf(signal: str, body: bytes) -> Any:
    """The message; protobuf is only loaded where somebody speaks it."""
    from google.protobuf.message import DecodeError

    try:
        match signal:
            case "traces":
                from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

                return ExportTraceServiceRequest.FromString(body)
            case "logs":
                from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

                return ExportLogsServiceRequest.FromString(body)
            case _:
                from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

                return ExportMetricsServiceRequest.FromString(body)
    except DecodeError as err:
        raise Malformed(f"expected an OTLP export of {signal} in protobuf: {err}") from err


# ── Spans ──


def _spans(message: Any) -> Iterator[Span]:
    for resource in message.resource_spans:
        of_resource = _attributes(resource.resource.attributes)
        for scoped in resource.scope_spans:
            source = _source(of_resource, scoped.scope)
            yield from (_span(source, span) for span in scoped.spans)


def _span(source: Source, span: Any) -> Span:
    return Span(
        source=source,
        trace_id=_hex(span.trace_id),
        id=_hex(span.span_id),
        parent_id=_hex(span.parent_span_id),
        name=span.name,
        kind=_of(_KINDS, span.kind),
        start_ns=span.start_time_unix_nano,
        end_ns=span.end_time_unix_nano,
        attributes=_attributes(span.attributes),
        status=_of(_STATUSES, span.status.code),
        status_message=span.status.message,
        events=[Event(event.name, event.time_unix_nano, _attributes(event.attributes)) for event in span.events],
        links=[Link(_hex(link.trace_id), _hex(link.span_id), _attributes(link.attributes)) for link in span.links],
        flags=span.flags,
        trace_state=span.trace_state,
    )


# ── Log records ──


def _log_records(message: Any) -> Iterator[LogRecord]:
    for resource in message.resource_logs:
        of_resource = _attributes(resource.resource.attributes)
        for scoped in resource.scope_logs:
            source = _source(of_resource, scoped.scope)
            for record in scoped.log_records:
                yield LogRecord(
                    source=source,
                    at_ns=record.time_unix_nano,
                    observed_ns=record.observed_time_unix_nano,
                    severity_number=record.severity_number,
                    severity_text=record.severity_text,
                    body=_value(record.body),
                    attributes=_attributes(record.attributes),
                    trace_id=_hex(record.trace_id),
                    span_id=_hex(record.span_id),
                    flags=record.flags,
                    event_name=record.event_name,
                )


# ── Points ──


def _points(message: Any) -> Iterator[Point]:
    for resource in message.resource_metrics:
        of_resource = _attributes(resource.resource.attributes)
        for scoped in resource.scope_metrics:
            source = _source(of_resource, scoped.scope)
            for metric in scoped.metrics:
                yield from _of_metric(source, metric)


def _of_metric(source: Source, metric: Any) -> Iterator[Point]:
    match metric.WhichOneof("data"):
        case "gauge":
            stream = Stream(source, metric.name, metric.unit)
            yield from (_number(stream, point, sums=False) for point in _recorded(metric.gauge))
        case "sum":
            stream = _stream(source, metric, metric.sum, monotonic=metric.sum.is_monotonic)
            yield from (_number(stream, point, sums=True) for point in _recorded(metric.sum))
        case "histogram":
            stream = _stream(source, metric, metric.histogram)
            yield from (_histogram(stream, point) for point in _recorded(metric.histogram))
        case "exponential_histogram":
            stream = _stream(source, metric, metric.exponential_histogram)
            yield from (_exponential(stream, point) for point in _recorded(metric.exponential_histogram))
        case "summary":
            stream = Stream(source, metric.name, metric.unit, monotonic=True)
            yield from (_summary(stream, point) for point in _recorded(metric.summary))


def _recorded(data: Any) -> Iterator[Any]:
    return (point for point in data.data_points if not point.flags & _NO_VALUE)


def _stream(source: Source, metric: Any, data: Any, *, monotonic: bool = True) -> Stream:
    delta = data.aggregation_temporality == _DELTA
    return Stream(source, metric.name, metric.unit, delta=delta, monotonic=monotonic)


def _number(stream: Stream, point: Any, *, sums: bool) -> Number:
    value = point.as_int if _has_int(point) else point.as_double
    return Number(stream, *_when(point), float(value or 0), sums)


def _has_int(point: Any) -> bool:
    return bool(point.HasField("as_int"))


def _when(point: Any) -> tuple[Attributes, int, int]:
    return _attributes(point.attributes), point.start_time_unix_nano, point.time_unix_nano


def _histogram(stream: Stream, point: Any) -> Histogram:
    counts = list(point.bucket_counts)
    bounds = [float("-inf"), *point.explicit_bounds, float("inf")] if counts else []
    if counts and len(counts) != len(bounds) - 1:
        raise Malformed(f"expected {len(bounds) - 1} buckets of the histogram {stream.name}, found {len(counts)}")
    return Histogram(stream, *_when(point), point.count, *_extent(point), bounds, counts)


def _exponential(stream: Stream, point: Any) -> Histogram:
    """The buckets as bounds and counts, those below zero first. Source: the OpenTelemetry metrics data model."""
    sides = (len(point.negative.bucket_counts), len(point.positive.bucket_counts))
    if max(sides) > limits.OTLP_BUCKETS or not -10 <= point.scale <= 20:  # the scales that the data model knows
        raise Malformed(f"expected at most {limits.OTLP_BUCKETS} buckets and a scale from -10 to 20")
    zero = point.zero_threshold
    above = _powers(point.scale, point.positive)
    below = [-bound for bound in reversed(_powers(point.scale, point.negative))]
    negative = list(reversed(point.negative.bucket_counts))
    pieces = [(below, negative), ([-zero, zero], [point.zero_count]), (above, list(point.positive.bucket_counts))]
    bounds: list[float] = []
    counts: list[int] = []
    for edges, filled in pieces:
        if not filled or not any(filled):
            continue
        if bounds and edges[0] > bounds[-1]:
            counts.append(0)  # nothing lies between this piece and the one before
        bounds += edges if not bounds or edges[0] > bounds[-1] else edges[1:]
        counts += filled
    return Histogram(stream, *_when(point), point.count, *_extent(point), bounds, counts)


def _powers(scale: int, buckets: Any) -> list[float]:
    """The bounds of the buckets: powers of 2 to the power of 2 to the power of minus `scale`."""
    offsets = itertools.accumulate([1] * len(buckets.bucket_counts), initial=buckets.offset)
    return [_power(offset, scale) for offset in offsets] if len(buckets.bucket_counts) else []


def _power(offset: int, scale: int) -> float:
    try:
        return float(2.0 ** (offset * 2.0**-scale))
    except OverflowError:
        return float("inf")


def _extent(point: Any) -> tuple[float | None, float | None, float | None]:
    total, least, most = (getattr(point, name) if point.HasField(name) else None for name in ("sum", "min", "max"))
    return total, least, most


def _summary(stream: Stream, point: Any) -> Summary:
    quantiles = sorted((each.quantile, each.value) for each in point.quantile_values)
    return Summary(stream, *_when(point), point.count, point.sum, quantiles)


# ── What all share ──


def _source(resource: Attributes, scope: Any) -> Source:
    return Source(resource, scope.name, scope.version, _attributes(scope.attributes))


def _attributes(pairs: Any) -> Attributes:
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: Any) -> Any:
    name = value.WhichOneof("value")
    if name is None:
        return None
    found = getattr(value, name)
    match name:
        case "array_value":
            return [_value(each) for each in found.values]
        case "kvlist_value":
            return _attributes(found.values)
        case "bytes_value":
            return b64encode(found).decode()
        case _:
            return found


def _hex(id_: bytes | str) -> str:
    return id_.lower() if isinstance(id_, str) else id_.hex()


def _of(names: tuple[Any, ...], number: int) -> Any:
    return names[number] if 0 <= number < len(names) else names[0]
