"""Tokens of a Metrics Insights query to a tree. Keywords may stand in any letter case, names may not."""

from __future__ import annotations

from functools import lru_cache

from bayon import limits
from bayon.errors import LanguageError
from bayon.languages.metrics_insights.reserved import RESERVED
from bayon.languages.metrics_insights.tokens import Token, tokens
from bayon.languages.metrics_insights.tree import FUNCTIONS, Comparison, Key, Order, Query, Source


def is_query(text: str) -> bool:
    """Whether the text is one of this language rather than of metric math."""
    return text.lstrip()[:6].upper() == "SELECT"


@lru_cache(maxsize=256)
def parse(text: str) -> Query:
    """The tree of the query. Raises: LanguageError."""
    if len(text) > limits.EXPRESSION_CHARS:
        raise LanguageError(f"expected at most {limits.EXPRESSION_CHARS} characters, found {len(text)}", (0, len(text)))
    reader = _Reader(tokens(text))
    reader.expect("SELECT")
    function = reader.function()
    reader.expect("(")
    metric = reader.name("a metric name")
    reader.expect(")")
    reader.expect("FROM")
    return Query(
        function=function,
        metric=metric,
        source=reader.source(),
        where=reader.where(),
        group_by=reader.group_by(),
        order_by=reader.order_by(),
        limit=reader.limit(),
        span=(0, reader.end()),
    )


class _Reader:
    """A place among the tokens, moved by the clauses that are read in their order."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def expect(self, text: str) -> None:
        """The keyword or mark is read."""
        if not self._took(text):
            raise self._unexpected(f"'{text}'")

    def end(self) -> int:
        if self._next.kind != "end":
            raise self._unexpected("the end of the query")
        return self._next.span[0]

    def function(self) -> str:
        name = self._next.text.upper()
        if self._next.kind != "word" or name not in FUNCTIONS:
            raise self._unexpected(f"one of {', '.join(FUNCTIONS)}")
        self._at += 1
        return name

    def source(self) -> Source:
        begin = self._next.span[0]
        if not self._took("SCHEMA"):
            namespace = self.name("a namespace or SCHEMA")
            return Source(namespace, None, (begin, self._ended()))
        self.expect("(")
        names = [self.name("a namespace")]
        while self._took(","):
            names.append(self.name("a dimension name"))
        self.expect(")")
        return Source(names[0], tuple(names[1:]), (begin, self._ended()))

    def where(self) -> tuple[Comparison, ...]:
        if not self._took("WHERE"):
            return ()
        found = [self._comparison()]
        while self._took("AND"):
            found.append(self._comparison())
        return tuple(found)

    def _comparison(self) -> Comparison:
        key = self._key()
        equal = self._took("=")
        if not equal and not self._took("!="):
            raise self._unexpected("'=' or '!='")
        value = self._value(key)
        return Comparison(key, equal, value, (key.span[0], self._ended()))

    def _value(self, key: Key) -> str | None:
        token = self._next
        if token.kind == "string" or (key.space == "AWS" and token.kind == "word" and token.text.isdigit()):
            self._at += 1
            return token.text
        if key.space == "AWS" and self._took("CURRENT_ACCOUNT_ID"):
            self.expect("(")
            self.expect(")")
            return None
        raise self._unexpected("a value in single quotes")

    def group_by(self) -> tuple[Key, ...]:
        if not self._took("GROUP"):
            return ()
        self.expect("BY")
        found = [self._key()]
        while self._took(","):
            found.append(self._key())
        return tuple(found)

    def order_by(self) -> Order | None:
        if not self._took("ORDER"):
            return None
        self.expect("BY")
        function = self.function()
        self.expect("(")
        self.expect(")")
        descending = self._took("DESC")
        if not descending:
            self._took("ASC")
        return Order(function, descending)

    def limit(self) -> int | None:
        if not self._took("LIMIT"):
            return None
        token = self._next
        if token.kind != "word" or not token.text.isdigit() or not 1 <= int(token.text[:9]) <= limits.INSIGHTS_SERIES:
            raise self._unexpected(f"a number from 1 to {limits.INSIGHTS_SERIES}")
        self._at += 1
        return int(token.text)

    def _key(self) -> Key:
        begin, first = self._next.span[0], self._next
        after = self._tokens[self._at + 1] if first.kind != "end" else first
        spaced = first.kind == "word" and after.kind == "mark" and after.text == "."
        if not spaced:
            return Key(self.name("a dimension name"), "", (begin, self._ended()))
        self._at += 2
        if first.text.upper() == "AWS" and self._took("AccountId"):
            return Key("AccountId", "AWS", (begin, self._ended()))
        if first.text.upper() == "TAG":
            return Key(self.name("a tag key"), "TAG", (begin, self._ended()))
        self._at -= 2
        raise self._unexpected("tag.name or AWS.AccountId")

    def name(self, expected: str) -> str:
        """A name, in double quotes where it is reserved or has other characters than letters, digits and `_`."""
        token = self._next
        if token.kind == "word" and token.text.upper() in RESERVED:
            reserved = f"Invalid syntax. Reserved keyword '{token.text}' must be surrounded by double quotes"
            raise LanguageError(reserved, token.span)
        if token.kind not in ("word", "name"):
            raise self._unexpected(expected)
        self._at += 1
        return token.text

    def _took(self, text: str) -> bool:
        """Whether the keyword or mark is next, which is then read."""
        took = self._next.kind in ("word", "mark") and self._next.text.upper() == text.upper()
        self._at += took
        return took

    def _ended(self) -> int:
        return self._tokens[self._at - 1].span[1]

    def _unexpected(self, expected: str) -> LanguageError:
        token = self._next
        found = f"'{token.text}'" if token.kind != "end" else "the end"
        return LanguageError(
            f"Invalid syntax. Expected {expected} at position {token.span[0]}, found {found}", token.span
        )
