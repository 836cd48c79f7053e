"""The legend: which colour is which series, below the graph or beside it."""

from __future__ import annotations

from collections.abc import Sequence

from bayon.render.picture import Box, Picture
from bayon.render.svg import element, letter_width, shortened, text
from bayon.render.theme import theme

_ROW, _MARK, _GAP = 16.0, 14.0, 14.0
_SHARE = 0.4  # of the picture at most


def placed(picture: Picture, box: Box) -> tuple[Box, list[str]]:
    """What is left of the box for the graph, and the elements of the legend."""
    entries = [(line.series.label, line.color) for line in picture.lines]
    if picture.legend == "hidden" or not entries:
        return box, []
    return _beside(picture, box, entries) if picture.legend == "right" else _below(picture, box, entries)


def _beside(picture: Picture, box: Box, entries: Sequence[tuple[str, str]]) -> tuple[Box, list[str]]:
    longest = max(len(label) for label, _ in entries)
    width = min(longest * letter_width(11) + _MARK + 4, box.width * _SHARE)
    rows = max(int(box.height // _ROW), 1)
    drawn = [
        part
        for place, (label, color) in enumerate(entries[:rows])
        for part in _entry(picture, box.right - width, box.top + 12 + place * _ROW, label, color, width)
    ]
    return box.inset(right=width + 12), drawn


def _below(picture: Picture, box: Box, entries: Sequence[tuple[str, str]]) -> tuple[Box, list[str]]:
    """Rows of entries, as many as have room."""
    rows: list[list[tuple[float, float, str, str]]] = [[]]
    at = 0.0
    for label, color in entries:
        width = min(len(label) * letter_width(11) + _MARK + 4, box.width)
        if rows[-1] and at + width > box.width:
            rows.append([])
            at = 0.0
        rows[-1].append((at, width, label, color))
        at += width + _GAP
    shown = rows[: max(int(box.height * _SHARE // _ROW), 1)]
    height = len(shown) * _ROW + 4
    drawn = [
        part
        for place, row in enumerate(shown)
        for at, width, label, color in row
        for part in _entry(picture, box.left + at, box.bottom - height + 14 + place * _ROW, label, color, width)
    ]
    return box.inset(bottom=height), drawn


def _entry(picture: Picture, x: float, y: float, label: str, color: str, width: float) -> list[str]:
    mark = element("rect", x=x, y=y - 8, width=9, height=9, rx=2, fill=color)
    return [mark, text(x + _MARK, y, shortened(label, width - _MARK), fill=theme(dark=picture.dark).text)]
