"""Export tasks, carried out one after the other beside the other jobs."""

from __future__ import annotations

from bayon.jobs.job import House, job
from bayon.services.logs import exports
from bayon.state import export_tasks


@job(every_s=1, lane="exports")
def run_exports(house: House) -> None:
    """No export task waits, whether it is new or was interrupted."""
    for task in export_tasks.active(house.state):
        if house.stopping():
            return
        exports.carry_out(
            task, house.state, house.store, house.settings.buckets_place, house.clock.now_ms, house.stopping
        )
