"""The rule language of composite alarms: trees, errors at their places, and that rendering reads back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bayon.errors import LanguageError
from bayon.languages.alarm_rule import tree
from bayon.languages.alarm_rule.parse import parse
from bayon.languages.alarm_rule.tree import All, Any, Constant, Is, Not, Quorum, Ref, Rule

STATES = {"a": "ALARM", "b": "OK", "c": "INSUFFICIENT_DATA", "d e": "ALARM", 'q"x': "OK"}
NOWHERE = (0, 0)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("TRUE", True),
        ("False", False),
        ("ALARM(a)", True),
        ("OK( a )", False),
        ("ALARM(b) OR ALARM(a) AND OK(b)", True),
        ("(ALARM(b) OR ALARM(a)) AND ALARM(b)", False),
        ("NOT NOT ALARM(a)", True),
        ("NOT ALARM(a) OR INSUFFICIENT_DATA(c)", True),
        ('ALARM("d e") AND OK("q\\"x")', True),
        ('AT_LEAST(2, ALARM, (a, b, "d e"))', True),
        ("AT_LEAST(2, NOT ALARM, (a, b, c))", True),
        ("AT_LEAST(50%, OK, (a,b,c))", False),
        ("AT_LEAST(34%, OK, (a,b,c))", False),
        ("AT_LEAST(33%, OK, (a,b,c))", True),
        ("\n ALARM(a)\n\tAND\nTRUE ", True),
    ],
)
def test_rules(text: str, holds: bool) -> None:
    """PutCompositeAlarm API reference; shares are rounded up (metrics.md §9, 82)."""
    assert tree.holds(parse(text), STATES.__getitem__) is holds


@pytest.mark.parametrize(
    ("text", "says", "span"),
    [
        ("", "found the end of the rule", (0, 0)),
        ("()", "found ')'", (1, 2)),
        ("ALARM(a) ALARM(b)", "expected AND, OR or the end of the rule, found 'ALARM'", (9, 14)),
        ("ALARM(a", "expected ')', found the end of the rule", (7, 7)),
        ("alarm(a)", "found 'alarm'", (0, 5)),
        ("ALARM()", "expected the name or ARN of an alarm, found ')'", (6, 7)),
        ('ALARM("a)', "expected a closing quote", (6, 9)),
        ("AT_LEAST(0, OK, (a))", "expected a number from 1", (9, 10)),
        ("AT_LEAST(101%, OK, (a))", "expected a number from 1", (9, 13)),
        ("AT_LEAST(1, GOOD, (a))", "expected ALARM, OK or INSUFFICIENT_DATA, found 'GOOD'", (12, 16)),
        ("(" * 200 + "TRUE" + ")" * 200, "nested rules", (101, 102)),
        ("NOT " * 200 + "TRUE", "nested rules", (404, 407)),
    ],
)
def test_what_is_no_rule(text: str, says: str, span: tuple[int, int]) -> None:
    """What was expected, what was found, and where."""
    with pytest.raises(LanguageError) as caught:
        parse(text)
    assert says in caught.value.message
    assert caught.value.span == span


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=6)
REFS = NAMES.map(lambda text: Ref(text, NOWHERE))
STATE = st.sampled_from(["OK", "ALARM", "INSUFFICIENT_DATA"])
LEAVES = st.one_of(
    st.booleans().map(lambda value: Constant(value, NOWHERE)),
    st.builds(lambda state, ref: Is(state, ref, NOWHERE), STATE, REFS),
    st.builds(
        lambda amount, percent, negated, state, refs: Quorum(amount, percent, negated, state, tuple(refs), NOWHERE),
        st.integers(1, 100),
        st.booleans(),
        st.booleans(),
        STATE,
        st.lists(REFS, min_size=1, max_size=3),
    ),
)
RULES = st.recursive(
    LEAVES,
    lambda below: st.one_of(
        below.map(lambda rule: Not(rule, NOWHERE)),
        st.lists(below, min_size=2, max_size=3).map(lambda rules: All(tuple(rules), NOWHERE)),
        st.lists(below, min_size=2, max_size=3).map(lambda rules: Any(tuple(rules), NOWHERE)),
    ),
    max_leaves=6,
)


@settings(deadline=None)
@given(RULES)
def test_a_rendered_rule_reads_back(rule: Rule) -> None:
    """The same tree, its text aside."""
    assert tree.render(parse(tree.render(rule))) == tree.render(rule)
    assert list(names(parse(tree.render(rule)))) == list(names(rule))


def names(rule: Rule) -> list[str]:
    return [ref.text for ref in tree.refs(rule)]
