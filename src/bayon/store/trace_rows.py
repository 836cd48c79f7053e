"""The row that sums up a trace: its columns, as data, and the row between Python and Arrow.

What the columns mean: a *segment* (`s_…`) is one that was sent, a *call* (`c_…`) a subsegment that left its service; a
call with INFERRED is its callee's segment as well. Nodes of the service graph are texts, see `node_key`. Times are
microseconds, -1 where something has not ended; places count from 1, and 0 is none. How a row comes about is the
business of `services.xray`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Any

import pyarrow as pa

from bayon import limits

# Bits of `flags`, `s_flags` and `c_flags`; of a trace they are its root segment's but for PARTIAL and INFERRED.
ERROR, THROTTLE, FAULT, PARTIAL, INFERRED, ROOT, CLIENT = (1 << n for n in range(7))
HAS_FAULT, HAS_ERROR, HAS_THROTTLE = (1 << n for n in range(7, 10))

USER, ZONE, INSTANCE, ARN = 1, 2, 3, 4  # kinds of facts
TEXT, NUMBER, BOOL = 0, 1, 2  # kinds of annotations
FAULT_CAUSE, ERROR_CAUSE, SLOW_CAUSE = 1, 2, 3

SEPARATOR = "\x1f"
CLIENT_TYPE = "client"

Exception_ = tuple[str, str]  # name, message
CauseEntity = tuple[str, int, float, list[Exception_]]  # name, remote, coverage, exceptions
CauseService = tuple[str, str, str, int, list[CauseEntity]]  # name, type, account, inferred, entities
Cause = tuple[int, int, list[CauseService]]  # kind, impacting, services


@lru_cache(maxsize=limits.NODES_CACHED)
def node_key(name: str, type_: str = "", account: str = "", service: str = "") -> str:
    """A node of the service graph: its name, type and account, and the service that the named resource belongs to."""
    return SEPARATOR.join(part.replace(SEPARATOR, " ") for part in (name, type_, account, service))


@lru_cache(maxsize=limits.NODES_CACHED)
def node_parts(key: str) -> tuple[str, str, str, str]:
    """Name, type, account and service of a node."""
    name, type_, account, service = key.split(SEPARATOR)
    return name, type_, account, service


def annotation_kind(value: object) -> int:
    """How an annotation's value is kept."""
    return BOOL if isinstance(value, bool) else TEXT if isinstance(value, str) else NUMBER


@dataclass(slots=True)
class TraceRow:
    """A trace as of its document `seq`. In the order of the columns."""

    account: str
    region: str
    trace_id: str
    at_s: float  # the time by which the trace is found
    start_s: float
    end_s: float  # the latest time that anything began or ended
    seq: int
    first_ms: int  # when its first document arrived
    stored_ms: int  # and its last
    flags: int = 0
    response_ms: int = -1
    duration_ms: int = -1
    entry: int = 0
    s_node: list[str] = field(default_factory=list)
    s_flags: list[int] = field(default_factory=list)
    s_start_us: list[int] = field(default_factory=list)
    s_took_us: list[int] = field(default_factory=list)
    s_span_us: list[int] = field(default_factory=list)
    s_parent: list[str] = field(default_factory=list)
    s_status: list[int] = field(default_factory=list)
    s_url: list[str] = field(default_factory=list)
    s_method: list[str] = field(default_factory=list)
    s_agent: list[str] = field(default_factory=list)
    s_ip: list[str] = field(default_factory=list)
    c_from: list[str] = field(default_factory=list)
    c_to: list[str] = field(default_factory=list)
    c_flags: list[int] = field(default_factory=list)
    c_start_us: list[int] = field(default_factory=list)
    c_took_us: list[int] = field(default_factory=list)
    c_status: list[int] = field(default_factory=list)
    c_url: list[str] = field(default_factory=list)
    c_method: list[str] = field(default_factory=list)
    c_agent: list[str] = field(default_factory=list)
    c_ip: list[str] = field(default_factory=list)
    l_trace: list[str] = field(default_factory=list)
    l_id: list[str] = field(default_factory=list)
    l_node: list[str] = field(default_factory=list)
    l_start_us: list[int] = field(default_factory=list)
    f_kind: list[int] = field(default_factory=list)
    f_text: list[str] = field(default_factory=list)
    f_segment: list[int] = field(default_factory=list)
    a_key: list[str] = field(default_factory=list)
    a_kind: list[int] = field(default_factory=list)
    a_text: list[str] = field(default_factory=list)
    a_number: list[float] = field(default_factory=list)
    a_segment: list[int] = field(default_factory=list)
    causes: list[Cause] = field(default_factory=list)


_SHORT = "LowCardinality(String)"
_TIME = "Int64 CODEC(Delta, ZSTD(1))"
_CAUSES = (
    "Array(Tuple(kind UInt8, impacting UInt8, services Array(Tuple(name String, type String, account String, "
    "inferred UInt8, entities Array(Tuple(name String, remote UInt8, coverage Float64, "
    "exceptions Array(Tuple(name String, message String))))))))"
)
# How each column is kept; what is not named is an array of short texts that repeat.
_SQL = {
    "account": _SHORT,
    "region": _SHORT,
    "trace_id": "String CODEC(ZSTD(1))",
    "at_s": "Float64 CODEC(ZSTD(1))",
    "start_s": "Float64 CODEC(ZSTD(1))",
    "end_s": "Float64 CODEC(ZSTD(1))",
    "seq": "UInt64 CODEC(Delta, ZSTD(1))",
    "first_ms": _TIME,
    "stored_ms": _TIME,
    "flags": "UInt16 CODEC(ZSTD(1))",
    "response_ms": "Int64 CODEC(ZSTD(1))",
    "duration_ms": "Int64 CODEC(ZSTD(1))",
    "entry": "UInt16 CODEC(ZSTD(1))",
    "s_url": "Array(String) CODEC(ZSTD(1))",
    "s_ip": "Array(String) CODEC(ZSTD(1))",
    "c_url": "Array(String) CODEC(ZSTD(1))",
    "c_ip": "Array(String) CODEC(ZSTD(1))",
    "l_trace": "Array(String) CODEC(ZSTD(1))",
    "l_id": "Array(String) CODEC(ZSTD(1))",
    "f_text": "Array(String) CODEC(ZSTD(1))",
    "a_text": "Array(String) CODEC(ZSTD(1))",
    "a_number": "Array(Float64) CODEC(ZSTD(1))",
    "causes": f"{_CAUSES} CODEC(ZSTD(1))",
} | {
    name: f"Array({type_}) CODEC(ZSTD(1))"
    for type_, names in {
        "UInt8": ("f_kind", "a_kind"),
        "UInt16": ("s_flags", "c_flags", "f_segment", "a_segment"),
        "Int32": ("s_status", "c_status"),
        "Int64": ("s_start_us", "s_took_us", "s_span_us", "c_start_us", "c_took_us", "l_start_us"),
    }.items()
    for name in names
}
_EXCEPTION = pa.struct([("name", pa.string()), ("message", pa.string())])
_ENTITY = pa.struct(
    [("name", pa.string()), ("remote", pa.uint8()), ("coverage", pa.float64()), ("exceptions", pa.list_(_EXCEPTION))]
)
_SERVICE = pa.struct(
    [
        *((name, pa.string()) for name in ("name", "type", "account")),
        ("inferred", pa.uint8()),
        ("entities", pa.list_(_ENTITY)),
    ]
)
_ARROW = {
    "causes": pa.list_(pa.struct([("kind", pa.uint8()), ("impacting", pa.uint8()), ("services", pa.list_(_SERVICE))]))
}
_PLAIN = {
    "Float64": pa.float64(),
    "UInt64": pa.uint64(),
    "Int64": pa.int64(),
    "Int32": pa.int32(),
    "UInt16": pa.uint16(),
    "UInt8": pa.uint8(),
}

NAMES = tuple(column.name for column in fields(TraceRow))


def sql_columns() -> str:
    """The columns, for the statement that makes the table."""
    return ", ".join(f"{name} {_sql(name)}" for name in NAMES)


def block_of(rows: Sequence[TraceRow]) -> pa.Table:
    """The rows as one block."""
    return pa.table({name: pa.array([getattr(row, name) for row in rows], _arrow(name)) for name in NAMES})


def rows_of(block: pa.Table) -> list[TraceRow]:
    """The rows of a block that has all the columns."""
    columns: list[list[Any]] = [block[name].to_pylist() for name in NAMES]
    found = [TraceRow(*values) for values in zip(*columns, strict=True)]
    for row in found:
        row.causes = [_cause(each) for each in row.causes]  # type: ignore[arg-type]
    return found


def _sql(name: str) -> str:
    return _SQL.get(name, f"Array({_SHORT})")


def _arrow(name: str) -> pa.DataType:
    if name in _ARROW:
        return _ARROW[name]
    sql = _sql(name)
    inner = sql.removeprefix("Array(").split(")")[0].split(" ")[0]
    plain = _PLAIN.get(inner, pa.string())
    return pa.list_(plain) if sql.startswith("Array(") else plain


def _cause(given: dict[str, Any]) -> Cause:
    return (
        given["kind"],
        given["impacting"],
        [
            (
                *(service["name"], service["type"], service["account"], service["inferred"]),
                [
                    (
                        *(entity["name"], entity["remote"], entity["coverage"]),
                        [(each["name"], each["message"]) for each in entity["exceptions"]],
                    )
                    for entity in service["entities"]
                ],
            )
            for service in given["services"]
        ],
    )
