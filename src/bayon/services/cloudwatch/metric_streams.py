"""Metric streams: made, listed, started and stopped. What they send is in `metric_stream_export.py`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bayon import limits
from bayon.errors import AwsError
from bayon.services import page_token
from bayon.services.cloudwatch import statistics
from bayon.services.cloudwatch.tags import checked
from bayon.services.operation import Context, operation
from bayon.state import metric_streams, tags
from bayon.state.metric_streams import MetricStream

if TYPE_CHECKING:
    from bayon.shapes.cloudwatch import (
        DeleteMetricStreamInput,
        DeleteMetricStreamOutput,
        GetMetricStreamInput,
        GetMetricStreamOutput,
        ListMetricStreamsInput,
        ListMetricStreamsOutput,
        MetricStreamEntry,
        PutMetricStreamInput,
        PutMetricStreamOutput,
        StartMetricStreamsInput,
        StartMetricStreamsOutput,
        StopMetricStreamsInput,
        StopMetricStreamsOutput,
    )

_VALUE = "InvalidParameterValueException"
_NAME = re.compile(r"[A-Za-z0-9_-]+")
_PERCENTILE = re.compile(r"p\d{1,2}(\.\d{1,10})?|p100(\.0{1,10})?")
_SHOWN = (
    *("IncludeFilters", "ExcludeFilters", "FirehoseArn", "RoleArn", "OutputFormat", "StatisticsConfigurations"),
    "IncludeLinkedAccountsMetrics",
)


@operation(lacks="metrics of linked accounts, of which there are none")
def put_metric_stream(ctx: Context, request: PutMetricStreamInput) -> PutMetricStreamOutput:
    """The stream has this configuration and, if it is new, runs; tags are kept only then.

    Raises: InvalidParameterValueException, InvalidParameterCombinationException.   Writes: metric_streams, tags.
    Source: CloudWatch API reference, PutMetricStream; the texts of refusals are ours.
    """
    name = request["Name"]
    if not _NAME.fullmatch(name):
        raise AwsError(_VALUE, f"The value {name} for parameter Name contains invalid characters.")
    if request.get("IncludeFilters") and request.get("ExcludeFilters"):
        text = "The parameters IncludeFilters and ExcludeFilters must not be used together."
        raise AwsError("InvalidParameterCombinationException", text)
    for position, each in enumerate(request.get("StatisticsConfigurations", []), 1):
        _check_statistics(each["AdditionalStatistics"], request["OutputFormat"], position)
    wanted = checked(request.get("Tags", []))
    kept: Any = {key: value for key, value in request.items() if key in _SHOWN}
    with ctx.state.write():
        before = metric_streams.find(ctx.state, ctx.account, ctx.region, name)
        stream = MetricStream(
            account=ctx.account,
            region=ctx.region,
            name=name,
            request=kept,
            running=before.running if before else True,
            cursor=before.cursor if before else ctx.store.arrived_seq(),
            created_ms=before.created_ms if before else ctx.now_ms,
            updated_ms=ctx.now_ms,
        )
        metric_streams.put(ctx.state, stream)
        if before is None:
            tags.put(ctx.state, stream.arn, wanted)
    return {"Arn": stream.arn}


def _check_statistics(texts: Sequence[str], layout: str, position: int) -> None:
    for text in texts:
        percentile = _PERCENTILE.fullmatch(text) is not None
        known = statistics.parse(text) is not None and text not in statistics.SIMPLE
        if not known or (layout != "json" and not percentile):
            raise AwsError(
                _VALUE,
                f"The value {text} for parameter StatisticsConfigurations.member.{position}.AdditionalStatistics "
                f"is not supported with the output format {layout}.",
            )


@operation
def get_metric_stream(ctx: Context, request: GetMetricStreamInput) -> GetMetricStreamOutput:
    """The stream's configuration and state.

    Reads: metric_streams.   Raises: ResourceNotFoundException.   Source: CloudWatch API reference, GetMetricStream.
    """
    found = metric_streams.find(ctx.state, ctx.account, ctx.region, request["Name"])
    if found is None:
        raise AwsError("ResourceNotFoundException", ResourceType="MetricStream", ResourceId=request["Name"])
    shown: Any = {
        "Arn": found.arn,
        "Name": found.name,
        "State": "running" if found.running else "stopped",
        "CreationDate": found.created_ms,
        "LastUpdateDate": found.updated_ms,
        "IncludeLinkedAccountsMetrics": False,
        **found.request,
    }
    answer: GetMetricStreamOutput = shown
    return answer


@operation
def list_metric_streams(ctx: Context, request: ListMetricStreamsInput) -> ListMetricStreamsOutput:
    """The streams by name, five hundred a page unless fewer are asked for.

    Reads: metric_streams.   Raises: InvalidNextToken.   Source: CloudWatch API reference, ListMetricStreams.
    """
    limit = request.get("MaxResults", limits.METRIC_STREAMS_PAGE)
    scope, after = [ctx.account, ctx.region, "metric streams"], None
    if token := request.get("NextToken"):
        try:
            (after,) = page_token.redeem(token, scope, ctx.now_ms, limits.METRIC_TOKEN_LIFE_MS)
        except page_token.BadTokenError as err:
            raise AwsError("InvalidNextToken", "The token specified is invalid.") from err
    found = metric_streams.page(ctx.state, ctx.account, ctx.region, after=after, limit=limit + 1)
    answer: ListMetricStreamsOutput = {"Entries": [_entry(stream) for stream in found[:limit]]}
    if len(found) > limit:
        answer["NextToken"] = page_token.issue(scope, [found[limit - 1].name], ctx.now_ms)
    return answer


def _entry(stream: MetricStream) -> MetricStreamEntry:
    return {
        "Arn": stream.arn,
        "Name": stream.name,
        "CreationDate": stream.created_ms,
        "LastUpdateDate": stream.updated_ms,
        "FirehoseArn": stream.request["FirehoseArn"],
        "State": "running" if stream.running else "stopped",
        "OutputFormat": stream.request["OutputFormat"],
    }


@operation
def delete_metric_stream(ctx: Context, request: DeleteMetricStreamInput) -> DeleteMetricStreamOutput:
    """There is no such stream; one that never was is no error (inferred).

    Writes: metric_streams, tags.   Source: CloudWatch API reference, DeleteMetricStream.
    """
    metric_streams.delete(ctx.state, ctx.account, ctx.region, request["Name"])
    return {}


@operation
def start_metric_streams(ctx: Context, request: StartMetricStreamsInput) -> StartMetricStreamsOutput:
    """All the streams run, or, where one of them is unknown, none is changed.

    Raises: InvalidParameterValueException.   Writes: metric_streams.
    Source: CloudWatch API reference, StartMetricStreams.
    """
    with ctx.state.write():
        names = _known(ctx, request["Names"])
        metric_streams.start(ctx.state, ctx.account, ctx.region, names, cursor=ctx.store.arrived_seq())
    return {}


@operation
def stop_metric_streams(ctx: Context, request: StopMetricStreamsInput) -> StopMetricStreamsOutput:
    """All the streams stand still, or, where one of them is unknown, none is changed.

    Raises: InvalidParameterValueException.   Writes: metric_streams.
    Source: CloudWatch API reference, StopMetricStreams.
    """
    with ctx.state.write():
        metric_streams.stop(ctx.state, ctx.account, ctx.region, _known(ctx, request["Names"]))
    return {}


def _known(ctx: Context, names: Sequence[str]) -> Sequence[str]:
    """Raises: InvalidParameterValueException."""
    if not 0 < len(names) <= limits.METRIC_STREAMS_PAGE:
        raise AwsError(_VALUE, f"The collection Names must have 1 to {limits.METRIC_STREAMS_PAGE} members.")
    for name in names:
        if metric_streams.find(ctx.state, ctx.account, ctx.region, name) is None:
            raise AwsError(_VALUE, f"Metric stream {name} does not exist")
    return names
