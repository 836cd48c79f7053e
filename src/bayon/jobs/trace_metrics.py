"""What follows the arrival of segments."""

from __future__ import annotations

from bayon.jobs.job import House, job
from bayon.services.xray.following import derive


@job(every_s=5)
def derive_trace_metrics(house: House) -> None:
    """The metrics of services, and of the AWS services that they call, are as new as the traces."""
    derive.derive_metrics(house.store, house.settings.aws_metrics, house.now_ms)
