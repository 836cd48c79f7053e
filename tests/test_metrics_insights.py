"""Every case of cases/metrics_insights: metrics and a query in, series out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bayon.errors import LanguageError
from bayon.languages.metrics_insights.compile import compiled
from bayon.languages.metrics_insights.parser import parse
from bayon.languages.metrics_insights.tree import render
from bayon.services.cloudwatch import metrics_insights
from bayon.services.cloudwatch.metric_series import Asked, Reader
from bayon.state.database import State
from bayon.store import metrics
from bayon.store.metric_series import Metric
from bayon.store.metrics import Points
from bayon.store.store import Store

ACCOUNT, REGION = "123456789012", "us-east-1"
NOW_MS = 1_772_445_600_000
DATA = yaml.safe_load((Path(__file__).parent / "cases/metrics_insights/queries.yaml").read_text())
CASES = [pytest.param(case, id=case["name"]) for case in DATA["cases"]]


@pytest.fixture(scope="module")
def reader(_opened_store: Store) -> Reader:
    """The store holds the cases' metrics, a minute old."""
    _opened_store.reset()
    points = Points()
    for namespace, name, dimensions, observations in DATA["metrics"]:
        points.metric.append(Metric(namespace, name, tuple(sorted(dimensions.items()))))
        points.unit.append("None")
        points.at_s.append(NOW_MS // 1000 - 60)
        points.resolution_s.append(60)
        points.count.append(float(len(observations)))
        points.sum.append(float(sum(observations)))
        points.min.append(float(min(observations)))
        points.max.append(float(max(observations)))
        points.values.append([float(each) for each in observations])
        points.weights.append([1.0] * len(observations))
        points.opaque.append(False)
    metrics.append(_opened_store, ACCOUNT, REGION, points, NOW_MS)
    return Reader(store=_opened_store, state=State.__new__(State), account=ACCOUNT, region=REGION)


@pytest.mark.parametrize("case", CASES)
def test_case(reader: Reader, case: dict[str, Any]) -> None:
    """The query comes to the stated series, or is wrong at the stated place."""
    assert case["source"]
    if "error" in case:
        with pytest.raises(LanguageError) as raised:
            parse(case["query"])
        assert case["error"]["says"] in raised.value.message
        assert list(raised.value.span) == case["error"]["at"]
        return
    asked = Asked(NOW_MS - 3_600_000, NOW_MS, NOW_MS, 0)
    found = metrics_insights.find(reader, parse(case["query"]), 60, asked)
    assert [[each.label, *(each.values.tolist() or [None])] for each in found.series] == case["gives"]
    assert (found.partial, found.clipped) == (False, False)


def test_a_long_range_is_clipped(reader: Reader) -> None:
    """Two weeks back and no more."""
    asked = Asked(NOW_MS - 20 * 86_400_000, NOW_MS, NOW_MS, 0)
    assert metrics_insights.find(reader, parse("SELECT SUM(R) FROM ns"), 300, asked).clipped


@pytest.mark.parametrize("case", CASES)
def test_what_is_rendered_parses_to_the_same(case: dict[str, Any]) -> None:
    """Text and tree say the same."""
    if "error" not in case:
        tree = parse(case["query"])
        assert parse(render(tree)) == tree


WORDS = st.sampled_from(
    [
        *(
            "SELECT",
            "SUM",
            "AVG",
            "(",
            ")",
            "m",
            "ns",
            "FROM",
            "SCHEMA",
            ",",
            "WHERE",
            "=",
            "!=",
            "'v'",
            "AND",
            "GROUP",
        ),
        *("BY", "tag", ".", "AWS", "AccountId", "ORDER", "DESC", "LIMIT", "5", '"a b"', "Count", '"Count"'),
    ]
)


@given(st.lists(WORDS, max_size=24))
def test_any_words_are_read_or_refused(words: list[str]) -> None:
    """Whatever is typed, there is a plan or an error with a place in it."""
    text = "SELECT SUM(m) FROM ns " + " ".join(words)
    try:
        tree = parse(text)
    except LanguageError as err:
        says_where(err, text)
        return
    assert parse(render(tree)) == tree
    assert compiled(tree, ACCOUNT).where


def says_where(err: LanguageError, text: str) -> None:
    assert err.message
    assert 0 <= err.span[0] <= err.span[1] <= len(text)
