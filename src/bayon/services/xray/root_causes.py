"""Root causes of a trace: the paths that end where a fault or an error began, and the path where the time went. Pure.

Source: FaultRootCause, ErrorRootCause and ResponseTimeRootCause (API reference) for what they hold; how they are found
is traces.md §2.4.1.
"""

from __future__ import annotations

from typing import Any

from bayon import limits
from bayon.services.xray.call_tree import CallTree
from bayon.services.xray.fields import box, text
from bayon.services.xray.merge import Entity
from bayon.services.xray.nodes import callee_node, segment_node
from bayon.store.trace_rows import ERROR_CAUSE, FAULT_CAUSE, SLOW_CAUSE, Cause, CauseEntity, CauseService, node_parts

_HALF = 0.5


def root_causes(tree: CallTree, root: Entity | None) -> list[Cause]:
    """Causes of faults, then of errors, then of the response time. In: a tree with the inferred segments."""
    exceptions = _Exceptions(tree)
    found = _flagged(tree, root, "fault", FAULT_CAUSE, exceptions)
    found += _flagged(tree, root, "error", ERROR_CAUSE, exceptions)
    slow = _slow(tree, root)
    return [*found, slow] if slow else found


class _Exceptions:
    """The exceptions recorded anywhere in a trace."""

    def __init__(self, tree: CallTree) -> None:
        self._by_id = {
            text(each, "id"): each for entity in tree.entities for each in _listed(box(entity.fields, "cause"))
        }

    def of(self, entity: Entity) -> list[tuple[str, str]]:
        cause = entity.fields.get("cause")
        found = [self._by_id[cause]] if isinstance(cause, str) and cause in self._by_id else []
        found += _listed(cause) if isinstance(cause, dict) else []
        return [(text(each, "type"), text(each, "message")) for each in found]


def _listed(cause: dict[str, Any]) -> list[dict[str, Any]]:
    listed = cause.get("exceptions")
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _flagged(tree: CallTree, root: Entity | None, flag: str, kind: int, exceptions: _Exceptions) -> list[Cause]:
    leaves = [
        entity
        for entity in tree.entities
        if entity.fields.get(flag) is True
        and not any(child.fields.get(flag) is True for child in tree.children(entity))
    ]
    causes: list[Cause] = []
    for leaf in leaves[: limits.ROOT_CAUSES]:
        path = _path(tree, leaf, flag)
        services = _services(tree, [(entity, 0.0, exceptions.of(entity)) for entity in path])
        if services:
            causes.append((kind, int(path[0] is root), services))
    return causes


def _path(tree: CallTree, leaf: Entity, flag: str) -> list[Entity]:
    """From the farthest ancestor that an unbroken chain of the flag leads to, down to the leaf."""
    path, seen = [leaf], {leaf.id}
    while (above := tree.parents.get(path[-1].id)) and above.fields.get(flag) is True and above.id not in seen:
        path.append(above)
        seen.add(above.id)
    return path[::-1]


def _slow(tree: CallTree, root: Entity | None) -> Cause | None:
    """The path of the longest calls, each at least half of the response time."""
    whole_s = _took_s(root) if root else 0.0
    if root is None or whole_s < limits.SLOW_TRACE_S:
        return None
    path, seen = [(root, 1.0)], {root.id}
    while True:
        children = [child for child in tree.children(path[-1][0]) if child.id not in seen]
        longest = max(children, key=_took_s, default=None)
        coverage = min(_took_s(longest), whole_s) / whole_s if longest else 0.0
        if longest is None or coverage < _HALF:
            break
        seen.add(longest.id)
        path.append((longest, round(coverage, 3)))
    return (SLOW_CAUSE, 1, _services(tree, [(entity, coverage, []) for entity, coverage in path]))


def _took_s(entity: Entity) -> float:
    start_s, end_s = entity.start_s, entity.end_s
    return max(0.0, end_s - start_s) if start_s is not None and end_s is not None else 0.0


def _services(tree: CallTree, path: list[tuple[Entity, float, list[tuple[str, str]]]]) -> list[CauseService]:
    """The path, an item for each segment that it passes through; what is of no segment is left out."""
    services: list[CauseService] = []
    last: Entity | None = None
    for entity, coverage, exceptions in path:
        owner = tree.owners.get(entity.id)
        if owner is None:
            continue
        if owner is not last:
            services.append(_service(tree, owner))
            last = owner
        remote = int(entity.fields.get("namespace") in ("aws", "remote"))
        step: CauseEntity = (text(entity.fields, "name"), remote, coverage, exceptions)
        services[-1][4].append(step)
    return services


def _service(tree: CallTree, segment: Entity) -> CauseService:
    inferred = segment.fields.get("inferred") is True
    caller = tree.parents.get(segment.id)
    key = callee_node(caller) if inferred and caller is not None and not caller.segment else segment_node(segment)
    name, type_, account, _ = node_parts(key)
    return (name, type_, account, int(inferred), [])
