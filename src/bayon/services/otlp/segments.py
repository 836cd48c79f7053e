"""Spans as the segment documents that CloudWatch's OTLP endpoint makes of them. Pure.

A span is a segment when it serves a request, consumes a message or begins its process' part of the trace, else a
subsegment sent by itself. One that begins its process' part with a call of another service is both: a segment of the
service and the call within it.

Source: traces.md §4.2 and §4.3. What is ours: a span without a parent counts as the first of its process, and a
service's name, operation and environment are told from OpenTelemetry's own attributes where AWS's are missing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from bayon import limits
from bayon.services.otlp import span_aws, span_http, span_names
from bayon.services.otlp.signals import Attributes, Span
from bayon.services.otlp.span_cause import cause
from bayon.services.otlp.span_names import text

_INDEXED = "aws.xray.annotations"  # a span's list of the attributes that are annotations
_METADATA = "aws.xray.metadata."
_UNMAPPED = "UnmappedOperation"
_INTERNAL = "InternalOperation"
_KEY = re.compile(r"[^\w.]")
# By platform: the environment where nobody names one.
_ENVIRONMENTS = {"aws_ec2": "ec2:default", "aws_lambda": "lambda:default", "aws_ecs": "ecs:default"}


def documents(span: Span) -> list[str]:
    """The one or two documents of the span, whose ids are what they should be."""
    return [_fitting(fields) for fields in _documents(span)]


def _fitting(fields: dict[str, Any]) -> str:
    """The document, its longest texts cut where a span is larger than a segment may be.

    A span may have three times as much, and what makes it so large (a prompt, a stack) is worth its beginning.
    """
    text_ = msgspec.json.encode(fields)
    for most in limits.SPAN_TEXT_CHARS:
        if len(text_) <= limits.SEGMENT_BYTES:
            break
        text_ = msgspec.json.encode(_cut(fields, most))
    return text_.decode()


def _cut(value: Any, most: int) -> Any:
    if isinstance(value, str):
        return value if len(value) <= most else f"{value[: most - 1]}…"
    if isinstance(value, dict):
        return {key: _cut(inner, most) for key, inner in value.items()}
    return [_cut(inner, most) for inner in value] if isinstance(value, list) else value


def _documents(span: Span) -> Iterator[dict[str, Any]]:
    first = span_names.is_local_root(span)
    outgoing = span.kind in ("CLIENT", "PRODUCER")
    dependent = outgoing or (span.kind == "CONSUMER" and span.attributes.get("aws.span.kind") == span_names.LOCAL_ROOT)
    if first and dependent and span_names.service(span):
        around = _around(span)
        yield around
        yield _call(span, parent_id=around["id"])
    elif first or span.kind in ("SERVER", "CONSUMER"):
        yield _segment(span)
    else:
        yield _call(span, parent_id=span.parent_id)


def _around(span: Span) -> dict[str, Any]:
    """The segment of the service whose first span is a call."""
    id_ = hashlib.sha256(f"around:{span.trace_id}:{span.id}".encode()).hexdigest()[:16]
    fields = _head(span, span_names.segment_name(span)) | {"id": id_}
    if span.parent_id:
        fields["parent_id"] = span.parent_id
    fields |= _of_process(span)
    annotations = {"span.name": _INTERNAL, "span.kind": "SERVER"} | _local(span, _INTERNAL)
    fields["annotations"] = annotations
    fields["metadata"] = dict(span.source.resource)
    if span.kind == "CONSUMER" and (links := _links(span)):
        fields["links"] = links
    return _full(fields | _failures(span))


def _segment(span: Span) -> dict[str, Any]:
    used: set[str] = set()
    fields = _head(span, span_names.segment_name(span))
    if span.parent_id:
        fields["parent_id"] = span.parent_id
    fields |= _of_process(span)
    fields["http"] = span_http.http(span)
    fields["aws"] |= span_aws.aws_of_call(span, used)
    fields["sql"] = span_aws.sql(span, used)
    fields["links"] = _links(span)
    return _full(fields | _failures(span) | _said(span, used, _operation(span), fields["aws"], span.source.resource))


def _call(span: Span, parent_id: str) -> dict[str, Any]:
    used: set[str] = set()
    name, namespace = span_names.call_name(span)
    fields = _head(span, name) | {"type": "subsegment", "parent_id": parent_id}
    if namespace:
        fields["namespace"] = namespace
    fields["http"] = span_http.http(span)
    fields["aws"] = span_aws.aws_of_call(span, used)
    fields["sql"] = span_aws.sql(span, used)
    fields["links"] = _links(span) if span.kind != "CONSUMER" else []
    operation = text(span.attributes, "aws.local.operation") or _UNMAPPED
    return _full(fields | _failures(span) | _said(span, used, operation, fields["aws"], {}))


def _head(span: Span, name: str) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "id": span.id,
        "trace_id": f"1-{span.trace_id[:8]}-{span.trace_id[8:]}",
        "name": name,
        "start_time": _seconds(span.start_ns),
    }
    if span.end_ns:
        fields["end_time"] = _seconds(max(span.start_ns, span.end_ns))
    else:
        fields["in_progress"] = True
    if user := text(span.attributes, "enduser.id"):
        fields["user"] = user
    return fields


def _seconds(at_ns: int) -> float:
    return at_ns // 1000 / 1e6  # nanoseconds of today are more than a float can tell apart


def _of_process(span: Span) -> dict[str, Any]:
    """What only a segment says: where it ran, in which version and account."""
    resource = span.source.resource
    version = text(resource, "service.version", "container.image.tag")
    return {
        "origin": span_names.origin(resource),
        "service": {"version": version} if version else {},
        "aws": span_aws.aws_of_segment(resource),
    }


def _failures(span: Span) -> dict[str, Any]:
    return {**span_http.failures(span), "cause": cause(span)}


def _links(span: Span) -> list[dict[str, Any]]:
    return [
        {"trace_id": f"1-{link.trace_id[:8]}-{link.trace_id[8:]}", "id": link.span_id}
        | ({"attributes": link.attributes} if link.attributes else {})
        for link in span.links[: limits.SEGMENT_LINKS]
    ]


# ── Annotations and metadata ──


def _said(
    span: Span, used: set[str], operation: str, aws: dict[str, Any], resource: Attributes
) -> dict[str, dict[str, Any]]:
    """The annotations, the metadata, and what of `aws.…` is neither, with the rest of the block `aws`."""
    annotations: dict[str, Any] = {"span.name": span.name, "span.kind": span.kind} | _local(span, operation)
    asked = span.attributes.get(_INDEXED)
    indexed = set(asked) if isinstance(asked, list) and all(isinstance(key, str) for key in asked) else set()
    metadata: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    for key, value in (resource | span.attributes).items():
        if key in annotations or key in used or key in span_http.READ or key in (_INDEXED, "enduser.id"):
            continue
        if key in indexed and isinstance(value, (str, int, float, bool)):
            annotations[_KEY.sub("_", key)] = value
        elif key.startswith(_METADATA):
            metadata[key.removeprefix(_METADATA)] = _parsed(value)
        elif key.startswith("aws.") and key in span.attributes:
            rest[key.removeprefix("aws.")] = value
        else:
            metadata[key] = value
    return {"annotations": annotations, "metadata": metadata, "aws": rest | aws}


def _local(span: Span, operation: str) -> dict[str, Any]:
    """AWS's annotations of the two ends of what was done."""
    attributes = span.attributes
    found = {
        "aws.local.service": span_names.service(span),
        "aws.local.operation": text(attributes, "aws.local.operation") or operation,
        "aws.local.environment": text(attributes, "aws.local.environment") or _environment(span.source.resource),
        "aws.remote.service": text(attributes, "aws.remote.service"),
        "aws.remote.operation": text(attributes, "aws.remote.operation"),
    }
    return {key: value for key, value in found.items() if value}


def _operation(span: Span) -> str:
    """What a segment did: what the span says, else what was asked of it over HTTP, else the span's name."""
    if span.kind == "INTERNAL":
        return _INTERNAL
    method, path = text(span.attributes, "http.request.method", "http.method"), span_http.path(span.attributes)
    if method and path and span.name in ("", method):  # a name that says no more than the method
        return f"{method} /{path.strip('/').partition('/')[0]}"
    return span.name or _UNMAPPED


def _environment(resource: Attributes) -> str:
    if named := text(resource, "deployment.environment.name", "deployment.environment"):
        return named
    if resource.get("cloud.platform") == "aws_eks":
        cluster, namespace = text(resource, "k8s.cluster.name"), text(resource, "k8s.namespace.name")
        return f"eks:{cluster or 'default'}/{namespace or 'default'}"
    return _ENVIRONMENTS.get(text(resource, "cloud.platform"), "generic:default")


def _parsed(value: Any) -> Any:
    try:
        return msgspec.json.decode(value) if isinstance(value, str) else value
    except msgspec.DecodeError:
        return value


def _full(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that say something."""
    return {key: value for key, value in fields.items() if value not in (None, "", {}, [])}
