"""Tags as X-Ray's requests give them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bayon.services.xray.errors import invalid


def checked(given: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The tags by key. Raises: InvalidRequestException for a key of AWS's own."""
    wanted = {tag["Key"]: tag["Value"] for tag in given}
    for key in wanted:
        if key.lower().startswith("aws:"):
            raise invalid(f"The tag key {key} is invalid: the prefix aws: is reserved")
    return wanted
