"""Attributes of subscriptions: which there are, what they may be, and how they are shown.

What a filter policy may say is told in `filter_policy.py`, what it lets through in `filter_match.py`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from bayon import limits
from bayon.services.sns import delivery_policy, filter_policy
from bayon.services.sns.arns import is_resource_of
from bayon.services.sns.faults import invalid
from bayon.services.sns.values import BadValueError, Check, boolean, json_object, read_object, text
from bayon.state.subscriptions import Subscription
from bayon.state.topics import Topic

AUTHENTICATED = "AuthenticateOnUnsubscribe"  # asked for when confirming, not shown

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
    "DeliveryPolicy": delivery_policy.checked_own,
    "FilterPolicy": json_object,
    "FilterPolicyScope": _scope,
    "RawMessageDelivery": boolean,
    "RedrivePolicy": _redrive,
    "SubscriptionRoleArn": text(limits.ARN_CHARS),
}
_EMPTY_OBJECT_REMOVES = {"DeliveryPolicy", "FilterPolicy", "RedrivePolicy"}


def checked_all(attributes: Mapping[str, str]) -> dict[str, str]:
    """What to keep for a new subscription. Raises: InvalidParameterException."""
    found = {name: _checked(name, value, "Attributes Reason: ") for name, value in attributes.items()}
    kept = {name: value for name, value in found.items() if value is not None}
    _check_filter(kept, "Attributes Reason: ")
    return kept


def checked(name: str, value: str, subscription: Subscription) -> str | None:
    """What to keep when one attribute is changed, none where it is to go. Raises: InvalidParameterException."""
    kept = _checked(name, value, "")
    if name in ("FilterPolicy", "FilterPolicyScope"):
        after = dict(subscription.attributes) | {name: kept}
        _check_filter({key: found for key, found in after.items() if found is not None}, "")
    return kept


def _check_filter(attributes: Mapping[str, str], before: str) -> None:
    """Raises: InvalidParameterException, unless the policy is one for what it is to be matched with."""
    if "FilterPolicy" not in attributes:
        return
    try:
        filter_policy.parse(attributes["FilterPolicy"], attributes.get("FilterPolicyScope", "MessageAttributes"))
    except filter_policy.NestedError as err:
        raise invalid(str(err)) from err
    except BadValueError as err:
        raise invalid(f"{before}FilterPolicy: {err}") from err


def _checked(name: str, value: str, before: str) -> str | None:
    """In: `before` stands before what is wrong."""
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
    found.pop(AUTHENTICATED, None)
    if "FilterPolicy" in found:
        return {"FilterPolicyScope": _DEFAULTS["FilterPolicyScope"]} | found | _effective(subscription, topic)
    found.pop("FilterPolicyScope", None)
    return found | _effective(subscription, topic)


def _effective(subscription: Subscription, topic: Topic) -> dict[str, str]:
    if subscription.protocol not in ("http", "https"):
        return {}
    return {"EffectiveDeliveryPolicy": delivery_policy.of_subscription(topic.attributes, subscription.attributes)}
