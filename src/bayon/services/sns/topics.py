"""Topics."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from bayon import limits
from bayon.services.operation import Context, operation
from bayon.services.sns import arns, topic_attributes
from bayon.services.sns.faults import invalid, not_found
from bayon.services.sns.pages import page
from bayon.services.sns.tags import checked as checked_tags
from bayon.state import subscriptions, tags, topics

if TYPE_CHECKING:
    from bayon.shapes.sns import (
        CreateTopicInput,
        CreateTopicOutput,
        DeleteTopicInput,
        DeleteTopicOutput,
        GetTopicAttributesInput,
        GetTopicAttributesOutput,
        ListTopicsInput,
        ListTopicsOutput,
        SetTopicAttributesInput,
        SetTopicAttributesOutput,
    )

_NAME = re.compile(r"[A-Za-z0-9_-]+(\.fifo)?")


@operation
def create_topic(ctx: Context, request: CreateTopicInput) -> CreateTopicOutput:
    """The topic exists; one that existed already is as it was.

    Raises: InvalidParameterException, TagLimitExceededException.   Writes: topics, tags.
    Source: SNS API reference, CreateTopic.
    """
    if request.get("DataProtectionPolicy"):
        raise invalid("DataProtectionPolicy Reason: bayon does not protect data in messages")
    name, attributes = request["Name"], topic_attributes.checked_all(request.get("Attributes", {}))
    _check_name(name, fifo=topic_attributes.is_fifo(attributes))
    wanted_tags = checked_tags(request.get("Tags", []))
    with ctx.state.write():
        topic = topics.create(ctx.state, ctx.account, ctx.region, name, attributes=attributes, created_ms=ctx.now_ms)
        if topic is None:
            return {"TopicArn": _existing(ctx, name, attributes, wanted_tags)}
        tags.put(ctx.state, topic.arn, wanted_tags)
    return {"TopicArn": topic.arn}


def _check_name(name: str, *, fifo: bool) -> None:
    well_formed = _NAME.fullmatch(name) and len(name) <= limits.TOPIC_NAME_CHARS
    if not well_formed or name.endswith(".fifo") != fifo:
        raise invalid("Topic Name")


def _existing(ctx: Context, name: str, attributes: Mapping[str, str], wanted_tags: Mapping[str, str]) -> str:
    topic = topics.find(ctx.state, topics.arn_of(ctx.account, ctx.region, name))
    assert topic is not None, "a topic of that name has just been found"
    if topic_attributes.differ(topic, attributes):
        raise invalid("Attributes Reason: Topic already exists with different attributes")
    if not wanted_tags.items() <= tags.of(ctx.state, topic.arn).items():
        raise invalid("Tags Reason: Topic already exists with different tags")
    return topic.arn


@operation
def delete_topic(ctx: Context, request: DeleteTopicInput) -> DeleteTopicOutput:
    """There is no such topic, nor subscriptions to it.

    Raises: InvalidParameterException.   Writes: topics, subscriptions, tags.   Source: SNS API reference, DeleteTopic.
    """
    topics.delete(ctx.state, arns.topic_arn(ctx, request["TopicArn"]))
    return {}


@operation
def list_topics(ctx: Context, request: ListTopicsInput) -> ListTopicsOutput:
    """The caller's topics, a hundred a page.

    Reads: topics.   Raises: InvalidParameterException.   Source: SNS API reference, ListTopics.
    """

    def read(after: str | None, limit: int) -> list[topics.Topic]:
        return topics.page(ctx.state, ctx.account, ctx.region, after=after, limit=limit)

    shown, following = page(ctx, request.get("NextToken"), "topics", read)
    answer: ListTopicsOutput = {"Topics": [{"TopicArn": topic.arn} for topic in shown]}
    return answer | {"NextToken": following} if following else answer


@operation
def get_topic_attributes(ctx: Context, request: GetTopicAttributesInput) -> GetTopicAttributesOutput:
    """The topic's attributes, those that follow from it included.

    Reads: topics, subscriptions.   Raises: InvalidParameterException, NotFoundException.
    Source: SNS API reference, GetTopicAttributes.
    """
    topic = arns.topic(ctx, request["TopicArn"])
    confirmed, pending = subscriptions.counts(ctx.state, topic.arn)
    return {"Attributes": topic_attributes.shown(topic, confirmed, pending)}


@operation
def set_topic_attributes(ctx: Context, request: SetTopicAttributesInput) -> SetTopicAttributesOutput:
    """The topic has this value of the attribute; an empty one brings the default back.

    Raises: InvalidParameterException, NotFoundException.   Writes: topics.
    Source: SNS API reference, SetTopicAttributes.
    """
    topic = arns.topic(ctx, request["TopicArn"])
    name = request["AttributeName"]
    value = topic_attributes.checked(name, request.get("AttributeValue", ""), topic)
    if not topics.set_attributes(ctx.state, topic.arn, {name: value}):
        raise not_found("Topic")
    return {}
