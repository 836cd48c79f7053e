"""Which node of the service graph an entity is. Pure. Source: traces.md §1.4 and §2.6."""

from __future__ import annotations

from typing import Any

from bayon.services.xray.fields import box, text
from bayon.services.xray.inferred import callee
from bayon.services.xray.merge import Entity
from bayon.store.trace_rows import node_key

RUM_ORIGIN, RUM_TYPE = "AWS::RUM::AppMonitor", "client::RUM"
CANARY_ORIGIN, CANARY_TYPE = "AWS::Synthetics::Canary", "client::Synthetics"
_CLIENTS = {RUM_ORIGIN: RUM_TYPE, CANARY_ORIGIN: CANARY_TYPE}
# Where an SDK names the resource called, by the type of that resource; the node is named so.
_NAMES = {
    "AWS::DynamoDB::Table": "table_name",
    "AWS::S3::Bucket": "bucket_name",
    "AWS::SQS::Queue": "queue_url",
    "AWS::Lambda": "function_name",
}


def segment_node(segment: Entity) -> str:
    """The node of a segment that was sent."""
    fields = segment.fields
    name, origin = text(fields, "name"), text(fields, "origin")
    return node_key(name, _CLIENTS.get(origin, origin), text(box(fields, "aws"), "account_id"))


def callee_node(call: Entity) -> str:
    """The node of a callee that sent nothing."""
    aws = box(call.fields, "aws")
    name, origin, _ = callee(call, aws)
    if not origin:
        return node_key(name, "remote")
    resource = text(aws, _NAMES.get(origin, ""))
    return node_key(resource or name, origin, service=name if resource else "")


def is_client(type_: str) -> bool:
    """Whether a node of that type is a client of the services itself."""
    return type_ in _CLIENTS.values()


def links(fields: dict[str, Any]) -> list[tuple[str, str]]:
    """Trace and entity of each link."""
    listed = fields.get("links")
    found = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    pairs = [(text(each, "trace_id").lower(), text(each, "id").lower()) for each in found]
    return [pair for pair in pairs if all(pair)]
