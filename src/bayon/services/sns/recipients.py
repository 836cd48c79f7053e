"""Chooses who gets a message: the topic's confirmed subscriptions whose filter policies let it through."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from bayon.services.sns.documents import text
from bayon.services.sns.filter_match import let_through
from bayon.services.sns.values import BadValueError
from bayon.state.deliveries import Recipient
from bayon.state.messages import Message

if TYPE_CHECKING:
    from bayon.state.subscriptions import Subscription

ORDERED = "o"  # begins the lanes in which one message waits for the one before


def of_topic(message: Message, subscriptions: Iterable[Subscription]) -> Iterator[Recipient]:
    """One recipient for each of the subscriptions that is to get the message."""
    attributes = message.request.get("MessageAttributes") or {}
    for subscription in subscriptions:
        if subscription.confirmed and _wants(subscription, message, attributes):
            yield to(message, subscription)


def to(message: Message, subscription: Subscription) -> Recipient:
    """The subscription as a recipient of the message, whatever it wants."""
    lane = lane_of(subscription.protocol, subscription.endpoint)
    if "SequenceNumber" in message.request:
        lane = _lane(ORDERED, subscription.arn, message.request.get("MessageGroupId", ""))
    return Recipient(message.seq, subscription.arn, subscription.protocol, subscription.endpoint, lane)


def of_single(message: Message) -> Recipient:
    """Whom a message names itself: who is asked to confirm, or what a metric stream leads to."""
    request = message.request
    protocol, endpoint = request["Protocol"], request["Endpoint"]
    return Recipient(message.seq, request["SubscriptionArn"], protocol, endpoint, lane_of(protocol, endpoint))


def of_phone(message: Message) -> Recipient:
    """The phone number that the message was published to."""
    return Recipient(message.seq, None, "sms", message.request["PhoneNumber"], lane_of("sms", ""))


def lane_of(protocol: str, endpoint: str) -> str:
    """What is delivered independently of everything else: an address, or all that one server passes on."""
    shared = {"email": "smtp", "email-json": "smtp", "sms": "sms"}
    return _lane("u", shared.get(protocol, protocol), "" if protocol in shared else endpoint)


def _wants(subscription: Subscription, message: Message, attributes: dict[str, dict[str, str]]) -> bool:
    if "FilterPolicy" not in subscription.attributes:
        return True
    try:
        return let_through(subscription.attributes, text(message, subscription.protocol), attributes)
    except BadValueError:  # kept by a version that did not read policies
        return False


def _lane(first: str, *parts: str) -> str:
    return first + hashlib.blake2b("\n".join(parts).encode(), digest_size=15).hexdigest()
