"""Transformers of log groups: put, get, delete, test. What one makes of an event is `languages.transformer`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bayon.errors import AwsError, Unimplemented
from bayon.services.logs.account_selection import applying
from bayon.services.logs.identifiers import existing_group, group_name, invalid
from bayon.services.operation import Context, operation
from bayon.state import log_group_policies
from bayon.state.database import State
from bayon.state.log_groups import LogGroup

if TYPE_CHECKING:
    from bayon.shapes import logs as shapes

KIND = "transformer"

Config = Sequence[Mapping[str, Any]]


def transformer_of(state: State, group: LogGroup) -> Config | None:
    """The configuration by which the group's events are transformed: its own, else the account's that applies to it.

    Reads: log_group_policies, log_resources.   Source: logs.md §2.2 PutAccountPolicy.
    """
    if group.log_group_class != "STANDARD":
        return None
    own = log_group_policies.find(state, group.id, KIND)
    if own is not None:
        config: Config = own.body
        return config
    account = next(iter(applying(state, group, "TRANSFORMER_POLICY")), None)
    return account.body["config"] if account else None


def metadata_of(group: LogGroup, stream_name: str) -> dict[str, str]:
    """What a transformer can copy into an event of the stream. Source: botocore, CopyValue."""
    return {
        "@logGroupName": group.name,
        "@logGroupStream": stream_name,
        "@accountId": group.account,
        "@regionName": group.region,
    }


@operation(lacks="parseToOCSF, and queries and filters that see what was transformed")
def put_transformer(ctx: Context, request: shapes.PutTransformerRequest) -> None:
    """The configuration is the group's: `transformer_of` gives it to whoever shows or filters transformed events.

    Raises: InvalidParameterException, ResourceNotFoundException, InvalidOperationException for other classes than
    STANDARD, Unimplemented for parseToOCSF.
    Writes: log_group_policies.   Source: logs.md §5.9.
    """
    config = request["transformerConfig"]
    check_config(config, "PutTransformer")
    with ctx.state.write():
        group = _standard_group(ctx, request["logGroupIdentifier"])
        log_group_policies.put(ctx.state, group.id, KIND, config, ctx.now_ms)


def check_config(config: Sequence[Any], operation_name: str) -> None:
    """Raises: InvalidParameterException, Unimplemented."""
    from bayon.languages.transformer.check import ConfigError, check

    if any("parseToOCSF" in processor for processor in config):
        raise Unimplemented(f"{operation_name} with parseToOCSF")
    try:
        check(config)
    except ConfigError as err:
        raise invalid(err.message) from err


def _standard_group(ctx: Context, identifier: str) -> LogGroup:
    group = existing_group(ctx, group_name(ctx, identifier))
    if group.log_group_class != "STANDARD":
        raise AwsError(
            "InvalidOperationException",
            f"The operation is not supported for log groups of the {group.log_group_class} class.",
        )
    return group


@operation
def get_transformer(ctx: Context, request: shapes.GetTransformerRequest) -> shapes.GetTransformerResponse:
    """The group's own transformer.

    Raises: ResourceNotFoundException, also where it has none.   Reads: log_group_policies.   Source: logs.md §2.2.
    """
    group = _standard_group(ctx, request["logGroupIdentifier"])
    held = log_group_policies.find(ctx.state, group.id, KIND)
    if held is None:
        raise _no_transformer()
    return {
        "logGroupIdentifier": request["logGroupIdentifier"],
        "creationTime": held.created_ms,
        "lastModifiedTime": held.modified_ms,
        "transformerConfig": held.body,
    }


@operation
def delete_transformer(ctx: Context, request: shapes.DeleteTransformerRequest) -> None:
    """The group has no transformer of its own.

    Raises: ResourceNotFoundException, also where it had none.   Writes: log_group_policies.   Source: logs.md §2.2.
    """
    with ctx.state.write():
        group = _standard_group(ctx, request["logGroupIdentifier"])
        if not log_group_policies.delete(ctx.state, group.id, KIND):
            raise _no_transformer()


def _no_transformer() -> AwsError:
    return AwsError("ResourceNotFoundException", "The specified transformer does not exist.")


@operation(lacks="parseToOCSF")
def test_transformer(ctx: Context, request: shapes.TestTransformerRequest) -> shapes.TestTransformerResponse:
    """What the processors make of each message; nothing for one that they cannot read.

    Raises: InvalidParameterException, Unimplemented for parseToOCSF.   Source: logs.md §5.9.
    """
    from bayon.languages.transformer.transform import text_of, transform

    config = request["transformerConfig"]
    check_config(config, "TestTransformer")
    tested: list[shapes.TransformedLogRecord] = []
    for number, message in enumerate(request["logEventMessages"], 1):
        record: shapes.TransformedLogRecord = {"eventNumber": number, "eventMessage": message}
        event = transform(config, message)
        if event is not None:
            record["transformedEventMessage"] = text_of(event)
        tested.append(record)
    return {"transformedLogs": tested}
