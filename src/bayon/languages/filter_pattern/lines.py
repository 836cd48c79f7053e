"""The words of a line: parted by blanks, where `"…"` and `[…]` are one word without their delimiters.

A tab parts words as a space does, since the REPORT lines of Lambda have both (reasoned); an opening quotation mark or
bracket without its partner is an ordinary character. Source: logs.md §4.5.
"""

from __future__ import annotations

import re

from bayon.languages.filter_pattern.tree import SpacedPattern

WORD = r'"[^"]*"|\[[^\]]*\]|[^ \t\r\n]+'
NUMBER = r"-?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,2})?"
_WORD = re.compile(WORD)
_NUMBER = re.compile(NUMBER)


def words(message: str) -> list[str]:
    """The words of the message."""
    return [word[1:-1] if _is_delimited(word) else word for word in _WORD.findall(message)]


def place(pattern: SpacedPattern, slot: int) -> int:
    """The place of the word that the slot binds: from the left before the ellipsis, from the right, negative, behind
    it."""
    return slot if pattern.ellipsis is None or slot < pattern.ellipsis else slot - len(pattern.slots)


def number(word: str) -> float | None:
    """The number that the word is, none where it is none."""
    return float(word) if _NUMBER.fullmatch(word) else None


def _is_delimited(word: str) -> bool:
    return len(word) > 1 and word[0] + word[-1] in ('""', "[]")
