"""Merges the documents of one trace, in whatever order they came, into the tree of its entities.

Pure: no store, no clock. A document replaces an earlier one of the same id with all that it embeds, except that an
in-progress document never replaces a complete one. What a surviving document embeds stays; where one subsegment is both
embedded and sent by itself, the complete one counts, else the one that came last. Wording and output belong to
`compiled.py`, segments that nobody sent to `inferred.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from bayon import limits
from bayon.store.traces import SegmentDocument

_decode = msgspec.json.Decoder().decode


@dataclass(slots=True, eq=False)
class Entity:
    """A segment or subsegment: `fields` as uploaded but for `subsegments`; ids in lower case.

    `id` is made up from its place for an embedded subsegment that has none, and then not in `fields`. `parent_id` is
    the caller's entity for a segment, and for a subsegment the entity that it is part of; empty where there is none.
    """

    id: str
    parent_id: str
    segment: bool
    fields: dict[str, Any]
    children: list[Entity] = field(default_factory=list)
    in_progress: bool = field(init=False)
    start_s: float | None = field(init=False)
    end_s: float | None = field(init=False)

    def __post_init__(self) -> None:
        # Asked for many times each while a trace is summed up.
        get = self.fields.get
        self.in_progress = get("in_progress") is True
        self.start_s = number(get("start_time"))
        self.end_s = None if self.in_progress else number(get("end_time"))


@dataclass(frozen=True, slots=True)
class Trace:
    """A merged trace. `roots` are what stands at the top, by start time: segments, and subsegments without a parent."""

    id: str
    roots: list[Entity]

    def entities(self) -> Iterator[Entity]:
        """Every entity, parents before their children."""
        level = self.roots
        while level:
            yield from level
            level = [child for entity in level for child in entity.children]


def merge(trace_id: str, documents: Sequence[SegmentDocument]) -> Trace:
    """The trace that the documents, in order of arrival, make up."""
    entities = _best(entity for sent in _surviving(documents) for entity in _flat(sent))
    return Trace(trace_id, _tree(entities))


def flat(document: SegmentDocument) -> list[Entity]:
    """The document's entity and every one embedded in it, parents before children, not linked."""
    return _flat(_sent(_decode(document.document)))


def duration_s(entities: Iterable[Entity]) -> float | None:
    """From the earliest start to the latest end, to the millisecond; none while nothing has ended.

    Source: TraceSummary.Duration; that subsegments count as well is ours.
    """
    seen = list(entities)
    starts = [start_s for entity in seen if (start_s := entity.start_s) is not None]
    ends = [end_s for entity in seen if (end_s := entity.end_s) is not None]
    return max(0.0, round(max(ends) - min(starts), 3)) if starts and ends else None


def number(value: Any) -> float | None:
    """The value if it is a number."""
    return value if type(value) is float or type(value) is int else None


def _surviving(documents: Iterable[SegmentDocument]) -> list[Entity]:
    """The entities that the documents are of, but for those that a later or a complete document replaced."""
    best: dict[str, Entity] = {}
    for document in documents:
        entity = _sent(_decode(document.document))
        before = best.get(entity.id)
        if before is None or before.in_progress or not entity.in_progress:
            best.pop(entity.id, None)  # so that the dict stays in order of arrival
            best[entity.id] = entity
    return list(best.values())


def _sent(fields: dict[str, Any]) -> Entity:
    id_, parent_id = fields["id"].lower(), fields.get("parent_id")
    fields["id"] = id_
    parent_id = parent_id.lower() if isinstance(parent_id, str) else ""
    return Entity(id_, parent_id, fields.get("type") != "subsegment", fields)


def _flat(sent: Entity) -> list[Entity]:
    """The entity and every one embedded in it, children not yet linked."""
    found = [sent]
    for entity in found:  # grows while it is walked
        for place, child in enumerate(_embedded(entity.fields)):
            id_ = child.pop("id", None)
            if isinstance(id_, str) and id_:
                id_ = child["id"] = id_.lower()
            else:
                id_ = f"{entity.id}/{place}"
            found.append(Entity(id_, entity.id, segment=False, fields=child))
    return found


def _embedded(fields: dict[str, Any]) -> list[dict[str, Any]]:
    listed = fields.pop("subsegments", None)
    return [child for child in listed if isinstance(child, dict)] if isinstance(listed, list) else []


def _best(entities: Iterable[Entity]) -> list[Entity]:
    best: dict[str, Entity] = {}
    for entity in entities:
        before = best.get(entity.id)
        if before is None or before.in_progress or not entity.in_progress:
            best[entity.id] = entity
    return sorted(best.values(), key=_order)


def _tree(entities: list[Entity]) -> list[Entity]:
    """Link children to parents. Out: what stands at the top.

    A chain deeper than can be written as nested JSON is cut, and a ring of parents opened; what is cut off stands at
    the top, as a subsegment does whose parent is unknown.
    """
    children: dict[str, list[Entity]] = defaultdict(list)
    for entity in entities:
        if not entity.segment:
            children[entity.parent_id].append(entity)
    known = {entity.id for entity in entities}
    tops = [entity for entity in entities if entity.segment or entity.parent_id not in known]
    roots: list[Entity] = []
    placed: set[str] = set()
    for entity in tops + entities:
        if entity.id not in placed:
            roots += _grow(entity, children, placed)
    return sorted(roots, key=_order)


def _grow(root: Entity, children: dict[str, list[Entity]], placed: set[str]) -> list[Entity]:
    """Link everything below `root`. Out: the root, and what was too deep to hang below it."""
    roots, level, depth = [root], [root], 1
    placed.add(root.id)
    while level:
        below: list[Entity] = []
        for entity in level:
            found = [child for child in children[entity.id] if child.id not in placed]
            placed.update(child.id for child in found)
            below += found
            if depth < limits.SUBSEGMENT_DEPTH:
                entity.children = found
        if depth == limits.SUBSEGMENT_DEPTH:
            roots, depth = roots + below, 0
        level, depth = below, depth + 1
    return roots


def _order(entity: Entity) -> tuple[float, str]:
    return (entity.start_s or 0.0, entity.id)
