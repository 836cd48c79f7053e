"""A picture to SVG."""

from __future__ import annotations

from bayon.render import legend
from bayon.render.picture import Box, Picture
from bayon.render.svg import element, shortened, text
from bayon.render.theme import theme
from bayon.render.widgets import bar, gauge, pie, single_value, time_series

FONT = "Noto Sans"
_VIEWS = {
    "timeSeries": time_series.draw,
    "bar": bar.draw,
    "pie": pie.draw,
    "singleValue": single_value.draw,
    "gauge": gauge.draw,
}
_NAMED_BY_LEGEND = ("timeSeries", "bar", "pie")
_WARNING = "#ff9900"


def svg(picture: Picture) -> str:
    """The picture: title, view and legend; a triangle where data is missing from it."""
    colors = theme(dark=picture.dark)
    drawn = [element("rect", width=picture.width, height=picture.height, fill=colors.background)]
    box = Box(0, 0, picture.width, picture.height).inset(left=10, top=8, right=10, bottom=8)
    if picture.title:
        words = shortened(picture.title, box.width, 14)
        drawn.append(text(box.left, box.top + 13, words, fill=colors.text, size=14, bold=True))
        box = box.inset(top=24)
    if picture.view in _NAMED_BY_LEGEND:
        box, named = legend.placed(picture, box)
        drawn += named
    drawn += _VIEWS[picture.view](picture, box)
    if picture.incomplete:
        drawn += _warning(picture.width - 24, 8)
    size = {"width": picture.width, "height": picture.height}
    return element("svg", *drawn, xmlns="http://www.w3.org/2000/svg", **size, font_family=f"{FONT}, sans-serif")


def _warning(x: float, y: float) -> list[str]:
    """An orange triangle with an exclamation mark: not all data could be read."""
    corners = f"{x + 8},{y} {x + 16},{y + 14} {x},{y + 14}"
    return [
        element("polygon", points=corners, fill=_WARNING),
        text(x + 8, y + 12.5, "!", fill="#ffffff", anchor="middle", bold=True),
    ]
