"""Strategies for filter patterns and for messages that they may match, with all that is hostile in either."""

from __future__ import annotations

import json

from hypothesis import strategies as st

# ── Messages ─────────────────────────────────────────────────────────────────────────────────────────────────────────

WORDS = st.sampled_from(
    ["ERROR", "error", "a", "ab", "é", "x y", "%", "_", "*", "\\", '"', "\n", "", "400", "4", "true"]
)
TEXTS = st.one_of(WORDS, st.text(max_size=6), st.lists(WORDS, max_size=3).map("".join))
NAMES = st.sampled_from(["a", "b", "a.b", "é", "x y"])
NUMBERS = st.one_of(
    st.integers(-5, 500),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([4e2, 400.0, 1e-7, 1.5e-7, 1e-6, 123456.789, 1e16, 1e21, 1e22, 123456789012345680000.0, -0.0]),
    st.sampled_from([2**53 + 1, 2**63, 2**64]),
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=8,
)
JSON = st.builds(
    lambda value, spelling: json.dumps(value, **spelling),
    st.one_of(st.dictionaries(NAMES, VALUES, max_size=4), VALUES),
    st.sampled_from([{}, {"ensure_ascii": False}, {"indent": 1}]),
)
HOSTILE = st.sampled_from(
    [
        *('{"a":1,"a":"x"}', '{"a":"\\ud800"}', '{"a":"\\u0061b"}', '{"\\u0061":"ab"}', '{"a":1e400}', '{"a":NaN}'),
        *('{"a":01}', '\ufeff{"a":1}', ' \t\r\n{"a":4e2} ', '\x0b{"a":1}', '{"a":1}x', '{"a":1}{"a":1}', "{", '{"a":'),
        *("{}", "[]", '{"a":-0}', '{"a":"\t"}', '{"a":"\\/"}', '{"a":[{"b":1},{"b":2}]}', '{"a":[[1,2],[3]]}'),
        *('{"a":{"b":{"a":1}}}', '{"a":1E5}', '{"a":1e-400}', '{"a":4E+2}', '{"a":"4e2"}', '{"a":400.000}'),
        *(
            '{"a":0.1e1}',
            '{"a":' + "9" * 30 + "}",
            '{"a":"\\\\u0061"}',
            '{"a":"\\udc00\\ud800"}',
            '{"a":"\\ud83d\\ude00"}',
        ),
        *('{"a":' * depth + "1" + "}" * depth for depth in (300, 1023, 1024)),
        *("[" * 1000 + "]" * 1000, '{"a":"' + "[" * 2000 + '"}'),
    ]
)
LINE_WORDS = st.sampled_from(
    [
        *('"a b"', "[a b]", '"', "[", "]", "a", "ERROR", "400", "4e2", "-1", "+1", "007", "1.50", "1e99", "é", "\t"),
        *('"a', "x]y", "[]", '""'),
    ]
)
LINES = st.lists(LINE_WORDS, max_size=8).map(" ".join)
MESSAGES = st.lists(st.one_of(JSON, HOSTILE, LINES, TEXTS), min_size=1, max_size=12)

# ── Patterns ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def quoted(text: str) -> str:
    """The text as a pattern quotes it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


REGEXES = st.sampled_from(
    [
        *("%a%", "%^a%", "%b$%", "%.%", "%[a-c]+%", "%a{2,}%", "%a{,2}b%", "%^.$%", "%\\d+%", "%\\w \\w%"),
        *("%^4|5$%", "%\\x41|a%", "%^$%", "%[^a]%", "%\\.%"),
    ]
)
TEXT_OPERANDS = st.one_of(TEXTS.map(quoted), st.sampled_from(["a", "a*", "*b", "*a*b*", "*", "40*", "ERROR", "true"]))
NUMBER_OPERANDS = st.one_of(
    st.integers(-5, 500).map(str),
    st.sampled_from(["4e2", "400", "400.0", "+1", "1e-7", "9223372036854775808", "0.1", "1e21", "-0"]),
)
COMPARISONS = st.one_of(
    st.tuples(st.sampled_from(["=", "!="]), st.one_of(TEXT_OPERANDS, NUMBER_OPERANDS)),
    st.tuples(st.sampled_from(["<", "<=", ">", ">="]), NUMBER_OPERANDS),
    st.tuples(st.sampled_from(["=", "!="]), REGEXES),
).map(" ".join)
MARKS = st.sampled_from(["&&", "||"])
TERMS = st.builds(
    str.__add__,
    st.sampled_from(["", "", "?", "-"]),
    st.one_of(TEXTS.map(quoted), REGEXES, st.sampled_from(["ERROR", "a", "400"])),
)
TEXT_PATTERNS = st.lists(TERMS, max_size=4).map(" ".join)
STEPS = st.sampled_from([".a", ".b", "['a.b']", ".['x y']", "['é']", "[0]", "[1]"])
SELECTORS = st.one_of(
    st.builds(
        lambda before, wildcard, behind: "$" + "".join([*before, wildcard, *behind]),
        st.lists(STEPS, min_size=1, max_size=3),
        st.sampled_from(["", "", "", "[*]", ".*"]),
        st.lists(STEPS, max_size=1),
    ),
    st.just("$.*"),
)
STATES = st.sampled_from(["IS NULL", "IS TRUE", "IS FALSE", "NOT EXISTS"])
JSON_PATTERNS = st.recursive(
    st.tuples(SELECTORS, st.one_of(COMPARISONS, STATES)).map(" ".join),
    lambda inner: st.tuples(st.just("("), inner, MARKS, inner, st.just(")")).map(" ".join),
    max_leaves=4,
).map(lambda text: "{ " + text + " }")
SLOTS = st.one_of(
    st.sampled_from(["", "w", "..."]),
    COMPARISONS.map(lambda rest: f"w {rest}"),
    st.builds(lambda one, mark, other: f"w {one} {mark} w {other}", COMPARISONS, MARKS, COMPARISONS),
)
SPACED_PATTERNS = st.lists(SLOTS, max_size=5).map(lambda slots: "[" + ", ".join(slots) + "]")
PATTERNS = st.one_of(TEXT_PATTERNS, JSON_PATTERNS, SPACED_PATTERNS)

# What patterns are made of, in any order.
PIECES = st.sampled_from(
    [*'{}[]()$."%=!<>&|,*-?\\ \n', "a", "IS", "NULL", "NOT", "EXISTS", "...", "é", "1e5", "[*]", "&&"]
)
