"""Log events on their way: into their indexed form, and out when they are deleted or too old."""

from __future__ import annotations

from bayon import limits
from bayon.jobs.job import House, job
from bayon.services.logs.retention import kept_since_ms
from bayon.state import deleted_logs, log_groups
from bayon.store import logs
from bayon.store import settle_logs as settling


@job(every_s=1)
def settle_logs(house: House) -> None:
    """Recent events are indexed, if enough of them wait or long enough."""
    settling.settle_logs(house.store)


@job(every_s=5)
def purge_logs(house: House) -> None:
    """No event of a deleted group or stream is left. A crash on the way leaves the rest pending."""
    while pending := deleted_logs.pending(house.state, limits.PURGES_READ):
        for deletion in pending:
            logs.delete(house.store, deletion.group_id, deletion.stream_id)
            deleted_logs.purged(house.state, deletion.id)


@job(every_s=3600)
def expire_logs(house: House) -> None:
    """No event is left that is older than its group's retention."""
    for group in log_groups.with_retention(house.state):
        logs.expire(house.store, group.id, kept_since_ms(group, house.now_ms))
