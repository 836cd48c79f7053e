"""Tokens of a rule → its tree.

    rule  := and ("OR" and)*          and := not ("AND" not)*          not := "NOT" not | atom
    atom  := "(" rule ")" | TRUE | FALSE | STATE "(" ref ")"
           | AT_LEAST "(" (int | int%) "," ["NOT"] STATE "," "(" ref ("," ref)* ")" ")"
    STATE := ALARM | OK | INSUFFICIENT_DATA          ref := "quoted" | word

Source: CloudWatch API reference, PutCompositeAlarm; that TRUE and FALSE may be in lower case is inferred from samples.
"""

from __future__ import annotations

import re

from bayon import limits
from bayon.errors import LanguageError
from bayon.languages.alarm_rule.tokens import Kind, Token, tokens
from bayon.languages.alarm_rule.tree import All, Any, Constant, Is, Not, Quorum, Ref, Rule, Span, State

_STATES: dict[str, State] = {"ALARM": "ALARM", "OK": "OK", "INSUFFICIENT_DATA": "INSUFFICIENT_DATA"}
_STATE = "ALARM, OK or INSUFFICIENT_DATA"
_ATOM = "'(', NOT, TRUE, FALSE, AT_LEAST, ALARM, OK or INSUFFICIENT_DATA"
_AMOUNT = re.compile(r"([0-9]{1,9})(%?)")


class Unexpected(LanguageError):
    """The rule has a token where another is due; `found` is its text."""

    def __init__(self, expected: str, found: Token) -> None:
        shown = "the end of the rule" if found.kind == "end" else f"'{found.text}'"
        super().__init__(f"expected {expected}, found {shown}", found.span)
        self.found = found.text


def parse(text: str) -> Rule:
    """The tree of the rule. Raises: LanguageError."""
    reader = _Reader(tokens(text))
    rule = reader.rule(0)
    reader.take("end", "AND, OR or the end of the rule")
    return rule


class _Reader:
    """A position among tokens. Each method reads what it is named for and moves on."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0

    def take(self, kind: Kind, expected: str) -> Token:
        token = self._tokens[self._at]
        if token.kind != kind:
            raise Unexpected(expected, token)
        self._at += 1
        return token

    def rule(self, depth: int) -> Rule:
        rules = [self._all(depth)]
        while self._keyword("OR"):
            rules.append(self._all(depth))
        return rules[0] if len(rules) == 1 else Any(tuple(rules), _around(rules))

    def _all(self, depth: int) -> Rule:
        rules = [self._not(depth)]
        while self._keyword("AND"):
            rules.append(self._not(depth))
        return rules[0] if len(rules) == 1 else All(tuple(rules), _around(rules))

    def _not(self, depth: int) -> Rule:
        token = self._tokens[self._at]
        if depth > limits.COMPOSITE_NESTING:
            raise LanguageError(f"expected at most {limits.COMPOSITE_NESTING} nested rules, found more", token.span)
        if self._keyword("NOT"):
            inner = self._not(depth + 1)
            return Not(inner, (token.span[0], inner.span[1]))
        return self._atom(depth)

    def _atom(self, depth: int) -> Rule:
        token = self._tokens[self._at]
        if token.kind == "(":
            self._at += 1
            rule = self.rule(depth + 1)
            self.take(")", "AND, OR or ')'")
            return rule
        word = token.text if token.kind == "word" else ""
        if word.upper() in ("TRUE", "FALSE"):
            self._at += 1
            return Constant(word.upper() == "TRUE", token.span)
        if word == "AT_LEAST":
            self._at += 1
            return self._at_least(token)
        if word in _STATES:
            self._at += 1
            self.take("(", "'('")
            ref = self._ref()
            return Is(_STATES[word], ref, (token.span[0], self.take(")", "')'").span[1]))
        raise Unexpected(_ATOM, token)

    def _at_least(self, start: Token) -> Rule:
        self.take("(", "'('")
        amount, percent = self._amount()
        self.take(",", "','")
        negated = self._keyword("NOT")
        state = self.take("word", _STATE)
        if state.text not in _STATES:
            raise Unexpected(_STATE, state)
        self.take(",", "','")
        self.take("(", "'('")
        refs = [self._ref()]
        while self._tokens[self._at].kind == ",":
            self._at += 1
            refs.append(self._ref())
        self.take(")", "',' or ')'")
        end = self.take(")", "')'").span[1]
        return Quorum(amount, percent, negated, _STATES[state.text], tuple(refs), (start.span[0], end))

    def _amount(self) -> tuple[int, bool]:
        token = self.take("word", "a number or a percentage")
        match = _AMOUNT.fullmatch(token.text)
        if match is None or int(match[1]) < 1 or (match[2] and int(match[1]) > 100):
            raise Unexpected("a number from 1 or a percentage from 1% to 100%", token)
        return int(match[1]), bool(match[2])

    def _ref(self) -> Ref:
        token = self._tokens[self._at]
        if token.kind not in ("word", "quoted") or not token.text:
            raise Unexpected("the name or ARN of an alarm", token)
        self._at += 1
        return Ref(token.text, token.span)

    def _keyword(self, word: str) -> bool:
        token = self._tokens[self._at]
        found = token.kind == "word" and token.text == word
        self._at += found
        return found


def _around(rules: list[Rule]) -> Span:
    return rules[0].span[0], rules[-1].span[1]
