"""Filter patterns of CloudWatch Logs: which events a filter, a subscription or a live tail is about.

`parse` reads a pattern; `sql.condition` makes of it a condition on stored events, `predicate.predicate` a function of
events in flight, and both mean the same; `extraction` says which values of an event a pattern names.
Source: logs.md §4.
"""

from __future__ import annotations

from bayon.languages.filter_pattern.parser import parse
from bayon.languages.filter_pattern.tree import Pattern, SpacedPattern, TextPattern, has_regex

__all__ = ["Pattern", "has_regex", "matches_all", "parse"]


def matches_all(pattern: Pattern) -> bool:
    """Whether the pattern says nothing, so that every event matches."""
    match pattern:
        case TextPattern(terms=()) | SpacedPattern(slots=()):
            return True
        case _:
            return False
