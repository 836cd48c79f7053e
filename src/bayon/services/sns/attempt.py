"""One attempt to deliver one message, whatever comes of it. Slow: it waits for whoever is at the other end."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import assert_never

from bayon import limits
from bayon.deliver import http, mail, networks
from bayon.deliver.http import UndeliveredError
from bayon.deliver.mail import Mail
from bayon.deliver.networks import Networks
from bayon.services import firehose
from bayon.services.sns import documents, outcome, outgoing
from bayon.services.sns.documents import Desk
from bayon.services.sns.outcome import Arrived, Failed, Outcome, Task
from bayon.services.sns.outgoing import Request, Sms, Undeliverable

_AGAIN = (408, 429)  # client errors that another attempt may mend; 408 inferred


@dataclass(frozen=True, slots=True)
class Phone:
    """What is known of an SMS's recipient and account: whether the number wants nothing, and the default sender."""

    opted_out: bool = False
    sender: str = ""


def attempt(desk: Desk, task: Task, phone: Phone, now_ms: int) -> Outcome:
    """What came of it."""
    if task.subscription is None and task.delivery.recipient.subscription_arn and _needs_subscription(task):
        return Outcome(task, Arrived())  # it has ended meanwhile: there is nobody to deliver to
    out = outgoing.of(desk, task.delivery, task.subscription, task.topic, phone.sender)
    try:
        match out:
            case Request():
                return Outcome(task, _posted(desk, out))
            case Mail():
                return _mailed(desk, task, out, now_ms)
            case Sms():
                return _texted(desk, task, out, now_ms, opted_out=phone.opted_out)
            case Undeliverable(reason, text):
                return Outcome(task, Failed(reason, permanent=True, text=text))
            case _:
                assert_never(out)
    except UndeliveredError as err:
        return Outcome(task, Failed(err.message, permanent=err.permanent))


def _needs_subscription(task: Task) -> bool:
    return documents.kind(task.delivery.message) == "Notification"


def _posted(desk: Desk, request: Request) -> Arrived | Failed:
    allowed: Networks = networks.EVERYWHERE if request.trusted else networks.parse(desk.settings.allow_networks)
    limit_s = limits.PUSH_ANSWER_S if request.push_id else limits.ENDPOINT_ANSWER_S
    answer = http.post(request.url, request.body, request.headers, networks=allowed, timeout_s=limit_s)
    if request.push_id:
        reason = firehose.refusal(request.push_id, answer.status, answer.body)
        return Failed(reason, permanent=answer.status == firehose.TOO_LARGE) if reason else Arrived()
    if answer.accepted:
        return Arrived()
    permanent = 400 <= answer.status < 500 and answer.status not in _AGAIN
    return Failed(f"the endpoint answered {answer.status}", permanent=permanent)


def _mailed(desk: Desk, task: Task, out: Mail, now_ms: int) -> Outcome:
    if desk.settings.smtp:
        mail.send(mail.server_of(desk.settings.smtp), out)
    carried = "smtp" if desk.settings.smtp else "inbox"
    return Outcome(task, Arrived(), (outcome.mail_letter(task, out, carried, desk, now_ms),))


def _texted(desk: Desk, task: Task, out: Sms, now_ms: int, *, opted_out: bool) -> Outcome:
    if opted_out:
        return Outcome(task, Failed(f"{out.number} has opted out", permanent=True, text=out.text))
    if desk.settings.sms_gateway:
        message = task.delivery.message
        body = {"to": out.number, "message": out.text, "sender": out.sender, "messageId": message.id}
        headers = {"Content-Type": "application/json"}
        request = Request(desk.settings.sms_gateway, headers, json.dumps(body).encode(), trusted=True)
        posted = _posted(desk, request)
        if isinstance(posted, Failed):
            return Outcome(task, posted)
    carried = "gateway" if desk.settings.sms_gateway else "inbox"
    return Outcome(task, Arrived(), (outcome.sms_letter(task, out, carried, now_ms),))
