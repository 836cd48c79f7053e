"""What there is to count in a trace: requests that services answered, and calls that they made. Pure.

Only what has ended counts, and a call only once its service is known; so a trace of which only a part has arrived has
fewer measures, never others, and what a later part adds is the difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bayon.services.xray.call_tree import CallTree
from bayon.services.xray.fields import box, text
from bayon.services.xray.inferred import is_call
from bayon.services.xray.merge import Entity, flat, merge
from bayon.services.xray.nodes import CANARY_ORIGIN, RUM_ORIGIN
from bayon.store.traces import SegmentDocument

# Segments that are no service's work: a browser's, and those of the Lambda service beside those of the function.
_NO_SERVICE = (RUM_ORIGIN, CANARY_ORIGIN, "AWS::Lambda")
_UNKNOWN_OPERATION, _UNKNOWN_REMOTE = "UnmappedOperation", "UnknownRemoteOperation"
# By origin, the environment where no annotation names one.
_ENVIRONMENTS = (
    ("AWS::EC2", "ec2:default"),
    ("AWS::ECS", "ecs:default"),
    ("AWS::EKS", "eks:default"),
    ("AWS::Lambda", "lambda:default"),
    ("AWS::ElasticBeanstalk", "elastic-beanstalk:default"),
)
_ELSEWHERE = "generic:default"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it went: whose doing a failure was, and how long it took until `end_s`."""

    end_s: float
    took_ms: float
    fault: bool
    error: bool
    throttle: bool


@dataclass(frozen=True, slots=True)
class Served:
    """A request that a service answered."""

    service: str
    environment: str
    operation: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Called:
    """A call that a service made while it did `operation`; `aws` says that it was one of AWS's, `name` which."""

    service: str
    environment: str
    operation: str
    remote_service: str
    remote_operation: str
    aws: bool
    name: str
    fields: dict[str, Any]
    outcome: Outcome


Measure = Served | Called


def measures(documents: Sequence[SegmentDocument]) -> dict[str, Measure]:
    """What there is to count in the trace of the documents, in order of arrival, by the id of the entity."""
    if len(documents) == 1 and (alone := _whole(documents[0])):
        return _counted(alone, dict.fromkeys((entity.id for entity in alone), alone[0]))
    tree = CallTree(merge(documents[0].trace_id, documents))
    return _counted(tree.entities, tree.owners)


def _whole(document: SegmentDocument) -> list[Entity]:
    """The entities of a segment that came alone, the segment first; nothing where it is none, or needs merging.

    Most traces of one document are so simple, and this is several times faster than merging.
    """
    found = flat(document)
    return found if found[0].segment and len({entity.id for entity in found}) == len(found) else []


def _counted(entities: Iterable[Entity], owners: Mapping[str, Entity]) -> dict[str, Measure]:
    found: dict[str, Measure] = {}
    for entity in entities:
        if entity.segment:
            if text(entity.fields, "origin") not in _NO_SERVICE and (outcome := _outcome(entity)):
                found[entity.id] = Served(*_place(entity), outcome)
        elif is_call(entity) and (owner := owners.get(entity.id)) and (outcome := _outcome(entity)):
            found[entity.id] = _called(entity, owner, outcome)
    return found


def _outcome(entity: Entity) -> Outcome | None:
    start_s, end_s = entity.start_s, entity.end_s
    if start_s is None or end_s is None:
        return None
    flags = (entity.fields.get(name) is True for name in ("fault", "error", "throttle"))
    return Outcome(end_s, max(0.0, round((end_s - start_s) * 1000, 3)), *flags)


def _place(segment: Entity) -> tuple[str, str, str]:
    """Service, environment and operation."""
    annotations = box(segment.fields, "annotations")
    environment = text(annotations, "aws.local.environment") or _environment(text(segment.fields, "origin"))
    operation = text(annotations, "aws.local.operation") or _asked(segment) or _UNKNOWN_OPERATION
    return text(segment.fields, "name"), environment, operation


def _environment(origin: str) -> str:
    return next((name for prefix, name in _ENVIRONMENTS if origin.startswith(prefix)), _ELSEWHERE)


def _called(call: Entity, owner: Entity, outcome: Outcome) -> Called:
    annotations, aws = box(call.fields, "annotations"), box(call.fields, "aws")
    name, of_aws = text(call.fields, "name"), call.fields.get("namespace") == "aws"
    remote = text(annotations, "aws.remote.service") or (f"AWS::{name}" if of_aws else name)
    operation = text(annotations, "aws.remote.operation") or text(aws, "operation") or _asked(call)
    return Called(*_place(owner), remote, operation or _UNKNOWN_REMOTE, of_aws, name, call.fields, outcome)


def _asked(entity: Entity) -> str:
    """What was asked for over HTTP: the method and the first part of the path, which is as far as paths repeat."""
    request = box(entity.fields, "http", "request")
    method, url = text(request, "method"), text(request, "url")
    if not method:
        return ""
    path = url.partition("://")[2].partition("/")[2] if "://" in url else url.lstrip("/")
    return f"{method} /{path.partition('?')[0].partition('/')[0]}"
