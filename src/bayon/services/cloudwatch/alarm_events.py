"""Hands on the events about alarms: into a log group, and to the addresses that want them.

An event waits in the state from the transaction of the change on; one that a crash interrupts may come twice, with the
same id. Each address gets its events in order.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby

from bayon import limits
from bayon.clock import monotonic_s
from bayon.deliver import http, networks
from bayon.deliver.http import UndeliveredError
from bayon.errors import AwsError, BayonError
from bayon.services.logs.ingestion import put_log_events
from bayon.services.logs.log_groups import create_log_group
from bayon.services.logs.log_streams import create_log_stream
from bayon.services.operation import Context
from bayon.settings import Settings
from bayon.state import alarm_events
from bayon.state.alarm_events import Event, Post
from bayon.state.database import State
from bayon.store.store import Store

log = logging.getLogger(__name__)
STREAM = "events"
_HEADERS = {"Content-Type": "application/json", "User-Agent": "bayon"}
_AT_ONCE_S = 1.0  # how long one run goes on to the next event of an address


def hand_on(store: Store, state: State, settings: Settings, now_ms: int) -> None:
    """Every event that waited is in the log group, and on its way to each address.

    Reads: log_groups.   Writes: log events, alarm_events, alarm_event_posts.
    """
    urls = [url for url in map(str.strip, settings.alarm_webhooks.split(",")) if url]
    while waiting := alarm_events.waiting(state, limits.ALARM_EVENTS_SENT):
        if settings.alarm_log_group:
            _log(store, state, settings, waiting, now_ms)
        with state.write():
            alarm_events.plan_posts(state, waiting, urls, now_ms)
            alarm_events.handed_on(state, [event.id for event in waiting])


def post(state: State, now_ms: int) -> None:
    """The addresses have what they were to get by now, or will be tried again later, for about a day.

    Writes: alarm_event_posts.
    """
    until_s = monotonic_s() + _AT_ONCE_S
    while due := [each for each in alarm_events.posts(state, limits.ALARM_EVENT_POSTS) if each.due_ms <= now_ms]:
        for each in due:
            _post(state, each, now_ms)
        if monotonic_s() > until_s:
            break


def _log(store: Store, state: State, settings: Settings, events: Sequence[Event], now_ms: int) -> None:
    """The events are in the log group of their account and region, which is made where it is missing."""
    in_order = sorted(events, key=lambda event: (event.account, event.region, event.at_ms, event.id))
    for (account, region), group in groupby(in_order, key=lambda event: (event.account, event.region)):
        context = Context(
            account=account,
            region=region,
            access_key="",
            request_id="",
            now_ms=now_ms,
            settings=settings,
            store=store,
            state=state,
        )
        try:
            _append(context, settings.alarm_log_group, list(group))
        except AwsError as err:
            log.warning("alarm events of %s in %s are not logged: %s", account, region, err)


def _append(context: Context, group: str, events: Sequence[Event]) -> None:
    request = {
        "logGroupName": group,
        "logStreamName": STREAM,
        "logEvents": [{"timestamp": event.at_ms, "message": event.event} for event in events],
    }
    try:
        put_log_events(context, request)
    except AwsError as err:
        if err.code != "ResourceNotFoundException":
            raise
        with _unless_there():
            create_log_group(context, {"logGroupName": group})
        with _unless_there():
            create_log_stream(context, {"logGroupName": group, "logStreamName": STREAM})
        put_log_events(context, request)


@contextmanager
def _unless_there() -> Iterator[None]:
    """What the block makes is there, whoever made it."""
    try:
        yield
    except AwsError as err:
        if err.code != "ResourceAlreadyExistsException":
            raise


def _post(state: State, each: Post, now_ms: int) -> None:
    """The address has the event, or is tried again later, or never again."""
    try:
        answer = http.post(each.url, each.event.encode(), _HEADERS, networks=networks.EVERYWHERE)
        problem = "" if answer.accepted else f"it answered {answer.status}"
        permanent = False
    except UndeliveredError as err:
        problem, permanent = err.message, err.permanent
    except BayonError as err:
        problem, permanent = err.message, False
    if not problem:
        alarm_events.posted(state, each.id)
    elif permanent or each.attempts + 1 >= limits.ALARM_EVENT_ATTEMPTS:
        log.warning("an alarm event does not reach %s: %s", each.url, problem)
        alarm_events.posted(state, each.id)
    else:
        wait_s = min(2**each.attempts, limits.ALARM_EVENT_WAIT_S)
        alarm_events.post_again(state, each, now_ms + 1000 * wait_s)
