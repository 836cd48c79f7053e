"""From values and times to places, with round numbers to write beside them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_MINUTE_MS, _HOUR_MS, _DAY_MS = 60_000, 3_600_000, 86_400_000
_TIME_STEPS_MS = (
    *(1000 * each for each in (1, 5, 10, 30)),
    *(_MINUTE_MS * each for each in (1, 5, 10, 15, 30)),
    *(_HOUR_MS * each for each in (1, 2, 3, 6, 12)),
    *(_DAY_MS * each for each in (1, 2, 7, 14, 30, 90, 180, 365)),
)
_PREFIXES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))


@dataclass(frozen=True, slots=True)
class Scale:
    """`least` lies at `begin`, `most` at `end`."""

    least: float
    most: float
    begin: float
    end: float

    def __call__(self, value: float) -> float:
        return self.begin + (value - self.least) / ((self.most - self.least) or 1.0) * (self.end - self.begin)

    def clamped(self, value: float) -> float:
        """The place, within the scale's own."""
        return self(min(max(value, self.least), self.most))


def ticks(least: float, most: float, count: int) -> list[float]:
    """About so many round numbers from the least to the most."""
    span = most - least
    if not (span > 0 and math.isfinite(span)):
        return [least]
    raw = span / max(count, 1)
    size = 10.0 ** math.floor(math.log10(raw))
    step = next((size * each for each in _STEPS if size * each >= raw * (1 - 1e-9)), 10 * size)
    first = math.ceil(least / step - 1e-9)
    last = math.floor(most / step + 1e-9)
    return [place * step for place in range(first, last + 1)]


def widened(least: float, most: float) -> tuple[float, float]:
    """The range from round number to round number, with room where all values are one; from 0 where that is near."""
    if least == most:
        room = abs(least) / 2 or 1.0
        least, most = least - room, most + room
    if 0 < least <= most / 2:
        least = 0.0
    if least / 2 <= most < 0:
        most = 0.0
    marks = ticks(least, most, 5)
    step = marks[1] - marks[0] if len(marks) > 1 else most - least
    return math.floor(least / step + 1e-9) * step, math.ceil(most / step - 1e-9) * step


def time_ticks(start_ms: int, end_ms: int, count: int, offset_s: int) -> list[tuple[int, str]]:
    """About so many round times in the time zone, each as it is written."""
    span_ms = max(end_ms - start_ms, 1)
    step_ms = next((each for each in _TIME_STEPS_MS if each >= span_ms / max(count, 1)), _TIME_STEPS_MS[-1])
    offset_ms = offset_s * 1000
    first_ms = -(-(start_ms + offset_ms) // step_ms) * step_ms - offset_ms
    form = "%H:%M:%S" if step_ms < _MINUTE_MS else "%H:%M" if step_ms < _DAY_MS else "%m/%d"
    return [(at_ms, moment(at_ms, offset_s, form)) for at_ms in range(first_ms, end_ms + 1, step_ms)]


def moment(at_ms: int, offset_s: int, form: str) -> str:
    return datetime.fromtimestamp(at_ms / 1000 + offset_s, UTC).strftime(form)


def shown(value: float) -> str:
    """The number for people: three or four digits that count, with k, M, B or T."""
    for size, prefix in _PREFIXES:
        if abs(value) >= size:
            return f"{_plain(value / size)}{prefix}"
    return _plain(value)


def _plain(value: float) -> str:
    if value != 0 and abs(value) < 0.001:
        return f"{value:.2g}"
    return f"{value:.3f}".rstrip("0").rstrip(".") if abs(value) < 100 else f"{value:.1f}".rstrip("0").rstrip(".")
