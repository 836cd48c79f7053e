"""Sums a merged trace up in the one row by which it is found, filtered and drawn. Pure.

Everything that GetTraceSummaries, filter expressions and the service graph say of a trace is said here once.
Source: TraceSummary (API reference), traces.md §1.4, §2.4 and §2.6.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bayon import limits
from bayon.services.xray.call_tree import CallTree
from bayon.services.xray.fields import box, microseconds, status, text
from bayon.services.xray.inferred import inferred_segments, is_call
from bayon.services.xray.merge import Entity, Trace, duration_s, merge
from bayon.services.xray.nodes import callee_node, is_client, links, segment_node
from bayon.services.xray.root_causes import root_causes
from bayon.services.xray.trace_id import found_at_s
from bayon.store import trace_rows as columns
from bayon.store.trace_rows import TraceRow, annotation_kind, node_parts
from bayon.store.traces import SegmentDocument

LATEST_S = 253_402_300_799.0  # the end of the year 9999, beyond which no time can be answered
_LAMBDA, _FUNCTION = "AWS::Lambda", "AWS::Lambda::Function"


def row_of(account: str, region: str, documents: Sequence[SegmentDocument]) -> TraceRow:
    """The row of the trace that the documents, in order of arrival, make up."""
    trace = merge(documents[0].trace_id, documents)
    entities = list(trace.entities())
    starts = [start_s for entity in entities if (start_s := entity.start_s) is not None]
    ends = [end_s for entity in entities if (end_s := entity.end_s) is not None]
    start_s = max(0.0, min(*starts, LATEST_S))
    row = TraceRow(
        account=account,
        region=region,
        trace_id=trace.id,
        at_s=found_at_s(trace.id, start_s),
        start_s=start_s,
        end_s=max(starts + ends),
        seq=documents[-1].seq,
        first_ms=min(document.received_ms for document in documents),
        stored_ms=max(document.received_ms for document in documents),
    )
    took_s = duration_s(entities)
    row.duration_ms = -1 if took_s is None else round(took_s * 1000)
    _fill(row, trace)
    return row


def _fill(row: TraceRow, trace: Trace) -> None:
    tree = CallTree(trace)
    root = tree.root()
    nodes = {segment.id: segment_node(segment) for segment in tree.segments()}
    places = {id_: place for place, id_ in enumerate(nodes, 1)}
    _segments(row, tree, nodes)
    _calls(row, tree, nodes)
    _facts(row, tree, places)
    _annotations(row, tree, places)
    row.flags = _flags(row, tree, root)
    if root is not None:
        row.entry = places[root.id]
        took_us = row.s_took_us[row.entry - 1]
        row.response_ms = -1 if took_us < 0 else (took_us + 500) // 1000
    if row.response_ms >= limits.SLOW_TRACE_S * 1000 or _any_flagged(tree):
        row.causes = root_causes(CallTree(trace, inferred_segments(trace)), root)


def _any_flagged(tree: CallTree) -> bool:
    return any(entity.fields.get("fault") is True or entity.fields.get("error") is True for entity in tree.entities)


def _segments(row: TraceRow, tree: CallTree, nodes: dict[str, str]) -> None:
    last_ends_s = tree.last_ends_s()
    for segment in tree.segments():
        node, fields = nodes[segment.id], segment.fields
        flags = entity_flags(segment)
        if not segment.parent_id:
            is_root_of_client = not is_client(node_parts(node)[1]) and not segment.in_progress
            flags |= columns.ROOT | (columns.CLIENT if is_root_of_client else 0)
        start_us = _start_us(segment)
        row.s_node.append(node)
        row.s_flags.append(flags)
        row.s_start_us.append(start_us)
        row.s_took_us.append(_took_us(segment))
        last_end_s = last_ends_s.get(segment.id)
        row.s_span_us.append(-1 if last_end_s is None else max(0, microseconds(last_end_s - (segment.start_s or 0.0))))
        row.s_parent.append(_direct_parent(tree, segment, nodes))
        _http(fields.get("http"), row.s_status, row.s_url, row.s_method, row.s_agent, row.s_ip)
    for entity in tree.entities:
        if "links" in entity.fields and entity.id in tree.owners:
            _links(row, tree.owners[entity.id], nodes, links(entity.fields))


def _links(row: TraceRow, segment: Entity, nodes: dict[str, str], found: list[tuple[str, str]]) -> None:
    for trace_id, id_ in found:
        row.l_trace.append(trace_id)
        row.l_id.append(id_)
        row.l_node.append(nodes[segment.id])
        row.l_start_us.append(_start_us(segment))


def _direct_parent(tree: CallTree, segment: Entity, nodes: dict[str, str]) -> str:
    """The node that called a segment otherwise than by a call that was recorded as one, empty if none did."""
    caller = tree.parents.get(segment.id)
    if caller is None or is_call(caller):
        return ""
    owner = tree.owners.get(caller.id)
    return nodes[owner.id] if owner is not None else ""


def _calls(row: TraceRow, tree: CallTree, nodes: dict[str, str]) -> None:
    for call in tree.entities:
        if not is_call(call) or call.id not in tree.owners:
            continue
        source = nodes[tree.owners[call.id].id]
        start_us, took_us, flags = _start_us(call), _took_us(call), entity_flags(call)
        answered = tree.called.get(call.id)
        if answered:
            targets = list(dict.fromkeys(nodes[segment.id] for segment in answered))
        else:
            targets = [callee_node(call)]
            flags |= columns.INFERRED
        for target in targets:
            row.c_from.append(source)
            row.c_to.append(target)
            row.c_flags.append(flags)
            row.c_start_us.append(start_us)
            row.c_took_us.append(took_us)
            _http(call.fields.get("http"), row.c_status, row.c_url, row.c_method, row.c_agent, row.c_ip)


def _http(
    http: Any, statuses: list[int], urls: list[str], methods: list[str], agents: list[str], ips: list[str]
) -> None:
    request = http.get("request") if isinstance(http, dict) else None
    if not isinstance(request, dict):
        request = {}
    statuses.append(status(http) if isinstance(http, dict) else 0)
    urls.append(text(request, "url"))
    methods.append(text(request, "method"))
    agents.append(text(request, "user_agent"))
    ips.append(text(request, "client_ip"))


_OF_ENTITIES = ((columns.USER, "user"), (columns.ARN, "resource_arn"))
_OF_HOSTS = (
    (columns.ZONE, "ec2", "availability_zone"),
    (columns.ZONE, "ecs", "availability_zone"),
    (columns.INSTANCE, "ec2", "instance_id"),
    (columns.ARN, "ecs", "container_arn"),
    (columns.ARN, "ecs", "task_arn"),
)


def _facts(row: TraceRow, tree: CallTree, places: dict[str, int]) -> None:
    """Users, zones, instances and ARNs, each once a segment."""
    found: dict[tuple[int, str, int], None] = {}
    for entity in tree.entities:
        fields = entity.fields
        owner = tree.owners.get(entity.id)
        place = places[owner.id] if owner is not None else 0
        for kind, name in _OF_ENTITIES:
            if name in fields and (value := text(fields, name)):
                found[kind, value, place] = None
        aws = fields.get("aws")
        if isinstance(aws, dict):
            if value := text(aws, "function_arn"):
                found[columns.ARN, value, place] = None
            for kind, host, name in _OF_HOSTS:
                if host in aws and (value := text(box(aws, host), name)):
                    found[kind, value, place] = None
    for kind, value, place in found:
        row.f_kind.append(kind)
        row.f_text.append(value)
        row.f_segment.append(place)


def _annotations(row: TraceRow, tree: CallTree, places: dict[str, int]) -> None:
    """The first so many keys by the start of what set them; a value once a segment."""
    keys: set[str] = set()
    seen: set[tuple[str, int, Any, int]] = set()
    annotated = [entity for entity in tree.entities if "annotations" in entity.fields]
    for entity in sorted(annotated, key=lambda each: each.start_s or 0.0):
        owner = tree.owners.get(entity.id)
        place = places[owner.id] if owner is not None else 0
        for key, value in box(entity.fields, "annotations").items():
            if not isinstance(value, (str, bool, int, float)):
                continue
            kind = annotation_kind(value)
            if (key not in keys and len(keys) >= limits.ANNOTATIONS_INDEXED) or (key, kind, value, place) in seen:
                continue
            keys.add(key)
            seen.add((key, kind, value, place))
            row.a_key.append(key)
            row.a_kind.append(kind)
            row.a_text.append(value if isinstance(value, str) else "")
            row.a_number.append(0.0 if isinstance(value, str) else float(value))
            row.a_segment.append(place)


def entity_flags(entity: Entity) -> int:
    """What an entity says of how it ended. Source: traces.md §1.2.4, the flags are authoritative."""
    fields = entity.fields
    flags = columns.ERROR if fields.get("error") is True else 0
    flags |= columns.THROTTLE if fields.get("throttle") is True else 0
    flags |= columns.FAULT if fields.get("fault") is True else 0
    return flags | (columns.PARTIAL if entity.in_progress else 0)


def _flags(row: TraceRow, tree: CallTree, root: Entity | None) -> int:
    outcome = columns.ERROR | columns.THROTTLE | columns.FAULT
    flags = entity_flags(root) & outcome if root is not None else 0
    answer = flags
    if root is not None and root.fields.get("origin") == _LAMBDA:
        for segment in tree.called.get(root.id, ()):
            answer |= entity_flags(segment) if segment.fields.get("origin") == _FUNCTION else 0
    flags |= columns.HAS_FAULT if answer & columns.FAULT else 0
    flags |= columns.HAS_ERROR if answer & columns.ERROR else 0
    flags |= columns.HAS_THROTTLE if any(each.fields.get("throttle") is True for each in tree.entities) else 0
    flags |= columns.PARTIAL if _is_partial(tree) else 0
    return flags | (columns.INFERRED if any(each & columns.INFERRED for each in row.c_flags) else 0)


def _is_partial(tree: CallTree) -> bool:
    """Whether something is in progress, an instrumented callee has sent nothing, or no segment is the root."""
    if any(entity.in_progress or _is_broken(tree, entity) for entity in tree.entities):
        return True
    return all(segment.parent_id for segment in tree.segments())


def _is_broken(tree: CallTree, entity: Entity) -> bool:
    if entity.segment or "http" not in entity.fields or tree.called.get(entity.id):
        return False
    return box(entity.fields, "http", "request").get("traced") is True


def _start_us(entity: Entity) -> int:
    return microseconds(entity.start_s or 0.0)


def _took_us(entity: Entity) -> int:
    end_s = entity.end_s
    return -1 if end_s is None else max(0, microseconds(end_s - (entity.start_s or 0.0)))
