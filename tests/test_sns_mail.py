"""Mail goes out over SMTP, SMS through a gateway: with real servers at the other end."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from urllib.request import urlopen

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from bayon.deliver.http import UndeliveredError
from bayon.deliver.mail import Mail, send, server_of
from bayon.errors import BayonError
from bayon.testing import running
from endpoints import webhook

NOW = "2026-03-02T10:00:00Z"


class Mailbox:
    """What a mail server was given; `refuse` is what it answers instead, once for each."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.to: list[str] = []
        self.refuse: list[str] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        if self.refuse:
            return self.refuse.pop(0)
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content, _class=EmailMessage, policy=policy.default))
        self.to += envelope.rcpt_tos
        return "250 OK"


@contextmanager
def mail_server(**options: Any) -> Iterator[tuple[str, Mailbox]]:
    """A mail server on a free port of this machine. Out: its address and what it gets."""
    mailbox = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield f"127.0.0.1:{port}", mailbox
    finally:
        controller.stop()


def opened(url: str) -> str:
    with urlopen(url) as response:
        return str(response.read().decode())


def test_mail_is_sent_and_its_links_work() -> None:
    """The confirmation, then the message with subject and footer, in any alphabet; a refusal for now is tried again."""
    with mail_server() as (address, mailbox), running(smtp=f"smtp://{address}", mail_from="ops@here.test") as bayon:
        sns = bayon.client("sns")
        topic = sns.create_topic(Name="ops", Attributes={"DisplayName": "Ops Ä"})["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="me@there.test")
        (letter,) = bayon.inbox()
        (asked,) = mailbox.mails
        assert asked["Subject"] == "AWS Notification - Subscription Confirmation"
        assert letter["carried"] == "smtp"
        (link,) = [line for line in asked.get_content().splitlines() if line.startswith("http")]
        assert "Subscription confirmed" in opened(link)
        bayon.clock(freeze=NOW)
        mailbox.refuse = ["451 later", "451 later"]
        sns.publish(TopicArn=topic, Message="Zwölf Boxkämpfer\n" + "x" * 2000, Subject="Größe")
        bayon.clock(advance_s=9)
        assert len(mailbox.mails) == 1
        bayon.clock(advance_s=11)
        told = mailbox.mails[1]
        assert (told["Subject"], told["To"]) == ("Größe", "me@there.test")
        assert told["From"] == "Ops Ä <ops@here.test>"
        text = told.get_content().replace("\r\n", "\n")
        assert text.startswith("Zwölf Boxkämpfer\n" + "x" * 2000)
        leave = told["List-Unsubscribe"].strip("<>")
        assert leave in text
        assert "Subscription ended" in opened(leave)
        assert mailbox.to == ["me@there.test"] * 2


def test_an_address_that_is_refused_is_given_up() -> None:
    """A refusal for good is not tried again, and the inbox says why."""
    with mail_server() as (address, mailbox), running(smtp=f"smtp://{address}") as bayon:
        sns = bayon.client("sns")
        topic = sns.create_topic(Name="ops")["TopicArn"]
        mailbox.refuse = ["550 nobody of that name"]
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="nobody@there.test")
        (letter,) = bayon.inbox()
        assert (letter["kind"], letter["to"]) == ("undelivered", "nobody@there.test")
        assert letter["reason"].endswith("550 nobody of that name")


def test_a_server_that_is_away_is_waited_for() -> None:
    """Nobody listens at first; what was published is there once somebody does."""
    with mail_server() as (address, _):
        pass
    with running(smtp=f"smtp://{address}") as bayon:
        sns = bayon.client("sns")
        bayon.clock(freeze=NOW)
        topic = sns.create_topic(Name="ops")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="me@there.test")
        bayon.clock(advance_s=60)
        assert bayon.inbox() == []
        mailbox = Mailbox()
        controller = Controller(mailbox, hostname="127.0.0.1", port=int(address.rpartition(":")[2]))
        controller.start()
        try:
            bayon.clock(advance_s=600)
            assert [mail["To"] for mail in mailbox.mails] == ["me@there.test"]
        finally:
            controller.stop()


def mail(**changes: Any) -> Mail:
    fields: dict[str, Any] = {"sender": "a@here.test", "to": "b@here.test", "subject": "s", "text": "t"}
    return Mail(**fields | {"message_id": "<1@here.test>", "headers": {}} | changes)


def test_a_user_logs_in() -> None:
    """With the name and the password of the address; a wrong one is refused."""

    def check(_server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any) -> AuthResult:
        known = isinstance(data, LoginPassword) and (data.login, data.password) == (b"me", b"p@ss")
        return AuthResult(success=known, handled=False)

    options = {"authenticator": check, "auth_require_tls": False}
    with mail_server(**options) as (address, mailbox):
        send(server_of(f"smtp://me:p%40ss@{address}"), mail())
        assert [each.get_content().strip() for each in mailbox.mails] == ["t"]
        with pytest.raises(UndeliveredError, match="535"):
            send(server_of(f"smtp://me:wrong@{address}"), mail())


@pytest.mark.parametrize("url", ["host:25", "http://host", "smtp://", "smtp://host:port"])
def test_what_is_no_mail_server(url: str) -> None:
    """It is refused when bayon starts."""
    with pytest.raises(BayonError, match="expected a mail server such as smtp://host:587"):
        server_of(url)


def test_sms_go_through_the_gateway() -> None:
    """As JSON, with the sender that the message names; who has opted out gets none."""
    with webhook() as gateway, running(sms_gateway=gateway.url + "/sms") as bayon:
        sns = bayon.client("sns")
        attributes = {"AWS.SNS.SMS.SenderID": {"DataType": "String", "StringValue": "Ops"}}
        sent = sns.publish(PhoneNumber="+491701234567", Message="text", MessageAttributes=attributes)
        (request,) = gateway.wait(1)
        assert request.path == "/sms"
        assert json.loads(request.body) == {
            "to": "+491701234567",
            "message": "text",
            "sender": "Ops",
            "messageId": sent["MessageId"],
        }
        (letter,) = bayon.inbox(kind="sms")
        assert (letter["to"], letter["text"], letter["carried"]) == ("+491701234567", "text", "gateway")
