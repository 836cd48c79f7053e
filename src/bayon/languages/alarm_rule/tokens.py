"""The text of a rule as tokens: brackets, commas, quoted names and words. What a word means is the parser's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from bayon.errors import LanguageError

Kind = Literal["(", ")", ",", "quoted", "word", "end"]
_TOKEN = re.compile(r'[ \t\r\n]*(?:([(),])|"((?:[^"\\]|\\.)*)"|([^ \t\r\n(),"]+))', re.DOTALL)
_BLANKS = re.compile(r"[ \t\r\n]*")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text: `text` is what it says, without quotes, and `span` where it stands."""

    kind: Kind
    text: str
    span: tuple[int, int]


def tokens(text: str) -> list[Token]:
    """All tokens, the last of kind `end`. Raises: LanguageError for a quote that is not closed."""
    found: list[Token] = []
    position = 0
    while match := _TOKEN.match(text, position):
        position = match.end()
        found.append(_token(match))
    position = _BLANKS.match(text, position).end()  # type: ignore[union-attr]  # also matches nothing
    if position < len(text):
        raise LanguageError("expected a closing quote, found the end of the rule", (position, len(text)))
    return [*found, Token("end", "", (len(text), len(text)))]


def _token(match: re.Match[str]) -> Token:
    mark, quoted, word = match.groups()
    if mark:
        return Token(mark, mark, match.span(1))  # type: ignore[arg-type]  # the pattern has just these three
    if quoted is not None:
        start, end = match.span(2)
        return Token("quoted", _ESCAPED.sub(r"\1", quoted), (start - 1, end + 1))
    return Token("word", word, match.span(3))
