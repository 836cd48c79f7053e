"""What SNS accepts is kept, whole and in order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from bayon.errors import AwsError
from bayon.services.operation import Context
from bayon.services.sns import publish, subscriptions, topics
from bayon.settings import Settings
from bayon.state import messages
from bayon.state import subscriptions as stored
from bayon.state.database import State
from bayon.store.store import Store

NOW_MS = 1_772_445_600_000
DAY_MS = 86_400_000
TOPIC = "arn:aws:sns:us-east-1:000000000000:a"


def context(state: State, now_ms: int = NOW_MS) -> Context:
    return Context(
        account="000000000000",
        region="us-east-1",
        access_key="",
        request_id="",
        now_ms=now_ms,
        settings=Settings(),
        store=cast("Store", None),
        state=state,
    )


@pytest.fixture
def ctx(state: State) -> Context:
    ctx = context(state)
    topics.create_topic(ctx, {"Name": "a"})
    return ctx


def kept(ctx: Context) -> list[messages.Message]:
    return messages.page(ctx.state, ctx.account, ctx.region, limit=None)


def test_a_message_is_kept_as_it_was_published(ctx: Context) -> None:
    """All that was published is there, blobs as base64."""
    attributes = {"b": {"DataType": "Binary", "BinaryValue": b"\x00\xff"}}
    request = {"TopicArn": TOPIC, "Message": "hällo", "Subject": "s", "MessageAttributes": attributes}
    answer = publish.publish(ctx, request)
    (message,) = kept(ctx)
    assert (message.id, message.topic_arn, message.published_ms) == (answer["MessageId"], TOPIC, NOW_MS)
    as_text = {"b": {"DataType": "Binary", "BinaryValue": "AP8="}}
    assert message.request == request | {"MessageAttributes": as_text}


def test_a_message_to_a_phone_is_kept_without_a_topic(ctx: Context) -> None:
    """It has no topic ARN."""
    publish.publish(ctx, {"PhoneNumber": "+1234567", "Message": "m"})
    (message,) = kept(ctx)
    assert message.topic_arn is None
    assert message.request == {"PhoneNumber": "+1234567", "Message": "m"}


@pytest.mark.parametrize(
    ("characters", "attribute"), [(256 * 1024, ""), (256 * 1024 - 20, "x" * 12)], ids=["text", "with attributes"]
)
def test_a_message_may_be_as_long_as_the_limit(ctx: Context, characters: int, attribute: str) -> None:
    """256 KiB pass, with attributes counted; one byte more does not and is not kept."""
    request: dict[str, Any] = {"TopicArn": TOPIC, "Message": "m" * characters}
    if attribute:  # 2 bytes of name, 6 of type, 12 of value
        request["MessageAttributes"] = {"ab": {"DataType": "String", "StringValue": attribute}}
    publish.publish(ctx, request)
    with pytest.raises(AwsError, match="Message too long"):
        publish.publish(ctx, request | {"Message": request["Message"] + "m"})
    assert len(kept(ctx)) == 1


def test_a_batch_may_be_as_long_as_a_message(ctx: Context) -> None:
    """The limit holds for all entries together, and nothing of a batch too long is kept."""
    entries = [{"Id": str(n), "Message": "m" * 64 * 1024} for n in range(4)]
    publish.publish_batch(ctx, {"TopicArn": TOPIC, "PublishBatchRequestEntries": entries})
    assert len(kept(ctx)) == 4
    with pytest.raises(AwsError, match="BatchRequestTooLongException"):
        publish.publish_batch(
            ctx, {"TopicArn": TOPIC, "PublishBatchRequestEntries": [*entries, {"Id": "5", "Message": "m"}]}
        )
    assert len(kept(ctx)) == 4


def test_a_duplicate_is_not_kept_again(state: State) -> None:
    """A FIFO topic keeps one of two, with its number, also out of a batch."""
    ctx = context(state)
    attributes = {"FifoTopic": "true", "ContentBasedDeduplication": "true"}
    topic = topics.create_topic(ctx, {"Name": "a.fifo", "Attributes": attributes})["TopicArn"]
    first = publish.publish(ctx, {"TopicArn": topic, "Message": "m", "MessageGroupId": "g"})
    entries = [{"Id": id_, "Message": text, "MessageGroupId": "g"} for id_, text in (("1", "m"), ("2", "n"))]
    batch = publish.publish_batch(ctx, {"TopicArn": topic, "PublishBatchRequestEntries": entries})
    again, other = batch["Successful"]
    assert again == {"Id": "1", **first}
    assert {message.id for message in kept(ctx)} == {first["MessageId"], other["MessageId"]}
    assert {message.request["SequenceNumber"] for message in kept(ctx)} == {
        first["SequenceNumber"],
        other["SequenceNumber"],
    }


def test_numbers_never_go_back(state: State) -> None:
    """Not when the clock does, and not when duplicates have been forgotten."""
    ctx = context(state)
    topic = topics.create_topic(ctx, {"Name": "a.fifo", "Attributes": {"FifoTopic": "true"}})["TopicArn"]
    numbers = []
    for n, now_ms in enumerate([NOW_MS, NOW_MS - 1000, NOW_MS, NOW_MS + DAY_MS, NOW_MS + DAY_MS - 1]):
        request = {"TopicArn": topic, "Message": "m", "MessageGroupId": "g", "MessageDeduplicationId": str(n)}
        numbers.append(publish.publish(context(state, now_ms), request)["SequenceNumber"])
    assert numbers == sorted(set(numbers))


def test_a_token_confirms_for_two_days_from_anywhere(ctx: Context, state: State) -> None:
    """The token that the endpoint is sent confirms, unsigned from elsewhere and once more; an old one does not."""
    subscription = {"TopicArn": TOPIC, "Protocol": "https", "Endpoint": "https://here.test"}
    assert subscriptions.subscribe(ctx, subscription) == {"SubscriptionArn": "pending confirmation"}
    (made,) = stored.page(state, ctx.account, ctx.region, limit=None)
    late = context(state, NOW_MS + 2 * DAY_MS + 1)
    with pytest.raises(AwsError, match="Invalid token"):
        subscriptions.confirm_subscription(late, {"TopicArn": TOPIC, "Token": made.token})
    assert not stored.page(state, ctx.account, ctx.region, limit=None)[0].confirmed
    elsewhere = replace(ctx, account="000000000001", region="eu-west-1")
    for caller in (elsewhere, ctx):
        answer = subscriptions.confirm_subscription(caller, {"TopicArn": TOPIC, "Token": made.token})
        assert answer == {"SubscriptionArn": made.arn}
    assert subscriptions.subscribe(ctx, subscription) == {"SubscriptionArn": made.arn}
    assert subscriptions.unsubscribe(ctx, {"SubscriptionArn": made.arn}) == {}
    assert stored.page(state, ctx.account, ctx.region, limit=None) == []


@pytest.mark.parametrize("number", [0, 100, 101, 250])
def test_lists_come_in_pages_of_a_hundred(state: State, number: int) -> None:
    """Each topic and each subscription is listed once, in order, and the last page has no token."""
    ctx = context(state)
    topic = topics.create_topic(ctx, {"Name": "t"})["TopicArn"]
    arns = [topics.create_topic(ctx, {"Name": f"a{n:03}"})["TopicArn"] for n in range(number)]
    for arn in arns:
        subscriptions.subscribe(ctx, {"TopicArn": topic, "Protocol": "sqs", "Endpoint": arn.replace("sns", "sqs")})
    assert [shown["TopicArn"] for shown in everything(ctx, topics.list_topics, "Topics", {})] == [*arns, topic]
    for call, request in (
        (subscriptions.list_subscriptions, {}),
        (subscriptions.list_subscriptions_by_topic, {"TopicArn": topic}),
    ):
        found = everything(ctx, call, "Subscriptions", request)
        assert sorted(shown["Endpoint"] for shown in found) == [arn.replace("sns", "sqs") for arn in arns]


def everything(ctx: Context, call: Any, key: str, request: dict[str, str]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    answer = call(ctx, request)
    while True:
        assert len(answer[key]) <= 100
        found += answer[key]
        if "NextToken" not in answer:
            return found
        answer = call(ctx, request | {"NextToken": answer["NextToken"]})
