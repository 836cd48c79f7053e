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


_RETRIES = {  # the members of a retry policy and their greatest values, developer guide
    "minDelayTarget": 3600,
    "maxDelayTarget": 3600,
    "numRetries": 100,
    "numNoDelayRetries": 100,
    "numMinDelayRetries": 100,
    "numMaxDelayRetries": 100,
}
_SHAPES = ("arithmetic", "exponential", "geometric", "linear")


def checked(value: str) -> str:
    """The text of a topic's policy as it came. Raises: BadValueError."""
    http = _object(read_object(value), "http")
    _check_retries(DEFAULT["http"]["defaultHealthyRetryPolicy"], _object(http, "defaultHealthyRetryPolicy"))
    _check_rate(_object(http, "defaultThrottlePolicy"))
    _check_request(_object(http, "defaultRequestPolicy"))
    if not isinstance(http.get("disableSubscriptionOverrides", False), bool):
        raise BadValueError("disableSubscriptionOverrides must be true or false")
    return value


def checked_own(value: str) -> str:
    """The text of a subscription's policy as it came. Raises: BadValueError."""
    policy = read_object(value)
    _check_retries(DEFAULT["http"]["defaultHealthyRetryPolicy"], _object(policy, "healthyRetryPolicy"))
    _check_rate(_object(policy, "throttlePolicy"))
    _check_request(_object(policy, "requestPolicy"))
    return value


def _object(within: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = within.get(name)
    if found is not None and not isinstance(found, dict):
        raise BadValueError(f"{name} must be an object")
    return found or {}


def _check_retries(defaults: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    for name, most in _RETRIES.items():
        value = given.get(name, 0)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most):
            raise BadValueError(f"{name} must be a whole number from 0 to {most}")
    if given.get("backoffFunction", "linear") not in _SHAPES:
        raise BadValueError(f"backoffFunction must be one of {', '.join(_SHAPES)}")
    merged = {**defaults, **{name: value for name, value in given.items() if value is not None}}
    if given.get("minDelayTarget") is not None and merged["minDelayTarget"] > merged["maxDelayTarget"]:
        raise BadValueError("minDelayTarget must not be greater than maxDelayTarget")
    parts = sum(merged[name] for name in _RETRIES if name not in ("minDelayTarget", "maxDelayTarget", "numRetries"))
    if parts > merged["numRetries"]:
        raise BadValueError("numRetries must not be less than the retries of all phases together")


def _check_rate(given: Mapping[str, Any]) -> None:
    rate = given.get("maxReceivesPerSecond")
    if rate is not None and (not isinstance(rate, int) or isinstance(rate, bool) or rate < 1):
        raise BadValueError("maxReceivesPerSecond must be a whole number greater than 0")


def _check_request(given: Mapping[str, Any]) -> None:
    kind = given.get("headerContentType", "text/plain")
    if not isinstance(kind, str) or not kind.isascii() or not kind.isprintable():
        raise BadValueError("headerContentType must be a content type")


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
