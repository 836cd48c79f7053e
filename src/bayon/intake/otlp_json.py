"""OTLP's messages as JSON spells them, with the names that the protobuf ones have, so that one reader reads both.

Ids are hex here, 64-bit integers may be strings, and unknown members are ignored.
"""

from __future__ import annotations

from typing import Any

import msgspec


class _Message(msgspec.Struct, rename="camel"):
    """A message; a member that is absent is as protobuf has it, or None where protobuf can tell absence."""

    def WhichOneof(self, _group: str) -> str | None:  # noqa: N802 - protobuf's name
        """The member of the message's one group of alternatives that is there."""
        return next((name for name in self.__struct_fields__ if getattr(self, name) is not None), None)

    def HasField(self, name: str) -> bool:  # noqa: N802 - protobuf's name
        """Whether an optional member is there."""
        return getattr(self, name) is not None


class AnyValue(_Message):
    string_value: str | None = None
    bool_value: bool | None = None
    int_value: int | None = None
    double_value: float | None = None
    array_value: ArrayValue | None = None
    kvlist_value: KeyValueList | None = None
    bytes_value: bytes | None = None


class ArrayValue(_Message):
    values: list[AnyValue] = []


class KeyValueList(_Message):
    values: list[KeyValue] = []


class KeyValue(_Message):
    key: str = ""
    value: AnyValue = msgspec.field(default_factory=AnyValue)


class Resource(_Message):
    attributes: list[KeyValue] = []


class Scope(_Message):
    name: str = ""
    version: str = ""
    attributes: list[KeyValue] = []


class Event(_Message):
    time_unix_nano: int = 0
    name: str = ""
    attributes: list[KeyValue] = []


class Link(_Message):
    trace_id: str = ""
    span_id: str = ""
    attributes: list[KeyValue] = []


class Status(_Message):
    message: str = ""
    code: int = 0


class Span(_Message):
    trace_id: str = ""
    span_id: str = ""
    trace_state: str = ""
    parent_span_id: str = ""
    flags: int = 0
    name: str = ""
    kind: int = 0
    start_time_unix_nano: int = 0
    end_time_unix_nano: int = 0
    attributes: list[KeyValue] = []
    events: list[Event] = []
    links: list[Link] = []
    status: Status = msgspec.field(default_factory=Status)


class ScopeSpans(_Message):
    scope: Scope = msgspec.field(default_factory=Scope)
    spans: list[Span] = []


class ResourceSpans(_Message):
    resource: Resource = msgspec.field(default_factory=Resource)
    scope_spans: list[ScopeSpans] = []


class Traces(_Message):
    resource_spans: list[ResourceSpans] = []


class Record(_Message):
    time_unix_nano: int = 0
    observed_time_unix_nano: int = 0
    severity_number: int = 0
    severity_text: str = ""
    body: AnyValue = msgspec.field(default_factory=AnyValue)
    attributes: list[KeyValue] = []
    flags: int = 0
    trace_id: str = ""
    span_id: str = ""
    event_name: str = ""


class ScopeLogs(_Message):
    scope: Scope = msgspec.field(default_factory=Scope)
    log_records: list[Record] = []


class ResourceLogs(_Message):
    resource: Resource = msgspec.field(default_factory=Resource)
    scope_logs: list[ScopeLogs] = []


class Logs(_Message):
    resource_logs: list[ResourceLogs] = []


class NumberPoint(_Message):
    as_double: float | None = None
    as_int: int | None = None
    attributes: list[KeyValue] = []
    start_time_unix_nano: int = 0
    time_unix_nano: int = 0
    flags: int = 0


class HistogramPoint(_Message):
    attributes: list[KeyValue] = []
    start_time_unix_nano: int = 0
    time_unix_nano: int = 0
    count: int = 0
    sum: float | None = None
    bucket_counts: list[int] = []
    explicit_bounds: list[float] = []
    flags: int = 0
    min: float | None = None
    max: float | None = None


class Buckets(_Message):
    offset: int = 0
    bucket_counts: list[int] = []


class ExponentialPoint(_Message):
    attributes: list[KeyValue] = []
    start_time_unix_nano: int = 0
    time_unix_nano: int = 0
    count: int = 0
    sum: float | None = None
    scale: int = 0
    zero_count: int = 0
    zero_threshold: float = 0.0
    positive: Buckets = msgspec.field(default_factory=Buckets)
    negative: Buckets = msgspec.field(default_factory=Buckets)
    flags: int = 0
    min: float | None = None
    max: float | None = None


class Quantile(_Message):
    quantile: float = 0.0
    value: float = 0.0


class SummaryPoint(_Message):
    attributes: list[KeyValue] = []
    start_time_unix_nano: int = 0
    time_unix_nano: int = 0
    count: int = 0
    sum: float = 0.0
    quantile_values: list[Quantile] = []
    flags: int = 0


class Gauge(_Message):
    data_points: list[NumberPoint] = []


class Sum(_Message):
    data_points: list[NumberPoint] = []
    aggregation_temporality: int = 0
    is_monotonic: bool = False


class Histogram(_Message):
    data_points: list[HistogramPoint] = []
    aggregation_temporality: int = 0


class ExponentialHistogram(_Message):
    data_points: list[ExponentialPoint] = []
    aggregation_temporality: int = 0


class Summary(_Message):
    data_points: list[SummaryPoint] = []


class Metric(_Message):
    gauge: Gauge | None = None
    sum: Sum | None = None
    histogram: Histogram | None = None
    exponential_histogram: ExponentialHistogram | None = None
    summary: Summary | None = None
    name: str = ""
    unit: str = ""


class ScopeMetrics(_Message):
    scope: Scope = msgspec.field(default_factory=Scope)
    metrics: list[Metric] = []


class ResourceMetrics(_Message):
    resource: Resource = msgspec.field(default_factory=Resource)
    scope_metrics: list[ScopeMetrics] = []


class Metrics(_Message):
    resource_metrics: list[ResourceMetrics] = []


_MESSAGES: dict[str, type[_Message]] = {"traces": Traces, "logs": Logs, "metrics": Metrics}


def message(signal: str, body: bytes) -> Any:
    """The request. Raises: msgspec.MsgspecError."""
    return msgspec.json.decode(body, type=_MESSAGES[signal], strict=False)
