"""The documents that subscribers get. Pure but for the signature's key, which is given. Source: metrics.md §8.3."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bayon.services.sns import links, signing
from bayon.settings import Settings
from bayon.state.messages import Message
from bayon.state.signing_keys import SigningKey

CONFIRMATIONS = {
    "SubscriptionConfirmation": (
        "You have chosen to subscribe to the topic {}.\n"
        "To confirm the subscription, visit the SubscribeURL included in this message."
    ),
    "UnsubscribeConfirmation": (
        "You have chosen to deactivate subscription {}.\n"
        "To cancel this operation and restore the subscription, visit the SubscribeURL included in this message."
    ),
}


@dataclass(frozen=True, slots=True)
class Desk:
    """What every document needs: where links lead, and the key."""

    settings: Settings
    key: SigningKey


def kind(message: Message) -> str:
    """`Notification`, or which confirmation it is."""
    return str(message.request.get("Type", "Notification"))


def text(message: Message, protocol: str) -> str:
    """What those of the protocol are told."""
    whole = str(message.request["Message"])
    if message.request.get("MessageStructure") != "json":
        return whole
    texts = json.loads(whole)
    own = texts.get(protocol)
    return own if isinstance(own, str) else str(texts["default"])


def document(desk: Desk, message: Message, protocol: str, subscription_arn: str, version: str) -> dict[str, Any]:
    """The document, signed unless it is of a FIFO topic."""
    if kind(message) != "Notification":
        return _confirmation(desk, message, version)
    request = message.request
    found: dict[str, Any] = {"Type": "Notification", "MessageId": message.id}
    if "SequenceNumber" in request:
        found["SequenceNumber"] = request["SequenceNumber"]
    found["TopicArn"] = message.topic_arn
    if "Subject" in request:
        found["Subject"] = request["Subject"]
    found |= {"Message": text(message, protocol), "Timestamp": timestamp(message.published_ms)}
    if "SequenceNumber" not in request:
        found |= _signed(desk, found, version)
    found["UnsubscribeURL"] = links.unsubscribe(desk.settings, subscription_arn)
    if request.get("MessageAttributes"):
        found["MessageAttributes"] = attributes(request["MessageAttributes"])
    return found


def lambda_event(desk: Desk, message: Message, subscription_arn: str, version: str) -> dict[str, Any]:
    """What a function is called with: other names of the links, and every member there."""
    found = document(desk, message, "lambda", subscription_arn, version)
    found |= {"Subject": found.get("Subject"), "MessageAttributes": found.get("MessageAttributes", {})}
    for name in ("SigningCert", "Unsubscribe"):
        if f"{name}URL" in found:
            found[f"{name}Url"] = found.pop(f"{name}URL")
    record = {"EventSource": "aws:sns", "EventVersion": "1.0", "EventSubscriptionArn": subscription_arn, "Sns": found}
    return {"Records": [record]}


def written(found: Mapping[str, Any]) -> str:
    """The document as text, spaced as AWS spaces it."""
    return json.dumps(found, indent=2, separators=(",", " : "), ensure_ascii=False)


def attributes(given: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Message attributes as documents show them; binary values are base64 already."""
    return {
        name: {"Type": value["DataType"], "Value": value.get("StringValue") or value.get("BinaryValue", "")}
        for name, value in given.items()
    }


def timestamp(at_ms: int) -> str:
    """A time as documents write it."""
    written = datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")
    return written.replace("+00:00", "Z")


def _confirmation(desk: Desk, message: Message, version: str) -> dict[str, Any]:
    request = message.request
    found = {
        "Type": request["Type"],
        "MessageId": message.id,
        "Token": request["Token"],
        "TopicArn": str(message.topic_arn),
        "Message": request["Message"],
        "SubscribeURL": links.confirm(desk.settings, str(message.topic_arn), request["Token"]),
        "Timestamp": timestamp(message.published_ms),
    }
    return found | _signed(desk, found, version)


def _signed(desk: Desk, found: Mapping[str, str], version: str) -> dict[str, str]:
    return {
        "SignatureVersion": version,
        "Signature": signing.signature(desk.key, version, signing.string_to_sign(found)),
        "SigningCertURL": links.certificate(desk.settings, desk.key.id),
    }
