"""What was published over SNS, kept until it is delivered."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, select, tuple_

from bayon.state.database import State
from bayon.state.tables import messages

_columns = messages.c


@dataclass(frozen=True, slots=True)
class Message:
    """A published message; `request` is the Publish input, its blobs as base64 text."""

    id: str
    account: str
    region: str
    topic_arn: str | None
    request: Mapping[str, Any]
    published_ms: int


def keep(
    state: State,
    message_id: str,
    account: str,
    region: str,
    topic_arn: str | None,
    request: Mapping[str, Any],
    *,
    published_ms: int,
) -> None:
    """The message is kept.

    In: `topic_arn` none when it went straight to a phone number or an endpoint. Writes: messages.
    """
    values = {"id": message_id, "account": account, "region": region, "topic_arn": topic_arn}
    text = json.dumps(dict(request), default=_base64)
    with state.write() as connection:
        connection.execute(messages.insert().values(**values, request=text, published_ms=published_ms))


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
        statement = statement.where(tuple_(_columns.published_ms, _columns.id) > (after.published_ms, after.id))
    ordered = statement.order_by(_columns.published_ms, _columns.id).limit(limit)
    with state.read() as connection:
        return [_message(row) for row in connection.execute(ordered).mappings()]


def _base64(value: object) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"expected a Publish input, found {type(value).__name__} in it")


def _message(row: RowMapping) -> Message:
    return Message(**{**row, "request": json.loads(row["request"])})
