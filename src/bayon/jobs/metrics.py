"""Metric points on their way: rolled up into the coarser tiers, and out of each tier when they are too old for it."""

from __future__ import annotations

from bayon import limits
from bayon.clock import DAY_MS
from bayon.jobs.job import House, job
from bayon.store import metric_totals, roll_up


@job(every_s=10)
def settle_metrics(house: House) -> None:
    """Recent points are rolled up, if enough of them wait or long enough."""
    roll_up.settle_metrics(house.store, house.now_ms // 1000)


@job(every_s=3600)
def expire_metrics(house: House) -> None:
    """Each tier holds only the days it is meant to keep."""
    roll_up.expire(house.store, house.now_ms // 1000)


@job(every_s=3600)
def expire_metric_totals(house: House) -> None:
    """No sum since a start is kept that stopped growing long ago."""
    metric_totals.expire(house.store, (house.now_ms - limits.OTLP_TOTALS_KEPT_DAYS * DAY_MS) * 1_000_000)
