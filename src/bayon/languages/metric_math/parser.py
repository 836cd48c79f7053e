"""Metric math tokens to a tree.

Precedence, which AWS does not publish: OR, AND, comparisons, `+ -`, `* /`, negation, `^`; all from the left but `^`.
"""

from __future__ import annotations

from functools import lru_cache

from bayon import limits
from bayon.errors import LanguageError
from bayon.languages.metric_math.tokens import Token, tokens
from bayon.languages.metric_math.tree import (
    NEGATED,
    STRENGTH,
    Array,
    Binary,
    Call,
    Id,
    Negated,
    Node,
    Number,
    Text,
    Word,
)

_SPELT = {"||": "OR", "&&": "AND"}


@lru_cache(maxsize=1024)
def parse(text: str) -> Node:
    """The tree of the expression. Raises: LanguageError."""
    if len(text) > limits.EXPRESSION_CHARS:
        raise LanguageError(
            f"expected at most {limits.EXPRESSION_CHARS} characters, found {len(text)}",
            (limits.EXPRESSION_CHARS, len(text)),
        )
    reader = _Reader(tokens(text))
    node = reader.expression(0)
    reader.expect_end()
    return node


class _Reader:
    """A place among the tokens; `_depth` bounds how deep expressions nest."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0
        self._depth = 0

    def expression(self, least: int) -> Node:
        """An expression whose operators all bind at least so tightly."""
        self._depth += 1
        if self._depth > limits.EXPRESSION_NESTING:
            raise LanguageError(f"expected at most {limits.EXPRESSION_NESTING} levels of nesting", self._next.span)
        left = self._operand()
        while (operator := self._operator()) and STRENGTH[operator] >= least:
            self._at += 1
            # `^` groups from the right, and its right side may begin with a minus.
            right = self.expression(NEGATED if operator == "^" else STRENGTH[operator] + 1)
            left = Binary(operator, left, right, (left.span[0], right.span[1]))
        self._depth -= 1
        return left

    def expect_end(self) -> None:
        if self._next.kind != "end":
            raise _unexpected(self._next)

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _operator(self) -> str | None:
        token = self._next
        if token.kind not in ("mark", "name"):
            return None
        operator = _SPELT.get(token.text, token.text)
        return operator if operator in STRENGTH else None

    def _take(self) -> Token:
        token = self._next
        self._at += 1
        return token

    def _operand(self) -> Node:
        token = self._take()
        match token.kind, token.text:
            case "mark", "-":
                operand = self.expression(NEGATED)
                return Negated(operand, (token.span[0], operand.span[1]))
            case "mark", "(":
                inner = self.expression(0)
                self._expect(")")
                return inner
            case "mark", "[":
                members = self._list("]", words=False)
                return Array(members, (token.span[0], self._tokens[self._at - 1].span[1]))
            case "number", text:
                return Number(float(text), text, token.span)
            case "string", text:
                return Text(text, token.span)
            case "id", text:
                return Id(text, token.span)
            case "name", text if self._is_mark("(") and text not in STRENGTH:
                self._at += 1
                arguments = self._list(")", words=True)
                return Call(text, arguments, (token.span[0], self._tokens[self._at - 1].span[1]))
            case "end", _:
                raise LanguageError("Missing operand", token.span)
            case _ if token.text in STRENGTH or token.text in _SPELT or token.text in ("]", ")", ","):
                raise LanguageError(f"Missing operand before '{token.text}' at position {token.span[0]}", token.span)
        raise _unexpected(token)

    def _list(self, closing: str, *, words: bool) -> tuple[Node, ...]:
        """Expressions between commas, up to the mark; with `words` a bare word may stand for one."""
        members: list[Node] = []
        if words and self._is_mark(closing):
            self._at += 1
            return ()
        while True:
            members.append(self._word() if words and self._is_word() else self.expression(0))
            if not self._is_mark(","):
                self._expect(closing)
                return tuple(members)
            self._at += 1

    def _is_mark(self, mark: str) -> bool:
        return self._next.kind == "mark" and self._next.text == mark

    def _is_word(self) -> bool:
        after = self._tokens[self._at + 1] if self._next.kind == "name" else None
        return after is not None and after.kind == "mark" and after.text in (",", ")")

    def _word(self) -> Word:
        token = self._take()
        return Word(token.text, token.span)

    def _expect(self, mark: str) -> None:
        if not self._is_mark(mark):
            found = f"'{self._next.text}'" if self._next.text else "the end"
            raise LanguageError(f"expected '{mark}' at position {self._next.span[0]}, found {found}", self._next.span)
        self._at += 1


def _unexpected(token: Token) -> LanguageError:
    return LanguageError(f"Unexpected token '{token.text}' at position {token.span[0]}", token.span)
