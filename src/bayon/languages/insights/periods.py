"""Lengths of time: their units, their caps, and the edges of the buckets that they make. Source: logs.md §3.3, §3.7."""

from __future__ import annotations

from dataclasses import dataclass

from bayon.clock import DAY_MS
from bayon.languages.insights.tree import Period


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit and its spellings, the shortest first; `ms` none for those of the calendar, `cap` none where nothing is
    clamped."""

    spellings: tuple[str, ...]
    ms: int | None
    cap: int | None = None
    months: int = 0


UNITS = (
    Unit(("ms", "msec", "millisecond"), 1, 1000),
    Unit(("s", "sec", "second"), 1000, 60),
    Unit(("m", "min", "minute"), 60_000, 60),
    Unit(("h", "hr", "hour"), 3_600_000, 24),
    Unit(("d", "day"), DAY_MS),
    Unit(("w", "week"), 7 * DAY_MS),
    Unit(("mo", "mon", "month"), None, months=1),
    Unit(("q", "qtr", "quarter"), None, months=3),
    Unit(("y", "yr", "year"), None, months=12),
)
SPELLINGS = {
    spelling + plural: unit
    for unit in UNITS
    for spelling in unit.spellings
    for plural in ("", "s")
    if not plural or len(spelling) > 1
}
COUNT_MAX = 1_000_000  # ours: longer than any range of data


def clamped(period: Period) -> Period:
    """The period with at most as many units as AWS counts: `300s` is 60 seconds."""
    unit = SPELLINGS[period.unit]
    count = period.count if unit.cap is None else min(period.count, unit.cap)
    return Period(max(1, min(count, COUNT_MAX)), period.unit, period.span)


def length_ms(period: Period) -> int:
    """How long it is; a month of the calendar counts as 30 days."""
    unit = SPELLINGS[period.unit]
    return period.count * (unit.ms if unit.ms is not None else unit.months * 30 * DAY_MS)


def floor(at_ms: str, period: Period, offset_ms: int = 0) -> str:
    """SQL: the start of the bucket that the time lies in."""
    if offset_ms:
        return f"({floor(f'({at_ms} - {offset_ms})', period)} + {offset_ms})"
    held = clamped(period)
    unit = SPELLINGS[held.unit]
    if unit.ms is not None:
        # Weeks begin on a Monday, four days after the epoch; all else at multiples since the epoch.
        shift_ms = 4 * DAY_MS if unit.ms == 7 * DAY_MS else 0
        width_ms = held.count * unit.ms
        shifted = f"({at_ms} - {shift_ms})" if shift_ms else at_ms
        return f"({_floor_div(shifted, width_ms)} * {width_ms} + {shift_ms})"
    return _month_ms(_bucket_of_months(at_ms, held.count * unit.months))


def ceil(at_ms: str, period: Period) -> str:
    """SQL: the end of that bucket; a time on an edge stays."""
    held = clamped(period)
    unit = SPELLINGS[held.unit]
    low = floor(at_ms, held)
    if unit.ms is not None:
        return f"if({low} = {at_ms}, {low}, {low} + {held.count * unit.ms})"
    months = held.count * unit.months
    return f"if({low} = {at_ms}, {low}, {_month_ms(f'{_bucket_of_months(at_ms, months)} + {months}')})"


def _floor_div(at_ms: str, width_ms: int) -> str:
    return f"toInt64(floor({at_ms} / {width_ms}))" if width_ms > 1 else f"toInt64({at_ms})"


def _bucket_of_months(at_ms: str, months: int) -> str:
    day = f"fromUnixTimestamp64Milli(toInt64({at_ms}), 'UTC')"
    return f"intDiv((toYear({day}) - 1970) * 12 + toMonth({day}) - 1, {months}) * {months}"


def _month_ms(months: str) -> str:
    day = f"makeDate32(1970 + intDiv({months}, 12), 1 + ({months}) % 12, 1)"
    return f"(dateDiff('day', toDate32('1970-01-01'), {day}) * {DAY_MS})"
