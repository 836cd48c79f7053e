"""Finds what is sensitive in a text and puts asterisks in its place, as many as there were letters."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import Any

import re2

from bayon import limits
from bayon.languages.data_protection.identifiers import Identifier


def masked(identifiers: Sequence[Identifier], text: str) -> str:
    """The text, of the same length, without what the identifiers find."""
    spans = sorted((start, end) for _, start, end in found(identifiers, text))
    if not spans:
        return text
    pieces, at = [], 0
    for start, end in spans:
        if end > at:
            pieces += [text[at:start], "*" * (end - max(start, at))]
            at = end
    return "".join(pieces) + text[at:]


def found(identifiers: Sequence[Identifier], text: str) -> Iterator[tuple[str, int, int]]:
    """Which identifier finds something where, [start, end)."""
    lowered = text.lower()
    for identifier in identifiers:
        expression = _compiled(identifier.pattern)
        group = expression.groupindex.get("x", 0)
        for match in expression.finditer(text):
            start, end = match.span(group)
            if start < end and _holds(identifier, match.group(group), lowered, start):
                yield identifier.name, start, end


def compiles(pattern: str) -> bool:
    """Whether it is a regular expression of RE2, within its limits."""
    try:
        _compiled(pattern)
    except re2.error:
        return False
    return True


def _holds(identifier: Identifier, text: str, lowered: str, start: int) -> bool:
    if identifier.holds is not None and not identifier.holds(text):
        return False
    if not identifier.words:
        return True
    before = lowered[max(0, start - limits.DATA_IDENTIFIER_NEAR_CHARS) : start]
    return any(word in before for word in identifier.words)


@functools.lru_cache(maxsize=limits.PATTERNS_CACHED)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = limits.PATTERN_MEMORY_BYTES
    return re2.compile(pattern, options)
