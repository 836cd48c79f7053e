"""What becomes of an attempt to deliver: the message has arrived, is tried again, or is given up and told of. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bayon.services.sns import documents, links, retry
from bayon.services.sns.documents import Desk
from bayon.services.sns.outgoing import effective
from bayon.state.inbox import Letter

if TYPE_CHECKING:
    from bayon.deliver.mail import Mail
    from bayon.services.sns.outgoing import Sms
    from bayon.state.deliveries import Delivery
    from bayon.state.subscriptions import Subscription
    from bayon.state.topics import Topic


@dataclass(frozen=True, slots=True)
class Task:
    """A delivery, and to whom: no subscription for a phone number."""

    delivery: Delivery
    subscription: Subscription | None
    topic: Topic | None


@dataclass(frozen=True, slots=True)
class Arrived:
    """It is where it should be."""


@dataclass(frozen=True, slots=True)
class Failed:
    """It is not; `permanent` where another attempt would end the same way, `text` is what did not arrive."""

    reason: str
    permanent: bool
    text: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt, with the letters for the local inbox."""

    task: Task
    result: Arrived | Failed
    letters: tuple[Letter, ...] = ()


def retry_ms(task: Task, now_ms: int) -> int | None:
    """When a delivery that has just failed is tried again, none where it is given up."""
    delivery, protocol = task.delivery, task.delivery.recipient.protocol
    web = protocol in ("http", "https")
    if web:
        retries = retry.of_http(effective(task.subscription, task.topic))
    elif protocol == "firehose":
        retries = retry.TO_FIREHOSE
    else:
        retries = retry.TO_PEOPLE if protocol in ("email", "email-json", "sms") else retry.TO_AWS
    return retry.next_ms(retries, delivery.attempts + 1, now_ms, delivery.message.published_ms, bounded=web)


def dead_letter_arn(task: Task) -> str | None:
    """The queue that what was given up goes to."""
    policy = task.subscription.attributes.get("RedrivePolicy") if task.subscription else None
    return str(json.loads(policy)["deadLetterTargetArn"]) if policy else None


def mail_letter(task: Task, mail: Mail, carried: str, desk: Desk, now_ms: int) -> Letter:
    """An e-mail as the inbox keeps it."""
    message, recipient = task.delivery.message, task.delivery.recipient
    details = {"from": mail.sender, "carried": carried} | _known(task)
    if "Token" in message.request:
        token = message.request["Token"]
        details["confirm"] = links.confirm_page(desk.settings, str(message.topic_arn), token, recipient.endpoint)
    elif recipient.subscription_arn:
        leave = links.unsubscribe_page(desk.settings, recipient.subscription_arn, recipient.endpoint)
        details["unsubscribe"] = leave
    return _letter(task, recipient.protocol, mail.subject, mail.text, details, now_ms)


def sms_letter(task: Task, sms: Sms, carried: str, now_ms: int) -> Letter:
    """An SMS as the inbox keeps it."""
    return _letter(task, "sms", "", sms.text, {"from": sms.sender, "carried": carried} | _known(task), now_ms)


def lost_letter(task: Task, failed: Failed, now_ms: int) -> Letter:
    """What could not be delivered, as the inbox keeps it: in place of the queue of dead letters, where there is one."""
    arn = dead_letter_arn(task)
    recipient = task.delivery.recipient
    details = {"carried": "no", "reason": failed.reason, "endpoint": recipient.endpoint} | _known(task)
    details["attempts"] = str(task.delivery.attempts + 1)
    text = failed.text or documents.text(task.delivery.message, recipient.protocol)
    subject = task.delivery.message.request.get("Subject", "")
    kind, to = ("dead-letter", arn) if arn else ("undelivered", recipient.endpoint)
    return _letter(task, kind, subject, text, details, now_ms, to)


def _known(task: Task) -> dict[str, str]:
    message = task.delivery.message
    found = {"message_id": message.id, "protocol": task.delivery.recipient.protocol}
    if message.topic_arn:
        found["topic_arn"] = message.topic_arn
    if task.delivery.recipient.subscription_arn:
        found["subscription_arn"] = task.delivery.recipient.subscription_arn
    return found


def _letter(
    task: Task, kind: str, subject: str, text: str, details: dict[str, str], now_ms: int, to: str = ""
) -> Letter:
    message = task.delivery.message
    return Letter(
        account=message.account,
        region=message.region,
        kind=kind,
        recipient=to or task.delivery.recipient.endpoint,
        subject=subject,
        text=text,
        details=details,
        sent_ms=now_ms,
    )
