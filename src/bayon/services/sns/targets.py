"""Where ARNs of services that bayon does not have lead: the setting `targets`, read. Pure."""

from __future__ import annotations

import re
from functools import cache

from bayon.errors import BayonError


@cache
def parse(text: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """The pairs of a setting such as `arn:aws:sqs:*:*:orders=https://queue.example/`, in order. Raises: BayonError."""
    pairs = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        arn, equals, url = part.partition("=")
        if not equals or not arn.startswith("arn:") or not url.startswith(("http://", "https://")):
            raise BayonError(
                f"expected targets such as arn:aws:lambda:*:*:function:f=https://host/path, found {part!r}"
            )
        pairs.append((re.compile(".*".join(map(re.escape, arn.split("*")))), url))
    return tuple(pairs)


def url_of(text: str, arn: str) -> str | None:
    """Where the ARN leads, by the first pair that names it."""
    return next((url for pattern, url in parse(text) if pattern.fullmatch(arn)), None)
