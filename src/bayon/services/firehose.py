"""The request that a delivery stream makes to an HTTP endpoint, and what it makes of the answer. Pure.

Source: metrics.md §7.3; "HTTP endpoint delivery request and response specifications" of Amazon Data Firehose.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

TOO_LARGE = 413  # the one status that another attempt cannot mend

_STREAM = ":deliverystream/"


@dataclass(frozen=True, slots=True)
class Push:
    """A request to an endpoint."""

    url: str
    headers: Mapping[str, str]
    body: bytes


def named_url(arn: str) -> str | None:
    """The address that is the name of a delivery stream: `arn:aws:firehose:…:deliverystream/https://host/path`."""
    name = arn.partition(_STREAM)[2]
    return name if name.startswith(("http://", "https://")) else None


def push(url: str, arn: str, request_id: str, records: Sequence[str], now_ms: int) -> Push:
    """The request with the records, which are base64 already.

    In: a password in the URL is the endpoint's access key; the request id is the same for every attempt.
    """
    parts = urlsplit(url)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Amazon Kinesis Data Firehose Agent/1.0",
        "X-Amz-Firehose-Protocol-Version": "1.0",
        "X-Amz-Firehose-Request-Id": request_id,
        "X-Amz-Firehose-Source-Arn": arn,
    }
    if parts.password:
        headers["X-Amz-Firehose-Access-Key"] = parts.password
        url = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    body = {"requestId": request_id, "timestamp": now_ms, "records": [{"data": record} for record in records]}
    return Push(url, headers, json.dumps(body, separators=(",", ":")).encode())


def record_of(data: bytes) -> str:
    """The data as a record."""
    return base64.b64encode(data).decode()


def refusal(request_id: str, status: int, body: bytes) -> str:
    """Why the answer does not accept the records, empty where it does."""
    if status != 200:
        return f"the endpoint answered {status}"
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return "the endpoint answered 200 without a JSON body"
    if not isinstance(answer, dict) or answer.get("requestId") != request_id:
        return "the endpoint answered 200 without the request's id"
    return ""
