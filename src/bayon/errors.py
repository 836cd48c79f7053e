"""The errors bayon raises on purpose; anything else that escapes is a bug.

Each is converted at one border: `wire/endpoint.py` turns AwsError into bytes, the command line turns any of them into
one sentence. This module deliberately knows no protocol and no HTTP status.
"""

from __future__ import annotations

from typing import Any


class BayonError(Exception):
    """An expected failure whose text is meant for the person who caused it or can mend it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class AwsError(BayonError):
    """The caller's doing: answered with `code`, `message` and the error shape's other members.

    In: `code` is the shape's name in the service model (`ResourceNotFoundException`) or a common AWS error
    (`ValidationException`); `fields` are extra members of that shape, by their model names.
    """

    def __init__(self, code: str, message: str = "", **fields: Any) -> None:
        super().__init__(message)
        self.code = code
        self.fields = fields

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class Unimplemented(AwsError):
    """A call asks for what bayon does not do; clients see at once that trying again is no use."""

    def __init__(self, what: str) -> None:
        super().__init__("InternalFailure", f"{what} is not implemented")


class LanguageError(BayonError):
    """A text of one of the query languages is wrong at `span`, 0-based offsets with the end excluded."""

    def __init__(self, message: str, span: tuple[int, int]) -> None:
        super().__init__(message)
        self.span = span


class StoreError(BayonError):
    """The store or the state could not do it; nothing of the failed call was kept.

    `retryable` is true where the same call may succeed later (a full disk, a time limit); `crowded` where it failed
    only because too many others were waiting, so that the caller should slow down; `late` where its time was over.
    """

    def __init__(self, message: str, *, retryable: bool, crowded: bool = False, late: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable
        self.crowded = crowded
        self.late = late
