"""What goes out for one delivery: a request, an e-mail, an SMS, or the reason why nothing can.

Sending it is the business of `deliver`, when is decided in `retry.py`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from bayon import limits
from bayon.deliver.mail import Mail
from bayon.services import firehose
from bayon.services.sns import delivery_policy, documents, links, targets
from bayon.services.sns.documents import Desk
from bayon.settings import Settings

if TYPE_CHECKING:
    from bayon.state.deliveries import Delivery
    from bayon.state.subscriptions import Subscription
    from bayon.state.topics import Topic

_AGENT = "Amazon Simple Notification Service Agent"
_DEFAULT_SUBJECT = "AWS Notification Message"
_CONFIRM_SUBJECT = "AWS Notification - Subscription Confirmation"
_SERVICES = {"sqs": "queues", "lambda": "functions"}


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP POST; `trusted` addresses were named by bayon's owner. An answer to one with a `push_id` must name it."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    trusted: bool = False
    push_id: str = ""


@dataclass(frozen=True, slots=True)
class Sms:
    """A text for a phone number."""

    number: str
    text: str
    sender: str


@dataclass(frozen=True, slots=True)
class Undeliverable:
    """bayon has no way to the endpoint; `text` is what would have gone there."""

    reason: str
    text: str


Outgoing = Request | Mail | Sms | Undeliverable


def of(
    desk: Desk, delivery: Delivery, subscription: Subscription | None, topic: Topic | None, sender: str = ""
) -> Outgoing:
    """What goes out. In: no subscription for a phone number, or where it has ended meanwhile; `sender` is that of the
    account's SMS that name none."""
    match delivery.recipient.protocol:
        case "http" | "https":
            return _web(desk, delivery, subscription, topic)
        case "email" | "email-json":
            return _mail(desk, delivery, topic)
        case "firehose":
            return _push(desk, delivery, subscription, topic)
        case "sms":
            return Sms(delivery.recipient.endpoint, sms_text(delivery, topic), _sender(delivery) or sender)
        case _:
            return _service(desk, delivery, subscription, topic)


def leads_somewhere(settings: Settings, arn: str) -> bool:
    """True where the settings say what address the ARN stands for."""
    return targets.url_of(settings.targets, arn) is not None


def effective(subscription: Subscription | None, topic: Topic | None) -> Mapping[str, Any]:
    """The delivery policy in force for an http or https endpoint."""
    own = subscription.attributes.get("DeliveryPolicy", "{}") if subscription else "{}"
    return _effective(topic.attributes.get("DeliveryPolicy", "{}") if topic else "{}", own)


@lru_cache(maxsize=limits.DELIVERY_POLICIES_CACHED)
def _effective(of_topic: str, own: str) -> Mapping[str, Any]:
    text = delivery_policy.of_subscription({"DeliveryPolicy": of_topic}, {"DeliveryPolicy": own})
    found: dict[str, Any] = json.loads(text)
    return found


def _version(topic: Topic | None) -> str:
    return topic.attributes.get("SignatureVersion", "1") if topic else "1"


def _document(desk: Desk, delivery: Delivery, topic: Topic | None) -> dict[str, Any]:
    arn = delivery.recipient.subscription_arn or ""
    return documents.document(desk, delivery.message, delivery.recipient.protocol, arn, _version(topic))


def _raw(delivery: Delivery, subscription: Subscription | None) -> bool:
    wanted = subscription is not None and subscription.attributes.get("RawMessageDelivery") == "true"
    return wanted and documents.kind(delivery.message) == "Notification"


def _web(desk: Desk, delivery: Delivery, subscription: Subscription | None, topic: Topic | None) -> Request:
    message, kind = delivery.message, documents.kind(delivery.message)
    request_policy = effective(subscription, topic).get("requestPolicy") or {}
    headers = {
        "Content-Type": request_policy.get("headerContentType", "text/plain; charset=UTF-8"),
        "User-Agent": _AGENT,
        "Accept-Encoding": "gzip,deflate",
        "x-amz-sns-message-type": kind,
        "x-amz-sns-message-id": message.id,
        "x-amz-sns-topic-arn": str(message.topic_arn),
    }
    if kind != "SubscriptionConfirmation":
        headers["x-amz-sns-subscription-arn"] = str(delivery.recipient.subscription_arn)
    if _raw(delivery, subscription):
        headers["x-amz-sns-rawdelivery"] = "true"
        body = documents.text(message, delivery.recipient.protocol)
    else:
        body = documents.written(_document(desk, delivery, topic))
    return Request(delivery.recipient.endpoint, headers, body.encode())


def _mail(desk: Desk, delivery: Delivery, topic: Topic | None) -> Mail:
    message, recipient = delivery.message, delivery.recipient
    leave = links.unsubscribe_page(desk.settings, recipient.subscription_arn or "", recipient.endpoint)
    headers = {"X-Bayon-Topic": str(message.topic_arn)}
    if documents.kind(message) == "SubscriptionConfirmation":
        subject, text = _CONFIRM_SUBJECT, _confirmation(desk, delivery)
    else:
        subject = message.request.get("Subject") or _DEFAULT_SUBJECT
        text = documents.text(message, "email") + _footer(leave)
        headers["List-Unsubscribe"] = f"<{leave}>"
    if recipient.protocol == "email-json":
        text = documents.written(_document(desk, delivery, topic))
    return Mail(
        sender=_from(desk, topic),
        to=recipient.endpoint,
        subject=subject,
        text=text,
        message_id=f"<{message.id}.{delivery.id}@bayon>",
        headers=headers,
    )


def _from(desk: Desk, topic: Topic | None) -> str:
    name = topic.attributes.get("DisplayName", "") if topic else ""
    quoted = " ".join(name.replace("\\", "").replace('"', "").split())
    return f'"{quoted}" <{desk.settings.mail_from}>' if quoted else desk.settings.mail_from


def _confirmation(desk: Desk, delivery: Delivery) -> str:
    message = delivery.message
    link = links.confirm_page(
        desk.settings, str(message.topic_arn), message.request["Token"], delivery.recipient.endpoint
    )
    return (
        f"You have chosen to subscribe to the topic:\n{message.topic_arn}\n\n"
        "To confirm this subscription, open the link below. If it was not you who wanted it, do nothing.\n\n"
        f"{link}\n"
    )


def _footer(leave: str) -> str:
    return f"\n\n--\nTo get no more of these messages, open the link below and unsubscribe:\n{leave}\n"


def sms_text(delivery: Delivery, topic: Topic | None) -> str:
    """What a phone shows: the topic's display name before the text, as much as fits in the parts there may be."""
    name = topic.attributes.get("DisplayName", "") if topic else ""
    text = documents.text(delivery.message, "sms")
    return (f"{name}> {text}" if name else text)[: limits.SMS_CHARS]


def _sender(delivery: Delivery) -> str:
    given = (delivery.message.request.get("MessageAttributes") or {}).get("AWS.SNS.SMS.SenderID", {})
    return str(given.get("StringValue", ""))


def _service(
    desk: Desk, delivery: Delivery, subscription: Subscription | None, topic: Topic | None
) -> Request | Undeliverable:
    """What another service of AWS would be given, posted where the settings say that its ARN leads."""
    protocol, arn = delivery.recipient.protocol, delivery.recipient.endpoint
    text = _service_text(desk, delivery, subscription, topic)
    url = targets.url_of(desk.settings.targets, arn)
    if url is None:
        reason = f"bayon has no {_SERVICES.get(protocol, protocol)}: its setting targets says where their ARNs lead"
        return Undeliverable(reason, text)
    headers = {"Content-Type": "application/json", "User-Agent": _AGENT, "x-amz-sns-endpoint": arn}
    headers |= {"x-amz-sns-message-id": delivery.message.id, "x-amz-sns-topic-arn": str(delivery.message.topic_arn)}
    for header, name in (("group-id", "MessageGroupId"), ("deduplication-id", "MessageDeduplicationId")):
        if name in delivery.message.request:
            headers[f"x-amz-sns-message-{header}"] = delivery.message.request[name]
    if _raw(delivery, subscription):
        headers["x-amz-sns-rawdelivery"] = "true"
    return Request(url, headers, text.encode(), trusted=True)


def _push(
    desk: Desk, delivery: Delivery, subscription: Subscription | None, topic: Topic | None
) -> Request | Undeliverable:
    """Records for the endpoint of a delivery stream: those of a metric stream, or a notification."""
    message, arn = delivery.message, delivery.recipient.endpoint
    records: list[str] = message.request.get("Records") or []
    if not records:
        records = [firehose.record_of(_service_text(desk, delivery, subscription, topic).encode() + b"\n")]
    named = targets.url_of(desk.settings.targets, arn)
    url = named or firehose.named_url(arn)
    if url is None:
        reason = "bayon has no delivery streams: its setting targets says where their ARNs lead"
        return Undeliverable(reason, str(message.request["Message"]))
    push = firehose.push(url, arn, message.id, records, message.published_ms)
    return Request(push.url, push.headers, push.body, trusted=named is not None, push_id=message.id)


def _service_text(desk: Desk, delivery: Delivery, subscription: Subscription | None, topic: Topic | None) -> str:
    arn = delivery.recipient.subscription_arn or ""
    if delivery.recipient.protocol == "lambda":
        return json.dumps(documents.lambda_event(desk, delivery.message, arn, _version(topic)), ensure_ascii=False)
    if _raw(delivery, subscription):
        return documents.text(delivery.message, delivery.recipient.protocol)
    return documents.written(_document(desk, delivery, topic))
