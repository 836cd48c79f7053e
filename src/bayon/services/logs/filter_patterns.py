"""Filter patterns as requests give them: read once, refused in AWS's terms."""

from __future__ import annotations

from functools import lru_cache

from bayon import limits
from bayon.errors import LanguageError
from bayon.languages.filter_pattern import Pattern, parse
from bayon.services.logs.identifiers import invalid


def read_pattern(text: str) -> Pattern:
    """The pattern. Raises: InvalidParameterException, which says what is wrong and where. Source: logs.md §4.1."""
    try:
        return _parsed(text)
    except LanguageError as err:
        place = "at the end" if err.span[0] >= len(text) else f"at character {err.span[0] + 1}"
        raise invalid(f"Invalid filter pattern: {err.message}, {place}") from err


_parsed = lru_cache(maxsize=limits.FILTER_PATTERNS_CACHED)(parse)
