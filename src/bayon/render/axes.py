"""The axes of a graph over time: how far they reach, their lines and what is written beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bayon.render.picture import Axis, Box, Picture
from bayon.render.scales import Scale, shown, ticks, time_ticks, widened
from bayon.render.svg import element, letter_width, shortened, text
from bayon.render.theme import theme

_TICK_WIDTH, _TICK_HEIGHT = 70.0, 45.0


def reach(axis: Axis, values: Iterable[float]) -> tuple[float, float]:
    """From where to where the axis goes: its own bounds, else what the values need."""
    found = list(values)
    least, most = widened(min(found), max(found)) if found else (0.0, 1.0)
    least = axis.least if axis.least is not None else least
    most = axis.most if axis.most is not None else most
    return (least, most) if most > least else (least, least + 1.0)


def margin(least: float, most: float, height: float) -> float:
    """The room that the numbers beside the axis need."""
    marks = ticks(least, most, int(height // _TICK_HEIGHT))
    return max(len(shown(mark)) for mark in marks) * letter_width(11) + 10


def horizontal(picture: Picture, plot: Box) -> list[str]:
    """Times below the plot."""
    colors, scale = theme(dark=picture.dark), Scale(picture.start_ms, picture.end_ms, plot.left, plot.right)
    marks = time_ticks(picture.start_ms, picture.end_ms, max(int(plot.width // _TICK_WIDTH), 1), picture.offset_s)
    line = element("line", x1=plot.left, x2=plot.right, y1=plot.bottom, y2=plot.bottom, stroke=colors.faint)
    return [
        line,
        *(text(scale(at), plot.bottom + 15, words, fill=colors.faint, anchor="middle") for at, words in marks),
    ]


def vertical(picture: Picture, plot: Box, scale: Scale, axis: Axis, unit: str, *, right: bool) -> list[str]:
    """Numbers beside the plot, on the left with lines across it, and what they are numbers of above."""
    colors = theme(dark=picture.dark)
    marks = ticks(scale.least, scale.most, max(int(plot.height // _TICK_HEIGHT), 1))
    drawn = [] if right else _grid(plot, [scale(mark) for mark in marks], colors.grid)
    at, anchor = (plot.right + 6, "start") if right else (plot.left - 6, "end")
    drawn += [text(at, scale(mark) + 4, shown(mark), fill=colors.faint, anchor=anchor) for mark in marks]
    words = axis.label or (unit if axis.units and unit != "None" else "")
    if words:
        over, end = (plot.right, "end") if right else (plot.left, "start")
        drawn.append(text(over, plot.top - 6, shortened(words, plot.width / 2), fill=colors.faint, anchor=end))
    return drawn


def _grid(plot: Box, places: Sequence[float], color: str) -> list[str]:
    return [element("line", x1=plot.left, x2=plot.right, y1=at, y2=at, stroke=color) for at in places]
