"""The order of FIFO topics: each message's number, and which messages were published twice.

Rows are kept only while a second publication would be a duplicate; the messages themselves are in `messages`.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, func, select

from bayon.state.database import State
from bayon.state.tables import fifo_messages, topics

_columns = fifo_messages.c


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message stands in its topic; `duplicate` says that it was published before, under that id and number."""

    message_id: str
    sequence: int
    duplicate: bool


def place(
    state: State, topic_arn: str, deduplication: str, message_id: str, *, published_ms: int, forget_before_ms: int
) -> Place | None:
    """The message's place: a new one, behind all others of the topic, or that of the message published before under the
    same deduplication text; none where there is no such topic.

    Numbers grow with time, so that they stay in order when rows are gone. Writes: fifo_messages.
    """
    of_topic = _columns.topic_arn == topic_arn
    same = and_(of_topic, _columns.deduplication == deduplication)
    with state.write() as connection:
        # Publishers of one topic queue here, which also keeps a duplicate from passing at the same moment.
        locked = select(topics.c.arn).where(topics.c.arn == topic_arn).with_for_update()
        if connection.execute(locked).one_or_none() is None:
            return None
        last = connection.execute(select(func.max(_columns.sequence)).where(of_topic)).scalar_one()
        connection.execute(fifo_messages.delete().where(of_topic, _columns.published_ms < forget_before_ms))
        before = connection.execute(select(fifo_messages).where(same)).one_or_none()
        if before is not None:
            return Place(before.message_id, before.sequence, duplicate=True)
        sequence = max(published_ms * 1_000_000, (last or 0) + 1)
        values = {"topic_arn": topic_arn, "deduplication": deduplication, "message_id": message_id}
        connection.execute(fifo_messages.insert().values(**values, sequence=sequence, published_ms=published_ms))
    return Place(message_id, sequence, duplicate=False)
