"""OpenTelemetry's signals as plain data, whatever encoding they came in.

Ids are lower-case hex, empty where there is none; times are nanoseconds since the epoch, 0 where not known; attributes
are the values of the JSON data model.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Attributes = dict[str, Any]
Kind = Literal["INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"]
Status = Literal["UNSET", "OK", "ERROR"]


@dataclass(frozen=True, slots=True)
class Source:
    """Who made a signal: the process and whatever else its resource says, and the library in it."""

    resource: Attributes
    scope_name: str = ""
    scope_version: str = ""
    scope: Attributes = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened within a span."""

    name: str
    at_ns: int
    attributes: Attributes


@dataclass(frozen=True, slots=True)
class Link:
    """Another span that a span has to do with."""

    trace_id: str
    span_id: str
    attributes: Attributes


@dataclass(frozen=True, slots=True)
class Span:
    """One span; `trace_id` has 32 digits, `id` and `parent_id` 16 where they are what they should be."""

    source: Source
    trace_id: str
    id: str
    parent_id: str
    name: str
    kind: Kind
    start_ns: int
    end_ns: int
    attributes: Attributes
    status: Status = "UNSET"
    status_message: str = ""
    events: list[Event] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    flags: int = 0
    trace_state: str = ""


@dataclass(frozen=True, slots=True)
class LogRecord:
    """One log record; `body` is any value."""

    source: Source
    at_ns: int
    observed_ns: int
    severity_number: int
    severity_text: str
    body: Any
    attributes: Attributes
    trace_id: str
    span_id: str
    flags: int
    event_name: str = ""


@dataclass(frozen=True, slots=True)
class Stream:
    """What the points of one metric have in common. `delta`: each counts from the one before; else from the start."""

    source: Source
    name: str
    unit: str
    delta: bool = False
    monotonic: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """A point of a gauge, or of a sum, in which case `sums` is true."""

    stream: Stream
    attributes: Attributes
    start_ns: int
    at_ns: int
    value: float
    sums: bool


@dataclass(frozen=True, slots=True)
class Histogram:
    """A point of a histogram, of either sort: `counts[i]` values lie between `bounds[i]` and `bounds[i + 1]`.

    The outermost bounds are infinite where the sender does not say how far the values reach.
    """

    stream: Stream
    attributes: Attributes
    start_ns: int
    at_ns: int
    count: int
    sum: float | None
    min: float | None
    max: float | None
    bounds: list[float]
    counts: list[int]


@dataclass(frozen=True, slots=True)
class Summary:
    """A point of a summary: `quantiles` are pairs of quantile and value."""

    stream: Stream
    attributes: Attributes
    start_ns: int
    at_ns: int
    count: int
    sum: float
    quantiles: list[tuple[float, float]]


Point = Number | Histogram | Summary


@dataclass(frozen=True, slots=True)
class Outcome:
    """How much of an export was not kept, and why, in words."""

    rejected: int = 0
    message: str = ""
