"""Events about alarms that wait to be handed on, and up to when alarms have been evaluated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from bayon.state.database import State
from bayon.state.statements import upsert
from bayon.state.tables import alarm_clock, alarm_event_posts, alarm_events

_columns = alarm_events.c
_post = alarm_event_posts.c


@dataclass(frozen=True, slots=True)
class Event:
    """An EventBridge-shaped event as JSON text."""

    id: int
    account: str
    region: str
    at_ms: int
    event: str


@dataclass(frozen=True, slots=True)
class Post:
    """An event that an address has yet to get, after so many attempts that failed."""

    id: int
    url: str
    event: str
    at_ms: int
    attempts: int
    due_ms: int


def add(state: State, events: Sequence[tuple[str, str, int, str]]) -> None:
    """The events, given as account, region, time and text, wait in their order. Writes: alarm_events."""
    if events:
        rows = [dict(zip(("account", "region", "at_ms", "event"), event, strict=True)) for event in events]
        with state.write() as connection:
            connection.execute(alarm_events.insert(), rows)


def waiting(state: State, limit: int) -> list[Event]:
    """The oldest events that wait. Reads: alarm_events."""
    with state.read() as connection:
        rows = connection.execute(select(alarm_events).order_by(_columns.id).limit(limit)).mappings()
        return [Event(**row) for row in rows]


def handed_on(state: State, ids: Sequence[int]) -> None:
    """The events no longer wait. Writes: alarm_events."""
    with state.write() as connection:
        connection.execute(alarm_events.delete().where(_columns.id.in_(ids)))


def plan_posts(state: State, events: Sequence[Event], urls: Sequence[str], now_ms: int) -> None:
    """Each address is to get each event. Writes: alarm_event_posts."""
    rows = [
        {"url": url, "event": event.event, "at_ms": event.at_ms, "attempts": 0, "due_ms": now_ms}
        for event in events
        for url in urls
    ]
    if rows:
        with state.write() as connection:
            connection.execute(alarm_event_posts.insert(), rows)


def posts(state: State, limit: int) -> list[Post]:
    """For each address the oldest events that it has yet to get, the most overdue address first.

    Reads: alarm_event_posts.
    """
    firsts = select(func.min(_post.id), func.min(_post.due_ms)).group_by(_post.url).order_by(func.min(_post.due_ms))
    with state.read() as connection:
        ids = [row[0] for row in connection.execute(firsts.limit(limit))]
        rows = connection.execute(select(alarm_event_posts).where(_post.id.in_(ids)).order_by(_post.due_ms)).mappings()
        return [Post(**row) for row in rows]


def posted(state: State, post_id: int) -> None:
    """The address has the event, or never will. Writes: alarm_event_posts."""
    with state.write() as connection:
        connection.execute(alarm_event_posts.delete().where(_post.id == post_id))


def post_again(state: State, post: Post, due_ms: int) -> None:
    """One more attempt has failed; the next is due then. Writes: alarm_event_posts."""
    with state.write() as connection:
        values = {"attempts": post.attempts + 1, "due_ms": due_ms}
        connection.execute(alarm_event_posts.update().where(_post.id == post.id).values(values))


def evaluated_ms(state: State, name: str) -> int | None:
    """Up to when the evaluation of that name has been done. Reads: alarm_clock."""
    with state.read() as connection:
        return connection.execute(select(alarm_clock.c.at_ms).where(alarm_clock.c.name == name)).scalar_one_or_none()


def evaluated(state: State, name: str, at_ms: int) -> None:
    """The evaluation of that name has been done up to then. Writes: alarm_clock."""
    with state.write() as connection:
        upsert(connection, alarm_clock, [{"name": name, "at_ms": at_ms}])
