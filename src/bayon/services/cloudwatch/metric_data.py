"""PutMetricData and GetMetricData: data points in, series out, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bayon import limits
from bayon.errors import AwsError
from bayon.services import page_token
from bayon.services.cloudwatch import datum_checks, datums, entities, labels, metric_queries, query_results
from bayon.services.cloudwatch.metric_series import Found, Reader
from bayon.services.operation import Context, operation
from bayon.store import metrics
from bayon.store.metrics import Points

if TYPE_CHECKING:
    from bayon.shapes.cloudwatch import (
        EntityMetricData,
        GetMetricDataInput,
        GetMetricDataOutput,
        MetricDataResult,
        MetricDatum,
        PutMetricDataInput,
    )

_QUERIED = ("MetricDataQueries", "StartTime", "EndTime", "ScanBy", "LabelOptions")


@operation
def put_metric_data(ctx: Context, request: PutMetricDataInput) -> dict[str, Any]:
    """The data points are durable, all of them.

    An invalid entity does not fail the call unless the caller wants strict validation; its failure is then in the
    header `X-Amzn-Failure-Message`.
    Raises: InvalidParameterValueException, InvalidParameterCombinationException, MissingRequiredParameterException, and
    then nothing is stored.   Writes: metric data.
    Source: CloudWatch API reference, PutMetricData.
    """
    groups = _groups(request)
    failure = _entity_failure(request.get("EntityMetricData", []))
    if failure and request.get("StrictEntityValidation"):
        raise AwsError(datum_checks.VALUE, f"The parameter EntityMetricData is invalid: {failure}")
    metrics.append(ctx.store, ctx.account, ctx.region, _points(request["Namespace"], groups, ctx.now_ms), ctx.now_ms)
    if failure:
        ctx.headers["X-Amzn-Failure-Message"] = failure
    return {}


def _groups(request: PutMetricDataInput) -> list[tuple[str, Sequence[MetricDatum]]]:
    """The request's lists of datums, each with its path."""
    groups: list[tuple[str, Sequence[MetricDatum]]] = [("MetricData", request.get("MetricData", []))]
    for position, member in enumerate(request.get("EntityMetricData", []), 1):
        groups.append((f"EntityMetricData.member.{position}.MetricData", member.get("MetricData", [])))
    size = sum(len(data) for _, data in groups)
    if not size:
        raise AwsError(datum_checks.MISSING, "The parameter MetricData is required.")
    _refuse(datum_checks.size_problems("MetricData", size, limits.METRIC_DATUMS))
    return groups


def _points(namespace: str, groups: Sequence[tuple[str, Sequence[MetricDatum]]], now_ms: int) -> Points:
    points = Points()
    _refuse(list(datum_checks.text_problems(namespace, "Namespace", limits.METRIC_NAME_CHARS)))
    _refuse([problem for path, data in groups for problem in datums.add(points, namespace, data, path, now_ms)])
    return points


def _refuse(problems: Sequence[datum_checks.Problem]) -> None:
    if problems:
        raise AwsError(problems[0].code, "\n".join(problem.text for problem in problems))


def _entity_failure(members: Sequence[EntityMetricData]) -> str | None:
    if len(members) > limits.ENTITY_METRIC_DATA:
        return "EntitySizeTooLarge"
    return next((failure for member in members if (failure := entities.failure(member.get("Entity")))), None)


@operation(lacks="SEARCH, Metrics Insights, ANOMALY_DETECTION_BAND, INSIGHT_RULE_METRIC and LAMBDA in expressions")
def get_metric_data(ctx: Context, request: GetMetricDataInput) -> GetMetricDataOutput:
    """Answer the series of the queries, in their order, newest points first unless asked otherwise.

    A page that is full leaves `PartialData` behind; the next begins behind the last point that was sent, so that points
    which arrive in between neither repeat nor shift others.
    Raises: ValidationException, InvalidNextToken.   Reads: metric data.
    Source: CloudWatch API reference, GetMetricData.
    """
    queries = metric_queries.parse(request, ctx.account)
    scope = [ctx.account, ctx.region, *(request.get(name) for name in _QUERIED)]
    first, sent_ms, now_ms = _position(request.get("NextToken"), scope, ctx.now_ms)
    offset_s = labels.timezone_offset_s(request.get("LabelOptions", {}).get("Timezone", labels.UTC_OFFSET))
    reader = Reader(store=ctx.store, state=ctx.state, account=ctx.account, region=ctx.region)
    found = query_results.results(
        reader,
        queries,
        start_ms=request["StartTime"],
        end_ms=request["EndTime"],
        now_ms=now_ms,
        offset_s=offset_s or 0,
    )
    results, cursor = _page(
        found[first:],
        sent_ms,
        left=min(request.get("MaxDatapoints", limits.METRIC_DATA_POINTS), limits.METRIC_DATA_POINTS),
        ascending=request.get("ScanBy") == "TimestampAscending",
    )
    output: GetMetricDataOutput = {"MetricDataResults": results, "Messages": []}
    if cursor is not None:
        position, last_ms = cursor
        output["NextToken"] = page_token.issue(scope, [first + position, last_ms, now_ms], ctx.now_ms)
    return output


def _page(
    found: Sequence[Found], sent_ms: int | None, *, left: int, ascending: bool
) -> tuple[list[MetricDataResult], tuple[int, int | None] | None]:
    """The results with at most `left` points, and where the next page begins: the first answer cut short and the time
    of the last point of it that was sent.

    In: of the first answer the points up to `sent_ms` have been sent before.
    """
    results: list[MetricDataResult] = []
    cut: tuple[int, int | None] | None = None
    for position, answer in enumerate(found):
        if not answer.query.shown:
            continue
        times_ms, values = _rest(answer, sent_ms if position == 0 else None, ascending=ascending)
        taken = min(left, len(times_ms))
        left -= taken
        complete = taken == len(times_ms)
        if not complete and cut is None:
            cut = position, times_ms[taken - 1] if taken else None
        results.append(_result(answer, times_ms[:taken], values[:taken], complete=complete))
    return results, cut


def _position(token: str | None, scope: list[Any], now_ms: int) -> tuple[int, int | None, int]:
    """The query that a page begins with, the time of its last point that was sent, and the time of the first page."""
    if token is None:
        return 0, None, now_ms
    try:
        first, sent_ms, first_ms = page_token.redeem(token, scope, now_ms, limits.METRIC_TOKEN_LIFE_MS)
    except page_token.BadTokenError as err:
        raise AwsError("InvalidNextToken", "The next token specified is invalid.") from err
    return first, sent_ms, first_ms


def _rest(answer: Found, sent_ms: int | None, *, ascending: bool) -> tuple[list[int], list[float]]:
    """Times and values in the order that was asked for, without those up to the one at `sent_ms`."""
    times_ms, values = answer.series.times_ms.tolist(), answer.series.values.tolist()
    if not ascending:
        times_ms, values = times_ms[::-1], values[::-1]
    if sent_ms is None:
        return times_ms, values
    sent = sum(1 for time_ms in times_ms if (time_ms <= sent_ms if ascending else time_ms >= sent_ms))
    return times_ms[sent:], values[sent:]


def _result(answer: Found, times_ms: list[int], values: list[float], *, complete: bool) -> MetricDataResult:
    status = "Complete" if complete else "PartialData"
    result: MetricDataResult = {
        "Id": answer.query.id,
        "Label": answer.series.label,
        "Timestamps": times_ms,
        "Values": values,
        "StatusCode": "Forbidden" if answer.forbidden else status,
    }
    if answer.messages:
        result["Messages"] = [{"Code": message["Code"], "Value": message["Value"]} for message in answer.messages]
    return result
