"""The alarm machines on their own: cases/alarms through `decide`, and properties. No clock, no server."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bayon.alarms import bulk, reasons
from bayon.alarms.config import Config, Points, State, Treatment
from bayon.alarms.evaluate import evaluate, low_samples
from bayon.alarms.missing import decide

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "alarms" / "missing.yaml").read_text())["cases"]
SIGNS = {"X": True, "0": False, "-": None}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['points']} {case['m']} of {case['n']}")
@pytest.mark.parametrize("missing", get_args(Treatment))
@pytest.mark.parametrize("current", get_args(State))
def test_missing_data(case: dict[str, Any], missing: Treatment, current: State) -> None:
    """Each row of both documented tables, under each treatment, from each state."""
    assert case["source"]
    points = [SIGNS[sign] for sign in case["points"].split()]
    expected = case["state"][missing]
    found = decide(points, periods=case["n"], needed=case["m"], missing=missing, current=current)
    assert found.state == (current if expected == "keep" else expected)


@st.composite
def alarms(draw: st.DrawFn) -> tuple[Config, list[float | None], State]:
    periods = draw(st.integers(1, 6))
    config = Config(
        operator=draw(st.sampled_from(bulk.OPERATORS)),
        threshold=2.0,
        periods=periods,
        needed=draw(st.integers(1, periods)),
        needed_stated=draw(st.booleans()),
        missing=draw(st.sampled_from(get_args(Treatment))),
        period_s=60,
    )
    size = periods + draw(st.integers(0, 3))
    value = st.one_of(st.none(), st.integers(0, 4).map(float))
    return config, draw(st.lists(value, min_size=size, max_size=size)), draw(st.sampled_from(get_args(State)))


@settings(deadline=None)
@given(st.lists(alarms(), min_size=1, max_size=8))
def test_many_alarms_at_once_are_decided_as_one_by_one(
    given_alarms: list[tuple[Config, list[float | None], State]],
) -> None:
    """The arrays and the single machine agree on every state."""
    width = max(len(values) for _, values, _ in given_alarms)
    matrix = np.full((len(given_alarms), width), np.nan)
    for row, (_, values, _) in enumerate(given_alarms):
        matrix[row, width - len(values) :] = [np.nan if value is None else value for value in values]
    current = np.array([bulk.STATES.index(state) for *_, state in given_alarms], np.int8)
    together = bulk.decide(bulk.judged([config for config, *_ in given_alarms]), matrix, current)
    for row, (config, values, state) in enumerate(given_alarms):
        alone = evaluate(config, Points(range(len(values)), values), state, 0)
        assert bulk.STATES[together[row]] == alone.state
        assert len(alone.reason) <= 1023
        assert len(alone.used) == config.periods


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *[(21.0, "21.0"), (0.0, "0.0"), (0.0666851903306472, "0.0666851903306472"), (0.001, "0.001")],
        *[(1e-5, "1.0E-5"), (-0.00012, "-1.2E-4"), (9999999.0, "9999999.0")],
        *[(12345678.0, "1.2345678E7"), (1e22, "1.0E22")],
    ],
)
def test_numbers_print_as_java_prints_doubles(value: float, text: str) -> None:
    """As state reasons show them (metrics.md §4.7)."""
    assert reasons.java_double(value) == text


@pytest.mark.parametrize(("percentile", "samples"), [(99, 1000), (90, 100), (50, 20), (10, 100), (100, 0)])
def test_samples_that_a_percentile_needs(percentile: float, samples: float) -> None:
    """CloudWatch user guide, percentiles and low data samples."""
    assert round(low_samples(percentile), 6) == samples
