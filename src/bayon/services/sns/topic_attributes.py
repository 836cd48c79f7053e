"""Attributes of topics: which there are, what they may be, and how they are shown.

Those that steer encryption, tracing, archiving and delivery logs are kept and given back; acting on them is the
business of others.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import product

from bayon import limits
from bayon.services.sns import delivery_policy
from bayon.services.sns.faults import invalid
from bayon.services.sns.values import BadValueError, Check, boolean, json_object, one_of, text, whole_number
from bayon.state.topics import Topic

_PROTOCOLS = ("Application", "Firehose", "HTTP", "Lambda", "SQS")
_FEEDBACK: dict[str, Check] = {
    "SuccessFeedbackRoleArn": text(limits.ARN_CHARS),
    "FailureFeedbackRoleArn": text(limits.ARN_CHARS),
    "SuccessFeedbackSampleRate": whole_number(0, 100),
}
_CHECKS: dict[str, Check] = {
    "ArchivePolicy": json_object,
    "ContentBasedDeduplication": boolean,
    "DeliveryPolicy": delivery_policy.checked,
    "DisplayName": text(limits.DISPLAY_NAME_CHARS),
    "FifoThroughputScope": one_of("Topic", "MessageGroup"),
    "FifoTopic": boolean,
    "KmsMasterKeyId": text(limits.ARN_CHARS),
    "MaximumMessageSize": whole_number(limits.MAXIMUM_MESSAGE_SIZE_MIN, limits.MAXIMUM_MESSAGE_SIZE_MAX),
    "Policy": json_object,
    "SignatureVersion": one_of("1", "2"),
    "TracingConfig": one_of("PassThrough", "Active"),
} | {protocol + name: check for protocol, (name, check) in product(_PROTOCOLS, _FEEDBACK.items())}
_OF_FIFO_TOPICS = {"ArchivePolicy", "ContentBasedDeduplication", "FifoThroughputScope", "FifoTopic"}
_DEFAULTS = {
    "ContentBasedDeduplication": "false",
    "DisplayName": "",
    "FifoThroughputScope": "Topic",
    "FifoTopic": "false",
    "MaximumMessageSize": str(limits.MESSAGE_BYTES),
    "SignatureVersion": "1",
    "TracingConfig": "PassThrough",
}


def is_fifo(attributes: Mapping[str, str]) -> bool:
    """True for a FIFO topic."""
    return attributes.get("FifoTopic") == "true"


def checked_all(attributes: Mapping[str, str]) -> dict[str, str]:
    """What to keep for a new topic. Raises: InvalidParameterException."""
    fifo = is_fifo({name: value.lower() for name, value in attributes.items()})
    for name in attributes:
        if name not in _CHECKS:
            raise invalid(f"Attributes Reason: Unknown attribute {name}")
    found = {name: _checked(name, value, "Attributes Reason: ", fifo=fifo) for name, value in attributes.items()}
    return {name: value for name, value in found.items() if value is not None}


def checked(name: str, value: str, topic: Topic) -> str | None:
    """What to keep when one attribute is changed, none where it gets its default. Raises: InvalidParameterException."""
    if name not in _CHECKS or name == "FifoTopic":
        raise invalid("AttributeName")
    return _checked(name, value, "", fifo=is_fifo(topic.attributes))


def _checked(name: str, value: str, before: str, *, fifo: bool) -> str | None:
    if not value:
        return None
    try:
        kept = _CHECKS[name](value)
    except BadValueError as err:
        raise invalid(f"{before}{name}: {err}") from err
    if name in _OF_FIFO_TOPICS and not fifo and kept not in ("false", "Topic"):
        noun = "Content-based deduplication" if name == "ContentBasedDeduplication" else name
        raise invalid(f"{noun} can only be set for FIFO topics")
    return kept


def differ(topic: Topic, wanted: Mapping[str, str]) -> bool:
    """True where the topic has another value of one of the attributes."""
    has = _DEFAULTS | {"Policy": default_policy(topic)} | dict(topic.attributes)
    return any(has.get(name, "") != value for name, value in wanted.items())


def shown(topic: Topic, confirmed: int, pending: int) -> dict[str, str]:
    """What GetTopicAttributes answers. Source: metrics.md §8.1 (recorded)."""
    fifo = {"ContentBasedDeduplication": "false"} if is_fifo(topic.attributes) else {}
    return {
        "TopicArn": topic.arn,
        "Owner": topic.account,
        "DisplayName": "",
        "Policy": default_policy(topic),
        "SubscriptionsConfirmed": str(confirmed),
        "SubscriptionsPending": str(pending),
        "SubscriptionsDeleted": "0",
        "EffectiveDeliveryPolicy": delivery_policy.of_topic(topic.attributes),
        **fifo,
        **topic.attributes,
    }


def default_policy(topic: Topic) -> str:
    """The policy of a topic that was given none: its owner may do everything."""
    actions = "GetTopicAttributes SetTopicAttributes AddPermission RemovePermission DeleteTopic Subscribe"
    actions += " ListSubscriptionsByTopic Publish"
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [f"SNS:{action}" for action in actions.split()],
        "Resource": topic.arn,
        "Condition": {"StringEquals": {"AWS:SourceOwner": topic.account}},
    }
    policy = {"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]}
    return json.dumps(policy, separators=(",", ":"))
