"""Lets bayon's own parts publish: alarms and whatever else has something to say to a topic's subscribers.

A message goes the way of any other; who is told, and how, is decided where messages are delivered.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import TYPE_CHECKING

from bayon import limits
from bayon.services.sns import alarm_text, fifo
from bayon.services.sns.topic_attributes import is_fifo
from bayon.state import messages, topics
from bayon.state.database import State
from bayon.state.fifo_messages import Place
from bayon.state.messages import Published
from bayon.state.topics import Topic

if TYPE_CHECKING:
    from bayon.shapes.sns import PublishInput


def notify(state: State, topic_arn: str, subject: str, message: str, now_ms: int) -> str | None:
    """The message is kept for the topic's subscribers, inside the caller's transaction where there is one.

    In: an alarm's message is its JSON; people get it as readable text, in mail, and its subject, by SMS.
    Out: its id, none where there is no such topic. Writes: messages.   Source: metrics.md §4.9.
    """
    with state.write():
        topic = topics.find(state, topic_arn)
        if topic is None:
            return None
        message_id = str(uuid.uuid4())
        request = published(topic_arn, subject, message)
        if is_fifo(topic.attributes):
            place = _place(state, topic, request, message_id, now_ms)
            if place.duplicate:
                return place.message_id
            request = {**request, "SequenceNumber": fifo.written(place)}  # type: ignore[typeddict-unknown-key]
        messages.keep(state, [Published(message_id, topic.account, topic.region, topic.arn, request, now_ms)])
        return message_id


def published(topic_arn: str, subject: str, message: str) -> PublishInput:
    """What is published: an alarm's message with texts of its own for mail and SMS, any other as it is."""
    subject = subject[: limits.SUBJECT_CHARS]
    request: PublishInput = {"TopicArn": topic_arn, "Subject": subject, "Message": message}
    alarm = alarm_text.read(message)
    if alarm is None:
        return request
    texts = {"default": message, "sms": subject, "email": alarm_text.readable(alarm)}
    return {**request, "Message": json.dumps(texts), "MessageStructure": "json"}


def _place(state: State, topic: Topic, request: PublishInput, message_id: str, now_ms: int) -> Place:
    """The message's place in a FIFO topic: the alarm is its group, and no two messages are duplicates."""
    alarm = alarm_text.read(json.loads(request["Message"])["default"]) if "MessageStructure" in request else None
    of = alarm["AlarmArn"] if alarm else request["Subject"]
    request["MessageGroupId"] = hashlib.sha256(of.encode()).hexdigest()
    request["MessageDeduplicationId"] = message_id
    return fifo.placed(state, topic, request, message_id, now_ms)
