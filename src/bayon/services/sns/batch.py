"""Checks a batch as a whole, and tells what failed in it. Source: metrics.md §8.1 (recorded)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bayon import limits
from bayon.errors import AwsError

if TYPE_CHECKING:
    from bayon.shapes.sns import BatchResultErrorEntry, PublishBatchRequestEntry

_NOT_IN_IDS = re.compile(r"[^A-Za-z0-9_-]|^$")
# The codes of failed entries are those of the query protocol, not the names of the shapes.
_CODES = {
    "InvalidParameterException": "InvalidParameter",
    "InvalidParameterValueException": "ParameterValueInvalid",
}


def check_batch(entries: Sequence[PublishBatchRequestEntry]) -> None:
    """Raises: EmptyBatchRequestException, TooManyEntriesInBatchRequestException, InvalidBatchEntryIdException,
    BatchEntryIdsNotDistinctException."""
    if not entries:
        raise AwsError("EmptyBatchRequestException", "The batch request doesn't contain any entries.")
    if len(entries) > limits.BATCH_ENTRIES:
        text = "The batch request contains more entries than permissible."
        raise AwsError("TooManyEntriesInBatchRequestException", text)
    for entry in entries:
        _check_id(entry["Id"])
    if len({entry["Id"] for entry in entries}) != len(entries):
        text = "Two or more batch entries in the request have the same Id."
        raise AwsError("BatchEntryIdsNotDistinctException", text)


def failed(id_: str, error: AwsError) -> BatchResultErrorEntry:
    """One entry's error, as the answer lists it."""
    return {"Id": id_, "Code": _CODES[error.code], "Message": error.message, "SenderFault": True}


def _check_id(id_: str) -> None:
    if len(id_) > limits.BATCH_ENTRY_ID_CHARS:
        text = f"The Id of a batch entry in the batch request is too long: {id_}"
        raise AwsError("InvalidBatchEntryIdException", text)
    if _NOT_IN_IDS.search(id_):
        text = f"The Id of a batch entry in the batch request contains an impermissible character: {id_}"
        raise AwsError("InvalidBatchEntryIdException", text)
