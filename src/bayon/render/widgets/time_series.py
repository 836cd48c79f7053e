"""Lines over time, or areas on top of each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from bayon.render import axes, marks
from bayon.render.picture import Axis, Band, Box, Line, Picture
from bayon.render.scales import Scale
from bayon.render.svg import element, points
from bayon.series import Series

_GAP = 1.5  # periods without a point that break a line


def draw(picture: Picture, box: Box) -> list[str]:
    """Axes, bands, lines and annotations, the later ones above the earlier."""
    if picture.stacked:
        picture = replace(picture, lines=tuple(_stacked(picture.lines)))
    reaches = {right: axes.reach(_axis(picture, right=right), _values(picture, right=right)) for right in (False, True)}
    sides = [False, *([True] if any(line.right for line in picture.lines) else [])]
    margins = {right: axes.margin(*reaches[right], box.height) for right in sides}
    plot = box.inset(left=margins[False], top=18, right=margins.get(True, 10), bottom=22)
    scales = {right: Scale(*reaches[right], plot.bottom, plot.top) for right in (False, True)}
    drawn = axes.horizontal(picture, plot)
    for right in sides:
        unit = next((line.series.unit for line in picture.lines if line.right == right), "")
        drawn += axes.vertical(picture, plot, scales[right], _axis(picture, right=right), unit, right=right)
    times = Scale(picture.start_ms, picture.end_ms, plot.left, plot.right)
    drawn += [part for each in picture.bands for part in _band(each, times, scales[each.right])]
    drawn += [part for each in picture.moments for part in marks.moment(each, picture, plot)]
    below: dict[bool, Line] = {}
    for line in picture.lines:
        if picture.stacked:
            drawn += _area(line, below.get(line.right), times, scales[line.right])
            below[line.right] = line
        drawn += _line(line, times, scales[line.right])
    return drawn + [part for each in picture.levels for part in marks.level(each, plot, scales[each.right])]


def _axis(picture: Picture, *, right: bool) -> Axis:
    return picture.right if right else picture.left


def _values(picture: Picture, *, right: bool) -> Iterator[float]:
    """What the axis has to have room for."""
    for line in picture.lines:
        if line.right == right:
            yield from _extremes(line.series)
    for band in picture.bands:
        if band.right == right:
            yield from (*_extremes(band.lower), *_extremes(band.upper))
    for level in picture.levels:
        if level.right == right:
            yield from (value for value in (level.value, level.until) if value is not None)
    if picture.stacked:
        yield 0.0


def _extremes(series: Series) -> tuple[float, ...]:
    return (float(series.values.min()), float(series.values.max())) if len(series) else ()


def _stacked(lines: Sequence[Line]) -> Iterator[Line]:
    """Each line on top of those before it on its axis; one without a point adds nothing there."""
    for right in (False, True):
        members = [line for line in lines if line.right == right]
        times_ms = np.unique(np.concatenate([np.empty(0, np.int64), *(line.series.times_ms for line in members)]))
        total = np.zeros(len(times_ms))
        for line in members:
            total = total.copy()
            total[np.searchsorted(times_ms, line.series.times_ms)] += line.series.values
            yield replace(line, series=replace(line.series, times_ms=times_ms, values=total))


def _runs(series: Series) -> Iterator[slice]:
    """The stretches without gaps."""
    cuts = np.flatnonzero(np.diff(series.times_ms) > _GAP * series.period_s * 1000) + 1
    ends = [0, *cuts.tolist(), len(series)]
    yield from (slice(first, last) for first, last in pairwise(ends) if last > first)


def _line(line: Line, times: Scale, scale: Scale) -> Iterator[str]:
    """A stretch of one point is a dot."""
    for run in _runs(line.series):
        places = _places(line.series, run, times, scale)
        if len(places) == 1:
            yield element("circle", cx=places[0][0], cy=places[0][1], r=2, fill=line.color)
        else:
            yield element("polyline", points=points(places), fill="none", stroke=line.color, stroke_width=1.5)


def _area(line: Line, below: Line | None, times: Scale, scale: Scale) -> Iterator[str]:
    """From the line down to the one below it, or to 0."""
    for run in _runs(line.series):
        over = _places(line.series, run, times, scale)
        base = scale.clamped(0.0)
        under = _places(below.series, run, times, scale) if below else [(over[0][0], base), (over[-1][0], base)]
        yield element("polygon", points=points([*over, *reversed(under)]), fill=line.color, fill_opacity=0.35)


def _band(band: Band, times: Scale, scale: Scale) -> Iterator[str]:
    upper = _places(band.upper, slice(None), times, scale)
    lower = _places(band.lower, slice(None), times, scale)
    if upper and lower:
        yield element("polygon", points=points([*upper, *reversed(lower)]), fill=band.color, fill_opacity=0.2)


def _places(series: Series, run: slice, times: Scale, scale: Scale) -> list[tuple[float, float]]:
    pairs = zip(series.times_ms[run].tolist(), series.values[run].tolist(), strict=True)
    return [(times.clamped(time_ms), scale.clamped(value)) for time_ms, value in pairs]
