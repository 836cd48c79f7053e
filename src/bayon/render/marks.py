"""Horizontal and vertical annotations: lines, bands, and what is shaded beside them."""

from __future__ import annotations

from bayon.render.picture import Box, Level, Moment, Picture
from bayon.render.scales import Scale
from bayon.render.svg import element, shortened, text
from bayon.render.theme import LEVEL, MOMENT

_SHADE = 0.15


def level(annotation: Level, plot: Box, scale: Scale) -> list[str]:
    """A line, or a band between two, across the plot; what lies outside is drawn at its edge or not at all."""
    color = annotation.color or LEVEL
    top = bottom = at = scale.clamped(annotation.value)
    if annotation.until is not None:
        top, bottom = sorted((at, scale.clamped(annotation.until)))
    elif annotation.fill == "above":
        top = plot.top
    elif annotation.fill == "below":
        bottom = plot.bottom
    drawn = _shade(plot.left, top, plot.width, bottom - top, color)
    for value in (annotation.value, annotation.until):
        if value is not None and scale.least <= value <= scale.most:
            drawn.append(element("line", x1=plot.left, x2=plot.right, y1=scale(value), y2=scale(value), stroke=color))
    if annotation.label and (drawn or scale.least <= annotation.value <= scale.most):
        over = min(at, top) if annotation.until is not None else at
        words = shortened(annotation.label, plot.width - 8)
        drawn.append(text(plot.left + 4, max(over - 4, plot.top + 10), words, fill=color))
    return drawn


def moment(annotation: Moment, picture: Picture, plot: Box) -> list[str]:
    """A line, or a band between two, from top to bottom."""
    color = annotation.color or MOMENT
    scale = Scale(picture.start_ms, picture.end_ms, plot.left, plot.right)
    left = right = at = scale.clamped(annotation.at_ms)
    if annotation.until_ms is not None:
        left, right = sorted((at, scale.clamped(annotation.until_ms)))
    elif annotation.fill == "before":
        left = plot.left
    elif annotation.fill == "after":
        right = plot.right
    drawn = _shade(left, plot.top, right - left, plot.height, color)
    for time_ms in (annotation.at_ms, annotation.until_ms):
        if time_ms is not None and picture.start_ms <= time_ms <= picture.end_ms:
            x = scale(time_ms)
            drawn.append(element("line", x1=x, x2=x, y1=plot.top, y2=plot.bottom, stroke=color, stroke_dasharray="4 3"))
    if annotation.label:
        words = shortened(annotation.label, plot.right - left - 4)
        drawn.append(text(left + 4, plot.top + 10, words, fill=color))
    return drawn


def _shade(x: float, y: float, width: float, height: float, color: str) -> list[str]:
    if width <= 0 or height <= 0:
        return []
    return [element("rect", x=x, y=y, width=width, height=height, fill=color, fill_opacity=_SHADE)]
