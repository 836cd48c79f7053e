"""Traces on their way out."""

from __future__ import annotations

from bayon import limits
from bayon.clock import DAY_S
from bayon.jobs.job import House, job
from bayon.store import traces


@job(every_s=3600)
def expire_traces(house: House) -> None:
    """No document is held that arrived longer ago than a trace is kept."""
    traces.expire(house.store, house.now_ms // 1000 - limits.TRACE_RETENTION_DAYS * DAY_S)
