"""From arrived log events to payloads that wait for their destination, each event in one of them at least once.

Payloads are kept in the same transaction as how far the log has been looked at; `delivery.py` posts them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from bayon import limits
from bayon.errors import AwsError
from bayon.languages.filter_pattern import sql
from bayon.services.logs.filter_patterns import read_pattern
from bayon.services.logs.following import dead_letters, payloads, texts
from bayon.services.logs.following.destinations import partition_key
from bayon.services.logs.protection import protection_of
from bayon.settings import Settings
from bayon.sql import Sql
from bayon.state import log_cursors, log_deliveries, log_groups, log_streams, subscription_filters
from bayon.state.database import State
from bayon.state.log_cursors import LogCursor
from bayon.state.log_deliveries import Payload
from bayon.state.log_groups import LogGroup
from bayon.state.subscription_filters import SubscriptionFilter
from bayon.store import arrivals
from bayon.store.arrivals import ArrivedEvent, Window
from bayon.store.store import Store

CURSOR = "subscriptions"


def begin(store: Store, state: State) -> None:
    """The first filter of all is about what arrives from now on. Writes: log_cursors."""
    if not subscription_filters.any_exist(state):
        newest = arrivals.newest(store)
        log_cursors.put(state, CURSOR, LogCursor(newest.seq, newest.generation))


def forward(store: Store, state: State, settings: Settings, now_ms: int) -> None:
    """Payloads of all that has arrived wait for their destinations, or of as much as one run does.

    Reads: log events, subscription_filters.   Writes: log_deliveries, log_cursors.
    """
    if not subscription_filters.any_exist(state):
        return
    for _ in range(limits.FORWARDED_WINDOWS):
        cursor = log_cursors.find(state, CURSOR) or LogCursor(0, 0)
        window = arrivals.next_window(store, cursor.seq, cursor.generation, limits.FORWARDED_ROWS)
        if window is None:
            return
        made = list(_payloads(store, state, window))
        kept, over = _admitted(state, made)
        for payload in over:
            dead_letters.write(settings, payload, "too many payloads wait for the destination", now_ms)
        with state.write():
            log_deliveries.add(state, kept, now_ms)
            log_cursors.put(state, CURSOR, LogCursor(window.until, window.newest_generation))


def _payloads(store: Store, state: State, window: Window) -> Iterator[Payload]:
    present = {each.group_id for each in arrivals.arrived(store, window)}
    groups = log_groups.by_ids(state, sorted(present))
    for each in subscription_filters.of_groups(state, list(groups)):
        try:
            condition = _condition(each)
        except AwsError:  # it was right when it was put, by an older bayon
            continue
        events = arrivals.events(store, window, [each.group_id], condition)
        yield from _of_filter(state, each, groups[each.group_id], events)


def _condition(each: SubscriptionFilter) -> Sql:
    column = texts.column(on_transformed=each.on_transformed)
    wanted = sql.condition(read_pattern(each.pattern), column=column)
    text = f"(ingested_at_ms >= {{since:Int64}} AND {wanted.text})"
    return Sql(text, {**wanted.parameters, "since": each.created_ms})


def _of_filter(
    state: State, each: SubscriptionFilter, group: LogGroup, events: Sequence[ArrivedEvent]
) -> Iterator[Payload]:
    streams = log_streams.by_ids(state, sorted({event.stream_id for event in events}))
    protection = protection_of(state, group)
    shown = [replace(event, message=texts.hidden(protection, event)) for event in events] if protection else events
    in_streams = sorted(shown, key=lambda event: event.stream_id)  # stable: in each, by arrival
    for stream_id, of_stream in groupby(in_streams, key=lambda event: event.stream_id):
        if stream_id not in streams:
            continue  # it was deleted meanwhile
        name = streams[stream_id].name
        for payload, count in payloads.data_messages(group, name, each.name, list(of_stream)):
            yield Payload(each.id, each.destination_arn, partition_key(name, each.distribution), payload, count)


def _admitted(state: State, made: Sequence[Payload]) -> tuple[list[Payload], list[Payload]]:
    """The payloads that may wait, and those that are too many of their filter."""
    waiting = log_deliveries.waiting(state) if made else {}
    kept: list[Payload] = []
    over: list[Payload] = []
    for payload in made:
        count = waiting.get(payload.filter_id, 0)
        (kept if count < limits.DELIVERIES_WAITING else over).append(payload)
        waiting[payload.filter_id] = count + 1
    return kept, over
