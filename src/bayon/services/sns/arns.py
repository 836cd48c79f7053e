"""Reads the ARNs that callers name topics and subscriptions by."""

from __future__ import annotations

import uuid

from bayon.errors import AwsError
from bayon.services.operation import Context
from bayon.services.sns.faults import invalid, not_found
from bayon.state import subscriptions, topics
from bayon.state.subscriptions import Subscription
from bayon.state.topics import Topic

_ELEMENTS = 6


def topic_arn(ctx: Context, arn: str, parameter: str = "TopicArn") -> str:
    """The ARN, if it is that of a topic of the caller, who need not have it.

    Raises: InvalidParameterException, AuthorizationErrorException.
    """
    parts = elements(arn, parameter)
    if parts[:3] != ["arn", "aws", "sns"] or len(parts) != _ELEMENTS or parts[3] != ctx.region:
        raise invalid(parameter)
    if parts[4] != ctx.account:
        # Policies that let other accounts in are kept, not yet obeyed.
        caller = f"arn:aws:iam::{ctx.account}:root"
        raise AwsError("AuthorizationErrorException", f"User: {caller} is not authorized to access resource: {arn}")
    return arn


def topic(ctx: Context, arn: str, parameter: str = "TopicArn") -> Topic:
    """The caller's topic of that ARN.

    Raises: InvalidParameterException, AuthorizationErrorException, NotFoundException.
    """
    found = topics.find(ctx.state, topic_arn(ctx, arn, parameter))
    if found is None:
        raise not_found("Topic")
    return found


def subscription(ctx: Context, arn: str) -> Subscription:
    """The caller's subscription of that ARN. Raises: InvalidParameterException, NotFoundException."""
    check_subscription_arn(arn)
    found = subscriptions.find(ctx.state, arn)
    if found is None or arn.split(":")[3:5] != [ctx.region, ctx.account]:
        raise not_found("Subscription")
    return found


def check_subscription_arn(arn: str) -> None:
    """Raises: InvalidParameterException, unless the ARN has the form of a subscription's."""
    if not arn:
        raise invalid("SubscriptionArn Reason: no value for required parameter")
    parts = elements(arn, "SubscriptionArn")
    if parts[:3] != ["arn", "aws", "sns"]:
        raise invalid("SubscriptionArn")
    if len(parts) != _ELEMENTS + 1 or not _is_uuid(parts[-1]):
        raise invalid("SubscriptionId")


def elements(arn: str, parameter: str) -> list[str]:
    """The ARN's parts between colons, six or more. Raises: InvalidParameterException."""
    parts = arn.split(":")
    if len(parts) < _ELEMENTS:
        raise invalid(f"{parameter} Reason: An ARN must have at least {_ELEMENTS} elements, not {len(parts)}")
    return parts


def is_resource_of(arn: str, service: str) -> bool:
    """True for `arn:aws:<service>:<region>:<account>:<something>`."""
    parts = arn.split(":", 5)
    return len(parts) == _ELEMENTS and parts[0] == "arn" and parts[2] == service and all(parts[3:])


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
