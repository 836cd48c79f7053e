"""The newest value of each series as a number."""

from __future__ import annotations

import math

from bayon.render.picture import Box, Picture
from bayon.render.scales import shown
from bayon.render.svg import shortened, text
from bayon.render.theme import theme


def draw(picture: Picture, box: Box) -> list[str]:
    """Numbers side by side, in rows where they are many, each with its label below."""
    colors, count = theme(dark=picture.dark), max(len(picture.lines), 1)
    columns = min(count, max(int(box.width // 140), 1))
    width, height = box.width / columns, box.height / math.ceil(count / columns)
    size = max(min(height * 0.45, width / 6, 48.0), 8.0)
    drawn = []
    for place, line in enumerate(picture.lines):
        x = box.left + (place % columns + 0.5) * width
        y = box.top + (place // columns + 0.5) * height
        value = shown(float(line.series.values[-1])) if len(line.series) else "--"
        drawn.append(text(x, y + size * 0.2, value, fill=line.color, size=size, anchor="middle", bold=True))
        label = shortened(line.series.label, width - 8)
        drawn.append(text(x, y + size * 0.2 + 18, label, fill=colors.faint, anchor="middle"))
    return drawn
