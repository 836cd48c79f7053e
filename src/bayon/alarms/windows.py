"""When an alarm is evaluated, and over which windows of time. Pure; times are seconds unless a name says otherwise.

Windows of a minute and more slide: each evaluation, once a minute, looks at those that end at the last whole minute.
Shorter ones end at whole ten seconds. Whoever looks further than a day does so once an hour.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bayon import limits
from bayon.clock import DAY_S

TICK_S: Final = 10
MINUTE_S: Final = 60
HOUR_S: Final = 3600
GROWING: Final = "growing"
SLIDING: Final = "sliding"


def reach(periods: int) -> int:
    """How many windows are retrieved for an alarm of so many periods, so that gaps can be bridged.

    Source: inferred; AWS publishes only that five are for three.
    """
    return periods + max(2, periods // 3)


def every_s(period_s: int, periods: int) -> int:
    """How often an alarm is evaluated. Source: CloudWatch user guide, Alarm evaluation."""
    if period_s < MINUTE_S:
        return TICK_S
    return HOUR_S if period_s * periods > DAY_S else MINUTE_S


def due(every_s: int, tick_s: int) -> bool:
    """Whether the tick, a multiple of `TICK_S`, evaluates alarms that are evaluated so often.

    Late points have a few seconds of grace, and an hour's evaluation is seen at three minutes past (documented).
    """
    return tick_s % every_s == _phase_s(every_s)


def next_s(every_s: int, tick_s: int) -> int:
    """The first tick behind this one that evaluates them."""
    return tick_s + 1 + (_phase_s(every_s) - tick_s - 1) % every_s


def _phase_s(every_s: int) -> int:
    match every_s:
        case 10:
            return 0
        case 60:
            return limits.ALARM_GRACE_S
        case _:
            return 2 * MINUTE_S + limits.ALARM_GRACE_S


def early(statistic: str, operator: str) -> str | None:
    """How an alarm of a period below a minute may be judged before its newest window is over, None where it may not.

    What only grows decides as soon as it has grown enough: `growing`. A mean, a percentile or an extreme is as good
    over any window of the full length: `sliding`. Either way the alarm goes to ALARM within a second or two, where AWS
    waits for the end of the window; it goes back only by whole windows.
    """
    if statistic in ("Sum", "SampleCount") or statistic.startswith(("tc", "ts", "TC", "TS")):
        return GROWING if operator.startswith("GreaterThan") else None
    return SLIDING


def early_end_s(look: str, now_s: int) -> int:
    """Where the newest window ends that is looked at early."""
    return now_s - now_s % TICK_S + TICK_S if look == GROWING else now_s


def calendar(zone: ZoneInfo, period_s: int, now_s: int, count: int) -> list[tuple[int, int]]:
    """The last `count` complete windows of the calendar as (start, end), oldest first: an hour begins at :00, a day at
    local midnight, a week on Monday; their lengths follow the clock of the place.

    Source: CloudWatch user guide, Alarm evaluation window.
    """
    edges = _edges_back(zone, period_s, now_s)
    ends = [next(edges) for _ in range(count + 1)]
    return [(start, end) for end, start in itertools.pairwise(ends)][::-1]


def _edges_back(zone: ZoneInfo, period_s: int, now_s: int) -> Iterator[int]:
    """The boundaries up to now, newest first."""
    if period_s < DAY_S:
        offset_s = _offset_s(zone, now_s)
        edge = (now_s + offset_s) // period_s * period_s - offset_s
        while True:
            yield edge
            edge -= period_s
    days = period_s // DAY_S
    day = datetime.fromtimestamp(now_s, zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if days == 7:
        day -= timedelta(days=day.weekday())
    while True:
        yield int(day.timestamp())
        day -= timedelta(days=days)


def _offset_s(zone: ZoneInfo, at_s: int) -> int:
    offset = datetime.fromtimestamp(at_s, zone).utcoffset()
    assert offset is not None, "a zoned time has an offset"
    return int(offset.total_seconds())
