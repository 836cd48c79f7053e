"""What follows the arrival of log events."""

from __future__ import annotations

from bayon.jobs.job import House, job
from bayon.services.logs.following import metrics


@job(every_s=5)
def derive_log_metrics(house: House) -> None:
    """Metric filters, embedded metrics and the metrics in AWS/Logs are as new as the log."""
    metrics.derive_metrics(house.store, house.state, house.now_ms)
