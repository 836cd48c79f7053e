"""The fields of an event: those that every one has, and those discovered in its text. Source: logs.md §3.1.

JSON of settled events is read from columns, that of recent ones from their text; all else from the text of both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bayon.languages.insights.value import Kind, Value, number_of
from bayon.sql import Values, identifier
from bayon.store.schema import LOG_JSON

if TYPE_CHECKING:
    from bayon.languages.insights.source import Source


@dataclass(frozen=True, slots=True)
class Group:
    """A log group: its number in the store, its name, and since when its events have not expired."""

    id: int
    name: str
    kept_since_ms: int = 0
    log_group_class: str = "STANDARD"


NULL = "CAST(NULL, 'Nullable(String)')"
SYSTEM = ("@timestamp", "@message", "@logStream", "@log", "@ingestionTime")

_REPORT = "startsWith(message, 'REPORT RequestId: ')"
_REQUEST_ID = (
    r"'^(?:(?:START|END|REPORT) RequestId: |[0-9TZ:.-]+\\t)"
    r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})'"
)
_TYPE = (
    f"multiIf({_REPORT}, 'REPORT', startsWith(message, 'START RequestId: '), 'START', "
    "startsWith(message, 'END RequestId: '), 'END', NULL)"
)


def _reported(pattern: str, scale: int = 1) -> Value:
    found = f"toFloat64OrNull(extract(message, '\\\\t{pattern}'))"
    return Value(Kind.NUMBER, f"if({_REPORT}, {found if scale == 1 else f'{found} * {scale}'}, NULL)")


def _named(pattern: str) -> Value:
    return Value(Kind.TEXT, f"if({_REPORT}, nullIf(extract(message, '{pattern}'), ''), NULL)")


LAMBDA = {
    "@requestId": Value(Kind.TEXT, f"nullIf(extract(message, {_REQUEST_ID}), '')"),
    "@type": Value(Kind.TEXT, _TYPE),
    "@duration": _reported("Duration: ([0-9.]+) ms"),
    "@billedDuration": _reported("Billed Duration: ([0-9.]+) ms"),
    "@initDuration": _reported("Init Duration: ([0-9.]+) ms"),
    "@memorySize": _reported("Memory Size: ([0-9]+) MB", 1_000_000),
    "@maxMemoryUsed": _reported("Max Memory Used: ([0-9]+) MB", 1_000_000),
    "@xrayTraceId": _named(r"XRAY TraceId: ([^\\s]+)"),
    "@xraySegmentId": _named(r"SegmentId: ([^\\s]+)"),
}
VPC_FLOW = (
    *("version", "accountId", "interfaceId", "srcAddr", "dstAddr", "srcPort", "dstPort", "protocol", "packets"),
    *("bytes", "startTime", "endTime", "action", "logStatus"),
)
VPC_FLOW_LINE = r"^[2-8] (?:[^ ]+ ){11}(?:ACCEPT|REJECT|-) (?:OK|NODATA|SKIPDATA)$"
ROUTE_53 = (
    *("version", "queryTimestamp", "hostZoneId", "queryName", "queryType", "responseCode", "protocol"),
    *("edgeLocation", "resolverIp", "ednsClientSubnet"),
)
ROUTE_53_LINE = r"^[^ ]+ [0-9]{4}-[0-9]{2}-[0-9]{2}T[^ ]+ (?:[^ ]+ ){7}[^ ]+$"


def system(source: Source, parts: tuple[str, ...], values: Values) -> Value | None:
    """The field that every event has, or none where no such one has the name."""
    match ".".join(parts):
        case "@timestamp":
            return Value(Kind.TIME, "at_ms", nullable=False)
        case "@ingestionTime":
            return Value(Kind.TIME, "ingested_at_ms", nullable=False)
        case "@message":
            return Value(Kind.TEXT, "message", nullable=False)
        case "@logStream":
            return _looked_up(source, "stream_id", dict(source.world.streams), values)
        case "@log":
            logs = {group.id: f"{source.world.account}:{group.name}" for group in source.groups}
            return _looked_up(source, "group_id", logs, values)
        case "@source.log":
            return _looked_up(source, "group_id", {group.id: group.name for group in source.groups}, values)
        case "@aws.account":
            return Value(Kind.TEXT, values.bind(source.world.account, "String"), nullable=False)
        case "@aws.region":
            return Value(Kind.TEXT, values.bind(source.world.region, "String"), nullable=False)
        case "@ptr":
            bytes_ = "concat(toString(group_id), '.', toString(at_ms), '.', toString(seq))"
            return Value(Kind.TEXT, f"base64Encode({bytes_})", nullable=False)
        case _:
            return None


def _looked_up(source: Source, column: str, names: dict[int, str], values: Values) -> Value:
    numbers, texts = values.bind(list(names), "Array(UInt64)"), values.bind(list(names.values()), "Array(String)")
    sql = f"transform({column}, {numbers}, {texts}, '')" if names else "''"
    alias = source.column(sql, sql)
    return Value(Kind.TEXT, alias, nullable=False)


def discovered(source: Source, parts: tuple[str, ...], values: Values) -> Value:
    """The field that is in the text of some events; of its kind where that is known."""
    name = ".".join(parts)
    if name in LAMBDA:
        found = LAMBDA[name]
        return Value(found.kind, source.column(found.sql, found.sql))
    if name.startswith("@") and not name.startswith("@@"):
        return Value(Kind.TEXT, source.column(NULL, NULL))
    keys = (parts[0].removeprefix("@"), *parts[1:]) if name.startswith("@@") else parts
    lines = [
        _of_line(names.index(name), len(names), pattern, values)
        for names, pattern in ((VPC_FLOW, VPC_FLOW_LINE), (ROUTE_53, ROUTE_53_LINE))
        if name in names
    ]
    return _json(source, keys, lines, values)


def _of_line(place: int, words: int, pattern: str, values: Values) -> str:
    line = "trimRight(message)"
    return (
        f"if(match({line}, {values.bind(pattern, 'String')}), toNullable(splitByChar(' ', {line})[{place + 1}]), NULL)"
    )


def _json(source: Source, keys: tuple[str, ...], lines: list[str], values: Values) -> Value:
    path = ".".join(keys)
    recent = scalar(LOG_JSON, arguments(keys, values))
    if len(keys) > 1 and not any(key.isdecimal() for key in keys):
        recent = _first([recent, scalar(LOG_JSON, values.bind(path, "String"))])
    if any(key.isdecimal() for key in keys):
        settled_text, settled_number, kind = recent, number_of(recent), Kind.ANY
    else:
        types = None if source.world.types is None else source.world.types.get(path, frozenset())
        settled_text, settled_number, kind = _typed("fields." + ".".join(map(identifier, keys)), types)
    text = source.column(_first([settled_text, *lines]), _first([recent, *lines]))
    if lines:
        return Value(Kind.ANY, text)
    number = source.column(settled_number, number_of(recent))
    if kind is Kind.NUMBER:
        return Value(Kind.NUMBER, number)
    return Value(kind, text, as_number=number if kind is Kind.ANY else "")


def _first(found: list[str]) -> str:
    useful = [sql for sql in found if sql != NULL] or [NULL]
    return useful[0] if len(useful) == 1 else f"coalesce({', '.join(useful)})"


# How a path is read as each of the engine's types: as text and as a number.
_READ = {
    "String": ("{}.:String", None),
    "Int64": ("toString({}.:Int64)", "{}.:Int64"),
    "UInt64": ("toString({}.:UInt64)", "{}.:UInt64"),
    "Float64": ("toString({}.:Float64)", "{}.:Float64"),
    "Bool": ("toString(toUInt8({}.:Bool))", "toUInt8({}.:Bool)"),
}


def _typed(column: str, types: frozenset[str] | None) -> tuple[str, str, Kind]:
    """A JSON column's path as text and as a number, and the kind that it always has."""
    known = [name for name in _READ if types is None or name in types]
    texts = [_READ[name][0].format(column) for name in known]
    numbers = [
        f"toFloat64({number.format(column)})" if len(known) > 1 else number.format(column)
        for name in known
        if (number := _READ[name][1])
    ]
    if "String" in known:
        numbers.append(number_of(f"{column}.:String"))
    if not known:
        return NULL, "CAST(NULL, 'Nullable(Float64)')", Kind.TEXT
    if known == ["String"]:
        return texts[0], numbers[0], Kind.TEXT
    number = numbers[0] if len(numbers) == 1 else f"coalesce({', '.join(numbers)})"
    return _first(texts), number, Kind.ANY if "String" in known else Kind.NUMBER


def within(head: Value, parts: tuple[str, ...], values: Values) -> Value:
    """What is at the path in a map or a list."""
    path = arguments(parts, values)
    return Value(Kind.ANY, scalar(head.json, path), raw=f"JSONExtractRaw({head.json}, {path})")


def arguments(keys: tuple[str, ...], values: Values) -> str:
    """A path as the engine takes it: names, and places counted from one."""
    return ", ".join(str(int(key[:9]) + 1) if key.isdecimal() else values.bind(key, "String") for key in keys)


def scalar(json: str, path: str) -> str:
    """SQL: what is at the path as text; booleans as 1 and 0, null where there is nothing, a map or a list."""
    return _scalar(f"JSONExtractRaw({json}, {path})", f"JSONExtractString({json}, {path})")


def element(raw: str) -> Value:
    """What a piece of JSON is."""
    return Value(Kind.ANY, _scalar(raw, f"JSONExtractString({raw})"), raw=raw)


def _scalar(raw: str, string: str) -> str:
    return (
        f"multiIf({raw} IN ('', 'null'), NULL, startsWith({raw}, '\"'), {string}, "
        f"{raw} = 'true', '1', {raw} = 'false', '0', substring({raw}, 1, 1) IN ('{{', '['), NULL, "
        f"match({raw}, '[.eE]'), toString(toFloat64OrNull({raw})), {raw})"
    )
