"""Tokens → tree: a parser of recursive descent for each dialect, told apart by the first character that is no blank."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from bayon import limits
from bayon.errors import LanguageError
from bayon.languages.filter_pattern import regexes, tokens
from bayon.languages.filter_pattern.tokens import Kind, Token
from bayon.languages.filter_pattern.tree import (
    All,
    Comparison,
    Element,
    Every,
    Expression,
    Is,
    JsonPattern,
    Member,
    NotExists,
    Number,
    Operand,
    Operator,
    Pattern,
    Regex,
    Selector,
    Slot,
    Some,
    SpacedPattern,
    State,
    Step,
    Term,
    Text,
    TextPattern,
)

_OPERATORS: dict[str, Operator] = {"=": "=", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_STATES: dict[str, State] = {"NULL": "NULL", "TRUE": "TRUE", "FALSE": "FALSE"}
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")
_FIELD = re.compile(r"[A-Za-z0-9_\-.@:]+")
_STEP = re.compile(
    r"(?P<every>\.\*)|\.(?P<name>[A-Za-z0-9_\-]+)|\.?\['(?P<quoted>[^']*)'\]|\[(?P<index>\d+)\]|(?P<all>\[\*\])"
)
Subject = Callable[[], Selector | int]


def parse(text: str) -> Pattern:
    """The tree of a filter pattern. Raises: LanguageError, which says what was expected and what was found."""
    match text.lstrip()[:1]:
        case "{":
            return _Json(tokens.json_tokens(text)).pattern()
        case "[":
            return _Spaced(tokens.spaced_tokens(text)).pattern()
        case _:
            return TextPattern(tuple(_terms(tokens.text_tokens(text))))


def parse_selector(text: str) -> Selector:
    """The selector of a JSON property, alone in the text. Raises: LanguageError."""
    return _Json(tokens.json_tokens(text)).lone_selector()


def _terms(read: list[Token]) -> Iterator[Term]:
    """The terms; a blank phrase is found in every event, so it is no term."""
    at = 0
    while read[at].kind != "end":
        first = read[at]
        sign = first.text if first.kind == "sign" else ""
        at += bool(sign)
        token = read[at]
        span = (first.span[0], token.span[1])
        after = read[at + 1]
        if after.kind != "end" and after.span[0] == token.span[1]:
            raise LanguageError(f"expected a space between two terms, found '{after.text}'", after.span)
        sought = _regex(token) if token.kind == "regex" else Text(token.text, token.span)
        if sign or isinstance(sought, Regex) or sought.text.strip():
            yield Term(sign, sought, span)  # type: ignore[arg-type]  # a sign is one of two characters
        at += 1


def _regex(token: Token) -> Regex:
    regex = Regex(token.text, token.span)
    regexes.check(regex)
    return regex


class _Reader:
    """Reads tokens one after the other, and the conditions that both dialects of conditions share."""

    def __init__(self, read: list[Token]) -> None:
        self._read = read
        self._at = 0
        self._depth = 0
        self._regexes = 0

    @property
    def next(self) -> Token:
        return self._read[self._at]

    def take(self) -> Token:
        token = self._read[self._at]
        self._at += token.kind != "end"
        return token

    def take_mark(self, mark: str) -> None:
        if not self.next.is_mark(mark):
            raise self.unexpected(f"'{mark}'")
        self.take()

    def take_kind(self, kind: Kind, expected: str) -> Token:
        if self.next.kind != kind:
            raise self.unexpected(expected)
        return self.take()

    def unexpected(self, expected: str) -> LanguageError:
        """The error for the next token."""
        found = self.next.text if self.next.kind == "end" else f"'{self.next.text}'"
        return LanguageError(f"expected {expected}, found {found}", self.next.span)

    def end(self) -> None:
        if self.next.kind != "end":
            raise self.unexpected("the end")

    def either(self, part: Callable[[], Expression]) -> Expression:
        """Parts of which one must hold, each of parts that all must."""
        parts = list(self._joined("||", lambda: _one_or(All, list(self._joined("&&", part)))))
        return _one_or(Some, parts)

    def _joined(self, mark: str, part: Callable[[], Expression]) -> Iterator[Expression]:
        yield part()
        while self.next.is_mark(mark):
            self.take()
            yield part()

    def comparison(self, subject: Selector | int, start: int) -> Comparison:
        """The rest of a comparison behind its subject."""
        operator = _OPERATORS.get(self.next.text) if self.next.kind == "mark" else None
        if operator is None:
            raise self.unexpected("one of =, !=, <, <=, > and >=")
        self.take()
        operand = self._operand(ordered=operator not in ("=", "!="))
        return Comparison(subject, operator, operand, (start, operand.span[1]))

    def _operand(self, *, ordered: bool) -> Operand:
        token = self.next
        if token.kind == "word" and (number := _number(token)) is not None:
            self.take()
            return number
        if ordered:
            raise self.unexpected("a number")
        match token.kind:
            case "word" | "quoted":
                self.take()
                return Text(token.text, token.span)
            case "regex":
                self.take()
                self._regexes += 1
                if self._regexes > limits.FILTER_REGEXES:
                    raise LanguageError(
                        f"expected at most {limits.FILTER_REGEXES} regular expressions, found another", token.span
                    )
                return _regex(token)
            case _:
                raise self.unexpected("a value")


class _Json(_Reader):
    """`{ … }`."""

    def __init__(self, read: list[Token]) -> None:
        super().__init__(read)
        self._wildcards = 0

    def pattern(self) -> JsonPattern:
        self.take_mark("{")
        condition = self.either(self._part)
        self.take_mark("}")
        self.end()
        return JsonPattern(condition)

    def lone_selector(self) -> Selector:
        selector = self._selector(self.take_kind("selector", "a selector that begins with '$'"))
        self.end()
        return selector

    def _part(self) -> Expression:
        if not self.next.is_mark("("):
            return self._condition()
        self._depth += 1
        if self._depth > limits.FILTER_DEPTH:
            raise LanguageError(f"expected at most {limits.FILTER_DEPTH} brackets in one another", self.next.span)
        self.take()
        inner = self.either(self._part)
        self.take_mark(")")
        self._depth -= 1
        return inner

    def _condition(self) -> Expression:
        token = self.take_kind("selector", "a selector that begins with '$'")
        selector = self._selector(token)
        start = token.span[0]
        match self.next.text if self.next.kind == "word" else "":
            case "IS":
                self.take()
                state = _STATES.get(self.next.text)
                if state is None:
                    raise self.unexpected("NULL, TRUE or FALSE behind IS")
                return Is(selector, state, (start, self.take().span[1]))
            case "NOT":
                self.take()
                if self.next.text != "EXISTS":
                    raise self.unexpected("EXISTS behind NOT")
                return NotExists(selector, (start, self.take().span[1]))
            case "":
                return self.comparison(selector, start)
            case _:
                raise self.unexpected("one of =, !=, <, <=, >, >=, IS and NOT EXISTS")

    def _selector(self, token: Token) -> Selector:
        steps = tuple(_step(found) for found in _STEP.finditer(token.text))
        wildcards = sum(isinstance(step, Every) for step in steps)
        if not steps:
            raise LanguageError("expected a property behind '$'", token.span)
        if any(isinstance(step, Element) and step.index > limits.FILTER_INDEX for step in steps):
            raise LanguageError(f"expected an index of at most {limits.FILTER_INDEX}", token.span)
        if wildcards > limits.FILTER_SELECTOR_WILDCARDS:
            raise LanguageError("expected at most one wildcard in a selector, found another", token.span)
        self._wildcards += wildcards
        if self._wildcards > limits.FILTER_WILDCARDS:
            raise LanguageError(
                f"expected at most {limits.FILTER_WILDCARDS} selectors with a wildcard, found another", token.span
            )
        return Selector(steps, token.text, token.span)


class _Spaced(_Reader):
    """`[ … ]`."""

    def pattern(self) -> SpacedPattern:
        self.take_mark("[")
        slots: list[Slot] = []
        ellipsis: int | None = None
        if not self.next.is_mark("]"):
            while True:
                if self.next.is_mark("..."):
                    if ellipsis is not None:
                        raise self.unexpected("only one '...'")
                    self.take()
                    ellipsis = len(slots)
                else:
                    slots.append(self._slot(len(slots)))
                if not self.next.is_mark(","):
                    break
                self.take()
        self.take_mark("]")
        self.end()
        return SpacedPattern(tuple(slots), ellipsis)

    def _slot(self, place: int) -> Slot:
        first = self.next
        if first.is_mark(",", "]"):
            return Slot("", None, (first.span[0], first.span[0]))
        name = self._field()
        if self.next.is_mark(",", "]"):
            return Slot(name, None, first.span)
        start = self._at - 1

        def part() -> Expression:
            if self._at != start + 1 and self._field() != name:
                self._at -= 1
                raise self.unexpected(f"'{name}' again")
            return self.comparison(place, first.span[0])

        condition = self.either(part)
        return Slot(name, condition, (first.span[0], self._read[self._at - 1].span[1]))

    def _field(self) -> str:
        if self.next.kind != "word" or not _FIELD.fullmatch(self.next.text):
            raise self.unexpected("the name of a field")
        return self.take().text


def _one_or(kind: type[All | Some], parts: list[Expression]) -> Expression:
    return parts[0] if len(parts) == 1 else kind(tuple(parts))


def _step(found: re.Match[str]) -> Step:
    match found.lastgroup:
        case "every":
            return Every("object")
        case "all":
            return Every("array")
        case "index":
            return Element(int(found["index"]))
        case "quoted":
            return Member(found["quoted"])
        case _:
            return Member(found["name"])


def _number(token: Token) -> Number | None:
    if not _NUMBER.fullmatch(token.text):
        return None
    value = float(token.text)
    return Number(value, token.text, token.span) if abs(value) <= limits.FILTER_NUMBER else None
