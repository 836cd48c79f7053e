"""Every case of cases/metric_math: series and an expression in, series or an error out."""

from __future__ import annotations

import math
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bayon import limits
from bayon.errors import LanguageError
from bayon.languages.metric_math.evaluate import evaluate
from bayon.languages.metric_math.functions import FUNCTIONS
from bayon.languages.metric_math.operators import OPERATORS
from bayon.languages.metric_math.parser import parse
from bayon.languages.metric_math.scope import Scope
from bayon.languages.metric_math.tree import calls, render
from bayon.series import Series

MINUTE_MS = 60_000
NOON = "2026-03-02T12:00:00Z"
FILES = sorted((Path(__file__).parent / "cases/metric_math").glob("*.yaml"))
CASES = [
    pytest.param({"given": data["given"], **case}, id=f"{path.stem}: {case['name']}")
    for path in FILES
    for data in [yaml.safe_load(path.read_text())]
    for case in data["cases"]
]


@pytest.mark.parametrize("case", CASES)
def test_case(case: dict[str, Any]) -> None:
    """The expression comes to the stated series, or is wrong at the stated place."""
    assert case["source"]
    if "error" in case:
        with pytest.raises(LanguageError) as raised:
            evaluate(parse(case["expression"]), scope(case))
        assert case["error"]["says"] in raised.value.message
        assert list(raised.value.span) == case["error"]["at"]
        return
    answer = evaluate(parse(case["expression"]), scope(case))
    found = [points(each, case) for each in answer.series]
    expected = case["gives"] if answer.array else [case["gives"]]
    assert found == [[None if value == "_" else pytest.approx(value, rel=1e-12) for value in row] for row in expected]
    assert answer.dropped == case.get("dropped", False)


def scope(case: dict[str, Any]) -> Scope:
    """The case's series; what stands outside is as the cases say."""
    start_ms = begins_ms(case)
    times_ms = [start_ms + place * MINUTE_MS for place in range(max(map(len, case["given"].values())))]
    series = {name: of_row(name, times_ms, row) for name, row in case["given"].items()}
    slots = np.array(times_ms)
    return Scope(
        values=dict(series),
        metrics=series,
        grid=lambda period_s: slots[:: period_s // 60],
        period_s=60,
        search=lambda asked: tuple(each for name, each in series.items() if name == asked.query),
        band=lambda each, width, _of: (moved(each, -width), moved(each, width)),
        insight_rule=lambda _rule, _metric, _period_s: Series(slots, np.full(len(slots), 3.0), "", "", 60),
        quota=lambda name: 100.0 if name == "m2" else None,
        performance=lambda _asked: (),
        function=lambda _name, _asked: (series["m1"],),
    )


def begins_ms(case: dict[str, Any]) -> int:
    return int(datetime.fromisoformat(case.get("from", NOON)).timestamp() * 1000)


def of_row(name: str, times_ms: list[int], row: list[Any]) -> Series:
    there = [(time_ms, value) for time_ms, value in zip(times_ms, row, strict=False) if value != "_"]
    return Series.of((time_ms for time_ms, _ in there), (value for _, value in there), name, "", 60)


def moved(series: Series, by: float) -> Series:
    return Series(series.times_ms, series.values + by, series.label, series.unit, series.period_s)


def points(series: Series, case: dict[str, Any]) -> list[float | None]:
    """The values slot by slot."""
    by_time = dict(zip(series.times_ms.tolist(), series.values.tolist(), strict=True))
    slots = max(map(len, case["given"].values()))
    return [by_time.get(begins_ms(case) + place * MINUTE_MS) for place in range(slots)]


@pytest.mark.parametrize("case", CASES)
def test_what_is_rendered_parses_to_the_same(case: dict[str, Any]) -> None:
    """Text and tree say the same."""
    try:
        tree = parse(case["expression"])
    except LanguageError:
        return
    assert parse(render(tree)) == tree


def test_every_function_has_a_case() -> None:
    """What no case holds to anything is not there."""
    cases = [case for path in FILES for case in yaml.safe_load(path.read_text())["cases"]]
    assert FUNCTIONS.keys() <= {name for case in cases if "gives" in case for name in calls(parse(case["expression"]))}


ATOMS = st.sampled_from(["m1", "m2", "m9", "1", "0", "2.5e3", "'x'", "SUM(m1)", "METRICS()", "[m1, m2]", "REPEAT"])
CALLS = st.sampled_from([name for name in FUNCTIONS if name != "LAMBDA"])
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds("{} {} {}".format, inner, st.sampled_from(sorted(OPERATORS)), inner),
        st.builds("({})".format, inner),
        st.builds("-{}".format, inner),
        st.builds("{}({})".format, CALLS, inner),
        st.builds("{}({}, {})".format, CALLS, inner, inner),
    ),
    max_leaves=12,
)
CASE = {"given": {"m1": [10, "_", 30, 40], "m2": [5, 5, 0, "_"], "m9": ["_"] * 4}}


@given(EXPRESSIONS)
def test_any_expression_has_finite_points_or_a_clear_error(text: str) -> None:
    """No expression of the grammar fails in another way, and rendering it keeps its meaning."""
    try:
        tree = parse(text)
        answer = evaluate(tree, scope(CASE))
    except LanguageError as err:
        says_where(err, text)
        return
    assert parse(render(tree)) == tree
    for each in answer.series:
        assert all(math.isfinite(value) for value in each.values)
        assert (np.diff(each.times_ms) > 0).all()


@given(st.text(alphabet="m12.e+-*/^()[],'\"\\ <>=!&|%ANDORSUMFIL_”‘", max_size=40))  # noqa: RUF001
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever is typed, there is an answer with a place in it."""
    try:
        tree = parse(text)
    except LanguageError as err:
        says_where(err, text)
        return
    assert parse(render(tree)) == tree


def says_where(err: LanguageError, text: str) -> None:
    assert err.message
    assert 0 <= err.span[0] <= err.span[1] <= len(text)


def test_a_long_sum_is_no_deep_one() -> None:
    """As many terms as fit into an expression can be added and read back."""
    text = "+".join(["m1"] * 680)
    (found,) = evaluate(parse(text), scope(CASE)).series
    assert found.values.tolist() == [6800, 20400, 27200]
    assert render(parse(text)) == " + ".join(["m1"] * 680)


@pytest.mark.parametrize(
    "text", ["(" * 200 + "m1" + ")" * 200, "-" * 500 + "m1", "m1+" * 1000 + "m1", "2^" * 900 + "m1"]
)
def test_depth_and_length_are_bounded(text: str) -> None:
    """What nests too deep or is too long is refused, not a crash."""
    with pytest.raises(LanguageError, match=f"at most ({limits.EXPRESSION_NESTING}|{limits.EXPRESSION_CHARS})"):
        parse(text)
