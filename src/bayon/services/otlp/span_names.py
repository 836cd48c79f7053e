"""What a span's segment is called, and whether what it calls is AWS or somebody else. Pure.

Source: traces.md §4.2, the rules of the collector's X-Ray exporter; §4.3 where CloudWatch's endpoint differs.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from bayon import limits
from bayon.services.otlp.signals import Attributes, Span

AWS_API = "aws-api"  # the rpc.system of calls made with an AWS SDK
LOCAL_ROOT = "LOCAL_ROOT"  # the aws.span.kind of the first span in a process
_OUTGOING = ("CLIENT", "PRODUCER", "CONSUMER")
_UNFIT = re.compile(r"[^\w\s.:/%&#=+\\\-@]")  # what segment names do not hold, traces.md §1.2
_UNNAMED = "unknown_service"  # how SDKs call a service that has no name

# Where the name of a call's other side may stand, in this order.
_PEERS = ("rpc.service", "http.host", "net.peer.name", "server.address")


def text(attributes: Attributes, *keys: str) -> str:
    """The first of the attributes that is there and not empty, as text."""
    for key in keys:  # a loop, since a generator would cost as much as all the rest of a span
        value = attributes.get(key)
        if value is not None and value != "":
            return str(value)
    return ""


def is_local_root(span: Span) -> bool:
    """Whether the span is the first in its process, as it says itself or as the lack of a parent says."""
    return not span.parent_id or span.attributes.get("aws.span.kind") == LOCAL_ROOT


def service(span: Span) -> str:
    """The service that the span is part of, empty where it has no name."""
    named = text(span.attributes, "aws.local.service") or text(span.source.resource, "service.name")
    return "" if named.startswith(_UNNAMED) and not text(span.attributes, "aws.local.service") else named


def segment_name(span: Span) -> str:
    """The name of a span that is a segment: its service's."""
    return fit(service(span) or _peer(span) or span.name)


def call_name(span: Span) -> tuple[str, str]:
    """The name of a span that is a subsegment, and its namespace, which is empty for work within the process."""
    attributes = span.attributes
    aws = attributes.get("rpc.system") == AWS_API
    if span.kind not in _OUTGOING:
        return fit(span.name), "aws" if aws else ""
    if remote := text(attributes, "aws.remote.service"):
        name = re.sub(r"^(AWS\.SDK\.|AWS::)", "", remote) if aws else remote
        return fit(name), "aws" if aws else "remote"
    if peer := text(attributes, "peer.service"):
        return fit(peer), "aws" if aws else "remote"
    if named := text(attributes, "aws.service"):
        return fit(named), "aws"
    return fit(_peer(span) or span.name), "aws" if aws else "remote"


def database(attributes: Attributes) -> str:
    """`name@host` of the database that a span calls, empty where it calls none."""
    name = text(attributes, "db.name", "db.namespace")
    if not name or attributes.get("rpc.system") == AWS_API:
        return ""
    host = _host(text(attributes, "db.connection_string").removeprefix("jdbc:"))
    host = host or text(attributes, "server.address", "net.peer.name")
    return f"{name}@{host}" if host else name


def fit(name: str) -> str:
    """The name with only what a segment's name may hold, and never empty."""
    return _UNFIT.sub("", name)[: limits.SEGMENT_NAME_CHARS].strip() or "span"


def origin(resource: Attributes) -> str:
    """The type of the resource that the process runs on, empty where it is none of AWS's."""
    if resource.get("cloud.provider") not in (None, "", "aws"):
        return ""
    platform: Any = resource.get("cloud.platform")
    if platform == "aws_ecs":
        launched = str(resource.get("aws.ecs.launchtype", "")).lower()
        return {"ec2": "AWS::ECS::EC2", "fargate": "AWS::ECS::Fargate"}.get(launched, "AWS::ECS::Container")
    return _ORIGINS.get(platform, "") if isinstance(platform, str) else ""


_ORIGINS = {
    "aws_app_runner": "AWS::AppRunner::Service",
    "aws_eks": "AWS::EKS::Container",
    "aws_elastic_beanstalk": "AWS::ElasticBeanstalk::Environment",
    "aws_ec2": "AWS::EC2::Instance",
}


def _peer(span: Span) -> str:
    return database(span.attributes) or text(span.attributes, *_PEERS) or _url_host(span.attributes)


def _url_host(attributes: Attributes) -> str:
    return _host(text(attributes, "url.full", "http.url"))


def _host(url: str) -> str:
    try:
        return urlsplit(url if "//" in url else f"//{url}").hostname or ""
    except ValueError:
        return ""
