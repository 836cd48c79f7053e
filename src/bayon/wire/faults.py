"""What an AwsError is on the wire: its shape in the model, its code in each protocol and its HTTP status."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bayon.errors import AwsError, Unimplemented
from bayon.wire.model import Model, Shape
from bayon.wire.sigv4 import JSON_CODES

# Errors that any operation may answer. Source: metrics.md §2.1 and logs.md §0, common errors.
_COMMON_STATUS = {
    "AccessDenied": 403,
    "AccessDeniedException": 403,
    "ExpiredToken": 403,
    "ExpiredTokenException": 403,
    "IncompleteSignature": 403,
    "IncompleteSignatureException": 403,
    "InternalFailure": 500,
    "InvalidClientTokenId": 403,
    "InvalidSignatureException": 403,
    "MissingAuthenticationToken": 403,
    "MissingAuthenticationTokenException": 403,
    "NotAuthorized": 401,
    "OptInRequired": 403,
    "RequestEntityTooLarge": 413,
    "RequestEntityTooLargeException": 413,
    "RequestTimeoutException": 408,
    "ServiceUnavailable": 503,
    "ServiceUnavailableException": 503,
    "SignatureDoesNotMatch": 403,
    "UnknownOperationException": 404,
    "UnrecognizedClientException": 403,
}
# The same common error where one protocol has another name for it: (query, others). Source: as above.
_SPELLINGS = (
    ("ValidationError", "ValidationException"),
    ("MalformedInput", "SerializationException"),
    ("Throttling", "ThrottlingException"),
    ("InvalidAction", "UnknownOperationException"),
    ("RequestEntityTooLarge", "RequestEntityTooLargeException"),
    ("ServiceUnavailable", "ServiceUnavailableException"),
    ("AccessDenied", "AccessDeniedException"),
    ("ExpiredToken", "ExpiredTokenException"),
)
_FOR_QUERY = {other: query for query, other in _SPELLINGS}
_FOR_OTHERS = dict(_SPELLINGS) | JSON_CODES


@dataclass(frozen=True, slots=True)
class Fault:
    """An error ready to be written. `code` is the shape's name or the common code; `query_code` what the query protocol
    calls it; `shape` is None for an error that the model does not have."""

    code: str
    query_code: str
    message: str
    status: int
    fields: dict[str, Any]
    shape: Shape | None

    @property
    def sender(self) -> bool:
        """Whether the caller is to blame."""
        return self.status < 500

    def members(self) -> dict[str, Any]:
        """The error's members by model name, its message under the name that the shape gives it."""
        names = [n for n in self.shape.members if n.lower() == "message"] if self.shape else []
        message = {names[0]: self.message} if names and self.message else {}
        return {**message, **self.fields}


def fault(model: Model | None, error: AwsError) -> Fault:
    """The error as the service knows it, else as the common errors say."""
    shape = _shape(model, error.code)
    if shape is not None:
        trait = shape.trait.error
        found = (trait.http_status_code if trait else 0) or (500 if shape.trait.fault else 400)
        query_code = (trait.code if trait else "") or shape.name
        return Fault(shape.name, query_code, error.message, found, error.fields, shape)
    query_code, code = _FOR_QUERY.get(error.code, error.code), _FOR_OTHERS.get(error.code, error.code)
    found = 501 if isinstance(error, Unimplemented) else _COMMON_STATUS.get(error.code, 400)
    return Fault(code, query_code, error.message, found, error.fields, None)


def _shape(model: Model | None, code: str) -> Shape | None:
    if model is None:
        return None
    known = model.exceptions
    if model.metadata.protocol == "query":
        return known.get(code)
    return known.get(code) or known.get(_FOR_OTHERS.get(code, code)) or known.get(_FOR_QUERY.get(code, code))
