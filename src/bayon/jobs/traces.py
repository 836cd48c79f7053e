"""Traces on their way: summed up, settled, and out when they are too old."""

from __future__ import annotations

from bayon import limits
from bayon.clock import DAY_MS
from bayon.jobs.job import House, job
from bayon.services.xray import group_metrics, insight_watch, span_logs
from bayon.services.xray.sum_up import sum_up
from bayon.state import sampling_reports, xray_resources
from bayon.store import cursors, summaries, traces


@job(every_s=1)
def settle_traces(house: House) -> None:
    """What has arrived is summed up, unless appends leave no time, and settled, if it is enough or old enough."""
    if not house.store.busy or house.store.segment_generations.rows >= limits.SETTLE_SEGMENT_BACKLOG_ROWS:
        sum_up(house.store)
    traces.settle(house.store, cursors.position(house.store, summaries.CURSOR))


@job(every_s=1)
def write_spans(house: House) -> None:
    """What arrives is in the log group of spans, where an account has chosen that."""
    span_logs.write_spans(house.store, house.state, house.now_ms)


@job(every_s=60)
def publish_group_metrics(house: House) -> None:
    """The traces that each group got are a metric, minute by minute."""
    group_metrics.publish(house.store, house.state, house.now_ms)


@job(every_s=60)
def watch_for_insights(house: House) -> None:
    """Faults that are out of the ordinary are an insight of each group that asked for them."""
    insight_watch.watch(house.store, house.state, house.now_ms)


@job(every_s=600)
def forget_reports_and_retrievals(house: House) -> None:
    """What clients reported of their sampling, and what traces were asked for by id, is kept for an hour."""
    sampling_reports.forget(house.state, house.now_ms - limits.SAMPLING_REPORTS_KEPT_MS)
    xray_resources.delete_older(house.state, "retrieval", house.now_ms - limits.RETRIEVAL_KEPT_MS)
    xray_resources.delete_older(house.state, "insight", house.now_ms - limits.TRACE_RETENTION_DAYS * DAY_MS)


@job(every_s=3600)
def expire_traces(house: House) -> None:
    """No document is held that arrived longer ago than a trace is kept."""
    traces.expire(house.store, house.now_ms - limits.TRACE_RETENTION_DAYS * DAY_MS)
