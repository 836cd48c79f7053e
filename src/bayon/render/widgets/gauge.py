"""The newest value of the first series on a half circle from the left axis' least to its most."""

from __future__ import annotations

import math

from bayon.render.axes import reach
from bayon.render.picture import Box, Picture
from bayon.render.scales import Scale, shown
from bayon.render.svg import element, number, text
from bayon.render.theme import theme


def draw(picture: Picture, box: Box) -> list[str]:
    """An arc up to the value, the value in its middle, the bounds at its ends."""
    colors = theme(dark=picture.dark)
    radius = max(min(box.width / 2 - 8, box.height - 40) / 1.1, 1.0)  # the arc is a fifth of it wide
    x, y = box.left + box.width / 2, box.top + 8 + radius * 1.1
    line = next((each for each in picture.lines if len(each.series)), None)
    scale = Scale(*reach(picture.left, [] if line is None else [float(line.series.values[-1])]), 0.0, 1.0)
    drawn = [_arc(x, y, radius, 1.0, colors.grid)]
    if line is not None:
        value = float(line.series.values[-1])
        drawn.append(_arc(x, y, radius, scale.clamped(value), line.color))
        drawn.append(
            text(x, y - radius * 0.2, shown(value), fill=colors.text, size=radius / 3, anchor="middle", bold=True)
        )
    drawn.append(text(x - radius, y + 16, shown(scale.least), fill=colors.faint, anchor="middle"))
    drawn.append(text(x + radius, y + 16, shown(scale.most), fill=colors.faint, anchor="middle"))
    return drawn


def _arc(x: float, y: float, radius: float, share: float, color: str) -> str:
    angle, size = math.pi * (1 - share), number(radius)
    end = f"{number(x + radius * math.cos(angle))} {number(y - radius * math.sin(angle))}"
    path = f"M {number(x - radius)} {number(y)} A {size} {size} 0 0 1 {end}"
    return element("path", d=path, fill="none", stroke=color, stroke_width=radius / 5)
