"""What is wrong with the entity that came with log events. A bad one is reported; the events are kept all the same.

bayon keeps no entities: nothing reads them yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayon.services.cloudwatch import entities

if TYPE_CHECKING:
    from bayon.shapes.logs import Entity


def entity_fault(entity: Entity, log_group_class: str) -> str | None:
    """The `errorType` that names the fault; none for a good entity. Source: logs.md §1.5; which is which: reasoned."""
    if log_group_class != "STANDARD":
        return "UnsupportedLogGroupType"
    return entities.failure(
        {"KeyAttributes": entity.get("keyAttributes", {}), "Attributes": entity.get("attributes", {})}
    )
