"""What follows the arrival of log events."""

from __future__ import annotations

from bayon.jobs.job import House, job
from bayon.services.logs.following import delivery, metrics, subscriptions


@job(every_s=5)
def derive_log_metrics(house: House) -> None:
    """Metric filters, embedded metrics and the metrics in AWS/Logs are as new as the log."""
    metrics.derive_metrics(house.store, house.state, house.now_ms)


@job(every_s=1)
def forward_log_events(house: House) -> None:
    """What subscribers are to get waits for their destinations."""
    subscriptions.forward(house.store, house.state, house.settings, house.now_ms)


@job(every_s=1)
def send_log_events(house: House) -> None:
    """What waits for destinations of subscription filters and is due has been tried."""
    delivery.deliver(house.store, house.state, house.settings, house.now_ms)
