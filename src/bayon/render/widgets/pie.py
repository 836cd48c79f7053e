"""A slice for each series, its newest value's share of all."""

from __future__ import annotations

import math

from bayon.render.picture import Box, Picture
from bayon.render.scales import shown
from bayon.render.svg import element, number, text
from bayon.render.theme import theme

_SHARE_WRITTEN = 0.04  # a thinner slice has no room for its value


def draw(picture: Picture, box: Box) -> list[str]:
    """Slices clockwise from noon; values that are not above 0 have none."""
    colors = theme(dark=picture.dark)
    valued = [(line, float(line.series.values[-1])) for line in picture.lines if len(line.series)]
    total = sum(value for _, value in valued if value > 0)
    x, y, radius = box.left + box.width / 2, box.top + box.height / 2, max(min(box.width, box.height) / 2 - 8, 1.0)
    drawn: list[str] = []
    begin = 0.0
    for line, value in valued:
        if not value > 0:
            continue
        share = value / total
        drawn.append(_slice(x, y, radius, begin, begin + share, line.color, colors.background))
        if picture.labels and share >= _SHARE_WRITTEN:
            middle = _at(x, y, radius * 0.65, begin + share / 2)
            drawn.append(text(middle[0], middle[1] + 4, shown(value), fill="#ffffff", anchor="middle"))
        begin += share
    return drawn


def _at(x: float, y: float, radius: float, turn: float) -> tuple[float, float]:
    angle = 2 * math.pi * turn
    return x + radius * math.sin(angle), y - radius * math.cos(angle)


def _slice(x: float, y: float, radius: float, begin: float, end: float, color: str, edge: str) -> str:
    if end - begin > 1 - 1e-9:
        return element("circle", cx=x, cy=y, r=radius, fill=color)
    (x1, y1), (x2, y2) = _at(x, y, radius, begin), _at(x, y, radius, end)
    large, size = int(end - begin > 0.5), number(radius)
    path = f"M {number(x)} {number(y)} L {number(x1)} {number(y1)} "
    path += f"A {size} {size} 0 {large} 1 {number(x2)} {number(y2)} Z"
    return element("path", d=path, fill=color, stroke=edge)
