"""What FIFO topics ask of a message besides its content, and what standard topics refuse."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from bayon import limits
from bayon.services.operation import Context
from bayon.services.sns.faults import invalid, not_found
from bayon.services.sns.topic_attributes import is_fifo
from bayon.state import fifo_messages
from bayon.state.database import State
from bayon.state.fifo_messages import Place
from bayon.state.topics import Topic

if TYPE_CHECKING:
    from bayon.shapes.sns import PublishBatchRequestEntry, PublishInput

_ID = re.compile(r"[!-~]{1,128}")
_FIRST_NUMBER = 10**19  # numbers have twenty digits


def check(message: PublishInput | PublishBatchRequestEntry, topic: Topic) -> None:
    """Raises: InvalidParameterException. Source: metrics.md §8.1 (recorded); the form of ids documented."""
    deduplication, group = message.get("MessageDeduplicationId"), message.get("MessageGroupId")
    if not is_fifo(topic.attributes):
        if deduplication is not None:
            reason = "The request includes MessageDeduplicationId parameter that is not valid for this topic type"
            raise invalid(f"MessageDeduplicationId Reason: {reason}")
    elif not group:
        raise invalid("The MessageGroupId parameter is required for FIFO topics")
    elif not deduplication and topic.attributes.get("ContentBasedDeduplication") != "true":
        raise invalid(
            "The topic should either have ContentBasedDeduplication enabled "
            "or MessageDeduplicationId provided explicitly"
        )
    for name, id_ in (("MessageGroupId", group), ("MessageDeduplicationId", deduplication)):
        if id_ and not _ID.fullmatch(id_):
            raise invalid(f"{name} Reason: expected 1 to 128 letters, digits and punctuation")


def place(ctx: Context, topic: Topic, message: PublishInput, message_id: str) -> Place:
    """The message's place in the FIFO topic, which is an earlier one where it was published in the last five minutes.

    Raises: NotFoundException.   Writes: fifo_messages.
    """
    return placed(ctx.state, topic, message, message_id, ctx.now_ms)


def placed(state: State, topic: Topic, message: PublishInput, message_id: str, now_ms: int) -> Place:
    """The same for what no caller published. Raises: NotFoundException.   Writes: fifo_messages."""
    found = fifo_messages.place(
        state,
        topic.arn,
        _deduplication(topic, message),
        message_id,
        published_ms=now_ms,
        forget_before_ms=now_ms - limits.DEDUPLICATION_MS,
    )
    if found is None:
        raise not_found("Topic")
    return found


def written(place: Place) -> str:
    """The number as clients see it."""
    return str(_FIRST_NUMBER + place.sequence)


def _deduplication(topic: Topic, message: PublishInput) -> str:
    id_ = message.get("MessageDeduplicationId") or hashlib.sha256(message["Message"].encode()).hexdigest()
    by_group = topic.attributes.get("FifoThroughputScope") == "MessageGroup"
    return f"{message['MessageGroupId']} {id_}" if by_group else id_
