"""Metric math text to tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from bayon.errors import LanguageError

Kind = Literal["number", "string", "id", "name", "mark", "end"]
Span = tuple[int, int]

QUOTES = {"'": "'", '"': '"', "‘": "’", "“": "”"}  # noqa: RUF001  the typographic ones stand in AWS's own samples
_STRINGS = "|".join(
    rf"{opening}(?:[^{closing}\\]|\\.)*{closing}"
    for opening, closing in [*QUOTES.items(), ("’", "’"), ("”", "”")]  # noqa: RUF001
)
_TOKEN = re.compile(
    rf"""
    (?P<space>\s+)
  | (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<string>{_STRINGS})
  | (?P<id>[a-z][A-Za-z0-9_]*)
  | (?P<name>[A-Z][A-Z0-9_]*(?![A-Za-z0-9_]))
  | (?P<mark>\|\||&&|==|!=|<=|>=|[-+*/^<>()\[\],])
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One token; `text` as it was written, of a string what is between its quotes with escapes undone."""

    kind: Kind
    text: str
    span: Span


def tokens(text: str) -> list[Token]:
    """The tokens of the text, the last of kind `end`. Raises: LanguageError."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise LanguageError(f"Unexpected token '{_word(text, at)}' at position {at}", (at, at + 1))
        kind = match.lastgroup
        if kind != "space":
            found.append(_token(kind, match))
        at = match.end()
    return [*found, Token("end", "", (at, at))]


def _token(kind: str | None, match: re.Match[str]) -> Token:
    text = match[0]
    if kind == "string":
        return Token("string", re.sub(r"\\(['\"\\])", r"\1", text[1:-1]), match.span())
    if kind in ("number", "id", "name"):
        return Token(kind, text, match.span())  # type: ignore[arg-type]  # narrowed by the condition
    return Token("mark", text, match.span())


def _word(text: str, at: int) -> str:
    """What stands at the place: a whole word, or a character."""
    match = re.compile(r"\w+").match(text, at)
    return match[0] if match else text[at]
