"""Log events on their way: into their indexed form, and out when they are deleted or too old."""

from __future__ import annotations

from collections import defaultdict

from bayon import limits
from bayon.clock import DAY_MS
from bayon.jobs.job import House, job
from bayon.services.logs import account_retention, anomaly_detection
from bayon.state import deleted_logs, log_groups, log_queries
from bayon.store import purge_logs as purging
from bayon.store import settle_logs as settling


@job(every_s=1)
def settle_logs(house: House) -> None:
    """Recent events are indexed, if enough of them wait or long enough."""
    settling.settle_logs(house.store)


@job(every_s=5, lane="purge")
def purge_logs(house: House) -> None:
    """No event of a deleted group or stream is left. A crash on the way leaves the rest pending."""
    while (pending := deleted_logs.pending(house.state, limits.PURGES_READ)) and not house.stopping():
        purging.delete(house.store, [(each.group_id, each.stream_id) for each in pending], house.stopping)
        for deletion in pending:
            deleted_logs.purged(house.state, deletion.id)
    purging.sweep(house.store)


@job(every_s=15, lane="purge")
def expire_logs(house: House) -> None:
    """No event is left, but where it is not worth it yet, that is older than its group's retention."""
    by_days = defaultdict(list)
    for group in log_groups.with_retention(house.state):
        by_days[group.kept_days].append(group.id)
    before_ms = {house.now_ms - days * DAY_MS: group_ids for days, group_ids in by_days.items() if days}
    purging.expire(house.store, before_ms, house.stopping)


@job(every_s=60)
def apply_account_retention(house: House) -> None:
    """Account policies of retention that have come into effect, or are gone, decide for their groups."""
    account_retention.apply(house.state, house.now_ms)


@job(every_s=3600)
def expire_log_queries(house: House) -> None:
    """No query is kept whose results can no longer be asked for."""
    log_queries.expire(
        house.state,
        house.now_ms - limits.INSIGHTS_RESULT_LIFE_MS,
        kept=limits.INSIGHTS_KEPT_QUERIES,
        kept_bytes=limits.INSIGHTS_KEPT_BYTES,
    )


@job(every_s=60, lane="anomalies")
def detect_log_anomalies(house: House) -> None:
    """Every detector whose period has passed has looked at its group."""
    anomaly_detection.detect(house.state, house.store, house.now_ms)
