"""Attributes of subscriptions: which there are, what they may be, and how they are shown.

A filter policy is only checked to be a JSON object here; what it lets through is decided where messages are delivered.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from bayon import limits
from bayon.services.sns import delivery_policy
from bayon.services.sns.arns import is_resource_of
from bayon.services.sns.faults import invalid
from bayon.services.sns.values import BadValueError, Check, boolean, json_object, read_object, text
from bayon.state.subscriptions import Subscription
from bayon.state.topics import Topic

_SCOPES = ("MessageBody", "MessageAttributes")
_DEFAULTS = {"RawMessageDelivery": "false", "FilterPolicyScope": "MessageAttributes"}


def _scope(value: str) -> str:
    if value not in _SCOPES:
        raise BadValueError(f"Invalid value [{value}]. Please use either MessageBody or MessageAttributes")
    return value


def _redrive(value: str) -> str:
    target = read_object(value).get("deadLetterTargetArn")
    if not isinstance(target, str) or not is_resource_of(target, "sqs"):
        raise BadValueError("deadLetterTargetArn is an invalid arn")
    return value


_CHECKS: dict[str, Check] = {
    "DeliveryPolicy": json_object,
    "FilterPolicy": json_object,
    "FilterPolicyScope": _scope,
    "RawMessageDelivery": boolean,
    "RedrivePolicy": _redrive,
    "SubscriptionRoleArn": text(limits.ARN_CHARS),
}
_EMPTY_OBJECT_REMOVES = {"DeliveryPolicy", "FilterPolicy", "RedrivePolicy"}


def checked_all(attributes: Mapping[str, str]) -> dict[str, str]:
    """What to keep for a new subscription. Raises: InvalidParameterException."""
    found = {name: checked(name, value, "Attributes Reason: ") for name, value in attributes.items()}
    return {name: value for name, value in found.items() if value is not None}


def checked(name: str, value: str, before: str = "") -> str | None:
    """What to keep, none where the attribute is to go. In: `before` stands before what is wrong.

    Raises: InvalidParameterException.
    """
    if name not in _CHECKS:
        raise invalid("AttributeName")
    if not value:
        return None
    try:
        kept = _CHECKS[name](value)
    except BadValueError as err:
        raise invalid(f"{before}{name}: {err}") from err
    return None if name in _EMPTY_OBJECT_REMOVES and not json.loads(kept) else kept


def differ(subscription: Subscription, wanted: Mapping[str, str]) -> bool:
    """True where the subscription has another value of one of the attributes."""
    has = _DEFAULTS | dict(subscription.attributes)
    return any(has.get(name, "") != value for name, value in wanted.items())


def shown(subscription: Subscription, topic: Topic) -> dict[str, str]:
    """What GetSubscriptionAttributes answers. Source: metrics.md §8.1 (recorded)."""
    found = {
        "SubscriptionArn": subscription.arn,
        "TopicArn": subscription.topic_arn,
        "Owner": topic.account,
        "Protocol": subscription.protocol,
        "Endpoint": subscription.endpoint,
        "PendingConfirmation": "false" if subscription.confirmed else "true",
        "ConfirmationWasAuthenticated": "true" if subscription.confirmed else "false",
        "RawMessageDelivery": "false",
        "SubscriptionPrincipal": f"arn:aws:iam::{topic.account}:root",
        **subscription.attributes,
    }
    if "FilterPolicy" in found:
        return {"FilterPolicyScope": _DEFAULTS["FilterPolicyScope"]} | found | _effective(subscription, topic)
    found.pop("FilterPolicyScope", None)
    return found | _effective(subscription, topic)


def _effective(subscription: Subscription, topic: Topic) -> dict[str, str]:
    if subscription.protocol not in ("http", "https"):
        return {}
    return {"EffectiveDeliveryPolicy": delivery_policy.of_subscription(topic.attributes, subscription.attributes)}
