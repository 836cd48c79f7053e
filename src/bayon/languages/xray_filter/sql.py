"""Tree → SQL: one condition over the columns of `trace_summaries`, its values bound parameters.

Groups are replaced by their expressions before (`groups.py`). What is absent compares with nothing, so every comparison
says that its field is there; nothing here is ever null.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any as Json
from typing import assert_never

from bayon.errors import LanguageError
from bayon.languages.xray_filter import tree as nodes
from bayon.languages.xray_filter.tree import Node, Operator, Test, Tree, Value
from bayon.store import trace_rows as columns

_CAUSE_KINDS = {"fault": columns.FAULT_CAUSE, "error": columns.ERROR_CAUSE, "responsetime": columns.SLOW_CAUSE}
_FACTS = {
    "user": columns.USER,
    "availabilityzone": columns.ZONE,
    "instance.id": columns.INSTANCE,
    "resource.arn": columns.ARN,
}
_TEXTS = {"http.url": "url", "http.method": "method", "http.useragent": "agent", "http.clientip": "ip"}
_FLAGS = {
    "error": columns.ERROR,
    "throttle": columns.THROTTLE,
    "fault": columns.FAULT,
    "partial": columns.PARTIAL,
    "inferred": columns.INFERRED,
    "root": columns.ROOT,
}
_NEVER = "0"


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL that is true of the rows meant, and the values of its parameters by name."""

    sql: str
    parameters: dict[str, Value]


@dataclass(frozen=True, slots=True)
class Bool:
    sql: str


@dataclass(frozen=True, slots=True)
class Number:
    """`given` is SQL that tells whether there is a value."""

    sql: str
    given: str


@dataclass(frozen=True, slots=True)
class Text:
    """Absent where it is empty."""

    sql: str


@dataclass(frozen=True, slots=True)
class Facts:
    """All texts of a kind, those of one segment where `segment` is SQL for its place."""

    kind: int
    segment: str = ""


Field = Bool | Number | Text | Facts
Place = Callable[[str], Field]


def compile_filter(tree: Tree) -> Condition:
    """The condition that a trace's row meets when the expression holds. Raises: LanguageError."""
    compiler = _Compiler()
    sql = compiler.tree(tree, _of_trace)
    return Condition(sql, compiler.parameters)


class _Rows:
    """Columns of arrays of one length, walked together; only those that are asked for are read."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._used: dict[str, str] = {}

    def __call__(self, column: str) -> str:
        return self._used.setdefault(column, f"e{self._number}_{len(self._used)}")

    def place(self, column: str) -> str:
        """The place of the element, from 1."""
        return self(f"arrayEnumerate({column})")

    def exists(self, condition: str) -> str:
        if not self._used:
            return condition
        return f"arrayExists(({', '.join(self._used.values())}) -> {condition}, {', '.join(self._used)})"


def _of_trace(keyword: str) -> Field:
    if keyword in _FACTS:
        return Facts(_FACTS[keyword])
    if keyword in _TEXTS:
        return Text(f"s_{_TEXTS[keyword]}[entry]")
    match keyword:
        case "ok":
            return Bool(_ok("flags"))
        case "responsetime":
            return Number("response_ms / 1000", "response_ms >= 0")
        case "duration":
            return Number("duration_ms / 1000", "duration_ms >= 0")
        case "http.status":
            return Number("s_status[entry]", "s_status[entry] != 0")
    return Bool(_bit("flags", _FLAGS[keyword]))


def _of_entity(rows: _Rows, prefix: str, type_: str, keyword: str) -> Field:
    """In: `s` for segments or `c` for calls; `type_` is that of a node which the columns do not hold."""
    if keyword in _FACTS:
        return Facts(_FACTS[keyword], rows.place("s_node")) if prefix == "s" else Text("''")
    if keyword in _TEXTS:
        return Text(rows(f"{prefix}_{_TEXTS[keyword]}"))
    match keyword:
        case "ok":
            return Bool(_ok(rows(f"{prefix}_flags")))
        case "responsetime":
            return _time(rows(f"{prefix}_took_us"))
        case "duration":
            return _time(rows("s_span_us" if prefix == "s" else "c_took_us"))
        case "http.status":
            status = rows(f"{prefix}_status")
            return Number(status, f"{status} != 0")
        case "type" if type_:
            return Text(f"'{type_}'")
        case "root" if type_:
            return Bool(_NEVER)
        case "name" | "type" | "account.id":
            part = ("name", "type", "account.id").index(keyword) + 1
            return Text(_part(rows("s_node" if prefix == "s" else "c_to"), part))
    return Bool(_bit(rows(f"{prefix}_flags"), _FLAGS[keyword]))


def _of_cause(element: str, place: str, among: str, keyword: str) -> Field:
    """In: SQL for the element of a list in a root cause, its place from 1, and the list."""
    match keyword:
        case "first":
            return Bool(f"{place} = 1")
        case "last":
            return Bool(f"{place} = length({among})")
        case "index":
            return Number(f"({place} - 1)", "1")
        case "coverage":
            return Number(_member(element, "coverage"), "1")
        case "remote" | "inferred":
            return Bool(f"{_member(element, keyword)} = 1")
    return Text(_member(element, keyword))


class _Compiler:
    """Numbers the parameters and the variables of one expression."""

    def __init__(self) -> None:
        self.parameters: dict[str, Value] = {}
        self._rows = 0

    def tree(self, tree: Tree, place: Place) -> str:
        match tree:
            case nodes.All():
                return self._joined(" AND ", tree.terms, place, "1")
            case nodes.Any():
                return self._joined(" OR ", tree.terms, place, "0")
            case nodes.Not():
                return f"NOT ({self.tree(tree.term, place)})"
            case nodes.Test():
                return self._test(tree, place(tree.keyword))
            case nodes.Annotation():
                user = place("user")
                return self._annotation(tree, user.segment if isinstance(user, Facts) else None)
            case nodes.Service():
                return self._service(tree)
            case nodes.Edge():
                return self._edge(tree)
            case nodes.Cause():
                return self._cause(tree)
            case nodes.CauseTemplate():
                return self._template(tree)
            case nodes.Group():
                raise LanguageError(f"expected a group that exists, found {tree.value!r}", tree.span)
            case _:
                assert_never(tree)

    def _joined(self, by: str, terms: Sequence[Tree], place: Place, empty: str) -> str:
        return f"({by.join(self.tree(term, place) for term in terms)})" if terms else empty

    def _bound(self, value: Value) -> str:
        name = f"f{len(self.parameters)}"
        self.parameters[name] = value
        return f"{{{name}:{'String' if isinstance(value, str) else 'Float64'}}}"

    def _new_rows(self) -> _Rows:
        self._rows += 1
        return _Rows(self._rows)

    def _test(self, test: Test, field: Field) -> str:
        match field:
            case Bool():
                wanted = test.operator is None or (test.value is True) == (test.operator == "=")
                return f"({field.sql})" if wanted else f"NOT ({field.sql})"
            case Number():
                if test.operator is None:
                    return f"({field.given})"
                return f"({field.given} AND {field.sql} {test.operator} {self._bound(test.value)})"
            case Text():
                return self._text(field.sql, test.operator, str(test.value))
            case Facts():
                return self._facts(field, test)
            case _:
                assert_never(field)

    def _text(self, sql: str, operator: Operator | None, value: str) -> str:
        given = f"{sql} != ''"
        match operator:
            case None:
                return f"({given})"
            case "=" | "!=":
                return f"({given} AND {sql} {operator} {self._bound(value)})"
            case "CONTAINS" | "BEGINSWITH" | "ENDSWITH":
                how = {"CONTAINS": "position({}, {}) > 0", "BEGINSWITH": "startsWith({}, {})"}
                holds = how.get(operator, "endsWith({}, {})").format(sql, self._bound(value))
                return f"({given} AND {holds})" if value else f"({given})"
        raise AssertionError(f"a text is not compared by {operator}")

    def _facts(self, facts: Facts, test: Test) -> str:
        rows = self._new_rows()
        which = f"{rows('f_kind')} = {facts.kind}"
        if facts.segment:
            which += f" AND {rows('f_segment')} = {facts.segment}"
        if test.operator is None:
            return rows.exists(which)
        if test.operator == "!=":
            equal = self._facts(facts, Test(test.keyword, "=", test.value))
            return f"({rows.exists(which)} AND NOT ({equal}))"
        found = rows.exists(f"{which} AND {self._text(rows('f_text'), test.operator, str(test.value))}")
        if test.operator == "=":  # what an index of the column can answer
            return f"(has(f_text, {self._bound(test.value)}) AND {found})"
        return found

    def _annotation(self, test: nodes.Annotation, segment: str | None) -> str:
        """In: `segment` is SQL for the place of the segment meant, empty for any, none for one that has none."""
        if segment is None:
            return _NEVER
        rows = self._new_rows()
        which = self._same_key(rows("a_key"), test.key)
        if segment:
            which += f" AND {rows('a_segment')} = {segment}"
        value, operator = test.value, test.operator
        if operator is None:
            return rows.exists(f"{which} AND ({rows('a_kind')} != {columns.BOOL} OR {rows('a_number')} = 1)")
        kind = columns.annotation_kind(value)
        which += f" AND {rows('a_kind')} = {kind}"
        if operator == "!=":
            equal = self._annotation(nodes.Annotation(test.key, "=", value), segment)
            return f"({rows.exists(which)} AND NOT ({equal}))"
        if isinstance(value, str):
            found = rows.exists(f"{which} AND {self._annotation_text(rows('a_text'), operator, value)}")
            return f"(has(a_text, {self._bound(value)}) AND {found})" if operator == "=" else found
        return rows.exists(f"{which} AND {rows('a_number')} {operator} {self._bound(float(value))}")

    def _annotation_text(self, sql: str, operator: Operator, value: str) -> str:
        """An annotation may be an empty text, so `= ""` is true of it."""
        if operator == "=":
            return f"{sql} = {self._bound(value)}"
        return self._text(sql, operator, value) if value else "1"

    def _same_key(self, sql: str, key: str) -> str:
        plain = key.replace(".", "_")
        if "_" not in plain:
            return f"{sql} = {self._bound(key)}"
        return f"replaceAll({sql}, '.', '_') = {self._bound(plain)}"

    def _matches(self, node: Node, sql: str) -> str:
        """SQL that is true of a node's key. A node answers to its own name and to that of the service it is of."""
        conditions = []
        if node.name is not None:
            first, last = self._bound(node.name + columns.SEPARATOR), self._bound(columns.SEPARATOR + node.name)
            conditions.append(f"(startsWith({sql}, {first}) OR endsWith({sql}, {last}))" if node.name else _NEVER)
        if node.type is not None:
            conditions.append(f"{_part(sql, 2)} = {self._bound(node.type)}")
        if node.account is not None:
            conditions.append(f"{_part(sql, 3)} = {self._bound(node.account)}")
        return " AND ".join(conditions) or "1"

    def _client(self, node: Node, rows: _Rows) -> str:
        """SQL that is true of a segment that a client called, where the client is the node."""
        if node.type not in (None, columns.CLIENT_TYPE) or node.account:
            return _NEVER
        is_client = _bit(rows("s_flags"), columns.CLIENT)
        return is_client + ("" if node.name is None else f" AND {self._matches(Node(node.name), rows('s_node'))}")

    def _filtered(self, condition: str, filter_: Tree | None, rows: _Rows, prefix: str, type_: str = "") -> str:
        if condition == _NEVER:
            return _NEVER
        if filter_ is not None:
            condition += f" AND {self.tree(filter_, partial(_of_entity, rows, prefix, type_))}"
        return rows.exists(condition)

    def _service(self, service: nodes.Service) -> str:
        real, inferred, client = self._new_rows(), self._new_rows(), self._new_rows()
        matches = self._matches(service.node, real("s_node"))
        called = f"{_bit(inferred('c_flags'), columns.INFERRED)} AND {self._matches(service.node, inferred('c_to'))}"
        asked = self._client(service.node, client)
        parts = [
            self._filtered(matches, service.filter, real, "s"),
            self._filtered(called, service.filter, inferred, "c"),
            self._filtered(asked, service.filter, client, "s", columns.CLIENT_TYPE),
        ]
        return f"({' OR '.join(part for part in parts if part != _NEVER)})"

    def _edge(self, edge: nodes.Edge) -> str:
        call, direct, client = self._new_rows(), self._new_rows(), self._new_rows()
        made = f"{self._matches(edge.source, call('c_from'))} AND {self._matches(edge.target, call('c_to'))}"
        parent = direct("s_parent")
        below = (
            f"{parent} != '' AND {self._matches(edge.source, parent)} "
            f"AND {self._matches(edge.target, direct('s_node'))}"
        )
        asked = self._client(edge.source, client)
        if asked != _NEVER:
            asked += f" AND {self._matches(edge.target, client('s_node'))}"
        parts = [
            self._filtered(made, edge.filter, call, "c"),
            self._filtered(below, edge.filter, direct, "s"),
            self._filtered(asked, edge.filter, client, "s"),
        ]
        return f"({' OR '.join(part for part in parts if part != _NEVER)})"

    def _cause(self, cause: nodes.Cause) -> str:
        levels = ["services"] + ([] if cause.level == "service" else ["entities"])
        levels += ["exceptions"] if cause.level == "exception" else []
        condition = self._in_list("c", levels, cause.filter)
        return f"arrayExists(c -> tupleElement(c, 'kind') = {_CAUSE_KINDS[cause.kind]} AND {condition}, causes)"

    def _in_list(self, owner: str, levels: Sequence[str], filter_: Tree | None) -> str:
        among, element, place = _member(owner, levels[0]), f"{owner}e", f"{owner}p"
        if len(levels) > 1:
            condition = self._in_list(element, levels[1:], filter_)
        elif filter_ is None:
            condition = "1"
        else:
            condition = self.tree(filter_, partial(_of_cause, element, place, among))
        return f"arrayExists(({element}, {place}) -> {condition}, {among}, arrayEnumerate({among}))"

    def _template(self, template: nodes.CauseTemplate) -> str:
        given = json.loads(template.json)
        any_ = " OR ".join(self._like("c", each, "cause", template) for each in given) or _NEVER
        holds = f"arrayExists(c -> {any_}, causes)"
        return holds if template.operator == "=" else f"NOT ({holds})"

    def _like(self, element: str, given: Json, level: str, template: nodes.CauseTemplate) -> str:
        """SQL that is true where every member given is the element's; lists are equally long."""
        if not isinstance(given, dict):
            raise LanguageError(f"expected an object for each {level} of the root cause", template.span)
        conditions = ["1"]
        for name, value in given.items():
            if (level, name) not in _MEMBERS:
                raise LanguageError(f"expected a member of a {level} of a root cause, found {name!r}", template.span)
            member, inner = _MEMBERS[level, name]
            sql = _member(element, member)
            if inner:
                conditions.append(self._like_list(sql, value, inner, template))
            elif name == "Names":
                conditions.append(f"[{sql}] = {self._texts(value, template)}")
            else:
                conditions.append(self._same(sql, member, value, template))
        return f"({' AND '.join(conditions)})"

    def _like_list(self, sql: str, given: Json, level: str, template: nodes.CauseTemplate) -> str:
        if not isinstance(given, list):
            raise LanguageError(f"expected a list of each {level} of the root cause", template.span)
        each = [self._like(f"{sql}[{place}]", element, level, template) for place, element in enumerate(given, 1)]
        return " AND ".join([f"length({sql}) = {len(given)}", *each])

    def _texts(self, given: Json, template: nodes.CauseTemplate) -> str:
        if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
            raise LanguageError("expected a list of names in the root cause", template.span)
        return f"[{', '.join(self._bound(each) for each in given)}]" if given else "emptyArrayString()"

    def _same(self, sql: str, member: str, value: Json, template: nodes.CauseTemplate) -> str:
        if member in ("inferred", "remote", "impacting"):
            fits = isinstance(value, bool)
        elif member == "coverage":
            fits = isinstance(value, (int, float)) and not isinstance(value, bool)
        else:
            fits = isinstance(value, str) or value is None
        if not fits:
            raise LanguageError(f"expected another type of value for {member!r} of the root cause", template.span)
        return f"{sql} = {self._bound('' if value is None else value if isinstance(value, str) else float(value))}"


# Members of a root cause's template by their level: the column's member, and the level of a list's elements.
_MEMBERS = {
    ("cause", "ClientImpacting"): ("impacting", ""),
    ("cause", "Services"): ("services", "service"),
    ("service", "Name"): ("name", ""),
    ("service", "Names"): ("name", ""),
    ("service", "Type"): ("type", ""),
    ("service", "AccountId"): ("account", ""),
    ("service", "Inferred"): ("inferred", ""),
    ("service", "EntityPath"): ("entities", "entity"),
    ("entity", "Name"): ("name", ""),
    ("entity", "Remote"): ("remote", ""),
    ("entity", "Coverage"): ("coverage", ""),
    ("entity", "Exceptions"): ("exceptions", "exception"),
    ("exception", "Name"): ("name", ""),
    ("exception", "Message"): ("message", ""),
}


def _time(took_us: str) -> Number:
    return Number(f"intDiv({took_us} + 500, 1000) / 1000", f"{took_us} >= 0")


def _bit(sql: str, flag: int) -> str:
    return f"bitAnd({sql}, {flag}) != 0"


def _ok(sql: str) -> str:
    return f"bitAnd({sql}, {columns.ERROR | columns.THROTTLE | columns.FAULT}) = 0"


def _part(sql: str, place: int) -> str:
    return f"splitByChar(char({ord(columns.SEPARATOR)}), {sql})[{place}]"


def _member(sql: str, name: str) -> str:
    return f"tupleElement({sql}, '{name}')"
