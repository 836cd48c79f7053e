"""The values that a pattern names in an event: properties by their selectors, words by the names of their slots.

Source: logs.md §4.6.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from bayon.languages.filter_pattern import json_events, lines
from bayon.languages.filter_pattern.json_events import Members
from bayon.languages.filter_pattern.predicate import scalar_text
from bayon.languages.filter_pattern.tree import (
    All,
    Comparison,
    Every,
    Expression,
    Is,
    JsonPattern,
    NotExists,
    Pattern,
    Selector,
    Some,
    SpacedPattern,
    TextPattern,
)


def extracted(pattern: Pattern, message: str) -> dict[str, str]:
    """The named values of a message that matches the pattern."""
    match pattern:
        case TextPattern():
            return {}
        case JsonPattern():
            event = json_events.read(message)
            found = ((s.written, first_text(event, s)) for s in selectors(pattern.condition)) if event else ()
            return {written: text for written, text in found if text is not None}
        case SpacedPattern():
            return _named_words(pattern, lines.words(message))
        case _:
            assert_never(pattern)


def first_text(event: Members, selector: Selector) -> str | None:
    """The text of the first scalar that the selector finds, none where it finds none."""
    texts = (scalar_text(value) for value in json_events.values(event, selector.steps))
    return next((text for text in texts if text is not None), None)


def selectors(expression: Expression) -> Iterator[Selector]:
    """The selectors of single properties in a condition, in the order they stand."""
    match expression:
        case All() | Some():
            for part in expression.parts:
                yield from selectors(part)
        case Comparison(subject=Selector() as selector) | Is(selector=selector) | NotExists(selector=selector):
            if not any(isinstance(step, Every) for step in selector.steps):
                yield selector
        case Comparison():
            return
        case _:
            assert_never(expression)


def _named_words(pattern: SpacedPattern, words: list[str]) -> dict[str, str]:
    """Every word: by the name of its slot, or by its place counted from 1."""
    names = [f"${place}" for place in range(1, len(words) + 1)]
    for slot, bound in enumerate(pattern.slots):
        if bound.name:
            names[lines.place(pattern, slot)] = f"${bound.name}"
    return dict(zip(names, words, strict=True))
