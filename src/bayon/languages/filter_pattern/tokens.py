"""Text → tokens, one lexer a dialect. Every token knows its span; what tokens mean together is not known here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from bayon.errors import LanguageError
from bayon.languages.filter_pattern.tree import Span

Kind = Literal["word", "quoted", "regex", "selector", "mark", "sign", "end"]


@dataclass(frozen=True, slots=True)
class Token:
    """A token: `text` is what it stands for, without quotes, escapes and percent signs."""

    kind: Kind
    text: str
    span: Span

    def is_mark(self, *marks: str) -> bool:
        """Whether it is one of these marks."""
        return self.kind == "mark" and self.text in marks


_QUOTED = r'"(?:\\.|[^"\\])*"'
_REGEX = r"%[^%]*%"
_SELECTOR = r"\$(?:\.\*|\.[A-Za-z0-9_\-]+|\.?\['[^']*'\]|\[\d+\]|\[\*\])*"

_TEXT = re.compile(
    rf"(?P<space>\s+)|(?P<sign>(?<!\S)[?-](?=\S))|(?P<quoted>{_QUOTED})|(?P<regex>{_REGEX})|(?P<word>[^\s\"%][^\s\"]*)",
    re.DOTALL,
)
_JSON = re.compile(
    rf"(?P<space>\s+)|(?P<selector>{_SELECTOR})|(?P<quoted>{_QUOTED})|(?P<regex>{_REGEX})"
    r"|(?P<mark>&&|\|\||!=|<=|>=|[{}()=<>])|(?P<word>[^\s\"%(){}=!<>&|,]+)",
    re.DOTALL,
)
_SPACED = re.compile(
    rf"(?P<space>\s+)|(?P<quoted>{_QUOTED})|(?P<regex>{_REGEX})|(?P<mark>\.\.\.|&&|\|\||!=|<=|>=|[\[\],=<>])"
    r"|(?P<word>(?:(?!\.\.\.)[^\s\"%\[\],=!<>&|()])+)",
    re.DOTALL,
)
_ESCAPE = re.compile(r'\\(["\\])')


def text_tokens(text: str) -> list[Token]:
    """The tokens of terms of text. Raises: LanguageError."""
    return _tokens(_TEXT, text)


def json_tokens(text: str) -> list[Token]:
    """The tokens of conditions on JSON properties. Raises: LanguageError."""
    return _tokens(_JSON, text)


def spaced_tokens(text: str) -> list[Token]:
    """The tokens of conditions on words. Raises: LanguageError."""
    return _tokens(_SPACED, text)


def _tokens(lexer: re.Pattern[str], text: str) -> list[Token]:
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        found = lexer.match(text, at)
        if found is None:
            raise LanguageError(_unreadable(text, at), (at, at + 1))
        kind: Kind | Literal["space"] = found.lastgroup  # type: ignore[assignment]
        if kind != "space":
            tokens.append(Token(kind, _meaning(kind, found[0]), found.span()))
        at = found.end()
    return [*tokens, Token("end", "the end", (at, at))]


def _meaning(kind: Kind, written: str) -> str:
    match kind:
        case "quoted":
            return _ESCAPE.sub(r"\1", written[1:-1])
        case "regex":
            return written[1:-1]
        case _:
            return written


def _unreadable(text: str, at: int) -> str:
    match text[at]:
        case '"':
            return "expected a closing quotation mark, found the end"
        case "%":
            return "expected a closing percent sign, found the end"
        case other:
            return f"expected a condition, found '{other}'"
