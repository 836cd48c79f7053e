"""Every case of cases/search: metrics and a search in, the metrics that are found out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bayon.errors import LanguageError
from bayon.languages.search import condition
from bayon.languages.search.parser import parse
from bayon.languages.search.tree import render
from bayon.languages.search.words import tokens
from bayon.store import series_index
from bayon.store.metric_series import Metric, series_block, series_number
from bayon.store.store import Store

ACCOUNT = "123456789012"
FILES = sorted((Path(__file__).parent / "cases/search").glob("*.yaml"))
LISTED = {path.stem: yaml.safe_load(path.read_text()) for path in FILES}
CASES = [pytest.param(stem, case, id=case["name"]) for stem, data in LISTED.items() for case in data["cases"]]


def listed(stem: str) -> list[Metric]:
    return [
        Metric(namespace, name, tuple(sorted(dimensions.items())))
        for namespace, name, dimensions in LISTED[stem]["metrics"]
    ]


@pytest.fixture(scope="module")
def filled(_opened_store: Store) -> Store:
    """The store lists the metrics of every file, each in a region named after it."""
    _opened_store.reset()
    for stem in LISTED:
        seen = {metric: (series_number(ACCOUNT, stem, metric), 1000) for metric in listed(stem)}
        _opened_store.append({"metric_series": series_block(ACCOUNT, stem, seen)})
    return _opened_store


@pytest.mark.parametrize(("stem", "case"), CASES)
def test_case(filled: Store, stem: str, case: dict[str, Any]) -> None:
    """The search finds the stated metrics, or is wrong at the stated place."""
    assert case["source"]
    if "error" in case:
        with pytest.raises(LanguageError) as raised:
            parse(case["search"])
        assert case["error"]["says"] in raised.value.message
        assert list(raised.value.span) == case["error"]["at"]
        return
    where = condition.compiled(parse(case["search"]), ACCOUNT)
    found = series_index.search(filled, ACCOUNT, stem, where.sql, where.parameters, active_since_s=0, limit=100)
    metrics = listed(stem)
    assert sorted(metrics.index(metric) + 1 for metric in found) == case["finds"]
    assert found == sorted(found, key=lambda each: (each.namespace, each.name, each.dimensions))


@pytest.mark.parametrize(("stem", "case"), CASES)
def test_what_is_rendered_parses_to_the_same(stem: str, case: dict[str, Any]) -> None:
    """Text and tree say the same."""
    if "error" not in case:
        tree = parse(case["search"])
        assert parse(render(tree)) == tree


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("CustomCount1", ["customcount1", "custom", "count", "1"]),
        ("SDBFailure", ["sdbfailure", "sdb", "failure"]),
        ("Project2-trial333", ["project2trial333", "project", "2", "trial", "333"]),
    ],
)
def test_tokens(name: str, expected: list[str]) -> None:
    """Of names as AWS documents them (metrics.md §9 example 53)."""
    assert tokens(name) == expected


@given(st.text(alphabet='aB1 "\\(){},=-./AORNDT:', max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever is typed, there is a condition or an error with a place in it."""
    try:
        tree = parse(text)
    except LanguageError as err:
        says_where(err, text)
        return
    assert parse(render(tree)) == tree
    assert condition.compiled(tree, ACCOUNT).sql


def says_where(err: LanguageError, text: str) -> None:
    assert err.message
    assert 0 <= err.span[0] <= err.span[1] <= len(text)
