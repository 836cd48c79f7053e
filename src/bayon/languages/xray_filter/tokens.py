"""Text → tokens of a filter expression. Keywords are told apart by the parser, since most may also be values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from bayon.errors import LanguageError

Kind = Literal["word", "string", "number", "operator", "mark", "json", "key", "end"]
Span = tuple[int, int]

_SPACE = re.compile(r"\s*")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]*")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_BARE = re.compile(r"[A-Za-z0-9_.:/\-]+")
_OPERATOR = re.compile(r"!=|<=|>=|=|<|>")
_ANNOTATION = re.compile(r"annotation\.([A-Za-z0-9_.:\-]+)", re.IGNORECASE)
_BRACKET = re.compile(r"annotation\s*\[\s*", re.IGNORECASE)
_MARKS = "(){},:!"
_DATA = re.compile(r"#\s*")
_IN_DATA = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is what the token means: a string without its quotes, the key of an annotation, a word as written."""

    kind: Kind
    text: str
    span: Span

    def __str__(self) -> str:
        return "the end" if self.kind == "end" else repr(self.text)


def tokens(text: str) -> list[Token]:
    """The tokens of the text, the last being its end.

    Raises: LanguageError at what begins no token, or is begun and not ended.
    """
    found: list[Token] = []
    at = _space(text, 0)
    while at < len(text):
        found.append(_token(text, at))
        at = _space(text, found[-1].span[1])
    return [*found, Token("end", "", (at, at))]


def _space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _token(text: str, at: int) -> Token:
    if bracket := _BRACKET.match(text, at):
        return _bracketed_key(text, at, bracket.end())
    if dotted := _ANNOTATION.match(text, at):
        return Token("key", dotted[1], (at, dotted.end()))
    if word := _WORD.match(text, at):
        return Token("word", word[0], (at, word.end()))
    if number := _NUMBER.match(text, at):
        bare = _BARE.match(text, at)
        if bare and bare.end() > number.end():  # 10.0.0.1 is no number
            return Token("word", bare[0], (at, bare.end()))
        return Token("number", number[0], (at, number.end()))
    if text[at] == '"':
        value, end = _string(text, at)
        return Token("string", value, (at, end))
    if operator := _OPERATOR.match(text, at):
        return Token("operator", operator[0], (at, operator.end()))
    if text[at] in _MARKS:
        return Token("mark", text[at], (at, at + 1))
    if data := _DATA.match(text, at):
        return _json(text, at, data.end())
    raise LanguageError(f"expected a keyword, an operator or a value, found {text[at]!r}", (at, at + 1))


def _string(text: str, at: int) -> tuple[str, int]:
    """The text of the string that begins at `at`, and where it ends."""
    pieces: list[str] = []
    here = at + 1
    while here < len(text):
        if text[here] == '"':
            return "".join(pieces), here + 1
        if text[here] == "\\" and text[here + 1 : here + 2] in ('"', "\\"):
            here += 1
        pieces.append(text[here])
        here += 1
    raise LanguageError("expected '\"' at the end of the string, found the end", (at, len(text)))


def _bracketed_key(text: str, at: int, inside: int) -> Token:
    if text[inside : inside + 1] == '"':
        key, end = _string(text, inside)
        end = _space(text, end)
    else:
        end = text.find("]", inside)
        key, end = text[inside:end].strip(), end if end >= 0 else len(text)
    if text[end : end + 1] != "]":
        found = repr(text[end]) if end < len(text) else "the end"
        raise LanguageError(f"expected ']' behind the annotation's key, found {found}", (at, end))
    if not key:
        raise LanguageError("expected an annotation's key, found ']'", (inside, end))
    return Token("key", key, (at, end + 1))


def _json(text: str, at: int, inside: int) -> Token:
    """Everything from the `[` behind `#` to the bracket that closes it."""
    depth = 0
    for match in _IN_DATA.finditer(text, inside):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(match[0], 0)
        if depth <= 0:
            return Token("json", text[inside : match.end()], (at, match.end()))
    raise LanguageError("expected a JSON array that is closed, found the end", (at, len(text)))
