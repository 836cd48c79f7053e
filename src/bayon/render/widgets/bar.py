"""A bar for each series, as long as its newest value."""

from __future__ import annotations

from bayon.render.axes import reach
from bayon.render.picture import Box, Picture
from bayon.render.scales import Scale, shown
from bayon.render.svg import element, text
from bayon.render.theme import theme


def draw(picture: Picture, box: Box) -> list[str]:
    """Bars from top to bottom, with their values behind them."""
    colors = theme(dark=picture.dark)
    valued = [(line, float(line.series.values[-1])) for line in picture.lines if len(line.series)]
    plot = box.inset(left=4, top=8, right=60, bottom=8)
    scale = Scale(*reach(picture.left, [0.0, *(value for _, value in valued)]), plot.left, plot.right)
    zero, step = scale.clamped(0.0), plot.height / max(len(valued), 1)
    drawn = [element("line", x1=zero, x2=zero, y1=plot.top, y2=plot.bottom, stroke=colors.grid)]
    for place, (line, value) in enumerate(valued):
        begin, end = sorted((zero, scale.clamped(value)))
        top, height = plot.top + place * step + step * 0.15, step * 0.7
        drawn.append(element("rect", x=begin, y=top, width=end - begin, height=height, fill=line.color))
        if picture.labels:
            drawn.append(text(end + 6, top + height / 2 + 4, shown(value), fill=colors.text))
    return drawn
