"""Periods: which are legal, and to what start and end of a query they round. Pure.

Which points a tier still keeps at a period is the store's; buckets begin at the rounded start.
"""

from __future__ import annotations

from bayon.clock import DAY_S

SUB_MINUTE_S = (1, 5, 10, 20, 30)
LAST_S = 2**32 - 1  # the store counts seconds in 32 bits


def is_legal(period_s: int) -> bool:
    """Whether AWS aggregates to this period."""
    return period_s in SUB_MINUTE_S or (0 < period_s <= LAST_S and period_s % 60 == 0)


def rounded(start_ms: int, end_ms: int, period_s: int, now_s: int) -> tuple[int, int]:
    """The first second of a query and the first second behind it, the start rounded as AWS does.

    Out: seconds since the epoch, within what the store can hold. The end is rounded only for periods below a minute:
    the last bucket of a longer period has just the data before the end.
    Source: GetMetricStatistics API reference, StartTime; the end is inferred from its examples.
    """
    start_s = start_ms // 1000
    grain_s = _grain_s(start_s, period_s, now_s)
    end_s = -(-end_ms // 1000)
    if period_s < 60:
        end_s = end_ms // 1000 // grain_s * grain_s
    start_s = start_s // grain_s * grain_s
    return (start_s if start_s >= 0 else start_s % period_s), min(end_s, LAST_S)


def _grain_s(start_s: int, period_s: int, now_s: int) -> int:
    if period_s < 60:
        return period_s
    age_s = now_s - start_s
    if age_s <= 15 * DAY_S:
        return 60
    return 300 if age_s <= 63 * DAY_S else 3600
