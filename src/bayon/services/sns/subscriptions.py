"""Subscriptions: made, confirmed, listed and ended."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bayon import limits
from bayon.deliver import networks
from bayon.errors import AwsError
from bayon.services.operation import Context, operation
from bayon.services.sns import arns, confirmations, endpoints, subscription_attributes, topic_attributes
from bayon.services.sns.faults import invalid, not_found
from bayon.services.sns.pages import page
from bayon.state import subscriptions, topics
from bayon.state.subscriptions import Subscription
from bayon.state.topics import Topic

if TYPE_CHECKING:
    from bayon.shapes.sns import (
        ConfirmSubscriptionInput,
        ConfirmSubscriptionOutput,
        GetSubscriptionAttributesInput,
        GetSubscriptionAttributesOutput,
        ListSubscriptionsByTopicInput,
        ListSubscriptionsByTopicOutput,
        ListSubscriptionsInput,
        ListSubscriptionsOutput,
        SetSubscriptionAttributesInput,
        SetSubscriptionAttributesOutput,
        SubscribeInput,
        SubscribeOutput,
        UnsubscribeInput,
        UnsubscribeOutput,
    )
    from bayon.shapes.sns import Subscription as Listed

_TOKEN = re.compile(r"[0-9a-f]{256}")


@operation
def subscribe(ctx: Context, request: SubscribeInput) -> SubscribeOutput:
    """The topic has a subscription to the endpoint, which is asked to confirm it where the protocol wants that; one
    that it had already is as it was.

    Raises: InvalidParameterException, NotFoundException.   Writes: subscriptions, messages.
    Source: SNS API reference, Subscribe.
    """
    topic = arns.topic(ctx, request["TopicArn"])
    protocol, endpoint = request["Protocol"], request.get("Endpoint", "")
    endpoints.check(protocol, endpoint, fifo_topic=topic_attributes.is_fifo(topic.attributes))
    _check_reachable(ctx, protocol, endpoint)
    wanted = subscription_attributes.checked_all(request.get("Attributes", {}))
    if protocol == "firehose" and "SubscriptionRoleArn" not in wanted:
        raise invalid("Attributes Reason: SubscriptionRoleArn is required for firehose subscriptions")
    found = _subscribed(ctx, topic, protocol, endpoint, wanted)
    shown = found.confirmed or request.get("ReturnSubscriptionArn", False)
    return {"SubscriptionArn": found.arn if shown else "pending confirmation"}


def _check_reachable(ctx: Context, protocol: str, endpoint: str) -> None:
    """Raises: InvalidParameterException for what bayon will never connect to. Names are looked up when delivering."""
    host = urlsplit(endpoint).hostname if protocol in ("http", "https") else None
    if host and networks.parse(ctx.settings.allow_networks).refuse_name(host):
        raise invalid(
            "Endpoint Reason: bayon delivers to private addresses only where its setting allow-networks names them"
        )


def _subscribed(
    ctx: Context, topic: Topic, protocol: str, endpoint: str, attributes: Mapping[str, str]
) -> Subscription:
    """The subscription, made now or found. Raises: InvalidParameterException, NotFoundException."""
    with ctx.state.write():
        made = subscriptions.create(
            ctx.state,
            topic.arn,
            protocol,
            endpoint,
            attributes=attributes,
            confirmed=protocol in endpoints.CONFIRMED_AT_ONCE,
            created_ms=ctx.now_ms,
        )
        if made is not None and not made.confirmed:
            confirmations.ask_to_confirm(ctx, made)
    found = made or subscriptions.find_endpoint(ctx.state, topic.arn, protocol, endpoint)
    if found is None:
        raise not_found("Topic")  # deleted meanwhile
    if subscription_attributes.differ(found, attributes):
        raise invalid("Attributes Reason: Subscription already exists with different attributes")
    if made is None and not found.confirmed:
        confirmations.ask_to_confirm(ctx, found)  # who asks again has not found the first one
    return found


@operation
def confirm_subscription(ctx: Context, request: ConfirmSubscriptionInput) -> ConfirmSubscriptionOutput:
    """The subscription that the token was sent for is confirmed; once more changes nothing.

    The links that carry tokens are opened unsigned, so the topic's own account and region count, not the caller's.
    Raises: InvalidParameterException, NotFoundException.   Writes: subscriptions.
    Source: SNS API reference, ConfirmSubscription; which text meets which token is inferred.
    """
    topic_arn, token = request["TopicArn"], request["Token"]
    arns.elements(topic_arn, "TopicArn")
    if topics.find(ctx.state, topic_arn) is None:
        raise invalid("Topic")
    if not _TOKEN.fullmatch(token):
        raise invalid("Token")
    with ctx.state.write():
        since_ms = ctx.now_ms - limits.SUBSCRIPTION_TOKEN_LIFE_MS
        found = subscriptions.confirm(ctx.state, topic_arn, token)
        if found is None:
            found = subscriptions.restore(ctx.state, topic_arn, token, ended_since_ms=since_ms, now_ms=ctx.now_ms)
        if found is None or found.created_ms < since_ms:
            raise AwsError("InvalidParameterException", "Invalid token")
        if request.get("AuthenticateOnUnsubscribe", "").lower() == "true":
            subscriptions.set_attributes(ctx.state, found.arn, {subscription_attributes.AUTHENTICATED: "true"})
    return {"SubscriptionArn": found.arn}


@operation
def unsubscribe(ctx: Context, request: UnsubscribeInput) -> UnsubscribeOutput:
    """There is no such subscription. The links that lead here are opened unsigned, so any caller may, unless it was
    confirmed with AuthenticateOnUnsubscribe. A web endpoint is told, and how to bring the subscription back.

    Raises: InvalidParameterException, AuthorizationErrorException.   Writes: subscriptions, messages.
    Source: SNS API reference, Unsubscribe.
    """
    arn = request["SubscriptionArn"]
    arns.check_subscription_arn(arn)
    with ctx.state.write():
        found = subscriptions.find(ctx.state, arn)
        if found is not None and not found.confirmed:
            raise invalid("SubscriptionArn Reason: Cannot unsubscribe a subscription that is pending confirmation")
        if found is not None:
            _check_may_end(ctx, found)
            token = subscriptions.end(ctx.state, found, ended_ms=ctx.now_ms)
            if found.protocol in ("http", "https"):
                confirmations.tell_of_end(ctx, found, token)
    return {}


def _check_may_end(ctx: Context, subscription: Subscription) -> None:
    """Raises: AuthorizationErrorException."""
    owner = subscription.topic_arn.split(":")[4]
    asked = subscription.attributes.get(subscription_attributes.AUTHENTICATED) == "true"
    if asked and (not ctx.access_key or ctx.account != owner):
        text = f"Only the owner of the subscription {subscription.arn} may end it"
        raise AwsError("AuthorizationErrorException", text)


@operation
def list_subscriptions(ctx: Context, request: ListSubscriptionsInput) -> ListSubscriptionsOutput:
    """The subscriptions to the caller's topics, a hundred a page.

    Reads: subscriptions.   Raises: InvalidParameterException.   Source: SNS API reference, ListSubscriptions.
    """

    def read(after: str | None, limit: int) -> list[Subscription]:
        return subscriptions.page(ctx.state, ctx.account, ctx.region, after=after, limit=limit)

    shown, following = page(ctx, request.get("NextToken"), "subscriptions", read)
    answer: ListSubscriptionsOutput = {"Subscriptions": _listed(ctx, shown)}
    return answer | {"NextToken": following} if following else answer


@operation
def list_subscriptions_by_topic(ctx: Context, request: ListSubscriptionsByTopicInput) -> ListSubscriptionsByTopicOutput:
    """The topic's subscriptions, a hundred a page.

    Reads: subscriptions.   Raises: InvalidParameterException, NotFoundException.
    Source: SNS API reference, ListSubscriptionsByTopic.
    """
    topic = arns.topic(ctx, request["TopicArn"])

    def read(after: str | None, limit: int) -> list[Subscription]:
        return subscriptions.page_of_topic(ctx.state, topic.arn, after=after, limit=limit)

    shown, following = page(ctx, request.get("NextToken"), topic.arn, read)
    answer: ListSubscriptionsByTopicOutput = {"Subscriptions": _listed(ctx, shown)}
    return answer | {"NextToken": following} if following else answer


def _listed(ctx: Context, shown: Sequence[Subscription]) -> list[Listed]:
    return [
        {
            "SubscriptionArn": subscription.arn if subscription.confirmed else "PendingConfirmation",
            "Owner": ctx.account,
            "Protocol": subscription.protocol,
            "Endpoint": subscription.endpoint,
            "TopicArn": subscription.topic_arn,
        }
        for subscription in shown
    ]


@operation
def get_subscription_attributes(
    ctx: Context, request: GetSubscriptionAttributesInput
) -> GetSubscriptionAttributesOutput:
    """The subscription's attributes, those that follow from it included.

    Reads: subscriptions, topics.   Raises: InvalidParameterException, NotFoundException.
    Source: SNS API reference, GetSubscriptionAttributes.
    """
    found = arns.subscription(ctx, request["SubscriptionArn"])
    topic = topics.find(ctx.state, found.topic_arn)
    if topic is None:
        raise not_found("Subscription")  # deleted meanwhile
    return {"Attributes": subscription_attributes.shown(found, topic)}


@operation
def set_subscription_attributes(
    ctx: Context, request: SetSubscriptionAttributesInput
) -> SetSubscriptionAttributesOutput:
    """The subscription has this value of the attribute; an empty one brings the default back.

    Raises: InvalidParameterException, NotFoundException.   Writes: subscriptions.
    Source: SNS API reference, SetSubscriptionAttributes.
    """
    found, name = arns.subscription(ctx, request["SubscriptionArn"]), request["AttributeName"]
    value = subscription_attributes.checked(name, request.get("AttributeValue", ""), found)
    if not subscriptions.set_attributes(ctx.state, found.arn, {name: value}):
        raise not_found("Subscription")
    return {}
