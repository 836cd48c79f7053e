"""Writes the entities of a trace as the documents that X-Ray gives back. Pure."""

from __future__ import annotations

from typing import Any

import msgspec

from bayon.services.xray.merge import Entity

# What a compiled entity may hold, in the order written; anything else that was uploaded is dropped.
_FIELDS = (
    "id",
    "name",
    "start_time",
    "end_time",
    "in_progress",
    "parent_id",
    "inferred",
    "user",
    "service",
    "http",
    "aws",
    "sql",
    "error",
    "fault",
    "throttle",
    "cause",
    "annotations",
    "metadata",
    "namespace",
    "precursor_ids",
    "links",
    "resource_arn",
    "trace_id",
    "origin",
    "type",
)


def document(trace_id: str, entity: Entity) -> str:
    """The JSON text of a segment, or of a subsegment whose parent is unknown, with everything below it nested.

    Source: BatchGetTraces; empty objects and lists are left out, the trace id stands at the top only.
    """
    top = {"trace_id": trace_id, "parent_id": entity.parent_id, "type": "" if entity.segment else "subsegment"}
    return msgspec.json.encode(_compiled(entity, top)).decode()


def _compiled(entity: Entity, links: dict[str, Any]) -> dict[str, Any]:
    fields = entity.fields | links
    kept = {key: fields[key] for key in _FIELDS if _worth_keeping(key, fields.get(key))}
    nested = {"trace_id": "", "parent_id": "", "type": ""}
    children = [_compiled(child, nested) for child in entity.children]
    return kept | {"subsegments": children} if children else kept


def _worth_keeping(key: str, value: Any) -> bool:
    if key in ("in_progress", "inferred"):
        return value is True
    return value is not None and value not in ("", {}, [])
