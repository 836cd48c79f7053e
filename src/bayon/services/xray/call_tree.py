"""Who called whom in a merged trace: each entity's subsegments, and the segments that name it as their caller. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from bayon.services.xray.merge import Entity, Trace


class CallTree:
    """The entities of a trace, parents before children, and how they hang together."""

    def __init__(self, trace: Trace, inferred: Sequence[Entity] = ()) -> None:
        self.entities: list[Entity] = []
        self.owners: dict[str, Entity] = {}  # the segment that an entity is part of, by id; orphans have none
        self.called: dict[str, list[Entity]] = defaultdict(list)  # segments by the entity that called them
        self.parents: dict[str, Entity] = {}
        for root in trace.roots:
            self._walk(root)
        for segment in inferred:
            self._add(segment, segment)
        self.by_id = {entity.id: entity for entity in self.entities}
        for segment in self.segments():
            caller = self.by_id.get(segment.parent_id)
            if caller is not None and caller is not segment:
                self.called[caller.id].append(segment)
                self.parents[segment.id] = caller

    def segments(self) -> list[Entity]:
        """Segments only, in the order of their starts but for inferred ones, which come last."""
        return [entity for entity in self.entities if entity.segment]

    def children(self, entity: Entity) -> list[Entity]:
        """What an entity called, within its segment or beyond."""
        called = self.called.get(entity.id)
        return entity.children + called if called else entity.children

    def root(self) -> Entity | None:
        """The segment that answers the client: without a parent, else the earliest whose parent is unknown."""
        segments = [segment for segment in self.segments() if not segment.fields.get("inferred")]
        parentless = [segment for segment in segments if not segment.parent_id]
        strays = [segment for segment in segments if segment.parent_id not in self.by_id]
        return next(iter(parentless or strays), None)

    def last_ends_s(self) -> dict[str, float]:
        """When the last of what is below each entity ended, or itself, by id; nothing while nothing has ended."""
        ends: dict[str, float] = {}
        for entity in reversed(self._callers_first()):
            own = entity.end_s
            below = [ends[child.id] for child in self.children(entity) if child.id in ends]
            if own is not None:
                below.append(own)
            if below:
                ends[entity.id] = max(below)
        return ends

    def _walk(self, root: Entity) -> None:
        owner = root if root.segment else None
        level = [root]
        while level:
            for entity in level:
                self._add(entity, owner)
            for entity in level:
                for child in entity.children:
                    self.parents[child.id] = entity
            level = [child for entity in level for child in entity.children]

    def _add(self, entity: Entity, owner: Entity | None) -> None:
        self.entities.append(entity)
        if owner is not None:
            self.owners[entity.id] = owner

    def _callers_first(self) -> list[Entity]:
        """Every entity once, behind its caller where no ring of callers stands against it."""
        order: list[Entity] = []
        seen: set[str] = set()
        tops = [entity for entity in self.entities if entity.id not in self.parents]
        for top in tops + self.entities:
            if top.id in seen:
                continue
            seen.add(top.id)
            order.append(top)
            for place in range(len(order) - 1, len(self.entities)):  # the order grows while it is walked
                if place >= len(order):
                    break
                for child in self.children(order[place]):
                    if child.id not in seen:
                        seen.add(child.id)
                        order.append(child)
        return order
