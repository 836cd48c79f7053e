"""The retry policies that are in force, taking defaults into account. Obeying them is the business of `deliver`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bayon.services.sns.values import BadValueError, read_object

DEFAULT: dict[str, Any] = {
    "http": {
        "defaultHealthyRetryPolicy": {
            "minDelayTarget": 20,
            "maxDelayTarget": 20,
            "numRetries": 3,
            "numMaxDelayRetries": 0,
            "numNoDelayRetries": 0,
            "numMinDelayRetries": 0,
            "backoffFunction": "linear",
        },
        "disableSubscriptionOverrides": False,
        "defaultRequestPolicy": {"headerContentType": "text/plain; charset=UTF-8"},
    }
}


def checked(value: str) -> str:
    """The text of a policy as it came. Raises: BadValueError."""
    if not isinstance(read_object(value).get("http", {}), dict):
        raise BadValueError("http must be an object")
    return value


def of_topic(attributes: Mapping[str, str]) -> str:
    """EffectiveDeliveryPolicy of a topic. Source: metrics.md §8.1 (recorded)."""
    return json.dumps(_topic(attributes), separators=(",", ":"))


def of_subscription(topic_attributes: Mapping[str, str], attributes: Mapping[str, str]) -> str:
    """EffectiveDeliveryPolicy of an http or https subscription: its own over the topic's (inferred)."""
    http = _topic(topic_attributes)["http"]
    own = {} if http["disableSubscriptionOverrides"] else json.loads(attributes.get("DeliveryPolicy", "{}"))
    inherited = {
        "healthyRetryPolicy": http["defaultHealthyRetryPolicy"],
        "sicklyRetryPolicy": None,
        "throttlePolicy": http.get("defaultThrottlePolicy"),
        "requestPolicy": http["defaultRequestPolicy"],
        "guaranteed": False,
    }
    return json.dumps(_over(inherited, own), separators=(",", ":"))


def _topic(attributes: Mapping[str, str]) -> dict[str, Any]:
    return _over(DEFAULT, json.loads(attributes.get("DeliveryPolicy", "{}")))


def _over(base: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = base | above
    both = [key for key, value in base.items() if isinstance(value, dict) and isinstance(above.get(key), dict)]
    return merged | {key: _over(base[key], above[key]) for key in both}
