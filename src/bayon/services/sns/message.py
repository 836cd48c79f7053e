"""Checks what is published. Pure; which of it reaches whom is decided where it is delivered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bayon import limits
from bayon.services.sns.faults import invalid
from bayon.services.sns.message_attributes import check_attributes
from bayon.services.sns.values import BadValueError, read_object

if TYPE_CHECKING:
    from bayon.shapes.sns import PublishBatchRequestEntry, PublishInput

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def check(message: PublishInput | PublishBatchRequestEntry) -> None:
    """Raises: InvalidParameterException, InvalidParameterValueException. Source: metrics.md §8.1 (recorded), §8.2."""
    if not message["Message"]:
        raise invalid("Empty message")
    if "Subject" in message:
        _check_subject(message["Subject"])
    check_attributes(message.get("MessageAttributes", {}))
    structure = message.get("MessageStructure", "")
    if structure not in ("", "json"):
        raise invalid("MessageStructure")
    if structure == "json":
        _check_structure(message["Message"])


def size_bytes(message: PublishInput | PublishBatchRequestEntry) -> int:
    """What the message counts for: its text, and its attributes with their names and types."""
    size = len(message["Message"].encode())
    for name, value in message.get("MessageAttributes", {}).items():
        size += len(name.encode()) + len(value["DataType"].encode())
        size += len(value.get("StringValue", "").encode()) + len(value.get("BinaryValue", b""))
    return size


def _check_subject(subject: str) -> None:
    if not subject.strip() or len(subject) > limits.SUBJECT_CHARS or _CONTROL.search(subject):
        raise invalid("Subject")


def _check_structure(message: str) -> None:
    try:
        texts = read_object(message)
    except BadValueError as err:
        raise invalid("Message Structure - JSON message body failed to parse") from err
    if not isinstance(texts.get("default"), str):
        raise invalid("Message Structure - No default entry in JSON message body")
