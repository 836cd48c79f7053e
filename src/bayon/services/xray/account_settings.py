"""What an account chooses once for a region: encryption, where traces go, and how many of them are indexed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bayon.errors import AwsError
from bayon.services.operation import Context, operation
from bayon.services.xray.errors import cursor_of, invalid
from bayon.state import xray_resources
from bayon.state.database import State

if TYPE_CHECKING:
    from bayon.shapes import xray as shapes

_ENCRYPTION, _DESTINATION, _INDEXING = "encryption", "destination", "indexing"
_DEFAULT_RULE = "Default"
_DEFAULT_PERCENT = 1.0  # traces.md §2.11


@operation
def get_encryption_config(ctx: Context, request: shapes.GetEncryptionConfigRequest) -> shapes.GetEncryptionConfigResult:
    """How the account asked for its traces to be encrypted.

    Reads: settings.   Source: X-Ray API reference, GetEncryptionConfig.
    """
    stored = _setting(ctx, _ENCRYPTION) or {"Type": "NONE"}
    return {"EncryptionConfig": _encryption(stored, "ACTIVE")}


@operation(lacks="encryption with a key of the account's: the choice is kept, and the disk is yours to encrypt")
def put_encryption_config(ctx: Context, request: shapes.PutEncryptionConfigRequest) -> shapes.PutEncryptionConfigResult:
    """The choice is kept, and active from the next answer on.

    Raises: InvalidRequestException.   Writes: settings.   Source: X-Ray API reference, PutEncryptionConfig.
    """
    kind, key = request["Type"], request.get("KeyId")
    if (kind == "KMS") != bool(key):
        raise invalid("KeyId is required with Type KMS, and with no other")
    chosen: dict[str, Any] = {"Type": kind}
    if key:
        resource = key if "/" in key else f"key/{key}"
        chosen["KeyId"] = key if key.startswith("arn:") else f"arn:aws:kms:{ctx.region}:{ctx.account}:{resource}"
    _put(ctx, _ENCRYPTION, chosen)
    return {"EncryptionConfig": _encryption(chosen, "UPDATING")}


@operation
def get_trace_segment_destination(
    ctx: Context, request: shapes.GetTraceSegmentDestinationRequest
) -> shapes.GetTraceSegmentDestinationResult:
    """Where segments go.

    Reads: settings.   Source: X-Ray API reference, GetTraceSegmentDestination.
    """
    return {"Destination": destination(ctx.state, ctx.account, ctx.region), "Status": "ACTIVE"}


@operation
def update_trace_segment_destination(
    ctx: Context, request: shapes.UpdateTraceSegmentDestinationRequest
) -> shapes.UpdateTraceSegmentDestinationResult:
    """Segments go there from now on, at once; their spans to the log group `aws/spans`, if that is CloudWatch Logs.

    Writes: settings.   Source: X-Ray API reference, UpdateTraceSegmentDestination.
    """
    wanted = request.get("Destination") or "XRay"
    _put(ctx, _DESTINATION, {"Destination": wanted, "since_seq": ctx.store.arrived_seq()})
    return {"Destination": wanted, "Status": "ACTIVE"}


@operation
def get_indexing_rules(ctx: Context, request: shapes.GetIndexingRulesRequest) -> shapes.GetIndexingRulesResult:
    """The one rule that there is.

    Raises: InvalidRequestException.   Reads: settings.   Source: X-Ray API reference, GetIndexingRules.
    """
    cursor_of(ctx, request.get("NextToken"), ["indexing rules"])
    stored = xray_resources.find(ctx.state, ctx.account, ctx.region, "setting", _INDEXING)
    percent = stored.fields["percent"] if stored else _DEFAULT_PERCENT
    return {"IndexingRules": [_indexing_rule(percent, stored.modified_ms if stored else 0)]}


@operation
def update_indexing_rule(ctx: Context, request: shapes.UpdateIndexingRuleRequest) -> shapes.UpdateIndexingRuleResult:
    """So many of a hundred traces are found by GetTraceSummaries while segments go to CloudWatch Logs.

    Raises: InvalidRequestException, ResourceNotFoundException.   Writes: settings.
    Source: X-Ray API reference, UpdateIndexingRule.
    """
    if request["Name"] != _DEFAULT_RULE:
        message = f"The indexing rule {request['Name']} does not exist"
        raise AwsError("ResourceNotFoundException", message, ResourceName=request["Name"])
    probabilistic = request["Rule"].get("Probabilistic")
    percent = probabilistic["DesiredSamplingPercentage"] if probabilistic else None
    if percent is None or not 0 <= percent <= 100:
        raise invalid("DesiredSamplingPercentage must be between 0 and 100")
    _put(ctx, _INDEXING, {"percent": percent})
    return {"IndexingRule": _indexing_rule(percent, ctx.now_ms)}


def destination(state: State, account: str, region: str) -> str:
    """`XRay` or `CloudWatchLogs`. Reads: settings."""
    stored = xray_resources.find(state, account, region, "setting", _DESTINATION)
    return str(stored.fields["Destination"]) if stored else "XRay"


def spans_wanted(state: State) -> dict[tuple[str, str], int]:
    """The accounts and regions whose spans go to CloudWatch Logs, each with the document behind which they do.

    Reads: settings.
    """
    return {
        (stored.account, stored.region): int(stored.fields["since_seq"])
        for stored in xray_resources.every(state, "setting")
        if stored.name == _DESTINATION and stored.fields["Destination"] == "CloudWatchLogs"
    }


def indexed_percent(state: State, account: str, region: str) -> float:
    """How many of a hundred traces are found by their summaries. Reads: settings."""
    if destination(state, account, region) == "XRay":
        return 100.0
    stored = xray_resources.find(state, account, region, "setting", _INDEXING)
    return float(stored.fields["percent"]) if stored else _DEFAULT_PERCENT


def _encryption(stored: Mapping[str, Any], status: str) -> Any:
    return {**stored, "Status": status}


def _indexing_rule(percent: float, modified_ms: int) -> Any:
    rates = {"DesiredSamplingPercentage": percent, "ActualSamplingPercentage": percent}
    return {"Name": _DEFAULT_RULE, "ModifiedAt": modified_ms, "Rule": {"Probabilistic": rates}}


def _setting(ctx: Context, name: str) -> Any:
    stored = xray_resources.find(ctx.state, ctx.account, ctx.region, "setting", name)
    return stored.fields if stored else None


def _put(ctx: Context, name: str, fields: dict[str, Any]) -> None:
    xray_resources.put(ctx.state, ctx.account, ctx.region, "setting", name, fields, now_ms=ctx.now_ms)
