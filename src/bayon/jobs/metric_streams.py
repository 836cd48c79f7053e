"""Metric streams are filled."""

from __future__ import annotations

import logging

from bayon.errors import BayonError
from bayon.jobs.job import House, job
from bayon.services.cloudwatch.metric_stream_export import export
from bayon.state import metric_streams

log = logging.getLogger(__name__)


@job(every_s=60)
def fill_metric_streams(house: House) -> None:
    """Every running stream has been given what has arrived; one that fails does not keep the others from it."""
    for stream in metric_streams.running(house.state):
        try:
            export(house.store, house.state, house.settings, stream, house.now_ms)
        except BayonError as err:
            log.warning("metric stream %s: %s", stream.name, err)
