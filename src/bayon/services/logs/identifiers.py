"""How requests name groups and streams, and the errors when there is nothing of the name or the name is not allowed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bayon import limits
from bayon.errors import AwsError
from bayon.services.operation import Context
from bayon.state import log_groups, log_streams
from bayon.state.log_groups import LogGroup
from bayon.state.log_streams import LogStream

# The wire leaves new names to us because of the text for long ones; the patterns are those of botocore's shapes.
GROUP_NAME = r"[\.\-_/#A-Za-z0-9]+"
STREAM_NAME = r"[^:*]*"
RESERVED_PREFIX = "aws/"


def check_new_group_name(name: str) -> None:
    """Raises: InvalidParameterException where no group may have the name. Source: logs.md §1.4."""
    _check_name("logGroupName", name, GROUP_NAME)
    if name.startswith(RESERVED_PREFIX):
        raise invalid("Log groups starting with AWS/ are reserved for AWS.")


def check_new_stream_name(name: str) -> None:
    """Raises: InvalidParameterException where no stream may have the name. Source: logs.md §1.4."""
    _check_name("logStreamName", name, STREAM_NAME)


def _check_name(member: str, name: str, pattern: str) -> None:
    if len(name) > limits.LOG_NAME_CHARS:
        raise invalid(
            f"Invalid LogGroup or LogStream, both must have length less than or equal to {limits.LOG_NAME_CHARS}."
        )
    if not name:
        raise constraint(member, name, "have length greater than or equal to 1")
    if not re.fullmatch(pattern, name):
        raise constraint(member, name, f"satisfy regular expression pattern: {pattern}")


def group_name(ctx: Context, identifier: str) -> str:
    """The name in an identifier: itself, or what an ARN of this account and region names; a trailing colon is forgiven.

    Raises: ResourceNotFoundException for an ARN of elsewhere.
    """
    if not identifier.startswith("arn:"):
        return identifier
    prefix = log_groups.arn_of(ctx.account, ctx.region, "")
    if not identifier.startswith(prefix):
        raise no_group()
    return identifier.removeprefix(prefix).removesuffix(":")


def requested_group_name(ctx: Context, request: Mapping[str, Any]) -> str:
    """The group that a request names by exactly one of `logGroupName` and `logGroupIdentifier`. Source: logs.md §1.1.

    Raises: ValidationException for both, InvalidParameterException for none.
    """
    name, identifier = request.get("logGroupName"), request.get("logGroupIdentifier")
    if name is not None and identifier is not None:
        raise AwsError("ValidationException", "LogGroup name and LogGroup ARN are mutually exclusive parameters.")
    if name is not None:
        return str(name)
    if identifier is None:
        raise invalid("One of logGroupName and logGroupIdentifier is required.")
    return group_name(ctx, identifier)


def existing_group(ctx: Context, name: str) -> LogGroup:
    """Raises: ResourceNotFoundException.   Reads: log_groups."""
    group = log_groups.find(ctx.state, ctx.account, ctx.region, name)
    if group is None:
        raise no_group()
    return group


def existing_stream(ctx: Context, group_name: str, stream_name: str) -> tuple[LogGroup, LogStream]:
    """The group and its stream.

    Raises: ResourceNotFoundException of whichever is missing.   Reads: log_groups, log_streams.
    """
    group, stream = log_streams.find_stream(ctx.state, ctx.account, ctx.region, group_name, stream_name)
    if group is None:
        raise no_group()
    if stream is None:
        raise no_stream()
    return group, stream


def no_group() -> AwsError:
    """Source: logs.md §2, recorded."""
    return AwsError("ResourceNotFoundException", "The specified log group does not exist.")


def no_stream() -> AwsError:
    """Source: logs.md §2, recorded."""
    return AwsError("ResourceNotFoundException", "The specified log stream does not exist.")


def constraint(member: str, value: object, rule: str) -> AwsError:
    """The error for a constraint of one member, in the text of those that the model states. Source: logs.md §0."""
    return invalid(
        f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: Member must {rule}"
    )


def invalid(message: str) -> AwsError:
    """The error for what the model's constraints cannot say."""
    return AwsError("InvalidParameterException", message)
