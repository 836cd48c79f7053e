"""A cursor over tokens: what every command's `parse` reads with. Errors say what was expected and what was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NoReturn, TypeVar

from bayon.errors import LanguageError
from bayon.languages.insights.tokens import Kind, Span, Token, place, tokens
from bayon.languages.insights.tree import Name

T = TypeVar("T")


class Reader:
    """Reads the tokens of one text, never backwards; `depth` counts how deep the reader is in brackets."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._tokens = tokens(text)
        self._at = 0
        self.depth = 0

    @property
    def next(self) -> Token:
        """The token that comes next."""
        return self._tokens[self._at]

    def after_next(self) -> Token:
        """The token behind the next one."""
        return self._tokens[min(self._at + 1, len(self._tokens) - 1)]

    def take(self) -> Token:
        """The next token, which has then been read."""
        token = self.next
        if token.kind is not Kind.END:
            self._at += 1
        return token

    def is_word(self, *words: str) -> bool:
        """Whether one of the keywords comes next."""
        return self.next.word in words

    def is_mark(self, *marks: str) -> bool:
        """Whether one of the marks comes next."""
        return self.next.kind is Kind.MARK and self.next.value in marks

    def word(self, *words: str) -> Token | None:
        """The keyword, read, if one of them comes next."""
        return self.take() if self.is_word(*words) else None

    def mark(self, *marks: str) -> Token | None:
        """The mark, read, if one of them comes next."""
        return self.take() if self.is_mark(*marks) else None

    def need_word(self, *words: str) -> Token:
        """The keyword, read. Raises: LanguageError."""
        return self.word(*words) or self.fail(" or ".join(repr(word) for word in words))

    def need_mark(self, mark: str) -> Token:
        """The mark, read. Raises: LanguageError."""
        return self.mark(mark) or self.fail(repr(mark))

    def need(self, kind: Kind, expected: str) -> Token:
        """A token of the kind, read. Raises: LanguageError."""
        return self.take() if self.next.kind is kind else self.fail(expected)

    def name(self, expected: str) -> Name:
        """A field or alias. Raises: LanguageError."""
        token = self.need(Kind.NAME, expected)
        return Name(token.parts, token.span)

    def whole(self, expected: str) -> int:
        """A whole number. Raises: LanguageError."""
        if self.next.kind is not Kind.NUMBER or not self.next.value.isdecimal():
            self.fail(expected)
        return int(self.take().value)

    def listed(self, one: Callable[[], T]) -> tuple[T, ...]:
        """One or more, with commas between."""
        found = [one()]
        while self.mark(","):
            found.append(one())
        return tuple(found)

    def ends(self) -> bool:
        """Whether the command ends here: at a `|`, at the end, or at the bracket around a query."""
        return self.next.kind is Kind.END or self.is_mark("|") or (self.depth > 0 and self.is_mark(")"))

    def source(self, start: int) -> str:
        """The text from `start` to the last token read, without comments and backticks."""
        end = self._tokens[self._at - 1].span[1]
        read = [token for token in self._tokens[: self._at] if token.span[0] >= start]
        out, at = [], start
        for token in read:
            gap = self.text[at : token.span[0]]
            out.append("".join(line.partition("#")[0] for line in gap.splitlines(keepends=True)))
            raw = self.text[token.span[0] : token.span[1]]
            out.append(raw.replace("`", "") if token.kind is Kind.NAME else raw)
            at = token.span[1]
        assert at == end or not read
        return "".join(out).strip()

    def span_from(self, start: int) -> Span:
        """From `start` to the end of the last token read."""
        return (start, max(start, self._tokens[self._at - 1].span[1] if self._at else start))

    def fail(self, expected: str, token: Token | None = None) -> NoReturn:
        """Raises: LanguageError at the token, or at the next one."""
        found = token or self.next
        start, end = found.span
        shown = self.text[start:end] or Kind.END.value
        raise LanguageError(
            f"unexpected symbol found {shown} at {place(self.text, start)}: expected {expected}", found.span
        )


def bounded(found: Sequence[T], most: int, what: str, span: Span) -> Sequence[T]:
    """The same. Raises: LanguageError where there are more than `most`."""
    if len(found) > most:
        raise LanguageError(f"expected at most {most} {what}, found {len(found)}", span)
    return found
