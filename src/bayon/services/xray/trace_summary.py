"""Writes the row that sums a trace up as a TraceSummary. Pure. Source: traces.md §2.4."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from bayon.services.xray.service_ids import nodes_of, service_id
from bayon.store import trace_rows as columns
from bayon.store.trace_rows import CauseService, TraceRow

if TYPE_CHECKING:
    from bayon.shapes.xray import AnnotationValue, Http, ServiceId, TraceSummary, ValueWithServiceIds


def summary_of(row: TraceRow, *, revision: int) -> TraceSummary:
    """All that GetTraceSummaries says of the trace; what there is nothing of is an empty list or left out."""
    flags = row.flags
    found: TraceSummary = {
        "Id": row.trace_id,
        "StartTime": round(row.start_s * 1000),
        "HasFault": bool(flags & columns.HAS_FAULT),
        "HasError": bool(flags & columns.HAS_ERROR),
        "HasThrottle": bool(flags & columns.HAS_THROTTLE),
        "IsPartial": bool(flags & columns.PARTIAL),
        "Http": _http(row),
        "Annotations": _annotations(row),
        "Users": [{"UserName": user, "ServiceIds": ids} for user, ids in _facts(row, columns.USER).items()],
        "ServiceIds": [service_id(node) for node in nodes_of(row)],
        "ResourceARNs": [{"ARN": arn} for arn in _facts(row, columns.ARN)],
        "InstanceIds": [{"Id": instance} for instance in _facts(row, columns.INSTANCE)],
        "AvailabilityZones": [{"Name": zone} for zone in _facts(row, columns.ZONE)],
        "FaultRootCauses": _causes(row, columns.FAULT_CAUSE),
        "ErrorRootCauses": _causes(row, columns.ERROR_CAUSE),
        "ResponseTimeRootCauses": _causes(row, columns.SLOW_CAUSE),
        "Revision": revision,
    }
    if row.duration_ms >= 0:
        found["Duration"] = row.duration_ms / 1000
    if row.response_ms >= 0:
        found["ResponseTime"] = row.response_ms / 1000
    if row.entry:
        found["EntryPoint"] = service_id(row.s_node[row.entry - 1], account=False)
    return found


def matched_event_ms(row: TraceRow, since_s: float, until_s: float) -> int:
    """The first time at which something of the trace began inside the range, else when the range begins."""
    starts_s = [start_us / 1e6 for start_us in row.s_start_us + row.c_start_us]
    return round(1000 * min((start_s for start_s in starts_s if since_s <= start_s < until_s), default=since_s))


def _http(row: TraceRow) -> Http:
    if not row.entry:
        return {}
    at = row.entry - 1
    found: Http = {}
    if row.s_url[at]:
        found["HttpURL"] = row.s_url[at]
    if row.s_status[at]:
        found["HttpStatus"] = row.s_status[at]
    if row.s_method[at]:
        found["HttpMethod"] = row.s_method[at]
    if row.s_agent[at]:
        found["UserAgent"] = row.s_agent[at]
    if row.s_ip[at]:
        found["ClientIp"] = row.s_ip[at]
    return found


def _annotations(row: TraceRow) -> dict[str, list[ValueWithServiceIds]]:
    nodes: dict[tuple[str, int, str, float], dict[str, None]] = defaultdict(dict)
    for key, kind, text, number, place in zip(
        row.a_key, row.a_kind, row.a_text, row.a_number, row.a_segment, strict=True
    ):
        found = nodes[key, kind, text, number]
        if place:
            found[row.s_node[place - 1]] = None
    annotations: dict[str, list[ValueWithServiceIds]] = defaultdict(list)
    for (key, kind, text, number), held in nodes.items():
        value = _annotation_value(kind, text, number)
        annotations[key].append({"AnnotationValue": value, "ServiceIds": [service_id(node) for node in held]})
    return dict(annotations)


def _annotation_value(kind: int, text: str, number: float) -> AnnotationValue:
    match kind:
        case columns.TEXT:
            return {"StringValue": text}
        case columns.NUMBER:
            return {"NumberValue": number}
        case _:
            return {"BooleanValue": number == 1}


def _facts(row: TraceRow, kind: int) -> dict[str, list[ServiceId]]:
    """Distinct values of a kind, each with the services that named it."""
    nodes: dict[str, dict[str, None]] = defaultdict(dict)
    for each, text, place in zip(row.f_kind, row.f_text, row.f_segment, strict=True):
        if each == kind:
            nodes[text] |= {row.s_node[place - 1]: None} if place else {}
    return {text: [service_id(node) for node in held] for text, held in nodes.items()}


def _causes(row: TraceRow, kind: int) -> list[Any]:
    return [
        {"ClientImpacting": bool(impacting), "Services": [_cause_service(service, kind) for service in services]}
        for each, impacting, services in row.causes
        if each == kind
    ]


def _cause_service(service: CauseService, kind: int) -> dict[str, Any]:
    name, type_, account, inferred, entities = service
    path: list[dict[str, Any]] = []
    for entity, remote, coverage, exceptions in entities:
        step: dict[str, Any] = {"Name": entity, "Remote": bool(remote)}
        if kind == columns.SLOW_CAUSE:
            step["Coverage"] = coverage
        else:
            step["Exceptions"] = [{"Name": each, "Message": message} for each, message in exceptions]
        path.append(step)
    found = {"Name": name, "Names": [name], "Type": type_, "Inferred": bool(inferred), "EntityPath": path}
    return found | ({"AccountId": account} if account else {})
