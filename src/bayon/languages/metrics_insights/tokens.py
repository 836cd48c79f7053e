"""The text of a Metrics Insights query to tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from bayon.errors import LanguageError

Kind = Literal["word", "name", "string", "mark", "end"]
Span = tuple[int, int]

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | "(?P<name>(?:[^"\\]|\\.)+)"
  | '(?P<string>(?:[^'\\]|\\.)*)'
  | (?P<word>[A-Za-z0-9_]+)
  | (?P<mark>!=|[=(),.])
    """,
    re.DOTALL | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One token: a word without quotes, a name in double ones, a string in single ones, their escapes undone."""

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
            raise LanguageError(f"Invalid syntax. Unexpected token '{text[at]}' at position {at}", (at, at + 1))
        kind = match.lastgroup
        if kind in ("name", "string"):
            found.append(Token(kind, re.sub(r"\\(.)", r"\1", match[kind], flags=re.DOTALL), match.span()))  # type: ignore[arg-type]
        elif kind in ("word", "mark"):
            found.append(Token(kind, match[0], match.span()))  # type: ignore[arg-type]
        at = match.end()
    return [*found, Token("end", "", (at, at))]
