"""Every case of cases/widgets is drawn as the picture beside it; what is drawn is SVG whatever the data."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from xml.etree import ElementTree  # noqa: ICN001

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bayon.render import picture
from bayon.render.draw import svg
from bayon.render.picture import Axis, Band, Level, Line, Moment, Picture
from bayon.render.theme import PALETTE
from bayon.series import Series

TEN_MS = 1_772_445_600_000
MINUTES = 10
FOLDER = Path(__file__).parent / "cases/widgets"
CASES = [
    pytest.param(case, id=case["name"])
    for path in sorted(FOLDER.glob("*.yaml"))
    for case in yaml.safe_load(path.read_text())["cases"]
]


@pytest.mark.parametrize("case", CASES)
def test_case(case: dict[str, Any]) -> None:
    """The picture is what somebody looked at; with BAYON_RECORD it is drawn anew."""
    assert case["source"]
    drawn = svg(made(**case["picture"])).replace("><", ">\n<") + "\n"
    stored = FOLDER / f"{case['name'].replace(' ', '_')}.svg"
    if "BAYON_RECORD" in os.environ:
        stored.write_text(drawn)
    assert drawn == stored.read_text()


def test_every_picture_has_a_case() -> None:
    """Nothing is stored that nothing draws."""
    names = {f"{case.values[0]['name'].replace(' ', '_')}.svg" for case in CASES}  # type: ignore[index]
    assert {path.name for path in FOLDER.glob("*.svg")} == names


def made(**given: Any) -> Picture:
    """The picture of a case."""
    lines = [
        Line(series=series(**line), color=color, right=line.get("right", False))
        for line, color in zip(given.pop("lines"), PALETTE, strict=False)
    ]
    bands = [
        Band(lower=series(each["lower"]), upper=series(each["upper"]), color=each["color"])
        for each in given.pop("bands", [])
    ]
    moments = [
        Moment(at_ms=TEN_MS + 1000 * each.pop("at_s"), until_ms=until(each), **each)
        for each in map(dict, given.pop("moments", []))
    ]
    for side in ("left", "right"):
        given[side] = Axis(**given.get(side, {}))
    given["levels"] = tuple(Level(**each) for each in given.get("levels", []))
    return Picture(
        **{"width": 480, "height": 260, "start_ms": TEN_MS, "end_ms": TEN_MS + MINUTES * 60_000, **given},
        lines=tuple(lines),
        bands=tuple(bands),
        moments=tuple(moments),
    )


def until(moment: dict[str, Any]) -> int | None:
    return TEN_MS + 1000 * moment.pop("until_s") if "until_s" in moment else None


def series(values: list[Any], label: str = "", unit: str = "Count", **_: Any) -> Series:
    there = [(TEN_MS + 60_000 * place, value) for place, value in enumerate(values) if value != "_"]
    return Series.of((at for at, _ in there), (value for _, value in there), label, unit, 60)


NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=32)


@given(
    rows=st.lists(st.lists(NUMBERS, max_size=5), max_size=4),
    label=st.text(max_size=20),
    view=st.sampled_from(["timeSeries", "bar", "pie", "singleValue", "gauge"]),
    stacked=st.booleans(),
    size=st.integers(1, 2000),
)
def test_any_data_is_drawn(rows: list[list[float]], label: str, view: picture.View, stacked: bool, size: int) -> None:
    """Whatever the values, the labels and the size, the picture is well-formed and has no number that is none."""
    lines = [{"values": row, "label": label} for row in rows]
    levels = [{"value": value, "label": label} for row in rows for value in row[:1]]
    drawn = svg(made(title=label, view=view, stacked=stacked, width=size, height=size, lines=lines, levels=levels))
    ElementTree.fromstring(drawn)
    assert not {"nan", "inf", "-inf"} & set(drawn.replace('"', " ").replace(",", " ").split())
