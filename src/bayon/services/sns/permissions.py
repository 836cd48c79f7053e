"""Statements of a topic's policy, added and removed. bayon keeps policies and does not yet let other accounts in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bayon.services.operation import Context, operation
from bayon.services.sns import arns
from bayon.services.sns.faults import invalid, not_found
from bayon.services.sns.topic_attributes import default_policy
from bayon.state import topics
from bayon.state.topics import Topic

if TYPE_CHECKING:
    from bayon.shapes.sns import AddPermissionInput, AddPermissionOutput, RemovePermissionInput, RemovePermissionOutput

_ACTIONS = {
    *("GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission", "DeleteTopic", "Subscribe"),
    *("ListSubscriptionsByTopic", "Publish", "Receive"),
}


@operation
def add_permission(ctx: Context, request: AddPermissionInput) -> AddPermissionOutput:
    """The topic's policy has a statement of that label, by which the accounts may do the actions.

    Raises: InvalidParameterException, NotFoundException.   Writes: topics.
    Source: SNS API reference, AddPermission; the texts of refusals are inferred.
    """
    label, accounts, actions = request["Label"], request["AWSAccountId"], request["ActionName"]
    if unknown := [action for action in actions if action not in _ACTIONS]:
        raise invalid(f"Policy statement action out of service scope: {unknown[0]}")
    if bad := [account for account in accounts if not (account.isascii() and account.isdigit() and len(account) == 12)]:
        raise invalid(f"AWSAccountId Reason: {bad[0]} is no account")
    with ctx.state.write():
        topic = arns.topic(ctx, request["TopicArn"])
        policy = _policy(topic)
        if any(statement.get("Sid") == label for statement in policy["Statement"]):
            raise invalid("Statement already exists")
        statement = {
            "Sid": label,
            "Effect": "Allow",
            "Principal": {"AWS": _one_or_all([f"arn:aws:iam::{account}:root" for account in accounts])},
            "Action": _one_or_all([f"SNS:{action}" for action in actions]),
            "Resource": topic.arn,
        }
        _keep(ctx, topic, policy, [*policy["Statement"], statement])
    return {}


@operation
def remove_permission(ctx: Context, request: RemovePermissionInput) -> RemovePermissionOutput:
    """The topic's policy has no statement of that label.

    Raises: InvalidParameterException, NotFoundException.   Writes: topics.
    Source: SNS API reference, RemovePermission; that an unknown label changes nothing is inferred.
    """
    with ctx.state.write():
        topic = arns.topic(ctx, request["TopicArn"])
        policy = _policy(topic)
        kept = [statement for statement in policy["Statement"] if statement.get("Sid") != request["Label"]]
        if len(kept) < len(policy["Statement"]):
            _keep(ctx, topic, policy, kept)
    return {}


def _policy(topic: Topic) -> dict[str, Any]:
    policy: dict[str, Any] = json.loads(topic.attributes.get("Policy") or default_policy(topic))
    statements = policy.get("Statement", [])
    return policy | {"Statement": statements if isinstance(statements, list) else [statements]}


def _keep(ctx: Context, topic: Topic, policy: dict[str, Any], statements: list[Any]) -> None:
    text = json.dumps(policy | {"Statement": statements}, separators=(",", ":"))
    if not topics.set_attributes(ctx.state, topic.arn, {"Policy": text}):
        raise not_found("Topic")


def _one_or_all(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else values
