"""The functions of a row: a table of them, and how a call is made of one. Source: logs.md §3.7.

A row says what it takes and makes, and its SQL, in which `{0}` is the first argument. What needs more than that is a
function of the plan and the call, in `special.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bayon.errors import LanguageError
from bayon.languages.insights.tree import Call
from bayon.languages.insights.value import Kind, Value

if TYPE_CHECKING:
    from bayon.languages.insights.plan import Plan

S, N, T, B, F, J = "text", "number", "time", "condition", "field", "json"


@dataclass(frozen=True, slots=True)
class Function:
    """A function that SQL can say: what it takes, `optional` of them from the end on, or any number of the last."""

    name: str
    takes: tuple[str, ...]
    makes: Kind
    sql: str
    shorter: str = ""  # the SQL without the optional arguments
    many: bool = False
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Special:
    """A function that has rules of its own."""

    name: str
    compile: Callable[[Plan, Call], Value]
    aliases: tuple[str, ...] = ()


_HALF_AWAY = "if({0} < 0, -floor(-{0} * {1} + 0.5), floor({0} * {1} + 0.5)) / {1}"
_HAVERSINE = (
    "(2 * 6371 * asin(sqrt(pow(sin(radians({2} - {0}) / 2), 2) "
    "+ cos(radians({0})) * cos(radians({2})) * pow(sin(radians({3} - {1}) / 2), 2))))"
)
_IP = "IPv4StringToNumOrNull({0})"


_NETWORK = "IPv4StringToNum('{}')"


def _ip_between(*ranges: tuple[str, int]) -> str:
    found = (
        f"bitShiftRight({_IP}, {32 - bits}) = bitShiftRight(IPv4StringToNum('{net}'), {32 - bits})"
        for net, bits in ranges
    )
    return f"ifNull({' OR '.join(found)}, 0)"


_PRIVATE = _ip_between(("10.0.0.0", 8), ("172.16.0.0", 12), ("192.168.0.0", 16))
# RFC 6890: addresses that are not globally reachable, and multicast.
_RESERVED = _ip_between(
    ("0.0.0.0", 8),  # noqa: S104 - a network, not an address to listen on
    *(("100.64.0.0", 10), ("127.0.0.0", 8), ("169.254.0.0", 16), ("192.0.0.0", 24), ("192.0.2.0", 24)),
    *(("198.18.0.0", 15), ("198.51.100.0", 24), ("203.0.113.0", 24), ("224.0.0.0", 4), ("240.0.0.0", 4)),
)

# The third argument, to mind no letter case, changes nothing on AWS either (measured).
_CONTAINS = "toUInt8(position({0}, {1}) > 0)"
_SPLIT = "toJSONString(if({1} = '', [ifNull({0}, '')], splitByString({1}, ifNull({0}, ''))))"

FUNCTIONS = (
    Function("abs", (N,), Kind.NUMBER, "abs({0})"),
    Function("ceil", (N,), Kind.NUMBER, "ceil({0})"),
    Function("floor", (N,), Kind.NUMBER, "floor({0})"),
    Function("sqrt", (N,), Kind.NUMBER, "if({0} < 0, NULL, sqrt({0}))"),
    Function("log", (N,), Kind.NUMBER, "if({0} <= 0, NULL, log({0}))"),
    Function(
        "round",
        (N, N),
        Kind.NUMBER,
        _HALF_AWAY.replace("{1}", "pow(10, least(greatest(toInt32({1}), -15), 15))"),
        shorter=_HALF_AWAY.replace("{1}", "1"),
    ),
    Function("greatest", (N,), Kind.NUMBER, "arrayMax(arrayFilter(v -> isNotNull(v), [{0}]))", many=True),
    Function("least", (N,), Kind.NUMBER, "arrayMin(arrayFilter(v -> isNotNull(v), [{0}]))", many=True),
    Function("toNumber", (N,), Kind.NUMBER, "{0}"),
    Function("toDouble", (N,), Kind.NUMBER, "{0}"),
    Function("toLong", (N,), Kind.NUMBER, "if(abs({0}) < 9.2e18, toInt64({0}), NULL)"),
    Function("toInt", (N,), Kind.NUMBER, "if(abs({0}) < 9.2e18, toInt32(toInt64({0})), NULL)"),
    Function("haversine", (N, N, N, N), Kind.NUMBER, _HAVERSINE),
    Function("fromMillis", (N,), Kind.TIME, "if(abs({0}) < 9.2e18, toInt64({0}), NULL)"),
    Function("toMillis", (T,), Kind.NUMBER, "{0}"),
    Function("ispresent", (F,), Kind.BOOLEAN, "{0}"),
    Function("isNumeric", (N,), Kind.BOOLEAN, "isNotNull({0})"),
    Function("messageSize", (S,), Kind.NUMBER, "length({0})"),
    Function(
        "isValidIp",
        (S,),
        Kind.BOOLEAN,
        "ifNull(isIPv4String({0}) OR isIPv6String({0}), 0)",
        aliases=("isValidIpAddress",),
    ),
    Function("isValidIpV4", (S,), Kind.BOOLEAN, "ifNull(isIPv4String({0}), 0)"),
    Function("isValidIpV6", (S,), Kind.BOOLEAN, "ifNull(isIPv6String({0}), 0)"),
    Function("ipv4ToNumber", (S,), Kind.NUMBER, _IP),
    Function("isPrivateIP", (S,), Kind.BOOLEAN, _PRIVATE),
    Function("isReservedIP", (S,), Kind.BOOLEAN, _RESERVED),
    Function("isPublicIP", (S,), Kind.BOOLEAN, f"(isNotNull({_IP}) AND NOT {_PRIVATE} AND NOT {_RESERVED})"),
    Function("isempty", (S,), Kind.NUMBER, "toUInt8(ifNull({0} = '', 1))"),
    Function("isblank", (S,), Kind.NUMBER, r"toUInt8(ifNull(match({0}, '^\\s*$'), 1))"),
    Function("concat", (S,), Kind.TEXT, "concat({0})", many=True),
    Function("ltrim", (S, S), Kind.TEXT, "trimLeft({0}, {1})", shorter="trimLeft({0}, ' \\t\\r\\n')"),
    Function("rtrim", (S, S), Kind.TEXT, "trimRight({0}, {1})", shorter="trimRight({0}, ' \\t\\r\\n')"),
    Function("trim", (S, S), Kind.TEXT, "trimBoth({0}, {1})", shorter="trimBoth({0}, ' \\t\\r\\n')"),
    Function("strlen", (S,), Kind.NUMBER, "lengthUTF8({0})"),
    Function("toupper", (S,), Kind.TEXT, "upperUTF8({0})"),
    Function("tolower", (S,), Kind.TEXT, "lowerUTF8({0})"),
    Function(
        "substr",
        (S, N, N),
        Kind.TEXT,
        "substringUTF8({0}, toInt64(least(greatest({1}, 0), 1e9)) + 1, toInt64(least(greatest({2}, 0), 1e9)))",
        shorter="substringUTF8({0}, toInt64(least(greatest({1}, 0), 1e9)) + 1)",
        aliases=("substring",),
    ),
    Function("replace", (S, S, S), Kind.TEXT, "if({1} = '', {0}, replaceAll({0}, {1}, {2}))"),
    Function(
        "strcontains",
        (S, S, F),
        Kind.NUMBER,
        "toUInt8(position({0}, {1}) > 0)",
        shorter="toUInt8(position({0}, {1}) > 0)",
    ),
    Function("startsWith", (S, S), Kind.NUMBER, "toUInt8(startsWith({0}, {1}))"),
    Function("endsWith", (S, S), Kind.NUMBER, "toUInt8(endsWith({0}, {1}))"),
    Function(
        "split", (S, S), Kind.LIST, "toJSONString(if({1} = '', [ifNull({0}, '')], splitByString({1}, ifNull({0}, ''))))"
    ),
    Function("urlencode", (S,), Kind.TEXT, "encodeURLComponent({0})"),
    Function("urldecode", (S,), Kind.TEXT, "toValidUTF8(decodeURLComponent({0}))"),
    Function("base64encode", (S,), Kind.TEXT, "base64Encode({0})"),
    Function("base64decode", (S,), Kind.TEXT, "toValidUTF8(tryBase64Decode({0}))"),
    Function("md5", (S,), Kind.TEXT, "lower(hex(MD5({0})))"),
    Function("sha256", (S,), Kind.TEXT, "lower(hex(SHA256({0})))"),
    Function(
        "hexToAscii",
        (S,),
        Kind.TEXT,
        "if(match({0}, '^(0x)?([0-9a-fA-F]{{2}})*$'), toValidUTF8(unhex(replaceRegexpOne({0}, '^0x', ''))), NULL)",
    ),
    Function(
        "hexToDec",
        (S,),
        Kind.NUMBER,
        "if(match({0}, '^-?(0x)?[0-9a-fA-F]{{1,16}}$'), toFloat64(reinterpretAsUInt64(reverse(unhex(leftPad("
        "replaceRegexpOne({0}, '^-?(0x)?', ''), 16, '0'))))) * if(startsWith({0}, '-'), -1, 1), NULL)",
    ),
    Function(
        "decToHex",
        (N,),
        Kind.TEXT,
        "if(abs({0}) < 9.2e18, concat(if({0} <= -1, '-', ''), '0x', if(abs({0}) < 1, '0', "
        "trimLeft(lower(hex(toUInt64(abs({0})))), '0'))), NULL)",
    ),
    Function("jsonStringify", (J,), Kind.TEXT, "nullIf({0}, '')"),
    Function("jsonArraySize", (J,), Kind.NUMBER, "if(startsWith({0}, '['), JSONLength({0}), NULL)"),
)


def call(plan: Plan, node: Call) -> Value:
    """What the function makes of the arguments. Raises: LanguageError."""
    from bayon.languages.insights import aggregates, special

    found = _ROWS.get(node.name.lower()) or special.BY_NAME.get(node.name.lower())
    if found is None:
        if node.name.lower() in aggregates.BY_NAME:
            raise LanguageError(f"expected {node.name} within a stats command only", node.span)
        raise LanguageError(f"expected a function, found {node.name}", node.span)
    if isinstance(found, Special):
        return found.compile(plan, node)
    return _made(plan, node, found)


def names() -> list[str]:
    """Every function of a row, by its usual name."""
    from bayon.languages.insights import special

    return sorted(
        {*(function.name for function in FUNCTIONS), *(each.name for each in special.SPECIALS)}, key=str.lower
    )


def _made(plan: Plan, node: Call, function: Function) -> Value:
    least = len(function.takes) - (1 if function.shorter else 0)
    most = len(node.arguments) if function.many else len(function.takes)
    check_count(node, least, most)
    takes = function.takes * len(node.arguments) if function.many else function.takes
    given = [_argument(plan, kind, node, place) for place, kind in enumerate(takes[: len(node.arguments)])]
    if function.many:
        if function.name == "concat":
            given = [f"ifNull({sql}, '')" for sql in given]
        given = [", ".join(given)]
    sql = function.shorter if function.shorter and len(node.arguments) < len(function.takes) else function.sql
    return Value(function.makes, f"({sql.format(*given)})")


def check_count(node: Call, least: int, most: int) -> None:
    """Raises: LanguageError where the call has too few or too many arguments."""
    count = len(node.arguments)
    if node.star or not least <= count <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        found = "*" if node.star else str(count)
        raise LanguageError(f"expected {wanted} arguments of {node.name}, found {found}", node.span)


def _argument(plan: Plan, kind: str, node: Call, place: int) -> str:
    from bayon.languages.insights.compile import value

    given = value(plan, node.arguments[place])
    match kind:
        case "text":
            return f"{given.text}"
        case "number":
            return f"toFloat64({given.number})"
        case "time":
            return given.time
        case "condition":
            return given.truth
        case "json":
            return given.json
        case _:
            return given.present


_ROWS = {name.lower(): row for row in FUNCTIONS for name in (row.name, *row.aliases)}
