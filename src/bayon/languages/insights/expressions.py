"""Tokens → expressions, by precedence, and back to text. Closed sets: one function a level, one `match` to render.

Source: logs.md §3.4.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import assert_never

from bayon import limits
from bayon.errors import LanguageError
from bayon.languages.insights.periods import SPELLINGS
from bayon.languages.insights.reader import Reader, bounded
from bayon.languages.insights.tokens import Kind
from bayon.languages.insights.tree import (
    Binary,
    Boolean,
    Call,
    Expression,
    In,
    Item,
    Name,
    Number,
    Period,
    Query,
    Regex,
    Text,
    Unary,
)

COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_PLAIN = re.compile(r"[A-Za-z_@][\w@]*")
_RESERVED = frozenset({"as", "by", "and", "or", "not", "in", "like", "asc", "desc", "true", "false"})
_QUERIES: list[Callable[[Reader], Query]] = []


def reads_queries(read: Callable[[Reader], Query]) -> Callable[[Reader], Query]:
    """Declare the function that reads a query in brackets: `parser`, which itself reads expressions."""
    _QUERIES[:] = [read]
    return read


def expression(reader: Reader) -> Expression:
    """The expression that comes next. Raises: LanguageError."""
    if reader.depth >= limits.INSIGHTS_NESTING:
        raise LanguageError(f"expected at most {limits.INSIGHTS_NESTING} levels of nesting", reader.next.span)
    reader.depth += 1
    try:
        return _or(reader)
    finally:
        reader.depth -= 1


def items(reader: Reader) -> tuple[Item, ...]:
    """Expressions with or without aliases. Raises: LanguageError."""
    start = reader.next.span[0]
    found = reader.listed(lambda: item(reader))
    return tuple(bounded(found, limits.INSIGHTS_ITEMS, "expressions in a command", reader.span_from(start)))


def item(reader: Reader) -> Item:
    """An expression, and its alias if it has one; `as` may be left out. Raises: LanguageError."""
    start = reader.next.span[0]
    found = expression(reader)
    source = reader.source(start)
    alias = None
    if reader.word("as"):
        alias = reader.name("a name after 'as'").text
    elif reader.next.kind is Kind.NAME and reader.next.word not in _RESERVED | {"offset"}:
        alias = reader.name("a name").text
    return Item(found, alias, source, reader.span_from(start))


def _chain(reader: Reader, words: tuple[str, ...], below: Callable[[Reader], Expression]) -> Expression:
    """Operands of one level with operators between them, from left to right."""
    start = reader.next.span[0]
    left = below(reader)
    operators = 0
    while token := reader.word(*words) or reader.mark(*words):
        operators += 1
        if operators > limits.INSIGHTS_OPERATORS:
            raise LanguageError(f"expected at most {limits.INSIGHTS_OPERATORS} operators in a row", token.span)
        left = Binary(token.value.lower(), left, below(reader), reader.span_from(start))
    return left


def _or(reader: Reader) -> Expression:
    return _chain(reader, ("or",), _and)


def _and(reader: Reader) -> Expression:
    return _chain(reader, ("and",), _not)


def _not(reader: Reader) -> Expression:
    start = reader.next.span[0]
    negations = 0
    while reader.word("not"):
        negations += 1
    found = _comparison(reader)
    for _ in range(min(negations, 2 - negations % 2)):  # an even number says as much as two
        found = Unary("not", found, reader.span_from(start))
    return found


def _comparison(reader: Reader) -> Expression:
    start = reader.next.span[0]
    left = _sum(reader)
    if token := reader.mark(*COMPARISONS):
        return Binary(token.value, left, _sum(reader), reader.span_from(start))
    if reader.mark("=~"):
        return Binary("like", left, _pattern(reader), reader.span_from(start))
    negated = reader.is_word("not") and reader.after_next().word in ("like", "in")
    if negated:
        reader.take()
    if reader.word("like"):
        return Binary("not like" if negated else "like", left, _pattern(reader), reader.span_from(start))
    if reader.word("in"):
        return In(left, _among(reader), negated, reader.span_from(start))
    return left


def _pattern(reader: Reader) -> Expression:
    if reader.next.kind is Kind.REGEX:
        token = reader.take()
        return Regex(token.value, token.span)
    return _sum(reader)


def _among(reader: Reader) -> tuple[Expression, ...] | Query:
    if reader.is_mark("(") and reader.after_next().word == "source":
        return bracketed_query(reader)
    closing = {"[": "]", "(": ")"}
    opened = reader.mark(*closing) or reader.fail("'[' after 'in'")
    if reader.mark(closing[opened.value]):
        return ()
    found = bounded(reader.listed(lambda: literal(reader)), limits.INSIGHTS_LIST, "values in a list", opened.span)
    reader.need_mark(closing[opened.value])
    return tuple(found)


def bracketed_query(reader: Reader) -> Query:
    """A query between brackets. Raises: LanguageError."""
    reader.need_mark("(")
    reader.depth += 1
    found = _QUERIES[0](reader)
    reader.depth -= 1
    reader.need_mark(")")
    return found


def literal(reader: Reader) -> Expression:
    """A string, a number or a boolean. Raises: LanguageError."""
    token = reader.next
    if token.kind is Kind.STRING:
        return Text(reader.take().value, token.span)
    if reader.is_word("true", "false"):
        return Boolean(reader.take().word == "true", token.span)
    if reader.is_mark("-") and reader.after_next().kind is Kind.NUMBER:
        reader.take()
        return Number(f"-{reader.take().value}", reader.span_from(token.span[0]))
    if token.kind is Kind.NUMBER:
        return Number(reader.take().value, token.span)
    return reader.fail("a string or a number")


def _sum(reader: Reader) -> Expression:
    return _chain(reader, ("+", "-"), _product)


def _product(reader: Reader) -> Expression:
    return _chain(reader, ("*", "/", "%"), _power)


def _power(reader: Reader) -> Expression:
    start = reader.next.span[0]
    base = _unary(reader)
    if not reader.mark("^"):
        return base
    if reader.depth >= limits.INSIGHTS_NESTING:
        reader.fail(f"at most {limits.INSIGHTS_NESTING} levels of nesting")
    reader.depth += 1
    exponent = _power(reader)
    reader.depth -= 1
    return Binary("^", base, exponent, reader.span_from(start))


def _unary(reader: Reader) -> Expression:
    start = reader.next.span[0]
    negations = 0
    while reader.mark("-"):
        negations += 1
    if negations and reader.next.kind is Kind.NUMBER and reader.after_next().word not in SPELLINGS:
        token = reader.take()
        return Number("-" * (negations % 2) + token.value, reader.span_from(start))
    found = _primary(reader)
    return Unary("-", found, reader.span_from(start)) if negations % 2 else found


def _primary(reader: Reader) -> Expression:
    token = reader.next
    if token.kind is Kind.NUMBER:
        reader.take()
        # `sort n desc` has a number-free unit behind it, `limit 5 m` none: only what touches or is spelt as one counts.
        if token.value.isdecimal() and reader.next.word in SPELLINGS:
            unit = SPELLINGS[reader.take().word]
            return Period(int(token.value), unit.spellings[0], reader.span_from(token.span[0]))
        return Number(token.value, token.span)
    if token.kind is Kind.STRING:
        return Text(reader.take().value, token.span)
    if token.kind is Kind.REGEX:
        return Regex(reader.take().value, token.span)
    if reader.is_mark("("):
        reader.take()
        found = expression(reader)
        reader.need_mark(")")
        return found
    if token.kind is Kind.NAME:
        if reader.after_next().kind is Kind.MARK and reader.after_next().value == "(" and not token.quoted:
            return _call(reader)
        if token.word in ("true", "false"):
            return Boolean(reader.take().word == "true", token.span)
        if token.word not in _RESERVED:
            reader.take()
            return Name(token.parts, token.span)
    return reader.fail("a field, a function or a value")


def _call(reader: Reader) -> Call:
    token = reader.take()
    reader.need_mark("(")
    star, arguments = False, tuple[Expression, ...]()
    if reader.is_mark("*") and reader.after_next().value == ")":
        star = bool(reader.take())
    elif not reader.is_mark(")"):
        found = reader.listed(lambda: expression(reader))
        arguments = tuple(bounded(found, limits.INSIGHTS_ITEMS, "arguments", token.span))
    reader.need_mark(")")
    start = token.span[0]
    return Call(token.value, arguments, star, reader.source(start), reader.span_from(start))


# ── back to text ─────────────────────────────────────────────────────────────────────────────────────────────────────


def render(node: Expression) -> str:
    """Text that parses to the same expression."""
    match node:
        case Text(value):
            return quoted(value)
        case Number(value):
            return value
        case Boolean(value):
            return "true" if value else "false"
        case Regex(value):
            return "/" + value.replace("/", "\\/") + "/"
        case Period(count, unit):
            return f"{count}{unit}"
        case Name(parts):
            return name(parts)
        case Call(called, arguments, star):
            return f"{called}({'*' if star else ', '.join(map(render, arguments))})"
        case Unary("not", operand):
            return f"(not {render(operand)})"
        case Unary(_, operand):
            return f"(-{render(operand)})"
        case Binary(operator, left, right):
            return f"({render(left)} {operator} {render(right)})"
        case In(operand, among, negated):
            return f"({render(operand)} {'not ' * negated}in {_rendered_among(among)})"
        case _:
            assert_never(node)


def render_items(found: tuple[Item, ...]) -> str:
    """Text that parses to the same items."""
    return ", ".join(
        render(each.expression) + (f" as {name((each.alias,))}" if each.alias is not None else "") for each in found
    )


def name(parts: tuple[str, ...]) -> str:
    """A name as it may be written, in backticks where it must be."""
    first, *rest = (part if _PLAIN.fullmatch(part) or part.isdecimal() else f"`{part}`" for part in parts)
    head = f"`{parts[0]}`" if parts[0].lower() in _RESERVED | SPELLINGS.keys() else first
    return ".".join([head, *rest])


def quoted(value: str) -> str:
    """A string between quotes."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _rendered_among(among: tuple[Expression, ...] | Query) -> str:
    if isinstance(among, Query):
        return "(" + " | ".join(command.render() for command in among.commands) + ")"
    return f"[{', '.join(map(render, among))}]"
