"""The ARNs of CloudWatch's resources, read. Pure; dashboards write theirs in `state.dashboards`."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ARN = re.compile(r"arn:aws[a-z-]*:cloudwatch:([a-z0-9-]*):(\d{12}):([a-z-]+)[:/](.+)")


@dataclass(frozen=True, slots=True)
class Resource:
    """What an ARN names: `kind` is `alarm`, `dashboard`, `metric-stream` and so on; dashboards have no region."""

    region: str
    account: str
    kind: str
    name: str


def parse(arn: str) -> Resource | None:
    """The resource that the ARN names, None if it is no ARN of CloudWatch."""
    match = _ARN.fullmatch(arn)
    return Resource(*match.groups()) if match else None
