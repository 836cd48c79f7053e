"""What is drawn: series, axes and annotations with all that a widget says about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bayon.series import Series

View = Literal["timeSeries", "bar", "pie", "singleValue", "gauge"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A series with its colour; on the right axis, or the left."""

    series: Series
    color: str
    right: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """What lies between two series, such as what an anomaly detector expects."""

    lower: Series
    upper: Series
    color: str
    right: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """Bounds are None where the data decides."""

    least: float | None = None
    most: float | None = None
    label: str = ""
    units: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A horizontal annotation: a line at `value`, or the band from there to `until`."""

    value: float
    until: float | None = None
    label: str = ""
    color: str = ""
    fill: Literal["above", "below", "none"] = "none"
    right: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A vertical annotation: a line at a time, or the band from there to `until_ms`."""

    at_ms: int
    until_ms: int | None = None
    label: str = ""
    color: str = ""
    fill: Literal["before", "after", "none"] = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A widget with its data; sizes in pixels, `offset_s` the time zone of what is written."""

    title: str
    width: int
    height: int
    start_ms: int
    end_ms: int
    dark: bool = False
    view: View = "timeSeries"
    stacked: bool = False
    lines: tuple[Line, ...] = ()
    bands: tuple[Band, ...] = ()
    left: Axis = Axis()
    right: Axis = Axis()
    levels: tuple[Level, ...] = ()
    moments: tuple[Moment, ...] = ()
    legend: Literal["right", "bottom", "hidden"] = "bottom"
    labels: bool = True
    offset_s: int = 0
    incomplete: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the picture."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    def inset(self, *, left: float = 0, top: float = 0, right: float = 0, bottom: float = 0) -> Box:
        """The box without these margins, never smaller than nothing."""
        return Box(
            self.left + left,
            self.top + top,
            max(self.width - left - right, 1.0),
            max(self.height - top - bottom, 1.0),
        )
