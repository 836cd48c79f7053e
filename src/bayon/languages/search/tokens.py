"""The text of a search to tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from bayon.errors import LanguageError

Kind = Literal["word", "exact", "mark", "end"]
Span = tuple[int, int]

_TOKEN = re.compile(
    r"""(?P<space>\s+)|"(?P<exact>(?:[^"\\]|\\.)*)"|(?P<mark>[(){},=])|(?P<word>[^\s(){},="]+)""",
    re.DOTALL | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One token; `text` of an exact one is what is between its quotes, with escapes undone."""

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
            raise LanguageError(f"expected a closing quotation mark for the one at position {at}", (at, len(text)))
        if match["exact"] is not None:
            found.append(Token("exact", re.sub(r"\\(.)", r"\1", match["exact"], flags=re.DOTALL), match.span()))
        elif match["mark"]:
            found.append(Token("mark", match[0], match.span()))
        elif match["word"]:
            found.append(Token("word", match[0], match.span()))
        at = match.end()
    return [*found, Token("end", "", (at, at))]
