"""Which protocols there are, and what an endpoint of each looks like. Reaching them is the business of `deliver`."""

from __future__ import annotations

import re
from collections.abc import Callable

from bayon.errors import AwsError
from bayon.services.sns.arns import is_resource_of
from bayon.services.sns.faults import invalid, not_found

CONFIRMED_AT_ONCE = {"firehose", "lambda", "sms", "sqs"}
_IN_ORDER = {"sqs"}  # what FIFO topics deliver to

_PHONE_NUMBER = re.compile(r"\+?[1-9][0-9]{0,14}")
_SEPARATORS = re.compile(r"[-./]")


def check(protocol: str, endpoint: str, *, fifo_topic: bool) -> None:
    """Raises: InvalidParameterException or NotFoundException, unless such a subscription may be made.

    Source: metrics.md §8.1 (recorded); the words about ARNs of functions and streams, e-mail and FIFO topics inferred.
    """
    if protocol not in _CHECKS:
        raise invalid(f"Amazon SNS does not support this protocol string: {protocol}")
    if not endpoint:
        raise invalid("Endpoint Reason: no value for required parameter")
    _CHECKS[protocol](endpoint)
    if fifo_topic and protocol not in _IN_ORDER:
        raise invalid(f"Invalid protocol type: {protocol}")
    if not fifo_topic and protocol == "sqs" and endpoint.endswith(".fifo"):
        reason = "FIFO SQS Queues can not be subscribed to standard SNS topics"
        raise invalid(f"Invalid parameter: Endpoint Reason: {reason}")


def is_phone_number(text: str) -> bool:
    """True for a number of the international form, with or without its plus."""
    return _PHONE_NUMBER.fullmatch(text) is not None


def _url(scheme: str) -> Callable[[str], None]:
    def check(endpoint: str) -> None:
        if not endpoint.startswith(scheme) or endpoint == scheme:
            raise invalid("Endpoint must match the specified protocol")

    return check


def _email(endpoint: str) -> None:
    name, _, host = endpoint.rpartition("@")
    if not name or not host or any(character.isspace() for character in endpoint):
        raise invalid("Email address")


def _sms(endpoint: str) -> None:
    number = _SEPARATORS.sub("", endpoint)
    if not is_phone_number(number) or re.search(r"[-./]([-./]|$)", endpoint):
        raise AwsError("InvalidParameterException", f"Invalid SMS endpoint: {endpoint}")


def _arn(service: str, noun: str) -> Callable[[str], None]:
    def check(endpoint: str) -> None:
        if not is_resource_of(endpoint, service):
            raise invalid(f"{noun} endpoint ARN")

    return check


def _application(endpoint: str) -> None:
    raise not_found("Endpoint")  # bayon has no mobile push, so there can be none


_CHECKS: dict[str, Callable[[str], None]] = {
    "application": _application,
    "email": _email,
    "email-json": _email,
    "firehose": _arn("firehose", "Firehose"),
    "http": _url("http://"),
    "https": _url("https://"),
    "lambda": _arn("lambda", "Lambda"),
    "sms": _sms,
    "sqs": _arn("sqs", "SQS"),
}
