"""What was published over SNS, in order, kept until it has reached everybody. Its deliveries are in `deliveries`."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, select

from bayon.state.database import State
from bayon.state.tables import messages

ANNOUNCED = "messages"  # what `State.listen` hears of when there is something to deliver

_columns = messages.c


@dataclass(frozen=True, slots=True)
class Message:
    """A published message; `request` is the Publish input, its blobs as base64 text.

    `planned_to` is the last of its topic's subscriptions that a delivery has been planned for, where not all have.
    """

    seq: int
    id: str
    account: str
    region: str
    topic_arn: str | None
    request: Mapping[str, Any]
    published_ms: int
    planned: bool
    planned_to: str | None


@dataclass(frozen=True, slots=True)
class Published:
    """What is to be kept; `topic_arn` none when it went straight to a phone number or an endpoint."""

    id: str
    account: str
    region: str
    topic_arn: str | None
    request: Mapping[str, Any]
    published_ms: int


def keep(state: State, published: Sequence[Published]) -> None:
    """The messages are kept in this order, and who delivers hears of it. Writes: messages."""
    rows = [
        {
            "id": each.id,
            "account": each.account,
            "region": each.region,
            "topic_arn": each.topic_arn,
            "request": json.dumps(dict(each.request), default=_base64),
            "published_ms": each.published_ms,
            "planned": False,
        }
        for each in published
    ]
    if not rows:
        return
    with state.write() as connection:
        connection.execute(messages.insert(), rows)
        state.announce(ANNOUNCED)


def unplanned(state: State, limit: int) -> list[Message]:
    """The first `limit` messages that nobody has been chosen for yet, in order. Reads: messages."""
    with state.read() as connection:
        statement = select(messages).where(_columns.planned.is_(False)).order_by(_columns.seq).limit(limit)
        return [message_of(row) for row in connection.execute(statement).mappings()]


def set_planned(state: State, seqs: Sequence[int], planned_to: str | None = None) -> None:
    """All deliveries of the messages are rows; with `planned_to` those up to that subscription. Writes: messages."""
    values = {"planned": planned_to is None, "planned_to": planned_to}
    with state.write() as connection:
        connection.execute(messages.update().where(_columns.seq.in_(seqs)).values(**values))


def page(
    state: State,
    account: str,
    region: str,
    *,
    topic_arn: str | None = None,
    after: Message | None = None,
    limit: int | None,
) -> list[Message]:
    """The first `limit` messages published behind `after`, oldest first, of one topic or of all. Reads: messages."""
    statement = select(messages).where(_columns.account == account, _columns.region == region)
    if topic_arn is not None:
        statement = statement.where(_columns.topic_arn == topic_arn)
    if after is not None:
        statement = statement.where(_columns.seq > after.seq)
    ordered = statement.order_by(_columns.seq).limit(limit)
    with state.read() as connection:
        return [message_of(row) for row in connection.execute(ordered).mappings()]


def _base64(value: object) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"expected a Publish input, found {type(value).__name__} in it")


def message_of(row: RowMapping) -> Message:
    """The message of a row of the table."""
    return Message(**{**row, "request": json.loads(row["request"])})
