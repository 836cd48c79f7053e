"""Functions with rules of their own: of time, of branches, of regular expressions and of literals.

Source: logs.md §3.7.
"""

from __future__ import annotations

import ipaddress
import zoneinfo
from typing import TYPE_CHECKING

from bayon import limits
from bayon.errors import LanguageError
from bayon.languages.insights import periods
from bayon.languages.insights.compile import condition, pattern, value
from bayon.languages.insights.functions import Special, check_count
from bayon.languages.insights.tree import Call, Expression, Period, Regex, Text
from bayon.languages.insights.value import NUMERIC, Kind, Value, boolean, number, text

if TYPE_CHECKING:
    from bayon.languages.insights.plan import Plan

# strftime → the engine's letters; the others are the same in both.
_STRFTIME = {"M": "%i", "B": "%M", "A": "%W", "n": "\n", "t": "\t", "L": "%f"}
_STRFTIME_SAME = frozenset("aCcDdeFfGgHhIjklmpQRrSTUuVwyYzZ%")


def _bin(plan: Plan, node: Call) -> Value:
    check_count(node, 1, 1)
    if not plan.has_events:
        plan.unknown(node.source or node.name, node.span)
    return Value(Kind.TIME, periods.floor("at_ms", period(node, 0)), nullable=False)


def _datefloor(plan: Plan, node: Call) -> Value:
    check_count(node, 2, 2)
    return Value(Kind.TIME, periods.floor(value(plan, node.arguments[0]).time, period(node, 1)))


def _dateceil(plan: Plan, node: Call) -> Value:
    check_count(node, 2, 2)
    return Value(Kind.TIME, periods.ceil(value(plan, node.arguments[0]).time, period(node, 1)))


def period(node: Call, place: int) -> Period:
    """The argument as a length of time. Raises: LanguageError."""
    found = node.arguments[place]
    if not isinstance(found, Period) or found.count < 1:
        raise LanguageError(f"expected a length of time such as 5m in {node.name}", found.span)
    return found


def _now(plan: Plan, node: Call) -> Value:
    check_count(node, 0, 0)
    return _whole(plan, plan.world.now_ms // 1000)


def _query_start(plan: Plan, node: Call) -> Value:
    check_count(node, 0, 0)
    return _whole(plan, plan.world.start_ms)


def _query_end(plan: Plan, node: Call) -> Value:
    check_count(node, 0, 0)
    return _whole(plan, plan.world.end_ms)


def _query_range(plan: Plan, node: Call) -> Value:
    check_count(node, 0, 0)
    return _whole(plan, plan.world.end_ms - plan.world.start_ms)


def _whole(plan: Plan, held: int) -> Value:
    return Value(Kind.NUMBER, plan.values.bind(held, "Int64"), nullable=False)


def _zone(node: Call, place: int) -> str:
    if len(node.arguments) <= place:
        return "UTC"
    said = literal(node, place)
    try:
        zoneinfo.ZoneInfo(said)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as err:
        raise LanguageError(
            f"expected a time zone such as Europe/Berlin, found {said}", node.arguments[place].span
        ) from err
    return said


def literal(node: Call, place: int) -> str:
    """The argument, which must be a string that is written out. Raises: LanguageError."""
    found = node.arguments[place]
    if not isinstance(found, Text):
        raise LanguageError(f"expected a string as argument {place + 1} of {node.name}", found.span)
    return found.value


def _parse_date(plan: Plan, node: Call) -> Value:
    check_count(node, 2, 3)
    said, bind = literal(node, 1), plan.values.bind
    name = "parseDateTime64InJodaSyntaxOrNull" if "S" in said else "parseDateTimeInJodaSyntaxOrNull"
    parsed = f"{name}({value(plan, node.arguments[0]).text}, {bind(said, 'String')}, {bind(_zone(node, 2), 'String')})"
    return number(f"toFloat64(toUnixTimestamp64Milli(toDateTime64({parsed}, 3)))")


def _format_date(plan: Plan, node: Call) -> Value:
    check_count(node, 2, 3)
    said, letters = literal(node, 1), []
    at = 0
    while at < len(said):
        if said[at] != "%":
            letters.append(said[at])
        else:
            at += 1
            letter = said[at : at + 1]
            if letter not in _STRFTIME and (not letter or letter not in _STRFTIME_SAME):
                raise LanguageError(f"expected a strftime format, found %{letter} in it", node.arguments[1].span)
            letters.append(_STRFTIME.get(letter, f"%{letter}"))
        at += 1
    zone = plan.values.bind(_zone(node, 2), "String")
    moment = f"fromUnixTimestamp64Milli({value(plan, node.arguments[0]).time}, {zone})"
    return text(f"formatDateTime({moment}, {plan.values.bind(''.join(letters), 'String')}, {zone})")


def _if(plan: Plan, node: Call) -> Value:
    check_count(node, 3, 3)
    tested, yes, no = node.arguments
    return _branches(plan, [(tested, yes)], no)


def _case(plan: Plan, node: Call) -> Value:
    check_count(node, 2, 2 * limits.INSIGHTS_BRANCHES + 1)
    given = node.arguments
    pairs = list(zip(given[0::2], given[1::2], strict=False))
    return _branches(plan, pairs, given[-1] if len(given) % 2 else None)


def _branches(plan: Plan, pairs: list[tuple[Expression, Expression]], otherwise: Expression | None) -> Value:
    tests = [condition(plan, tested) for tested, _ in pairs]
    results = [value(plan, result) for _, result in pairs]
    last = value(plan, otherwise) if otherwise is not None else None
    found = [*results, *([last] if last else [])]
    kind = _common(found)
    read = _as(kind)
    parts = [part for test, result in zip(tests, results, strict=True) for part in (test, read(result))]
    return Value(kind, f"multiIf({', '.join([*parts, read(last) if last else 'NULL'])})")


def _common(found: list[Value]) -> Kind:
    """The kind that holds all of them."""
    kinds = {each.kind for each in found}
    if len(kinds) == 1 and kinds != {Kind.ANY}:
        return kinds.pop()
    return Kind.NUMBER if kinds <= {Kind.NUMBER, Kind.BOOLEAN} else Kind.ANY


def _as(kind: Kind):  # type: ignore[no-untyped-def]
    if kind is Kind.NUMBER:
        return lambda it: f"toFloat64({it.number})"
    return (lambda it: it.sql) if kind in (*NUMERIC, Kind.JSON, Kind.LIST) else (lambda it: it.text)


def _coalesce(plan: Plan, node: Call) -> Value:
    check_count(node, 1, limits.INSIGHTS_ITEMS)
    found = [value(plan, each) for each in node.arguments]
    kind = _common(found)
    read = _as(kind)
    return Value(kind, f"coalesce({', '.join(read(each) for each in found)})")


def _json_parse(plan: Plan, node: Call) -> Value:
    check_count(node, 1, 1)
    said = f"ifNull({value(plan, node.arguments[0]).text}, '')"
    usable = f"isValidJSON({said}) AND substring(trimLeft({said}), 1, 1) IN ('{{', '[')"
    return Value(Kind.JSON, f"if({usable}, toNullable(trimBoth({said}, ' \\t\\r\\n')), NULL)")


def _json_array_contains(plan: Plan, node: Call) -> Value:
    check_count(node, 2, 2)
    searched, wanted = (value(plan, each) for each in node.arguments)
    source = (
        searched.json if searched.raw or searched.kind in (Kind.JSON, Kind.LIST) else f"ifNull({searched.text}, '')"
    )
    found = f"JSONExtract({source}, 'Array(Nullable(String))')"
    return boolean(
        f"if(startsWith({source}, '['), has({found}, ifNull({wanted.text}, '')) AND isNotNull({wanted.text}), 0)"
    )


def _in_subnet(plan: Plan, node: Call) -> Value:
    check_count(node, 2, 2)
    said, version = literal(node, 1), node.name.lower().removeprefix("isip").removesuffix("insubnet")
    try:
        network = ipaddress.ip_network(said, strict=False)
    except ValueError as err:
        raise LanguageError(f"expected a subnet such as 10.0.0.0/8, found {said}", node.arguments[1].span) from err
    if version and version != f"v{network.version}":
        raise LanguageError(f"expected an IP{version} subnet, found {said}", node.arguments[1].span)
    address = value(plan, node.arguments[0]).text
    low, high = (plan.values.bind(str(network[at]), "String") for at in (0, -1))
    read = f"IPv{network.version}StringToNum"
    # An IPv4 address is never in an IPv6 subnet, though the engine could read it as one.
    guard = "1" if network.version == 4 else f"position({address}, ':') > 0"
    return boolean(f"ifNull({guard} AND {read}OrNull({address}) BETWEEN {read}({low}) AND {read}({high}), 0)")


def _regex_replace(plan: Plan, node: Call) -> Value:
    check_count(node, 3, 3)
    searched, wanted, put = node.arguments
    if not isinstance(wanted, (Regex, Text)):
        raise LanguageError(f"expected a regular expression as argument 2 of {node.name}", wanted.span)
    if not isinstance(put, Text):
        raise LanguageError(f"expected a string as argument 3 of {node.name}", put.span)
    # The engine writes a group as \1, Insights as $1.
    escaped = put.value.replace("\\", "\\\\")
    for place in range(10):
        escaped = escaped.replace(f"${place}", f"\\{place}")
    replacement = plan.values.bind(escaped, "String")
    return text(f"replaceRegexpAll({value(plan, searched).text}, {pattern(plan, wanted)}, {replacement})")


def _histogram(plan: Plan, node: Call) -> Value:
    check_count(node, 2, 2)
    width = value(plan, node.arguments[1])
    if not isinstance(width.constant, float) or width.constant <= 0:
        raise LanguageError("expected a bucket width above 0 as argument 2 of histogram", node.arguments[1].span)
    return number(f"floor(toFloat64({value(plan, node.arguments[0]).number}) / {width.sql}) * {width.sql}")


SPECIALS = (
    Special("bin", _bin),
    Special("datefloor", _datefloor),
    Special("dateceil", _dateceil),
    Special("now", _now),
    Special("queryStartTime", _query_start),
    Special("queryEndTime", _query_end),
    Special("queryTimeRange", _query_range),
    Special("parseDate", _parse_date),
    Special("formatDate", _format_date, ("strftime",)),
    Special("if", _if),
    Special("case", _case),
    Special("coalesce", _coalesce),
    Special("jsonParse", _json_parse),
    Special("jsonArrayContains", _json_array_contains),
    Special("isIpInSubnet", _in_subnet),
    Special("isIpv4InSubnet", _in_subnet),
    Special("isIpv6InSubnet", _in_subnet),
    Special("regexReplace", _regex_replace, ("regex_replace",)),
    Special("histogram", _histogram),
)
BY_NAME = {name.lower(): each for each in SPECIALS for name in (each.name, *each.aliases)}
