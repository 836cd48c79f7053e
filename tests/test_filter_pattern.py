"""Filter patterns: the cases of cases/filter_pattern, and that the predicate and the SQL of any pattern say the same.

A case has a `pattern` and either messages it `matches` and `misses`, or the `error` with the characters it is `at`.
Every case is tried in flight and in the engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from any_filter_pattern import MESSAGES, PATTERNS, PIECES
from bayon.errors import LanguageError
from bayon.languages.filter_pattern import parse
from bayon.languages.filter_pattern.predicate import predicate
from bayon.languages.filter_pattern.sql import condition
from bayon.languages.filter_pattern.tree import Pattern
from bayon.store.store import Store

CASES = Path(__file__).parent / "cases" / "filter_pattern"
Case = dict[str, Any]


def cases() -> Iterator[Any]:
    for path in sorted(CASES.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text())["cases"]:
            yield pytest.param(case, id=f"{path.stem}: {case['name']}")


@pytest.mark.parametrize("case", list(cases()))
def test_case(case: Case, store: Store) -> None:
    """The pattern matches what it should, in flight and stored, or is refused at the place that is wrong."""
    assert case.get("source"), "a case without a source proves nothing"
    if "error" in case:
        with pytest.raises(LanguageError) as raised:
            parse(case["pattern"])
        assert case["error"]["says"] in raised.value.message
        assert list(raised.value.span) == case["error"]["at"]
        return
    pattern = parse(case["pattern"])
    messages = [*case.get("matches", []), *case.get("misses", [])]
    expected = [True] * len(case.get("matches", [])) + [False] * len(case.get("misses", []))
    assert [predicate(pattern)(message) for message in messages] == expected
    assert in_engine(store, pattern, messages) == expected


def in_engine(store: Store, pattern: Pattern, messages: Sequence[str]) -> list[bool]:
    """What the engine says of the messages, which it holds as it holds those of stored events."""
    made = condition(pattern)
    rows = store.query(
        f"SELECT toBool({made.text}) AS matched FROM (SELECT arrayJoin({{messages:Array(String)}}) AS message)",
        {**made.parameters, "messages": list(messages)},
    )
    return [bool(matched) for matched in rows["matched"].to_pylist()]


@given(text=PATTERNS, messages=MESSAGES)
@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_predicate_and_the_sql_of_a_pattern_agree(store: Store, text: str, messages: list[str]) -> None:
    """Whatever the pattern and the events, they match in flight exactly if they match stored."""
    try:
        pattern = parse(text)
    except LanguageError:
        return  # more wildcards, regular expressions or ellipses than allowed
    matches = predicate(pattern)
    assert in_engine(store, pattern, messages) == [matches(message) for message in messages]


@given(text=st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map("".join)))
@settings(max_examples=400, deadline=None)
def test_any_text_is_a_pattern_or_a_clear_error(text: str) -> None:
    """No text does anything but parse, or be refused with a place inside it."""
    refused: LanguageError | None = None
    try:
        assert predicate(parse(text))("a message") in (True, False)
    except LanguageError as err:
        refused = err
    if refused is not None:
        start, end = refused.span
        assert 0 <= start <= end <= len(text)
        assert refused.message.startswith("expected ")
