"""The errors that SNS gives, with the words it gives them. Source: metrics.md §8.1, recorded unless said otherwise."""

from __future__ import annotations

from bayon.errors import AwsError


def invalid(text: str) -> AwsError:
    """A parameter is wrong; SNS puts the same words before every such text."""
    return AwsError("InvalidParameterException", f"Invalid parameter: {text}")


def invalid_attribute_value(text: str) -> AwsError:
    """A message attribute is wrong."""
    return AwsError("InvalidParameterValueException", text)


def not_found(noun: str) -> AwsError:
    """There is no such thing."""
    return AwsError("NotFoundException", f"{noun} does not exist")
