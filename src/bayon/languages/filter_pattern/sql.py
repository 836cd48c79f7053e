"""Tree → a condition on stored events, in the engine's SQL, with every value of the pattern as a bound parameter.

What it says of a stored message is what `predicate.py` says of it in flight. Cheap conditions that must also hold stand
in front of dear ones, so that JSON is read only of events that can match.

The word index is left alone on purpose. A term may be a part of a word, so the index would have to look through all
words of every part, whatever range of time is asked for: 3.5 s of 10 million events, where looking at the messages of a
range takes as long as the range is wide (measured 2026-11).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import assert_never

from bayon import limits
from bayon.languages.filter_pattern import lines, regexes
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
    Pattern,
    Regex,
    Selector,
    Some,
    SpacedPattern,
    Step,
    Term,
    Text,
    TextPattern,
)
from bayon.sql import Sql, Values

TRUE = "1"
_RAW_STATES = {"NULL": "'null'", "TRUE": "'true'", "FALSE": "'false'"}
_PLAIN = re.compile(r"[A-Za-z0-9_. :\-]+")  # JSON writes these as they are, or as \u and a number
_NO_NUMBER = re.compile(r"[^0-9eE.+\-]")  # numbers are written in many ways
_WORDS = (
    "arrayMap(w -> if(length(w) > 1 AND (startsWith(w, '\"') AND endsWith(w, '\"') OR startsWith(w, '[') "
    "AND endsWith(w, ']')), substring(w, 2, length(w) - 2), w), extractAll({column}, {word}))"
)


def condition(pattern: Pattern, *, column: str = "message", prefix: str = "f") -> Sql:
    """The condition that a stored event matches the pattern.

    In: `column` is the SQL of its text; `prefix` begins the names of the parameters, unique in the statement.
    """
    values = Values(prefix)
    text = _Compiler(values, column).pattern(pattern)
    return Sql(text, values.parameters)


def property_text(selector: Selector, values: Values, column: str = "message") -> str:
    """SQL of the text of the scalar that the selector finds first, empty where there is none."""
    scalars = f"arrayFilter(r -> {_SCALAR.format(raw='r')}, {_Compiler(values, column).found(selector.steps)})"
    return f"arrayMap(r -> {_text('r')}, {scalars})[1]"


def word_text(pattern: SpacedPattern, slot: int, values: Values, column: str = "message") -> str:
    """SQL of the word that the slot binds, empty where there is none."""
    compiler = _Compiler(values, column)
    return _word(compiler.words(), pattern, slot)


def number(text: str) -> str:
    """SQL of the number that the SQL of a text gives, NaN where it is none that a metric can have."""
    return _once(
        text,
        "if(match(t, '^[+-]?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?$') AND "
        f"abs(toFloat64OrZero(t)) <= {limits.DATUM_VALUE}, toFloat64OrZero(t), nan)",
    )


def within(text: str, most_chars: int) -> str:
    """SQL of the text, empty where it is longer than so many characters."""
    return _once(text, f"if(lengthUTF8(t) <= {most_chars:d}, t, '')")


def _once(text: str, of_it: str) -> str:
    """SQL of what is made of a text, `t`, which is computed once, however often it is spoken of: where conditions are
    evaluated only as far as needed, the engine computes what several of them have in common several times."""
    return f"arrayMap(t -> {of_it}, [{text}])[1]"


_SCALAR = "({raw} != '' AND {raw} != 'null' AND NOT startsWith({raw}, '{{') AND NOT startsWith({raw}, '['))"


def _text(raw: str) -> str:
    return f"if(startsWith({raw}, '\"'), JSONExtractString({raw}), {raw})"


class _Compiler:
    def __init__(self, values: Values, column: str) -> None:
        self._values = values
        self._column = column

    def pattern(self, pattern: Pattern) -> str:
        match pattern:
            case TextPattern():
                return self._terms(pattern.terms)
            case JsonPattern():
                inner = self._expression(pattern.condition, self._property)
                return f"(startsWith(trimLeft({self._column}, ' \\t\\r\\n'), '{{') AND {inner})"
            case SpacedPattern():
                return self._line(pattern)
            case _:
                assert_never(pattern)

    def _terms(self, terms: Sequence[Term]) -> str:
        required = [self._finding(term.sought) for term in terms if term.sign == ""]
        excluded = [self._finding(term.sought) for term in terms if term.sign == "-"]
        if required or excluded:
            return _all([*required, *(f"NOT {found}" for found in excluded)])
        optional = [self._finding(term.sought) for term in terms if term.sign == "?"]
        return _some(optional) if optional else TRUE

    def _finding(self, sought: Text | Regex) -> str:
        if isinstance(sought, Regex):
            return f"match({self._column}, {self._bind(regexes.engine_source(sought))})"
        return self._holds_text(sought.text)

    def _holds_text(self, text: str) -> str:
        return f"(position({self._column}, {self._bind(text)}) > 0)"

    def _expression(self, expression: Expression, leaf: Callable[[Comparison | Is | NotExists], str]) -> str:
        match expression:
            case All():
                return _all([self._expression(part, leaf) for part in expression.parts])
            case Some():
                return _some([self._expression(part, leaf) for part in expression.parts])
            case Comparison() | Is() | NotExists():
                return leaf(expression)
            case _:
                assert_never(expression)

    # ── JSON: values as the engine writes them, `raw`, empty where there is none ──

    def _property(self, leaf: Comparison | Is | NotExists) -> str:
        match leaf:
            case Comparison(subject=Selector() as selector, operator="!="):
                equal = self._equal(leaf.operand)
                return self._differs(selector.steps, equal)
            case Comparison(subject=Selector() as selector):
                holds = self._equal(leaf.operand) if leaf.operator == "=" else self._ordered(leaf)
                return self._holds(selector.steps, holds, self._hints(selector, leaf.operand))
            case Is(selector=selector):
                state = _RAW_STATES[leaf.state]
                return self._holds(selector.steps, lambda raw: f"{raw} = {state}", self._hints(selector, None))
            case NotExists(selector=selector):
                return f"({self._is_object()} AND NOT {self._holds(selector.steps, lambda raw: f'''{raw} != '' ''')})"
            case _:
                raise AssertionError(f"{leaf} is about no property")

    def _is_object(self) -> str:
        return f"(JSONType({self._column}) = 'Object')"

    def _hints(self, selector: Selector, operand: Operand | None) -> list[str]:
        """Texts that an event must have for the value to be there, unless it spells letters as escapes."""
        named = [step.name for step in selector.steps if isinstance(step, Member)]
        wanted = [named[-1]] if named else []
        if isinstance(operand, Text) and _NO_NUMBER.search(longest := max(operand.text.split("*"), key=len)):
            wanted.append(longest)
        plain = [text for text in wanted if _PLAIN.fullmatch(text)]
        if not plain:
            return []
        present = _all([self._holds_text(text) for text in plain])
        return [f"({present} OR position({self._column}, '\\\\u') > 0)"]

    def _holds(self, steps: Sequence[Step], holds: Callable[[str], str], hints: Sequence[str] = ()) -> str:
        """That a value is there of which `holds` is true; it must not be of the empty text."""
        return _all([*hints, f"arrayExists(r -> r != '' AND {holds('r')}, {self.found(steps)})"])

    def _differs(self, steps: Sequence[Step], equal: Callable[[str], str]) -> str:
        """That a value is there and not equal, or none at all."""
        different = f"NOT startsWith(r, '{{') AND NOT startsWith(r, '[') AND NOT {equal('r')}"
        found = self.found(steps)
        if not any(isinstance(step, Every) for step in steps):
            return f"({self._is_object()} AND arrayExists(r -> {different}, {found}))"
        return (
            f"({self._is_object()} AND (arrayExists(r -> r != '' AND {different}, {found}) "
            f"OR NOT arrayExists(r -> r != '', {found})))"
        )

    def found(self, steps: Sequence[Step]) -> str:
        """SQL of an array of what the selector finds, values that are not there as empty texts."""
        before = list(takewhile(lambda step: not isinstance(step, Every), steps))
        if len(before) == len(steps):
            return f"[{self._raw(self._column, before)}]"
        wildcard = steps[len(before)]
        assert isinstance(wildcard, Every)
        outer = self._raw(self._column, before) if before else self._column
        if wildcard.of == "array":
            inner = f"JSONExtractArrayRaw({outer})"
        else:
            inner = f"arrayMap(p -> p.2, JSONExtractKeysAndValuesRaw({outer}))"
        behind = steps[len(before) + 1 :]
        return f"arrayMap(v -> {self._raw('v', behind)}, {inner})" if behind else inner

    def _raw(self, outer: str, steps: Sequence[Step]) -> str:
        """SQL of the value at the steps. An index counts members of an object too, so that what it is asked of must be
        an array."""
        guards, path = [], list[str]()
        for step in steps:
            match step:
                case Member():
                    path.append(self._bind(step.name))
                case Element():
                    guards.append(f"JSONType({', '.join([outer, *path])}) = 'Array'")
                    path.append(str(step.index + 1))
                case Every():
                    raise AssertionError("a wildcard is no step to one value")
                case _:
                    assert_never(step)
        raw = f"JSONExtractRaw({', '.join([outer, *path])})"
        return f"if({' AND '.join(guards)}, {raw}, '')" if guards else raw

    def _equal(self, operand: Operand) -> Callable[[str], str]:
        """Of a value that is there: whether it is a scalar and equal."""
        matches = self._matching(operand)
        if not isinstance(operand, Number):
            return lambda raw: f"({_SCALAR.format(raw=raw)} AND {matches(_text(raw))})"
        value = self._bind(operand.value, "Float64")

        def equal(raw: str) -> str:
            text = f"({_SCALAR.format(raw=raw)} AND {matches(_text(raw))})"
            return f"if({_is_number(raw)}, toFloat64OrZero({raw}) = {value}, {text})"

        return equal

    def _ordered(self, leaf: Comparison) -> Callable[[str], str]:
        assert isinstance(leaf.operand, Number), "the parser takes only numbers here"
        value = self._bind(leaf.operand.value, "Float64")
        return lambda raw: f"if({_is_number(raw)}, toFloat64OrZero({raw}) {leaf.operator} {value}, 0)"

    def _matching(self, operand: Operand) -> Callable[[str], str]:
        """Of a text: whether it is what the operand says."""
        match operand:
            case Regex():
                source = self._bind(regexes.engine_source(operand))
                return lambda text: f"match({text}, {source})"
            case Text() if "*" in operand.text:
                like = self._bind("%".join(map(_escaped, operand.text.split("*"))))
                return lambda text: f"({text} LIKE {like})"
            case Text(text=wanted) | Number(written=wanted):
                bound = self._bind(wanted)
                return lambda text: f"{text} = {bound}"
            case _:
                assert_never(operand)

    # ── Lines ──

    def _line(self, pattern: SpacedPattern) -> str:
        if not pattern.slots:
            return TRUE
        conditions = [
            self._expression(slot.condition, lambda leaf: self._word_holds(pattern, leaf))
            for slot in pattern.slots
            if slot.condition is not None
        ]
        hints = [hint for slot in pattern.slots for hint in self._word_hints(slot.condition)]
        holds = _all([f"length(l) >= {len(pattern.slots)}", *conditions])
        return _all([*hints, f"arrayExists(l -> {holds}, [{self.words()}])"])

    def _word_hints(self, expression: Expression | None) -> list[str]:
        """What a line must have for a lone condition on a word to hold."""
        match expression:
            case Comparison(operator="=", operand=Text(text=wanted)):
                longest = max(wanted.split("*"), key=len)
                return [self._holds_text(longest)] if longest else []
            case _:
                return []

    def words(self) -> str:
        return _WORDS.format(column=self._column, word=self._bind(lines.WORD))

    def _word_holds(self, pattern: SpacedPattern, leaf: Comparison | Is | NotExists) -> str:
        """Of the words of a line, `l`: whether the one that is compared is right."""
        assert isinstance(leaf, Comparison), "a line has no properties"
        assert isinstance(leaf.subject, int), "a line has no properties"
        word = _word("l", pattern, leaf.subject)
        equal = leaf.operator in ("=", "!=")
        if not isinstance(leaf.operand, Number):
            holds = self._matching(leaf.operand)(word)
        else:
            is_number = f"match({word}, {self._bind('^' + '(?:' + lines.NUMBER + ')$')})"
            value = self._bind(leaf.operand.value, "Float64")
            otherwise = f"{word} = {self._bind(leaf.operand.written)}" if equal else "0"
            operator = "=" if equal else leaf.operator
            holds = f"if({is_number}, toFloat64OrZero({word}) {operator} {value}, {otherwise})"
        return f"(NOT {holds})" if leaf.operator == "!=" else f"({holds})"

    def _bind(self, value: str | float, kind: str = "String") -> str:
        return self._values.bind(value, kind)


def _word(words: str, pattern: SpacedPattern, slot: int) -> str:
    place = lines.place(pattern, slot)
    return f"{words}[{place if place < 0 else place + 1}]"


def _is_number(raw: str) -> str:
    return f"match({raw}, '^[-0-9]')"


def _escaped(text: str) -> str:
    """The text for LIKE, each character standing for itself."""
    return re.sub(r"([\\%_])", r"\\\1", text)


def _all(parts: Sequence[str]) -> str:
    return f"({' AND '.join(parts)})" if parts else TRUE


def _some(parts: Sequence[str]) -> str:
    return f"({' OR '.join(parts)})"
