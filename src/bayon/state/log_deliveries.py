"""Payloads of subscription filters that wait for their destination to take them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from bayon.state.database import State
from bayon.state.tables import log_deliveries

_columns = log_deliveries.c


@dataclass(frozen=True, slots=True)
class Payload:
    """What a filter sends its destination: the compressed message, of so many events."""

    filter_id: int
    destination_arn: str
    partition_key: str
    payload: bytes
    events: int


@dataclass(frozen=True, slots=True)
class LogDelivery:
    """A payload that waits, in the order of `id`, to be tried at `next_ms`."""

    id: int
    filter_id: int
    destination_arn: str
    partition_key: str
    payload: bytes
    events: int
    attempts: int
    next_ms: int
    created_ms: int


def add(state: State, payloads: Sequence[Payload], now_ms: int) -> None:
    """The payloads wait, to be tried at once. Writes: log_deliveries."""
    if not payloads:
        return
    rows = [
        {
            "filter_id": each.filter_id,
            "destination_arn": each.destination_arn,
            "partition_key": each.partition_key,
            "payload": each.payload,
            "events": each.events,
            "attempts": 0,
            "next_ms": now_ms,
            "created_ms": now_ms,
        }
        for each in payloads
    ]
    with state.write() as connection:
        connection.execute(log_deliveries.insert(), rows)


def waiting(state: State) -> dict[int, int]:
    """How many payloads of each filter wait. Reads: log_deliveries."""
    statement = select(_columns.filter_id, func.count()).group_by(_columns.filter_id)
    with state.read() as connection:
        return dict(connection.execute(statement).tuples().all())


def due(state: State, now_ms: int, limit: int) -> list[LogDelivery]:
    """The first payloads that are to be tried by now, the oldest first. Reads: log_deliveries."""
    statement = select(log_deliveries).where(_columns.next_ms <= now_ms).order_by(_columns.id).limit(limit)
    with state.read() as connection:
        return [LogDelivery(**row) for row in connection.execute(statement).mappings()]


def postpone(state: State, destination_arn: str, now_ms: int, next_ms: int, failed: int | None = None) -> None:
    """What waits for the destination is tried again at `next_ms`; the one that failed has had an attempt more.

    Writes: log_deliveries.
    """
    waits = (_columns.destination_arn == destination_arn) & (_columns.next_ms <= now_ms)
    with state.write() as connection:
        if failed is not None:
            counted = log_deliveries.update().where(_columns.id == failed).values(attempts=_columns.attempts + 1)
            connection.execute(counted)
        connection.execute(log_deliveries.update().where(waits).values(next_ms=next_ms))


def remove(state: State, ids: Sequence[int]) -> None:
    """They wait no more. Writes: log_deliveries."""
    with state.write() as connection:
        connection.execute(log_deliveries.delete().where(_columns.id.in_(ids)))
