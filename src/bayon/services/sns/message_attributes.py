"""Checks the attributes of a message. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from bayon import limits
from bayon.services.sns.faults import invalid_attribute_value as wrong

if TYPE_CHECKING:
    from bayon.shapes.sns import MessageAttributeValue

_TYPE = re.compile(r"(String|Number|Binary)(\..+)?")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.-]")
_RESERVED = ("aws.", "amazon.")
_OF_AWS = ("AWS.SNS.SMS.", "AWS.SNS.MOBILE.", "AWS.MM.SMS.")  # what callers may say of SMS and push, developer guide


def check_attributes(attributes: Mapping[str, MessageAttributeValue]) -> None:
    """Raises: InvalidParameterValueException. Source: metrics.md §8.1 (recorded; numbers, reserved names inferred)."""
    for name, value in attributes.items():
        _check_name(name)
        _check_value(name, value)


def _check_name(name: str) -> None:
    if not name or len(name.encode()) > limits.MESSAGE_ATTRIBUTE_NAME_BYTES:
        raise wrong(f"Length of message attribute name must be less than {limits.MESSAGE_ATTRIBUTE_NAME_BYTES} bytes.")
    if bad := _NOT_IN_NAMES.search(name):
        raise wrong(
            f"Invalid non-alphanumeric character '#x{ord(bad[0]):X}' was found in the message attribute name. "
            "Can only include alphanumeric characters, hyphens, underscores, or dots."
        )
    if name.startswith("."):
        raise wrong("Invalid message attribute name starting with character '.' was found.")
    if name.endswith("."):
        raise wrong("Invalid message attribute name ending with character '.' was found.")
    if ".." in name:
        raise wrong("Message attribute name can not have successive '.' character.")
    if name.lower().startswith(_RESERVED) and not name.startswith(_OF_AWS):
        raise wrong(f"Message attribute name starting with '{name.partition('.')[0]}.' is reserved.")


def _check_value(name: str, value: MessageAttributeValue) -> None:
    kind = _TYPE.fullmatch(value["DataType"])
    if kind is None:
        raise wrong(
            f"The message attribute '{name}' has an invalid message attribute type, "
            "the set of supported type prefixes is Binary, Number, and String."
        )
    binary = kind[1] == "Binary"
    given, other = value.get("StringValue"), value.get("BinaryValue")
    if (other if binary else given) is None and (given if binary else other) is not None:
        field = "Binary" if binary else "String"
        raise wrong(f"The message attribute '{name}' with type '{value['DataType']}' must use field '{field}'.")
    if not (other if binary else given):
        raise wrong(
            f"The message attribute '{name}' must contain non-empty message attribute value "
            f"for message attribute type '{value['DataType']}'."
        )
    if kind[1] == "Number" and not _NUMBER.fullmatch(given or ""):
        raise wrong(f"Could not cast message attribute '{name}' value to number.")
