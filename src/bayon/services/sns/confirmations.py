"""The messages that ask whoever stands behind an endpoint whether a subscription is wanted, or should come back."""

from __future__ import annotations

import uuid

from bayon.services.operation import Context
from bayon.services.sns.documents import CONFIRMATIONS
from bayon.state import messages
from bayon.state.messages import Published
from bayon.state.subscriptions import Subscription


def ask_to_confirm(ctx: Context, subscription: Subscription) -> None:
    """The endpoint is asked to confirm the subscription. Writes: messages."""
    _send(ctx, subscription, "SubscriptionConfirmation", subscription.topic_arn, subscription.token)


def tell_of_end(ctx: Context, subscription: Subscription, token: str) -> None:
    """The endpoint is told that the subscription has ended, and how to bring it back. Writes: messages."""
    _send(ctx, subscription, "UnsubscribeConfirmation", subscription.arn, token)


def _send(ctx: Context, subscription: Subscription, kind: str, about: str, token: str) -> None:
    _, _, _, region, account, *_ = subscription.topic_arn.split(":")
    request = {"Type": kind, "Token": token, "Message": CONFIRMATIONS[kind].format(about)}
    request |= {"SubscriptionArn": subscription.arn}
    request |= {"Protocol": subscription.protocol, "Endpoint": subscription.endpoint}
    published = Published(str(uuid.uuid4()), account, region, subscription.topic_arn, request, ctx.now_ms)
    messages.keep(ctx.state, [published])
