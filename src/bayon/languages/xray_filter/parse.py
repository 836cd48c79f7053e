"""Tokens → tree, by descent. The parser knows in which braces it is: a keyword out of its place is an error there."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Literal, cast

from bayon import limits
from bayon.errors import LanguageError
from bayon.languages.xray_filter import tree as nodes
from bayon.languages.xray_filter.keywords import KEYWORDS, OPERATORS, Scope, Type
from bayon.languages.xray_filter.tokens import Span, Token, tokens
from bayon.languages.xray_filter.tree import CauseKind, Level, Node, Operator, Tree, Value

_WORD_OPERATORS = {"CONTAINS", "BEGINSWITH", "ENDSWITH"}
_CAUSES = {f"rootcause.{kind}.{level}": (kind, level) for kind in ("fault", "error", "responsetime")
           for level in ("service", "entity", "exception")}  # fmt: skip
_PARTS = {"name": "name", "type": "type", "account.id": "account"}


def parse(text: str) -> Tree:
    """The tree of a filter expression; an empty one holds for every trace. Raises: LanguageError."""
    parser = _Parser(_bounded(text))
    found = parser.expression("trace") if parser.at.kind != "end" else nodes.All(())
    parser.expect_end()
    return found


def parse_selector(text: str) -> nodes.Service | nodes.Edge:
    """The service or the edge that an entity selector expression names. Raises: LanguageError."""
    parser = _Parser(_bounded(text))
    found = parser.selector()
    parser.expect_end()
    return found


def _bounded(text: str) -> list[Token]:
    if len(text) > limits.FILTER_EXPRESSION_CHARS:
        most = limits.FILTER_EXPRESSION_CHARS
        raise LanguageError(f"expected at most {most:,} characters, found {len(text):,}", (most, len(text)))
    return tokens(text)


class _Parser:
    """Where it is in the tokens, and how deep."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._place = 0
        self._depth = 0

    @property
    def at(self) -> Token:
        return self._tokens[self._place]

    def expression(self, scope: Scope) -> Tree:
        """Terms with AND, or nothing, between them, and OR between those."""
        self._depth += 1
        if self._depth > limits.FILTER_NESTING:
            raise LanguageError(f"expected at most {limits.FILTER_NESTING} levels of nesting, found more", self.at.span)
        start = self.at.span[0]
        either = [self._both(scope)]
        while self._word("or"):
            either.append(self._both(scope))
        self._depth -= 1
        return either[0] if len(either) == 1 else nodes.Any(tuple(either), self._since(start))

    def selector(self) -> nodes.Service | nodes.Edge:
        """One `service(…)`, `edge(…)` or `id(…)`, whose filter would mean nothing here."""
        token = self.at
        found: Tree
        if self._called("id"):
            node = self._id(token.span[0])
            return nodes.Service(node, span=node.span)
        if token.kind == "word" and token.text.lower() in ("service", "edge"):
            found = self._term("trace")
            if isinstance(found, (nodes.Service, nodes.Edge)) and found.filter is None:
                return found
        raise LanguageError(f"expected service(…), edge(…) or id(…), found {token}", token.span)

    def expect_end(self) -> None:
        if self.at.kind != "end":
            raise LanguageError(f"expected an operator or the end, found {self.at}", self.at.span)

    def _both(self, scope: Scope) -> Tree:
        start = self.at.span[0]
        terms = [self._not(scope)]
        while self._word("and") or self._begins_term():
            terms.append(self._not(scope))
        return terms[0] if len(terms) == 1 else nodes.All(tuple(terms), self._since(start))

    def _begins_term(self) -> bool:
        token = self.at
        if token.kind == "word":
            return token.text.lower() != "or" and token.text.upper() not in _WORD_OPERATORS
        return token.kind == "key" or (token.kind == "mark" and token.text in "(!")

    def _not(self, scope: Scope) -> Tree:
        start = self.at.span[0]
        negations = 0
        while self._mark("!"):
            negations += 1
        term = self._term(scope)
        return nodes.Not(term, self._since(start)) if negations % 2 else term

    def _term(self, scope: Scope) -> Tree:
        start, token = self.at.span[0], self.at
        if self._mark("("):
            inner = self.expression(scope)
            self._expect(")")
            return inner
        if token.kind == "key":
            return self._annotation(scope)
        if token.kind != "word":
            raise LanguageError(f"expected a keyword, found {token}", token.span)
        keyword = token.text.lower()
        special: dict[str, Callable[[int], Tree]] = {
            "service": self._service,
            "edge": self._edge,
            "group.name": self._group,
            "group.arn": self._group,
            "rootcause.json": self._template,
            **dict.fromkeys(_CAUSES, self._cause),
        }
        if keyword in special:
            if scope != "trace":
                raise LanguageError(f"expected a keyword of a {scope} inside the braces, found {token}", token.span)
            return special[keyword](start)
        return self._test(scope, keyword)

    def _test(self, scope: Scope, keyword: str) -> Tree:
        token = self._next()
        type_, scopes = KEYWORDS.get(keyword, ("bool", ()))
        if not scopes:
            raise LanguageError(f"expected a keyword, found {token}", token.span)
        if scope not in scopes:
            where = "outside braces" if scope == "trace" else f"inside the braces of a {scope}"
            raise LanguageError(f"expected a keyword that can stand {where}, found {token}", token.span)
        operator = self._operator(type_)
        if operator is None:
            return nodes.Test(keyword, span=token.span)
        value = self._value(type_)
        return nodes.Test(keyword, operator, value, self._since(token.span[0]))

    def _annotation(self, scope: Scope) -> Tree:
        token = self._next()
        if scope not in ("trace", "service"):
            raise LanguageError("expected a keyword that can stand inside the braces, found an annotation", token.span)
        operator = self._operator(None)
        if operator is None:
            return nodes.Annotation(token.text, span=token.span)
        value = self._annotation_value(operator)
        return nodes.Annotation(token.text, operator, value, self._since(token.span[0]))

    def _annotation_value(self, operator: Operator) -> Value:
        token = self.at
        value = self._value(None)
        if isinstance(value, str) and operator in OPERATORS["number"] - OPERATORS["text"]:
            raise LanguageError(f"expected a number behind {operator!r}, found {token}", token.span)
        if not isinstance(value, str) and operator in _WORD_OPERATORS:
            raise LanguageError(f"expected a string behind {operator}, found {token}", token.span)
        if isinstance(value, bool) and operator not in OPERATORS["bool"]:
            raise LanguageError(f"expected '=' or '!=' before {token}, found {operator!r}", token.span)
        return value

    def _operator(self, type_: Type | None) -> Operator | None:
        token = self.at
        text = token.text.upper() if token.kind == "word" else token.text
        if token.kind != "operator" and text not in _WORD_OPERATORS:
            return None
        if type_ is not None and text not in OPERATORS[type_]:
            fitting = ", ".join(sorted(OPERATORS[type_]))
            raise LanguageError(f"expected one of {fitting} for a {type_}, found {token}", token.span)
        self._next()
        return cast("Operator", text)

    def _value(self, type_: Type | None) -> Value:
        token = self._next()
        word = token.text.lower() if token.kind == "word" else ""
        match type_:
            case "bool" if word in ("true", "false"):
                return word == "true"
            case "number" if token.kind == "number":
                return float(token.text)
            case "text" if token.kind in ("string", "word"):
                return token.text
            case None if token.kind == "number":
                return float(token.text)
            case None if word in ("true", "false"):
                return word == "true"
            case None if token.kind in ("string", "word"):
                return token.text
        wanted = {"bool": "true or false", "number": "a number", "text": "a string", None: "a value"}[type_]
        raise LanguageError(f"expected {wanted}, found {token}", token.span)

    def _service(self, start: int) -> Tree:
        self._next()
        self._expect("(")
        node = Node()
        if not self._mark(")"):
            node = self._node()
            self._expect(")")
        return nodes.Service(node, self._braces("service"), self._since(start))

    def _edge(self, start: int) -> Tree:
        self._next()
        self._expect("(")
        source = target = Node()
        if not self._mark(")"):
            source = self._node()
            self._expect(",")
            target = self._node()
            self._expect(")")
        return nodes.Edge(source, target, self._braces("edge"), self._since(start))

    def _cause(self, start: int) -> Tree:
        kind, level = _CAUSES[self._next().text.lower()]
        scope = cast("Scope", f"cause {level}")
        return nodes.Cause(cast("CauseKind", kind), cast("Level", level), self._braces(scope), self._since(start))

    def _template(self, start: int) -> Tree:
        self._next()
        operator = self._equality()
        token = self._next()
        if token.kind != "json":
            raise LanguageError(f"expected '#' and a JSON array, found {token}", token.span)
        return nodes.CauseTemplate(operator, _checked_json(token), self._since(start))

    def _group(self, start: int) -> Tree:
        by = self._next().text.lower().removeprefix("group.")
        operator = self._equality()
        value = str(self._value("text"))
        return nodes.Group("name" if by == "name" else "arn", operator, value, self._since(start))

    def _equality(self) -> Literal["=", "!="]:
        token = self._next()
        if token.kind == "operator" and token.text == "=":
            return "="
        if token.kind == "operator" and token.text == "!=":
            return "!="
        raise LanguageError(f"expected '=' or '!=', found {token}", token.span)

    def _braces(self, scope: Scope) -> Tree | None:
        if not self._mark("{"):
            return None
        inner = self.expression(scope)
        self._expect("}")
        return inner

    def _node(self) -> Node:
        token = self.at
        if self._called("id"):
            return self._id(token.span[0])
        if token.kind in ("string", "word"):
            return Node(name=self._next().text, span=token.span)
        raise LanguageError(f"expected a service's name or id(…), found {token}", token.span)

    def _id(self, start: int) -> Node:
        self._next()
        self._expect("(")
        given: dict[str, str] = {}
        while not self._mark(")"):
            if given:
                self._expect(",")
            token = self._next()
            part = _PARTS.get(token.text.lower()) if token.kind == "word" else None
            if part is None or part in given:
                raise LanguageError(f"expected name, type or account.id, found {token}", token.span)
            self._expect(":")
            given[part] = str(self._value("text"))
        return Node(**given, span=self._since(start))

    def _called(self, word: str) -> bool:
        after = self._tokens[min(self._place + 1, len(self._tokens) - 1)]
        return self.at.kind == "word" and self.at.text.lower() == word and after.text == "("

    def _word(self, word: str) -> bool:
        if self.at.kind == "word" and self.at.text.lower() == word:
            self._next()
            return True
        return False

    def _mark(self, mark: str) -> bool:
        if self.at.kind == "mark" and self.at.text == mark:
            self._next()
            return True
        return False

    def _expect(self, mark: str) -> None:
        if not self._mark(mark):
            raise LanguageError(f"expected {mark!r}, found {self.at}", self.at.span)

    def _next(self) -> Token:
        token = self.at
        if token.kind != "end":
            self._place += 1
        return token

    def _since(self, start: int) -> Span:
        return (start, self._tokens[self._place - 1].span[1])


def _checked_json(token: Token) -> str:
    """The JSON text in one spelling. Raises: LanguageError unless it is an array of objects."""
    try:
        value = json.loads(token.text)
    except (ValueError, RecursionError) as err:
        raise LanguageError(f"expected a JSON array, found {token.text[:40]!r}", token.span) from err
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise LanguageError(f"expected a JSON array of root causes, found {token.text[:40]!r}", token.span)
    return json.dumps(value, ensure_ascii=False)
