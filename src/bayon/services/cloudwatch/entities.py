"""Whether the entity that PutMetricData associates with metrics is valid. Pure.

Entities are checked and then let go: nothing in bayon asks for an entity's metrics yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bayon.shapes.cloudwatch import Entity

_KEYS = frozenset(("Type", "ResourceType", "Identifier", "Name", "Environment"))
_REQUIRED = {  # what an entity of the type is identified by
    "Service": ("Name",),
    "RemoteService": ("Name",),
    "AWS::Service": ("Name",),
    "Resource": ("ResourceType", "Identifier"),
    "AWS::Resource": ("ResourceType", "Identifier"),
}


def failure(entity: Entity | None) -> str | None:
    """Which of AWS's failures the entity is, None if it is valid.

    Source: PutMetricData API reference, StrictEntityValidation; required keys by type from the description of
    KeyAttributes in the Application Signals API.
    """
    if not entity:
        return "InvalidEntity"
    keys = entity.get("KeyAttributes", {})
    if not 2 <= len(keys) <= 4 or not _KEYS.issuperset(keys) or not _sized(keys, 32):
        return "InvalidKeyAttributes"
    required = _REQUIRED.get(keys.get("Type", ""))
    if required is None:
        return "InvalidTypeValue"
    if any(name not in keys for name in required):
        return "MissingRequiredFields"
    attributes = entity.get("Attributes", {})
    return None if len(attributes) <= 10 and _sized(attributes, 256) else "InvalidAttributes"


def _sized(attributes: dict[str, str], name_chars_max: int) -> bool:
    return all(0 < len(name) <= name_chars_max and 0 < len(value) <= 2048 for name, value in attributes.items())
