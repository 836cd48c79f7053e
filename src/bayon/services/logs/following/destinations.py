"""Where subscription filters deliver: what an ARN stands for, and how a payload is sent there.

There is no Lambda, Kinesis or Firehose in bayon. Who runs it says in the setting `targets` which URL takes the place of
an ARN; requests are those that the real thing would get, so that emulators and collectors understand them.
Source: logs.md §5.3; Kinesis and Lambda API references; Firehose developer guide, HTTP endpoint delivery.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bayon.deliver.networks import EVERYWHERE, Networks
from bayon.services.sns import targets
from bayon.settings import Settings
from bayon.state import log_resources
from bayon.state.database import State

Kind = Literal["Lambda", "Kinesis", "Firehose"]

_LOGICAL = re.compile(r"arn:aws:logs:(?P<region>[^:]*):(?P<account>[^:]*):destination:(?P<name>[^:*]+)")
_KINDS: Mapping[str, Kind] = {"lambda": "Lambda", "kinesis": "Kinesis", "firehose": "Firehose"}


@dataclass(frozen=True, slots=True)
class Destination:
    """A place that payloads are posted to, and the networks in which it may be."""

    arn: str
    kind: Kind
    url: str
    networks: Networks


def target_of(state: State, arn: str) -> str:
    """The ARN that events really go to: that of a destination of Logs, else the ARN itself.   Reads: log_resources."""
    found = _LOGICAL.fullmatch(arn)
    if found is None:
        return arn
    destination = log_resources.find(state, found["account"], found["region"], "destination", found["name"])
    return str(destination.body["targetArn"]) if destination else arn


def find(settings: Settings, arn: str) -> Destination | None:
    """What stands for the ARN; none where nothing does."""
    url = targets.url_of(settings.targets, arn)
    kind = kind_of(arn)
    if url is None or kind is None:
        return None
    return Destination(arn, kind, url, EVERYWHERE)  # whoever runs bayon has named it


def kind_of(arn: str) -> Kind | None:
    """What the ARN names; none where no subscription filter delivers to such."""
    parts = arn.split(":", 5)
    return _KINDS.get(parts[2]) if len(parts) == 6 else None


def request(destination: Destination, payload: bytes, partition_key: str, now_ms: int) -> tuple[bytes, dict[str, str]]:
    """Body and headers of the request that delivers the compressed payload."""
    data = base64.b64encode(payload).decode()
    match destination.kind:
        case "Lambda":
            body: object = {"awslogs": {"data": data}}
            headers = {"content-type": "application/json", "x-amz-invocation-type": "Event"}
        case "Kinesis":
            name = destination.arn.rpartition("/")[2]
            body = {"StreamName": name, "StreamARN": destination.arn, "Data": data, "PartitionKey": partition_key}
            headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": "Kinesis_20131202.PutRecord"}
        case "Firehose":
            request_id = str(uuid.uuid4())
            body = {"requestId": request_id, "timestamp": now_ms, "records": [{"data": data}]}
            headers = {
                "content-type": "application/json",
                "x-amz-firehose-protocol-version": "1.0",
                "x-amz-firehose-request-id": request_id,
                "x-amz-firehose-source-arn": destination.arn,
            }
    return json.dumps(body).encode(), headers


def partition_key(stream_name: str, distribution: str) -> str:
    """The key by which a Kinesis stream spreads records: by log stream, or at random."""
    if distribution == "Random":
        return uuid.uuid4().hex
    return hashlib.md5(stream_name.encode(), usedforsecurity=False).hexdigest()
