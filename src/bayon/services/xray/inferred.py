"""Segments that nobody sent: what a call to an uninstrumented service says about that service.

Pure. Each subsegment that left the process (`namespace` aws or remote) and that no segment names as its caller yields
one segment of the callee; it is gone as soon as the callee's own segment arrives, since a trace is merged anew on each
read.
"""

from __future__ import annotations

import hashlib
from typing import Any

from bayon.services.xray.merge import Entity, Trace

_COPIED = ("start_time", "end_time", "in_progress", "http", "sql", "error", "fault", "throttle", "cause")
# SDKs name services in their own case.
_NAMES = {name.lower(): name for name in ("DynamoDB", "S3", "SNS", "SQS", "Events", "Lambda")} | {
    "eventbridge": "Events"
}
# The key of `aws` that names the resource called, and the type of that resource.
_RESOURCES = {"DynamoDB": ("table_name", "AWS::DynamoDB::Table"), "S3": ("bucket_name", "AWS::S3::Bucket")}


def inferred_segments(trace: Trace) -> list[Entity]:
    """One segment for each call whose callee has sent none, in the order of the calls.

    Source: segment documents (developer guide), inferred segments.
    """
    entities = list(trace.entities())
    answered = {entity.parent_id for entity in entities if entity.segment}
    return [_inferred(trace.id, call) for call in entities if is_call(call) and call.id not in answered]


def is_call(entity: Entity) -> bool:
    """Whether the entity is a subsegment that left the process."""
    return not entity.segment and entity.fields.get("namespace") in ("aws", "remote")


def _inferred(trace_id: str, call: Entity) -> Entity:
    aws = call.fields["aws"] if isinstance(call.fields.get("aws"), dict) else {}
    name, origin, resources = callee(call, aws)
    id_ = _id(trace_id, call.id)
    fields: dict[str, Any] = {"id": id_, "name": name, "inferred": True}
    fields |= {key: call.fields[key] for key in _COPIED if key in call.fields}
    fields["aws"] = aws | ({"resource_names": resources} if resources else {})
    if origin:
        fields["origin"] = origin
    if annotations := _seen_from_there(call):
        fields["annotations"] = annotations
    return Entity(id_, call.id, segment=True, fields=fields)


def _seen_from_there(call: Entity) -> dict[str, Any]:
    """What a call that OpenTelemetry sent says of its far end, which is the near end of the callee's segment.

    Source: traces.md §1.4 and §4.3.
    """
    said = call.fields.get("annotations")
    far = said if isinstance(said, dict) else {}
    named = {f"aws.local.{end}": far.get(f"aws.remote.{end}") for end in ("service", "operation")}
    return {key: value for key, value in named.items() if value}


def callee(call: Entity, aws: dict[str, Any]) -> tuple[str, str, list[str]]:
    """Its name, its origin (empty if unknown) and the resources called."""
    name = str(call.fields.get("name", ""))
    if call.fields["namespace"] == "remote":
        return name, "Database::SQL" if isinstance(call.fields.get("sql"), dict) else "", []
    name = _NAMES.get(name.lower(), name)
    if name in _RESOURCES:
        key, origin = _RESOURCES[name]
        if resource := aws.get(key):
            return name, origin, [resource]
    if name == "SQS" and aws.get("queue_url"):
        return name, "AWS::SQS::Queue", []
    return name, f"AWS::{name}", []


def _id(trace_id: str, call_id: str) -> str:
    # Stable, so that a trace read twice names it alike.
    return hashlib.sha256(f"inferred:{trace_id}:{call_id}".encode()).hexdigest()[:16]
