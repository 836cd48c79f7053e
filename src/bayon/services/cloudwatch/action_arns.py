"""The ARNs of what alarms set off: which AWS accepts, and which of them bayon carries out. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from bayon.errors import AwsError

Kind = Literal["sns", "lambda", "autoscaling", "ec2", "ssm", "ssm-incidents", "aiops"]
_ARN = re.compile(r"arn:(aws[a-z-]*):([a-z0-9-]+):([a-z0-9-]*):(.+)")
_PATTERNS: dict[str, tuple[Kind, re.Pattern[str]]] = {
    "sns": ("sns", re.compile(r"[^:]+:[A-Za-z0-9_-]{1,256}(\.fifo)?")),
    "lambda": ("lambda", re.compile(r"[^:]+:function:[A-Za-z0-9_-]{1,140}(:[A-Za-z0-9$_-]{1,128})?")),
    "autoscaling": ("autoscaling", re.compile(r"[^:]+:scalingPolicy:.+")),
    "automate": ("ec2", re.compile(r"ec2:(stop|terminate|reboot|recover)")),
    "swf": ("ec2", re.compile(r"[^:]+:action/actions/AWS_EC2\.InstanceId\.(Stop|Terminate|Reboot|Recover)/1\.0")),
    "ssm": ("ssm", re.compile(r"[^:]+:opsitem:[1-4](#CATEGORY=[A-Za-z]+)?")),
    "ssm-incidents": ("ssm-incidents", re.compile(r"[^:]+:response-?plan/.+")),
    "aiops": ("aiops", re.compile(r"[^:]+:investigation-group[/:].+")),
}
_WORDS: dict[Kind, str] = {
    "lambda": "invoke Lambda functions",
    "autoscaling": "carry out Auto Scaling policies",
    "ec2": "act on EC2 instances",
    "ssm": "create OpsItems",
    "ssm-incidents": "start incidents",
    "aiops": "start investigations",
}


@dataclass(frozen=True, slots=True)
class Action:
    """What is to be done when an alarm enters a state."""

    arn: str
    kind: Kind


def parse(arn: str, region: str) -> Action:
    """The action that the ARN names.

    Raises: ValidationException; texts as users quote them, where they do, with what was expected behind them.
    """
    match = _ARN.fullmatch(arn)
    if match is None:
        raise AwsError("ValidationException", "")  # so does AWS (quoted by users)
    partition, service, place, rest = match.groups()
    if partition != _partition(region):
        raise _invalid(f"Invalid partition {partition} specified. Only {_partition(region)} is supported.")
    if place not in ("", region):
        raise _invalid(f"Invalid region {place} specified. Only {region} is supported.")
    kind, pattern = _PATTERNS.get(service, (None, None))
    if kind is None or pattern is None or not pattern.fullmatch(rest):
        raise _invalid(
            f"Invalid or unsupported action: expected the ARN of an action that an alarm can take, found {arn}"
        )
    return Action(arn, kind)


def not_carried_out(kind: Kind) -> str:
    """Why bayon does not carry out actions of the kind, empty for those that it does."""
    return f"bayon does not {_WORDS[kind]}" if kind in _WORDS else ""


def _partition(region: str) -> str:
    if region.startswith("us-gov-"):
        return "aws-us-gov"
    return "aws-cn" if region.startswith("cn-") else "aws"


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)
