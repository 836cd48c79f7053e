"""Parsers of what AWS services write: no arguments, the whole message."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import msgspec
import re2

from bayon.languages.transformer.parsers import TransformError, source_text
from bayon.languages.transformer.paths import Event

# The fields of version 2 in their order. Source: logs.md §3.1.
VPC = (
    *("version", "accountId", "interfaceId", "srcAddr", "dstAddr", "srcPort", "dstPort", "protocol", "packets"),
    *("bytes", "startTime", "endTime", "action", "logStatus"),
)
_VPC_NUMBERS = {"version", "srcPort", "dstPort", "protocol", "packets", "bytes", "startTime", "endTime"}
# Source: logs.md §3.1.
ROUTE53 = (
    *("version", "queryTimestamp", "hostZoneId", "queryName", "queryType", "responseCode", "protocol"),
    *("edgeLocation", "resolverIp", "ednsClientSubnet"),
)
# Source: CloudFront developer guide, "Standard log file fields".
CLOUDFRONT = (
    *("date", "time", "x-edge-location", "sc-bytes", "c-ip", "cs-method", "cs(Host)", "cs-uri-stem", "sc-status"),
    *("cs(Referer)", "cs(User-Agent)", "cs-uri-query", "cs(Cookie)", "x-edge-result-type", "x-edge-request-id"),
    *("x-host-header", "cs-protocol", "cs-bytes", "time-taken", "x-forwarded-for", "ssl-protocol", "ssl-cipher"),
    *("x-edge-response-result-type", "cs-protocol-version", "fle-status", "fle-encrypted-fields", "c-port"),
    *("time-to-first-byte", "x-edge-detailed-result-type", "sc-content-type", "sc-content-len", "sc-range-start"),
    "sc-range-end",
)
# log_line_prefix %t:%r:%u@%d:[%p]: of RDS. Source: RDS user guide, "RDS for PostgreSQL database log files".
_POSTGRES = re2.compile(
    r"(?s)^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? \S+?):([^:]*(?::[0-9a-f:]+)?(?:\(\d+\))?):([^:@]*)@([^:]*):"
    r"\[(\d+)\]:([A-Z][A-Z0-9]*):\s*(.*)$"
)
_INTEGER, _DOUBLE = re2.compile(r"-?\d{1,18}"), re2.compile(r"-?\d+\.\d+")


def parse_vpc(event: Event, arguments: Any) -> None:
    """The event is the fields of a flow log record."""
    values = _words(event, arguments, "parseVPC", len(VPC))
    event.update(
        {
            name: int(value) if name in _VPC_NUMBERS and value.isdecimal() else value
            for name, value in zip(VPC, values, strict=True)
        }
    )


def parse_route53(event: Event, arguments: Any) -> None:
    """The event is the fields of a public query log line."""
    event.update(zip(ROUTE53, _words(event, arguments, "parseRoute53", len(ROUTE53)), strict=True))


def _words(event: Event, arguments: Any, processor: str, count: int) -> list[str]:
    words = source_text(event, arguments, processor).split()
    if len(words) != count:
        raise TransformError(f"{processor}: expected {count} fields, found {len(words)}")
    return words


def parse_cloudfront(event: Event, arguments: Any) -> None:
    """The event is the fields of an access log line, decoded, numbers as such."""
    values = source_text(event, arguments, "parseCloudfront").rstrip("\n").split("\t")
    if len(values) != len(CLOUDFRONT):
        raise TransformError(f"parseCloudfront: expected {len(CLOUDFRONT)} fields, found {len(values)}")
    event.update({name: _number(unquote(value)) for name, value in zip(CLOUDFRONT, values, strict=True)})


def _number(value: str) -> int | float | str:
    if _INTEGER.fullmatch(value):
        return int(value)
    return float(value) if _DOUBLE.fullmatch(value) else value


def parse_postgres(event: Event, arguments: Any) -> None:
    """The event is what stands before a server message, and the message."""
    match = _POSTGRES.match(source_text(event, arguments, "parsePostgres"))
    if match is None:
        raise TransformError("parsePostgres: expected time:host(port):user@database:[process]:LEVEL:")
    names = ("logTime", "srcIp", "userName", "dbName", "processId", "logLevel", "message")
    event.update(zip(names, match.groups(), strict=True))


def parse_waf(event: Event, arguments: Any) -> None:
    """The event is the object of a web ACL log, its headers and labels as objects by their names."""
    text = source_text(event, arguments, "parseWAF")
    try:
        parsed = msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError) as err:
        raise TransformError(f"parseWAF: expected an object, found {err}") from err
    request = parsed.get("httpRequest")
    if isinstance(request, dict) and isinstance(request.get("headers"), list):
        request["headers"] = {
            str(each["name"]): each["value"] for each in request["headers"] if _has(each, "name", "value")
        }
    if isinstance(parsed.get("labels"), list):
        names = [str(each["name"]).rpartition(":") for each in parsed["labels"] if _has(each, "name")]
        parsed["labels"] = {above: last for above, _, last in names}
    event.update(parsed)


def _has(value: Any, *keys: str) -> bool:
    return isinstance(value, dict) and all(key in value for key in keys)
