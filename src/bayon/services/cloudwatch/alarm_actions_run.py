"""Carries out one action of an alarm: a message to a topic. What bayon cannot do is recorded as not done."""

from __future__ import annotations

from bayon.services.cloudwatch import action_arns, alarm_items, alarm_messages
from bayon.services.cloudwatch.alarm_messages import Change
from bayon.services.sns import notify
from bayon.state.alarm_history import Item
from bayon.state.database import State


def run(state: State, change: Change, arn: str, now_ms: int) -> Item:
    """The action has been carried out, as far as it can be. Out: the item of the history. Writes: messages."""
    kind = action_arns.parse(arn, change.after.region).kind
    if kind != "sns":
        return alarm_items.action(change, arn, None, action_arns.not_carried_out(kind), now_ms)
    subject, message = alarm_messages.subject(change), alarm_messages.message(change)
    published = notify.published(arn, subject, message)["Message"]
    if notify.notify(state, arn, subject, message, now_ms) is None:
        return alarm_items.action(change, arn, None, f"Resource: {arn} not found", now_ms)
    return alarm_items.action(change, arn, published, None, now_ms)
