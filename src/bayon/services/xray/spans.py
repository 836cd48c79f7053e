"""Writes segments and subsegments as the spans that Transaction Search keeps in `aws/spans`. Pure.

Source: traces.md §4.4 for the translation, §4.5 for the shape of a span.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from bayon.services.xray.fields import box, status, text
from bayon.services.xray.inferred import is_call
from bayon.services.xray.merge import Entity
from bayon.services.xray.nodes import links

_PLATFORMS = {
    "AWS::EC2::Instance": "aws_ec2",
    "AWS::ECS::Container": "aws_ecs",
    "AWS::ECS::EC2": "aws_ecs",
    "AWS::ECS::Fargate": "aws_ecs",
    "AWS::EKS::Container": "aws_eks",
    "AWS::ElasticBeanstalk::Environment": "aws_elastic_beanstalk",
    "AWS::AppRunner::Service": "aws_app_runner",
    "AWS::Lambda": "aws_lambda",
    "AWS::Lambda::Function": "aws_lambda",
}
_REQUEST = {
    "method": "http.request.method",
    "url": "url.full",
    "user_agent": "user_agent.original",
    "client_ip": "client.address",
}
_SQL = {"url": "db.name", "sanitized_query": "db.statement", "database_type": "db.system", "user": "db.user"}


def spans_of(trace_id: str, top: Entity) -> Iterator[tuple[str, str]]:
    """The entity and everything below it, each as the id and the JSON text of a span."""
    resource = _resource(top)
    level = [top]
    while level:
        for entity in level:
            yield entity.id, msgspec.json.encode(_span(trace_id, entity, resource)).decode()
        level = [child for entity in level for child in entity.children]


def _resource(top: Entity) -> dict[str, Any]:
    found: dict[str, Any] = {"service.name": text(top.fields, "name")} if top.segment else {}
    origin = text(top.fields, "origin")
    if origin:
        found |= {"cloud.provider": "aws", "cloud.platform": _PLATFORMS.get(origin, origin)}
    return found


def _span(trace_id: str, entity: Entity, resource: dict[str, Any]) -> dict[str, Any]:
    fields = entity.fields
    annotations = box(fields, "annotations")  # they say what a segment that came as a span was called
    start_ns = _nanoseconds(entity.start_s or 0.0)
    found: dict[str, Any] = {
        "resource": {"attributes": resource},
        "scope": {"name": "", "version": ""},
        "traceId": trace_id.removeprefix("1-").replace("-", ""),
        "spanId": entity.id,
        "parentSpanId": entity.parent_id,
        "flags": 1,
        "traceState": "",
        "name": text(annotations, "span.name") or text(fields, "name"),
        "kind": text(annotations, "span.kind") or _kind(entity),
        "startTimeUnixNano": start_ns,
    }
    if entity.end_s is not None:
        end_ns = _nanoseconds(entity.end_s)
        found |= {"endTimeUnixNano": end_ns, "durationNano": max(0, end_ns - start_ns)}
    failed = fields.get("fault") is True or fields.get("error") is True
    return found | {
        "attributes": _attributes(entity),
        "status": {"code": "ERROR" if failed else "UNSET"},
        "events": _exceptions(entity),
        "links": [
            {"traceId": id_.removeprefix("1-").replace("-", ""), "spanId": span, "attributes": {}}
            for id_, span in links(fields)
        ],
    }


def _kind(entity: Entity) -> str:
    return "SERVER" if entity.segment else "CLIENT" if is_call(entity) else "INTERNAL"


def _attributes(entity: Entity) -> dict[str, Any]:
    fields = entity.fields
    http, request, sql = box(fields, "http"), box(fields, "http", "request"), box(fields, "sql")
    found: dict[str, Any] = {name: request[key] for key, name in _REQUEST.items() if text(request, key)}
    if status(http):
        found["http.response.status_code"] = status(http)
    found |= {name: sql[key] for key, name in _SQL.items() if text(sql, key)}
    if user := text(fields, "user"):
        found["enduser.id"] = user
    aws = box(fields, "aws")
    found |= {f"aws.{key}": value for key, value in aws.items() if isinstance(value, (str, int, float, bool))}
    if is_call(entity):
        found["aws.remote.service"] = text(fields, "name")
    annotations = {
        key: value for key, value in box(fields, "annotations").items() if isinstance(value, (str, bool, int, float))
    }
    if annotations:
        found |= annotations | {"aws.xray.annotations": list(annotations)}
    for namespace, value in box(fields, "metadata").items():
        found[f"aws.xray.metadata.{namespace}"] = msgspec.json.encode(value).decode()
    return found | ({"aws.xray.inprogress": True} if entity.in_progress else {})


def _exceptions(entity: Entity) -> list[dict[str, Any]]:
    listed = box(entity.fields, "cause").get("exceptions")
    found = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    at_ns = _nanoseconds(entity.end_s if entity.end_s is not None else entity.start_s or 0.0)
    return [
        {
            "timeUnixNano": at_ns,
            "name": "exception",
            "attributes": {"exception.type": text(each, "type"), "exception.message": text(each, "message")},
        }
        for each in found
    ]


def _nanoseconds(seconds: float) -> int:
    return round(max(0.0, min(seconds, 9e9)) * 1e6) * 1000
