"""Text → tokens. Knows where a `/` begins a regular expression, and nothing of what commands mean.

Source: logs.md §3.3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from bayon.errors import LanguageError

Span = tuple[int, int]


class Kind(Enum):
    """What a token is; the value is how errors call it."""

    NAME = "name"
    STRING = "string"
    NUMBER = "number"
    REGEX = "regular expression"
    MARK = "mark"
    END = "the end of the query"


@dataclass(frozen=True, slots=True)
class Token:
    """One token; `value` is its meaning: a string without quotes, a mark as it is, a name without backticks.

    `parts` are the segments of a name: `items[0].sku` has three. `quoted` names are never keywords.
    """

    kind: Kind
    value: str
    span: Span
    parts: tuple[str, ...] = ()
    quoted: bool = False

    @property
    def word(self) -> str:
        """The token as a keyword is compared: in lower case, empty where it cannot be one."""
        return self.value.lower() if self.kind is Kind.NAME and not self.quoted else ""


_SPACE = re.compile(r"(?:\s+|#[^\n]*)+")
_SEGMENT = r"(?:`[^`]*`|[A-Za-z_@][\w@]*)"
_NAME = re.compile(rf"{_SEGMENT}(?:\.(?:`[^`]*`|[\w@]+)|\[\d+\])*")
_PART = re.compile(r"`([^`]*)`|\[(\d+)\]|([\w@]+)")
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_STRING = re.compile(r"""\"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'""", re.DOTALL)
_REGEX = re.compile(r"/((?:[^/\\\n]|\\.)*)/")
_MARK = re.compile(r"!=|<=|>=|=~|[|,()\[\]{}:=<>+\-*/%^]")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}
# After these words a value follows, so that a `/` cannot divide.
_BEFORE_VALUES = frozenset({"like", "parse", "and", "or", "not", "in", "filter", "where", "by", "fields", "display"})


def tokens(text: str) -> list[Token]:
    """Every token of the text, and one for its end. Raises: LanguageError."""
    found: list[Token] = []
    at = 0
    while True:
        if space := _SPACE.match(text, at):
            at = space.end()
        if at == len(text):
            return [*found, Token(Kind.END, "", (at, at))]
        token = _token(text, at, found)
        found.append(token)
        at = token.span[1]


def place(text: str, at: int) -> str:
    """Where an offset is, as AWS's errors name it."""
    line = text.count("\n", 0, at) + 1
    return f"line {line} and position {at - (text.rfind(chr(10), 0, at) + 1) + 1}"


def _token(text: str, at: int, before: list[Token]) -> Token:
    if match := _NAME.match(text, at):
        parts = tuple(next(part for part in groups if part is not None) for groups in _parts(match[0]))
        return Token(Kind.NAME, ".".join(parts), match.span(), parts, "`" in match[0])
    if match := _NUMBER.match(text, at):
        return Token(Kind.NUMBER, match[0], match.span())
    if match := _STRING.match(text, at):
        body = match[1] if match[1] is not None else match[2]
        return Token(Kind.STRING, _ESCAPE.sub(lambda it: _ESCAPED.get(it[1], it[1]), body), match.span())
    if text[at] == "/" and _expects_value(before):
        if match := _REGEX.match(text, at):
            return Token(Kind.REGEX, match[1].replace("\\/", "/"), match.span())
        raise _unexpected(text, at, "a / at the end of the regular expression")
    if match := _MARK.match(text, at):
        return Token(Kind.MARK, match[0], match.span())
    if text[at] in "\"'`":
        raise _unexpected(text, at, f"a closing {text[at]}")
    raise _unexpected(text, at, "a command, a name, a number or a string")


def _parts(name: str) -> list[tuple[str | None, ...]]:
    return [match.groups() for match in _PART.finditer(name)]


def _expects_value(before: list[Token]) -> bool:
    """Whether an operand may follow, so that a `/` begins a regular expression."""
    if not before:
        return True
    last = before[-1]
    if last.kind is Kind.MARK:
        return last.value not in (")", "]")
    if last.kind is Kind.NAME:
        follows_parse = len(before) > 1 and before[-2].word == "parse"
        return last.word in _BEFORE_VALUES or follows_parse
    return False


def _unexpected(text: str, at: int, expected: str) -> LanguageError:
    return LanguageError(
        f"unexpected symbol found {text[at]} at {place(text, at)}: expected {expected}", (at, min(at + 1, len(text)))
    )
