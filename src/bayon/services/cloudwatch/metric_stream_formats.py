"""The points of a metric stream as its output formats write them. Pure. Source: metrics.md §7.2."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

_NANOS = 1_000_000_000
_MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class Point:
    """One minute of one metric; `statistics` are the additional ones by their texts."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    unit: str
    at_s: int
    count: float
    sum: float
    min: float
    max: float
    statistics: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Origin:
    """Which stream of which account and region the points come from."""

    stream: str
    arn: str
    account: str
    region: str


def written(layout: str, origin: Origin, points: Sequence[Point]) -> bytes:
    """The points in the format of that name: JSON lines, or one length and one protobuf message."""
    if layout == "json":
        return b"".join(_line(origin, point) for point in points)
    message = _export(origin, points, old=layout == "opentelemetry0.7")
    return _varint(len(message)) + message


# ── JSON ──


def _line(origin: Origin, point: Point) -> bytes:
    value = {"max": point.max, "min": point.min, "sum": point.sum, "count": point.count, **point.statistics}
    found = {
        "metric_stream_name": origin.stream,
        "account_id": origin.account,
        "region": origin.region,
        "namespace": point.namespace,
        "metric_name": point.name,
        "dimensions": dict(point.dimensions),
        "timestamp": point.at_s * 1000,
        "value": value,
        "unit": point.unit,
    }
    return json.dumps(found, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


# ── OpenTelemetry: an ExportMetricsServiceRequest, field by field ──

_UNITS = {
    "Seconds": "s",
    "Microseconds": "us",
    "Milliseconds": "ms",
    "Bytes": "By",
    "Kilobytes": "kBy",
    "Megabytes": "MBy",
    "Gigabytes": "GBy",
    "Terabytes": "TBy",
    "Bits": "bit",
    "Kilobits": "kbit",
    "Megabits": "MBit",
    "Gigabits": "GBit",
    "Terabits": "Tbit",
    "Percent": "%",
    "Count": "{Count}",
    "None": "1",
}


def ucum(unit: str) -> str:
    """The unit as UCUM writes it."""
    base, slash, _ = unit.partition("/")
    return _UNITS[base] + ("/s" if slash else "")


def _export(origin: Origin, points: Sequence[Point], *, old: bool) -> bytes:
    attributes = [
        ("cloud.provider", "aws"),
        ("cloud.account.id", origin.account),
        ("cloud.region", origin.region),
        ("aws.exporter.arn", origin.arn),
    ]
    resource = b"".join(_message(1, _attribute(name, _string(1, value))) for name, value in attributes)
    metrics = b"".join(_message(2, _metric(each, old=old)) for each in _by_metric(points))
    return _message(1, _message(1, resource) + _message(2, metrics))


def _by_metric(points: Iterable[Point]) -> Iterator[list[Point]]:
    found: dict[tuple[str, str, str], list[Point]] = {}
    for point in points:
        found.setdefault((point.namespace, point.name, point.unit), []).append(point)
    yield from found.values()


def _metric(points: Sequence[Point], *, old: bool) -> bytes:
    first = points[0]
    summary = b"".join(_message(1, _summary(point, old=old)) for point in points)
    name = f"amazonaws.com/{first.namespace}/{first.name}"
    return _string(1, name) + _string(3, ucum(first.unit)) + _message(11, summary)


def _summary(point: Point, *, old: bool) -> bytes:
    quantiles = {0.0: point.min, 1.0: point.max}
    quantiles |= {float(text[1:]) / 100: value for text, value in point.statistics.items()}
    values = b"".join(
        _message(6, _double(1, quantile) + _double(2, value)) for quantile, value in sorted(quantiles.items())
    )
    times = _fixed(2, point.at_s * _NANOS) + _fixed(3, (point.at_s + _MINUTE_S) * _NANOS)
    said = times + _fixed(4, round(point.count)) + _double(5, point.sum) + values
    return _labels(point) + said if old else said + _attributes(point)


def _labels(point: Point) -> bytes:
    pairs = [("Namespace", point.namespace), ("MetricName", point.name), *point.dimensions]
    return b"".join(_message(1, _string(1, name) + _string(2, value)) for name, value in pairs)


def _attributes(point: Point) -> bytes:
    dimensions = b"".join(_message(1, _attribute(name, _string(1, value))) for name, value in point.dimensions)
    found = [
        _attribute("Namespace", _string(1, point.namespace)),
        _attribute("MetricName", _string(1, point.name)),
        _attribute("Dimensions", _message(6, dimensions)),
    ]
    return b"".join(_message(7, each) for each in found)


def _attribute(name: str, value: bytes) -> bytes:
    return _string(1, name) + _message(2, value)


def _message(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _string(number: int, text: str) -> bytes:
    return _message(number, text.encode())


def _double(number: int, value: float) -> bytes:
    return _varint(number << 3 | 1) + struct.pack("<d", value)


def _fixed(number: int, value: int) -> bytes:
    return _varint(number << 3 | 1) + struct.pack("<Q", value)


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)
