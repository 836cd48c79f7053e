"""Who is still to get which message, and when it is tried next.

A lane is what is delivered independently of everything else: an endpoint, or a group of a FIFO subscription. How one
delivers, and what a failure means, is the business of others.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from bayon.state.database import State
from bayon.state.messages import Message, message_of
from bayon.state.tables import deliveries, messages

_columns = deliveries.c


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where one message goes; without a subscription when it was published straight to a phone number."""

    message_seq: int
    subscription_arn: str | None
    protocol: str
    endpoint: str
    lane: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message on its way to one endpoint, after so many attempts that failed."""

    id: int
    message: Message
    recipient: Recipient
    attempts: int
    due_ms: int


def add(state: State, recipients: Sequence[Recipient], *, due_ms: int) -> list[int]:
    """Each is to get its message. Out: the deliveries' ids in the same order. Writes: deliveries."""
    if not recipients:
        return []
    rows = [
        {
            "message_seq": each.message_seq,
            "subscription_arn": each.subscription_arn,
            "protocol": each.protocol,
            "endpoint": each.endpoint,
            "lane": each.lane,
            "attempts": 0,
            "due_ms": due_ms,
        }
        for each in recipients
    ]
    statement = deliveries.insert().returning(_columns.id, sort_by_parameter_order=True)
    with state.write() as connection:
        return list(connection.execute(statement, rows).scalars())


def lanes(state: State) -> dict[str, int]:
    """When the next delivery of each lane is due. Reads: deliveries."""
    statement = select(_columns.lane, func.min(_columns.due_ms)).group_by(_columns.lane)
    with state.read() as connection:
        return dict(connection.execute(statement).tuples().all())


def page(state: State, lane: str, *, without: Collection[int], in_order: bool, limit: int) -> list[Delivery]:
    """The lane's first `limit` deliveries, but those of the ids `without`: by the time they are due, or `in_order` of
    their messages.

    Reads: deliveries, messages.
    """
    own = [column.label(f"delivery_{column.name}") for column in _columns]
    statement = (
        select(messages, *own)
        .join(messages, messages.c.seq == _columns.message_seq)
        .where(_columns.lane == lane, _columns.id.not_in(list(without)))
        .order_by(*([] if in_order else [_columns.due_ms]), _columns.id)
        .limit(limit)
    )
    found = []
    with state.read() as connection:
        for row in connection.execute(statement).mappings():
            fields = {name.removeprefix("delivery_"): value for name, value in row.items() if name in _own_names}
            message = {name: value for name, value in row.items() if name not in _own_names}
            times = {name: fields.pop(name) for name in ("id", "attempts", "due_ms")}
            found.append(Delivery(message=message_of(message), recipient=Recipient(**fields), **times))  # type: ignore[arg-type]
    return found


_own_names = {f"delivery_{column.name}" for column in _columns}


def finish(state: State, done: Sequence[int], message_seqs: Sequence[int]) -> None:
    """The deliveries are gone, and those of the messages that nobody is still to get. Writes: deliveries, messages."""
    if not message_seqs:
        return
    waiting = select(_columns.id).where(_columns.message_seq == messages.c.seq)
    over = messages.c.seq.in_(message_seqs), messages.c.planned.is_(True), ~waiting.exists()
    with state.write() as connection:
        if done:
            connection.execute(deliveries.delete().where(_columns.id.in_(done)))
        connection.execute(messages.delete().where(*over))


def postpone(state: State, id_: int, *, attempts: int, due_ms: int) -> None:
    """The delivery is tried again then. Writes: deliveries."""
    with state.write() as connection:
        connection.execute(deliveries.update().where(_columns.id == id_).values(attempts=attempts, due_ms=due_ms))


def count_of_lane(state: State, lane: str) -> int:
    """How many deliveries of the lane are still to be made. Reads: deliveries."""
    with state.read() as connection:
        statement = select(func.count()).select_from(deliveries).where(_columns.lane == lane)
        return connection.execute(statement).scalar_one()


def count(state: State) -> int:
    """How many deliveries are still to be made. Reads: deliveries."""
    with state.read() as connection:
        return connection.execute(select(func.count()).select_from(deliveries)).scalar_one()
