"""Messages reach their subscribers: over real sockets, signed, filtered, again when it failed, and in the inbox."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from typing import Any
from urllib.request import urlopen

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from bayon.testing import Bayon, running
from endpoints import Received, Webhook, webhook

NOW = "2026-03-02T10:00:00Z"
NOW_MS = 1_772_445_600_000


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as made:
        yield made


@pytest.fixture
def sns(bayon: Bayon) -> Any:
    return bayon.client("sns")


def opened(url: str) -> str:
    with urlopen(url) as response:
        return str(response.read().decode())


def subscribed(sns: Any, topic: str, hook: Webhook, path: str = "", **attributes: str) -> str:
    """The ARN of the webhook's subscription, confirmed as an endpoint does it: by opening the link it was sent."""
    before = len(hook.received)
    answering, hook.answering = hook.answering, lambda _: (200, {}, b"")
    asked = sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=hook.url + path, Attributes=attributes)
    assert asked["SubscriptionArn"] == "pending confirmation"
    document = json.loads(hook.wait(before + 1)[before].body)
    assert document["Type"] == "SubscriptionConfirmation"
    assert "<SubscriptionArn>arn:aws:sns:" in opened(document["SubscribeURL"])
    hook.received.clear()
    hook.answering = answering
    (found,) = [
        each["SubscriptionArn"]
        for each in sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        if each["Endpoint"] == hook.url + path
    ]
    return str(found)


def verified(document: dict[str, Any]) -> str:
    """The signature's version, once it has been verified as the documentation tells every receiver to."""
    names = {
        "Notification": ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
        "SubscriptionConfirmation": ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
        "UnsubscribeConfirmation": ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
    }[document["Type"]]
    text = "".join(f"{name}\n{document[name]}\n" for name in names if name in document)
    certificate = x509.load_pem_x509_certificate(opened(document["SigningCertURL"]).encode())
    key = certificate.public_key()
    assert isinstance(key, RSAPublicKey)
    digest = {"1": hashes.SHA1(), "2": hashes.SHA256()}[document["SignatureVersion"]]
    key.verify(base64.b64decode(document["Signature"]), text.encode(), padding.PKCS1v15(), digest)
    return str(document["SignatureVersion"])


def test_a_webhook_confirms_and_is_told(sns: Any, hook: Webhook) -> None:
    """The document has every member, the headers say what it is, and both signatures can be verified."""
    topic = sns.create_topic(Name="ops")["TopicArn"]
    asked = sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=hook.url + "/hook")
    assert asked["SubscriptionArn"] == "pending confirmation"
    (first,) = hook.wait(1)
    asking = json.loads(first.body)
    assert first.headers["x-amz-sns-message-type"] == "SubscriptionConfirmation"
    assert "x-amz-sns-subscription-arn" not in first.headers
    assert list(asking) == [
        *("Type", "MessageId", "Token", "TopicArn", "Message", "SubscribeURL", "Timestamp"),
        *("SignatureVersion", "Signature", "SigningCertURL"),
    ]
    assert verified(asking) == "1"
    sns.confirm_subscription(TopicArn=topic, Token=asking["Token"])
    attributes = {
        "s": {"DataType": "String", "StringValue": "é"},
        "b": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
    }
    published = sns.publish(TopicArn=topic, Message="häl\nlo", Subject="sub", MessageAttributes=attributes)
    sns.set_topic_attributes(TopicArn=topic, AttributeName="SignatureVersion", AttributeValue="2")
    request = hook.wait(2)[1]
    told = json.loads(request.body)
    assert list(told) == [
        *("Type", "MessageId", "TopicArn", "Subject", "Message", "Timestamp"),
        *("SignatureVersion", "Signature", "SigningCertURL", "UnsubscribeURL", "MessageAttributes"),
    ]
    assert (told["Message"], told["Subject"], told["MessageId"]) == ("häl\nlo", "sub", published["MessageId"])
    assert told["MessageAttributes"] == {
        "s": {"Type": "String", "Value": "é"},
        "b": {"Type": "Binary", "Value": "AP8="},
    }
    assert request.path == "/hook"
    assert request.headers["content-type"] == "text/plain; charset=UTF-8"
    assert request.headers["user-agent"] == "Amazon Simple Notification Service Agent"
    assert request.headers["x-amz-sns-message-type"] == "Notification"
    assert request.headers["x-amz-sns-message-id"] == published["MessageId"]
    assert request.headers["x-amz-sns-topic-arn"] == topic
    assert request.headers["x-amz-sns-subscription-arn"].startswith(topic + ":")
    assert verified(told) == "1"
    sns.publish(TopicArn=topic, Message="again")
    assert verified(json.loads(hook.wait(3)[2].body)) == "2"
    tampered = told | {"Message": "other"}
    with pytest.raises(Exception, match=r"^$"):
        verified(tampered)


def test_raw_delivery_and_a_text_for_each_protocol(sns: Any, hook: Webhook) -> None:
    """Raw is the message alone; with a structure each protocol gets its own text, or the default."""
    topic = sns.create_topic(Name="ops")["TopicArn"]
    policy = json.dumps({"requestPolicy": {"headerContentType": "application/json"}})
    subscribed(sns, topic, hook, RawMessageDelivery="true", DeliveryPolicy=policy)
    sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint="+491701234567")
    texts = {"default": "d", "http": '{"a": 1}', "https": 5}
    sns.publish(TopicArn=topic, Message=json.dumps(texts), MessageStructure="json")
    (request,) = hook.wait(1)
    assert request.body == b'{"a": 1}'
    assert request.headers["x-amz-sns-rawdelivery"] == "true"
    assert request.headers["content-type"] == "application/json"


def test_filters_choose(bayon: Bayon, sns: Any, hook: Webhook) -> None:
    """By attributes and by bodies; what is not let through is not sent, and nothing of it is left."""
    topic = sns.create_topic(Name="ops")["TopicArn"]
    subscribed(sns, topic, hook, "/attributes", FilterPolicy='{"kind":["a"]}', RawMessageDelivery="true")
    subscribed(
        sns,
        topic,
        hook,
        "/bodies",
        FilterPolicy='{"kind":{"of":[{"prefix":"b"}]}}',
        FilterPolicyScope="MessageBody",
        RawMessageDelivery="true",
    )
    a = {"kind": {"DataType": "String", "StringValue": "a"}}
    sns.publish(TopicArn=topic, Message="one", MessageAttributes=a)
    sns.publish(TopicArn=topic, Message='{"kind":{"of":"bcd"}}')
    sns.publish(TopicArn=topic, Message="nobody")
    bayon.inbox()  # waits until all has been delivered
    got = sorted((request.path, request.body) for request in hook.received)
    assert got == [("/attributes", b"one"), ("/bodies", b'{"kind":{"of":"bcd"}}')]


def test_failures_are_tried_again_at_the_clocks_times(bayon: Bayon, sns: Any, hook: Webhook) -> None:
    """Three times after twenty seconds each, with the same message id, then never again; the inbox says so."""
    topic = sns.create_topic(Name="ops")["TopicArn"]
    subscribed(sns, topic, hook)
    bayon.clock(freeze=NOW)
    seen: list[int] = []

    def fail(_: Received) -> tuple[int, dict[str, str], bytes]:
        seen.append(bayon.clock()["now_ms"] - NOW_MS)
        return 500, {}, b""

    hook.answering = fail
    sns.publish(TopicArn=topic, Message="m")
    hook.wait(1)
    bayon.clock(advance_s=19)
    assert seen == [0]
    bayon.clock(advance_s=3600)
    assert seen == [0, 20_000, 40_000, 60_000]
    assert len({request.headers["x-amz-sns-message-id"] for request in hook.received}) == 1
    (letter,) = bayon.inbox(kind="undelivered")
    assert letter["endpoint"] == hook.url
    assert (letter["reason"], letter["attempts"]) == ("the endpoint answered 500", "4")


def test_back_off_as_the_policy_says(bayon: Bayon, sns: Any, hook: Webhook) -> None:
    """At once, after the least delay, growing, and after the greatest; a subscription's policy is over its topic's."""
    topic = sns.create_topic(Name="ops")["TopicArn"]
    retries = {
        "minDelayTarget": 10,
        "maxDelayTarget": 40,
        "numRetries": 7,
        "numNoDelayRetries": 1,
        "numMinDelayRetries": 1,
        "numMaxDelayRetries": 1,
        "backoffFunction": "linear",
    }
    subscribed(sns, topic, hook, DeliveryPolicy=json.dumps({"healthyRetryPolicy": retries}))
    bayon.clock(freeze=NOW)
    seen: list[int] = []

    def fail(_: Received) -> tuple[int, dict[str, str], bytes]:
        seen.append((bayon.clock()["now_ms"] - NOW_MS) // 1000)
        return 503, {}, b""

    hook.answering = fail
    sns.publish(TopicArn=topic, Message="m")
    hook.wait(2)
    bayon.clock(advance_s=600)
    assert seen == [0, 0, 10, 20, 40, 70, 110, 150]


def test_dead_letters(bayon: Bayon, sns: Any, hook: Webhook) -> None:
    """A client's error is not tried again; with a redrive policy what was given up is kept as its dead letter."""
    topic = sns.create_topic(Name="ops")["TopicArn"]
    queue = "arn:aws:sqs:us-east-1:000000000000:dead"
    subscribed(sns, topic, hook, RedrivePolicy=json.dumps({"deadLetterTargetArn": queue}))
    hook.answering = lambda _: (403, {}, b"")
    sns.publish(TopicArn=topic, Message="m")
    (letter,) = bayon.inbox(kind="dead-letter")
    assert len(hook.received) == 1
    assert (letter["to"], letter["endpoint"], letter["text"]) == (queue, hook.url, "m")
    assert letter["reason"] == "the endpoint answered 403"


def test_an_unsubscribed_webhook_is_told_and_may_come_back(bayon: Bayon, sns: Any, hook: Webhook) -> None:
    """The link of each notification ends the subscription, the link of the answer to that brings it back."""
    topic = sns.create_topic(Name="ops")["TopicArn"]
    arn = subscribed(sns, topic, hook)
    sns.publish(TopicArn=topic, Message="one")
    opened(json.loads(hook.wait(1)[0].body)["UnsubscribeURL"])
    goodbye = json.loads(hook.wait(2)[1].body)
    assert goodbye["Type"] == "UnsubscribeConfirmation"
    assert arn in goodbye["Message"]
    assert verified(goodbye) == "1"
    sns.publish(TopicArn=topic, Message="nobody is there")
    assert sns.list_subscriptions()["Subscriptions"] == []
    bayon.inbox()
    opened(goodbye["SubscribeURL"])
    sns.publish(TopicArn=topic, Message="two")
    told = json.loads(hook.wait(3)[2].body)
    assert told["Message"] == "two"
    assert sns.list_subscriptions()["Subscriptions"][0]["SubscriptionArn"] == arn


def test_who_confirmed_so_ends_it_signed(sns: Any, hook: Webhook) -> None:
    """With AuthenticateOnUnsubscribe a link alone does not end the subscription."""
    topic = sns.create_topic(Name="ops")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=hook.url)
    token = json.loads(hook.wait(1)[0].body)["Token"]
    confirmed = sns.confirm_subscription(TopicArn=topic, Token=token, AuthenticateOnUnsubscribe="true")
    sns.publish(TopicArn=topic, Message="one")
    with pytest.raises(Exception, match="403"):
        opened(json.loads(hook.wait(2)[1].body)["UnsubscribeURL"])
    sns.unsubscribe(SubscriptionArn=confirmed["SubscriptionArn"])
    assert sns.list_subscriptions()["Subscriptions"] == []


def test_mail_and_sms_are_in_the_inbox(bayon: Bayon, sns: Any) -> None:
    """Without a mail server everything that people would get is there, its links work, and other kinds are apart."""
    topic = sns.create_topic(Name="ops", Attributes={"DisplayName": "Ops"})["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="me@here.test")
    sns.subscribe(TopicArn=topic, Protocol="email-json", Endpoint="machine@here.test")
    sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint="+491701234567")
    sns.publish(PhoneNumber="+491707654321", Message="to a phone")
    for letter in bayon.inbox():
        if "confirm" in letter:
            assert "Subscription confirmed" in opened(letter["confirm"])
    sns.publish(TopicArn=topic, Message="text", Subject="subject")
    (asked, told) = bayon.inbox(to="me@here.test")
    assert asked["subject"] == "AWS Notification - Subscription Confirmation"
    assert asked["confirm"] in asked["text"]
    assert (told["subject"], told["carried"]) == ("subject", "inbox")
    assert told["from"] == '"Ops" <bayon@localhost>'
    assert told["text"].startswith("text\n")
    assert told["unsubscribe"] in told["text"]
    as_json = json.loads(bayon.inbox(to="machine@here.test")[-1]["text"])
    assert (as_json["Message"], as_json["Subject"]) == ("text", "subject")
    assert verified(as_json) == "1"
    texts = [(letter["to"], letter["text"]) for letter in bayon.inbox(kind="sms")]
    assert texts == [("+491707654321", "to a phone"), ("+491701234567", "Ops> text")]
    assert "Subscription ended" in opened(told["unsubscribe"])
    sns.publish(TopicArn=topic, Message="more")
    assert len(bayon.inbox(to="me@here.test")) == 2
    assert [letter["id"] for letter in bayon.inbox(after=told["id"], limit=1)] == [bayon.inbox()[-1]["id"]]


def test_an_alarm_is_readable_in_mail(bayon: Bayon, sns: Any) -> None:
    """A structure with a text for mail gives people that text, and machines the default."""
    topic = sns.create_topic(Name="ops")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="me@here.test")
    opened(bayon.inbox()[0]["confirm"])
    texts = {"default": "{}", "email": "You are receiving this", "sms": "ALARM"}
    sns.publish(TopicArn=topic, Subject="ALARM: x", Message=json.dumps(texts), MessageStructure="json")
    assert bayon.inbox()[-1]["text"].startswith("You are receiving this\n")


def test_a_service_that_bayon_lacks_is_told_of(bayon: Bayon, sns: Any) -> None:
    """What a queue or a function would get is kept with the reason why it has not got it."""
    topic = sns.create_topic(Name="ops")["TopicArn"]
    for protocol, arn in (
        ("sqs", "arn:aws:sqs:us-east-1:000000000000:q"),
        ("lambda", "arn:aws:lambda:us-east-1:000000000000:function:f"),
    ):
        sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=arn)
    sns.publish(TopicArn=topic, Message="m")
    found = {letter["protocol"]: letter for letter in bayon.inbox(kind="undelivered")}
    assert "bayon has no queues" in found["sqs"]["reason"]
    assert json.loads(found["sqs"]["text"])["Message"] == "m"
    (record,) = json.loads(found["lambda"]["text"])["Records"]
    assert record["EventSource"] == "aws:sns"
    assert record["Sns"]["Subject"] is None
    assert record["Sns"]["MessageAttributes"] == {}
    assert record["Sns"]["SigningCertUrl"].endswith(".pem")


def test_slow_endpoints_stop_nothing(bayon: Bayon, sns: Any, hook: Webhook) -> None:
    """While ten endpoints do not answer at all, another gets its hundred messages at once."""
    topic = sns.create_topic(Name="ops")["TopicArn"]
    go = threading.Event()
    with webhook() as slow:
        for number in range(10):
            subscribed(sns, topic, slow, f"/{number}", RawMessageDelivery="true")
        subscribed(sns, topic, hook, RawMessageDelivery="true")

        def wait(_: Received) -> tuple[int, dict[str, str], bytes]:
            go.wait(14)
            return 200, {}, b""

        slow.answering = wait
        for batch in range(10):
            entries = [{"Id": str(number), "Message": f"{batch}-{number}"} for number in range(10)]
            sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
        received = hook.wait(100, 10)
        assert len({request.body for request in received}) == 100
        go.set()
        slow.wait(1000, 30)
    bayon.inbox()


def test_a_throttled_endpoint_gets_so_many_a_second(bayon: Bayon, sns: Any, hook: Webhook) -> None:
    """maxReceivesPerSecond is held by the clock."""
    topic = sns.create_topic(Name="ops")["TopicArn"]
    policy = json.dumps({"throttlePolicy": {"maxReceivesPerSecond": 2}})
    subscribed(sns, topic, hook, RawMessageDelivery="true", DeliveryPolicy=policy)
    bayon.clock(freeze=NOW)
    bayon.clock(advance_s=10)
    entries = [{"Id": str(number), "Message": str(number)} for number in range(8)]
    sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
    bayon.clock(advance_s=1)
    assert 2 <= len(hook.received) <= 3
    bayon.clock(advance_s=1)
    assert 4 <= len(hook.received) <= 5
    bayon.clock(advance_s=10)
    assert len(hook.received) == 8


def test_a_reset_forgets_what_was_to_be_delivered(bayon: Bayon, sns: Any, hook: Webhook) -> None:
    """Nothing of before goes out after it."""
    topic = sns.create_topic(Name="ops")["TopicArn"]
    subscribed(sns, topic, hook)
    bayon.clock(freeze=NOW)
    hook.answering = lambda _: (500, {}, b"")
    sns.publish(TopicArn=topic, Message="m")
    hook.wait(1)
    bayon.reset()
    bayon.clock(freeze=NOW)
    bayon.clock(advance_s=100)
    assert len(hook.received) == 1
    assert bayon.inbox() == []


def test_private_addresses_are_refused(hook: Webhook) -> None:
    """Unless they are allowed: when subscribing where that is known, with the name of the setting."""
    with running() as strict:
        sns = strict.client("sns")
        topic = sns.create_topic(Name="ops")["TopicArn"]
        with pytest.raises(sns.exceptions.InvalidParameterException, match="allow-networks"):
            sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=hook.url)
        assert hook.received == []


def test_ordered_delivery_and_functions_by_their_targets(hook: Webhook) -> None:
    """Where a setting says that an ARN leads to a URL: FIFO groups in order, each behind what failed before it; other
    groups go on; functions get their event; dead letters follow their ARN."""
    targets = f"arn:aws:sqs:*:*:*.fifo={hook.url}/fifo,arn:aws:lambda:*={hook.url}/f,arn:aws:sqs:*={hook.url}/dead"
    with running(targets=targets) as bayon:
        sns = bayon.client("sns")
        attributes = {"FifoTopic": "true", "ContentBasedDeduplication": "true"}
        topic = sns.create_topic(Name="ops.fifo", Attributes=attributes)["TopicArn"]
        sns.subscribe(
            TopicArn=topic,
            Protocol="sqs",
            Endpoint="arn:aws:sqs:us-east-1:000000000000:q.fifo",
            Attributes={"RawMessageDelivery": "true"},
        )
        bayon.clock(freeze=NOW)
        down = {"a-0"}

        def answer(request: Received) -> tuple[int, dict[str, str], bytes]:
            return (500 if request.body.decode() in down else 200), {}, b""

        hook.answering = answer
        for number in range(20):
            for group in ("a", "b"):
                sns.publish(TopicArn=topic, Message=f"{group}-{number}", MessageGroupId=group)
                sns.publish(TopicArn=topic, Message=f"{group}-{number}", MessageGroupId=group)  # a duplicate
        bayon.inbox()
        arrived = [request.body.decode() for request in hook.received]
        assert [text for text in arrived if text.startswith("b")] == [f"b-{number}" for number in range(20)]
        assert {text for text in arrived if text.startswith("a")} == {"a-0"}
        down.clear()
        bayon.clock(advance_s=30)
        texts = [request.body.decode() for request in hook.received]
        after = [text for text in texts if text.startswith("a") and text != "a-0"]
        assert after == [f"a-{number}" for number in range(1, 20)]
        assert hook.received[0].headers["x-amz-sns-message-group-id"] in ("a", "b")
        hook.received.clear()

        plain = sns.create_topic(Name="plain")["TopicArn"]
        sns.subscribe(TopicArn=plain, Protocol="lambda", Endpoint="arn:aws:lambda:us-east-1:000000000000:function:f")
        sns.publish(TopicArn=plain, Message="m")
        (request,) = hook.wait(1)
        assert request.path == "/f"
        assert json.loads(request.body)["Records"][0]["Sns"]["Message"] == "m"
