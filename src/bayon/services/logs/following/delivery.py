"""Posts payloads of subscription filters, again and again for a day, and counts what became of them in AWS/Logs.

A destination gets its payloads one after the other, and is left alone for a while after one that it did not take;
destinations do not wait for each other. What it took and a crash forgot is posted again, with the same ids of events.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby

from bayon import limits
from bayon.clock import monotonic_s
from bayon.deliver.http import UndeliveredError, post
from bayon.services.logs.following import dead_letters, destinations, service_metrics
from bayon.services.logs.following.points import Derived
from bayon.settings import Settings
from bayon.state import log_deliveries, log_groups, subscription_filters
from bayon.state.database import State
from bayon.state.log_deliveries import LogDelivery
from bayon.store import metrics
from bayon.store.store import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of an attempt: `why` it failed, empty where it did not; `final` where another would fail too."""

    delivery: LogDelivery
    why: str = ""
    final: bool = False
    throttled: bool = False


def deliver(store: Store, state: State, settings: Settings, now_ms: int) -> None:
    """What was due has been tried. Reads, writes: log_deliveries.   Writes: metric data."""
    due = log_deliveries.due(state, now_ms, limits.DELIVERIES_A_RUN)
    if not due:
        return
    by_arn = sorted(due, key=lambda each: (each.destination_arn, each.id))
    parts = [list(part) for _, part in groupby(by_arn, key=lambda each: each.destination_arn)]
    with ThreadPoolExecutor(limits.DELIVERIES_AT_ONCE, thread_name_prefix="log-delivery") as threads:
        tried = threads.map(lambda part: _deliver(state, settings, part, now_ms), parts)
        outcomes = [each for part in tried for each in part]
    for outcome in outcomes:
        _settle(state, settings, outcome, now_ms)
    _count(store, state, outcomes, now_ms)


def try_out(destination: destinations.Destination, payload: bytes, now_ms: int) -> str:
    """One attempt. Out: why it failed, empty where it did not."""
    body, headers = destinations.request(destination, payload, destinations.partition_key("", "ByLogStream"), now_ms)
    return _post(destination, body, headers)[0]


def _deliver(state: State, settings: Settings, deliveries: Sequence[LogDelivery], now_ms: int) -> list[_Outcome]:
    """The attempts, up to the first that failed, or for as long as a destination may take of one run."""
    outcomes: list[_Outcome] = []
    began_s = monotonic_s()
    destination = destinations.find(settings, destinations.target_of(state, deliveries[0].destination_arn))
    for delivery in deliveries:
        outcomes.append(_attempt(destination, delivery, now_ms))
        if outcomes[-1].why or monotonic_s() - began_s > limits.DELIVERY_RUN_S:
            break
    return outcomes


def _attempt(destination: destinations.Destination | None, delivery: LogDelivery, now_ms: int) -> _Outcome:
    if destination is None:
        return _Outcome(delivery, "no URL is known for the destination")
    body, headers = destinations.request(destination, delivery.payload, delivery.partition_key, now_ms)
    why, status = _post(destination, body, headers)
    return _Outcome(delivery, why, final=400 <= status < 500 and status not in (408, 429), throttled=status == 429)


def _post(destination: destinations.Destination, body: bytes, headers: Mapping[str, str]) -> tuple[str, int]:
    """Why the request failed, empty where it did not, and the status of the answer, 0 where there was none."""
    try:
        answer = post(destination.url, body, headers, networks=destination.networks, timeout_s=limits.DELIVERY_ANSWER_S)
    except UndeliveredError as err:
        return err.message, 0
    return ("" if answer.accepted else f"the destination answered {answer.status}"), answer.status


def _settle(state: State, settings: Settings, outcome: _Outcome, now_ms: int) -> None:
    delivery = outcome.delivery
    if not outcome.why:
        log_deliveries.remove(state, [delivery.id])
    elif outcome.final or now_ms - delivery.created_ms >= limits.DELIVERY_LIFE_MS:
        dead_letters.write(settings, delivery, outcome.why, now_ms)
        log_deliveries.remove(state, [delivery.id])
        log.warning("a payload for %s is in the dead letters: %s", delivery.destination_arn, outcome.why)
    else:
        pause_ms = min(1000 * 2**delivery.attempts, limits.DELIVERY_PAUSE_MS)
        log_deliveries.postpone(state, delivery.destination_arn, now_ms, now_ms + pause_ms, failed=delivery.id)


def _count(store: Store, state: State, outcomes: Sequence[_Outcome], now_ms: int) -> None:
    """ForwardedLogEvents, ForwardedBytes, DeliveryErrors and DeliveryThrottling."""
    counts: Counter[tuple[int, str, str]] = Counter()
    for outcome in outcomes:
        delivery = outcome.delivery
        key = (delivery.filter_id, delivery.destination_arn)
        if not outcome.why:
            counts[*key, "ForwardedLogEvents"] += delivery.events
            counts[*key, "ForwardedBytes"] += len(delivery.payload)
        else:
            counts[*key, "DeliveryThrottling" if outcome.throttled else "DeliveryErrors"] += 1
    filters = subscription_filters.by_ids(state, [filter_id for filter_id, _, _ in counts])
    groups = log_groups.by_ids(state, [each.group_id for each in filters.values()])
    made = Derived()
    for (filter_id, arn, name), count in counts.items():
        if filter_id not in filters or filters[filter_id].group_id not in groups:
            continue
        group = groups[filters[filter_id].group_id]
        dimensions = {
            "LogGroupName": group.name,
            "DestinationType": destinations.kind_of(destinations.target_of(state, arn)) or "Unknown",
            "FilterName": filters[filter_id].name,
        }
        unit = "Bytes" if name == "ForwardedBytes" else "None"
        at_s = now_ms // 60_000 * 60
        service_metrics.count(made, (group.account, group.region), name, count, at_s, *dimensions.items(), unit=unit)
    for place, points in made.points.items():
        metrics.append(store, *place, points, now_ms)
