"""Subscriptions that nobody confirmed, and those that ended: out when their time is over."""

from __future__ import annotations

from bayon import limits
from bayon.jobs.job import House, job
from bayon.state import subscriptions


@job(every_s=3600)
def expire_pending_subscriptions(house: House) -> None:
    """No subscription waits for its confirmation for longer than AWS lets it."""
    subscriptions.delete_pending(house.state, house.now_ms - limits.SUBSCRIPTION_PENDING_MS)
    subscriptions.forget_ended(house.state, house.now_ms - limits.SUBSCRIPTION_TOKEN_LIFE_MS)
