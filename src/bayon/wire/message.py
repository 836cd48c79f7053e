"""A request and a reply as the codecs see them, free of sockets and of ASGI."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Malformed(Exception):
    """The bytes are not what the protocol or the shape asks for; each codec gives it its protocol's error code."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request with its body decompressed.

    `path` and `query` are as sent, percent-encoded; header names are lower case; `labels` are the decoded path labels.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    labels: Mapping[str, str] = field(default_factory=dict)


class Reply(NamedTuple):
    """One HTTP response; the endpoint adds the request id and what all replies share to its headers.

    A reply with a `stream` has no body: its pieces are sent as they come, and it is closed when the client goes.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    stream: Generator[bytes, None, None] | None = None


class Codec(NamedTuple):
    """One operation in one protocol. `decode` raises AwsError; `encode` takes the output and the request id."""

    decode: Callable[[Request], dict[str, Any]]
    encode: Callable[[dict[str, Any], str], Reply]
