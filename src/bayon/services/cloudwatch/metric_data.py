"""PutMetricData and GetMetricData: data points in, series out. What they answer is `query_results`, a page of it
`metric_pages`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bayon import limits
from bayon.errors import AwsError
from bayon.services import page_token
from bayon.services.cloudwatch import datum_checks, datums, entities, labels, metric_pages, metric_queries
from bayon.services.cloudwatch.metric_pages import Place
from bayon.services.cloudwatch.metric_series import Asked, Reader
from bayon.services.cloudwatch.query_results import Answers
from bayon.services.operation import Context, operation
from bayon.store import metrics
from bayon.store.metrics import Points

if TYPE_CHECKING:
    from bayon.shapes.cloudwatch import (
        EntityMetricData,
        GetMetricDataInput,
        GetMetricDataOutput,
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


@operation(lacks="LAMBDA in expressions")
def get_metric_data(ctx: Context, request: GetMetricDataInput) -> GetMetricDataOutput:
    """Answer the series of the queries, in their order, newest points first unless asked otherwise.

    A page that is full leaves `PartialData` behind; the next begins behind the last point that was sent, so that points
    which arrive in between neither repeat nor shift others.
    Raises: ValidationException, InvalidNextToken.   Reads: metric data.
    Source: CloudWatch API reference, GetMetricData.
    """
    scope = [ctx.account, ctx.region, *(request.get(name) for name in _QUERIED)]
    token = request.get("NextToken")
    begin, now_ms = _position(token, scope, ctx.now_ms)
    answers = (metric_pages.kept(ctx.store, token) if token else None) or _answers(ctx, request, now_ms)
    results, cut = metric_pages.page(
        answers,
        begin,
        left=min(request.get("MaxDatapoints", limits.METRIC_DATA_POINTS), limits.METRIC_DATA_POINTS),
        ascending=request.get("ScanBy") == "TimestampAscending",
    )
    output: GetMetricDataOutput = {"MetricDataResults": results, "Messages": answers.messages}
    if cut is not None:
        output["NextToken"] = page_token.issue(scope, [cut.query, cut.series, cut.sent_ms, now_ms], ctx.now_ms)
        metric_pages.keep(ctx.store, output["NextToken"], answers)
    return output


def _answers(ctx: Context, request: GetMetricDataInput, now_ms: int) -> Answers:
    queries = metric_queries.parse(request, ctx.account)
    offset_s = labels.timezone_offset_s(request.get("LabelOptions", {}).get("Timezone", labels.UTC_OFFSET))
    reader = Reader(store=ctx.store, state=ctx.state, account=ctx.account, region=ctx.region)
    return Answers(reader, queries, Asked(request["StartTime"], request["EndTime"], now_ms, offset_s or 0))


def _position(token: str | None, scope: list[Any], now_ms: int) -> tuple[Place, int]:
    """Where the page begins, and the time of the first page."""
    if token is None:
        return metric_pages.START, now_ms
    try:
        query, series, sent_ms, first_ms = page_token.redeem(token, scope, now_ms, limits.METRIC_TOKEN_LIFE_MS)
    except page_token.BadTokenError as err:
        raise AwsError("InvalidNextToken", "The next token specified is invalid.") from err
    return Place(query, series, sent_ms), first_ms
