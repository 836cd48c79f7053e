"""Tokens of a search to a tree. AND binds tighter than OR; terms side by side are joined by AND."""

from __future__ import annotations

from functools import lru_cache

from bayon import limits
from bayon.errors import LanguageError
from bayon.languages.search.tokens import Token, tokens
from bayon.languages.search.tree import And, Condition, Not, Or, Schema, Search, Term

_OPERATORS = ("AND", "OR", "NOT")


@lru_cache(maxsize=256)
def parse(text: str) -> Search:
    """The tree of the search. Raises: LanguageError."""
    if len(text) > limits.SEARCH_CHARS:
        raise LanguageError(
            f"expected a search of at most {limits.SEARCH_CHARS} characters, found {len(text)}", (0, len(text))
        )
    reader = _Reader(tokens(text))
    schema = reader.schema()
    condition = None if reader.ended else reader.either(None)
    reader.expect_end()
    if schema is None and condition is None:
        raise LanguageError("expected a schema in braces or a search term, found nothing", (0, len(text)))
    return Search(schema, condition, (0, len(text)))


class _Reader:
    """A place among the tokens; `_depth` bounds how deep parentheses nest."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0
        self._depth = 0

    @property
    def ended(self) -> bool:
        return self._next.kind == "end"

    def expect_end(self) -> None:
        if not self.ended:
            raise self._unexpected("AND, OR or the end")

    def schema(self) -> Schema | None:
        """What stands in braces at the start, with a comma behind it or without."""
        if not self._is_mark("{"):
            return None
        begin = self._next.span[0]
        names: list[str] = []
        while not names or self._is_mark(","):
            self._at += 1
            names.append(self._name())
        self._expect("}")
        end = self._tokens[self._at - 1].span[1]
        if self._is_mark(","):
            self._at += 1
        return Schema(names[0], tuple(names[1:]), (begin, end))

    def either(self, of: str | None) -> Condition:
        """Conditions of which one must hold, of the property `of` where they stand in its parentheses."""
        operands = [self._all(of)]
        while self._is_word("OR"):
            self._at += 1
            operands.append(self._all(of))
        return operands[0] if len(operands) == 1 else Or(tuple(operands), _span(operands))

    def _all(self, of: str | None) -> Condition:
        operands = [self._negated(of)]
        while not (self.ended or self._is_mark(")") or self._is_word("OR")):
            if self._is_word("AND"):
                self._at += 1
            operands.append(self._negated(of))
        return operands[0] if len(operands) == 1 else And(tuple(operands), _span(operands))

    def _negated(self, of: str | None) -> Condition:
        if not self._is_word("NOT"):
            return self._atom(of)
        begin = self._next.span[0]
        self._at += 1
        operand = self._atom(of)
        return Not(operand, (begin, operand.span[1]))

    def _atom(self, of: str | None) -> Condition:
        if self._is_mark("("):
            return self._parentheses(of)
        token = self._next
        name = self._name()
        if not self._is_mark("="):
            return Term(name, token.kind == "exact", of, token.span)
        if of is not None:
            raise self._unexpected(f"AND, OR or ')' among the values of {of}")
        self._at += 1
        if self._is_mark("("):
            return self._parentheses(name)
        value = self._next
        return Term(self._name(), value.kind == "exact", name, (token.span[0], value.span[1]))

    def _parentheses(self, of: str | None) -> Condition:
        self._depth += 1
        if self._depth > limits.EXPRESSION_NESTING:
            raise LanguageError(f"expected at most {limits.EXPRESSION_NESTING} levels of nesting", self._next.span)
        self._at += 1
        found = self.either(of)
        self._expect(")")
        self._depth -= 1
        return found

    def _name(self) -> str:
        token = self._next
        if token.kind not in ("word", "exact") or (token.kind == "word" and token.text in _OPERATORS):
            raise self._unexpected("a name or a search term")
        self._at += 1
        return token.text

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _is_mark(self, mark: str) -> bool:
        return self._next.kind == "mark" and self._next.text == mark

    def _is_word(self, word: str) -> bool:
        return self._next.kind == "word" and self._next.text == word

    def _expect(self, mark: str) -> None:
        if not self._is_mark(mark):
            raise self._unexpected(f"'{mark}'")
        self._at += 1

    def _unexpected(self, expected: str) -> LanguageError:
        found = f"'{self._next.text}'" if not self.ended else "the end"
        return LanguageError(
            f"expected {expected} in the search at position {self._next.span[0]}, found {found}", self._next.span
        )


def _span(operands: list[Condition]) -> tuple[int, int]:
    return operands[0].span[0], operands[-1].span[1]
