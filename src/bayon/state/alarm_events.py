"""Events about alarms that wait to be handed on, and up to when alarms have been evaluated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from bayon.state.database import State
from bayon.state.statements import upsert
from bayon.state.tables import alarm_clock, alarm_events

_columns = alarm_events.c


@dataclass(frozen=True, slots=True)
class Event:
    """An EventBridge-shaped event as JSON text."""

    id: int
    account: str
    region: str
    at_ms: int
    event: str


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


def evaluated_ms(state: State, name: str) -> int | None:
    """Up to when the evaluation of that name has been done. Reads: alarm_clock."""
    with state.read() as connection:
        return connection.execute(select(alarm_clock.c.at_ms).where(alarm_clock.c.name == name)).scalar_one_or_none()


def evaluated(state: State, name: str, at_ms: int) -> None:
    """The evaluation of that name has been done up to then. Writes: alarm_clock."""
    with state.write() as connection:
        upsert(connection, alarm_clock, [{"name": name, "at_ms": at_ms}])
