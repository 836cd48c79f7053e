"""DescribeAlarmHistory: what happened to alarms, also to those that are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bayon import limits
from bayon.errors import AwsError
from bayon.services import page_token
from bayon.services.operation import Context, operation
from bayon.state import alarm_history
from bayon.state.alarm_history import Item
from bayon.state.alarms import METRIC

if TYPE_CHECKING:
    from bayon.shapes.cloudwatch import AlarmHistoryItem, DescribeAlarmHistoryInput, DescribeAlarmHistoryOutput

_SELECTS = (
    *("AlarmName", "AlarmContributorId", "AlarmTypes", "HistoryItemType"),
    *("StartDate", "EndDate", "ScanBy"),
)


@operation
def describe_alarm_history(ctx: Context, request: DescribeAlarmHistoryInput) -> DescribeAlarmHistoryOutput:
    """List what happened to alarms in the last thirty days, newest first unless asked otherwise.

    Raises: InvalidNextToken.   Reads: alarm_history.   Source: CloudWatch API reference, DescribeAlarmHistory.
    """
    scope = [ctx.account, ctx.region, *(request.get(name) for name in _SELECTS)]
    size = request.get("MaxRecords", limits.ALARMS_PAGE)
    found = alarm_history.page(
        ctx.state,
        ctx.account,
        ctx.region,
        kinds=request.get("AlarmTypes", [METRIC]),
        alarm=request.get("AlarmName"),
        item=request.get("HistoryItemType"),
        contributor=request.get("AlarmContributorId"),
        start_ms=request.get("StartDate"),
        end_ms=request.get("EndDate"),
        newest_first=request.get("ScanBy") != "TimestampAscending",
        after=_position(request.get("NextToken"), scope, ctx.now_ms),
        limit=size + 1,
    )
    answer: DescribeAlarmHistoryOutput = {"AlarmHistoryItems": [_shown(item) for item in found[:size]]}
    if len(found) > size:
        last = found[size - 1]
        answer["NextToken"] = page_token.issue(scope, [last.at_ms, last.id], ctx.now_ms)
    return answer


def _position(token: str | None, scope: list[Any], now_ms: int) -> tuple[int, int] | None:
    if token is None:
        return None
    try:
        at_ms, number = page_token.redeem(token, scope, now_ms, limits.METRIC_TOKEN_LIFE_MS)
    except page_token.BadTokenError as err:
        raise AwsError("InvalidNextToken", "The next token specified is invalid.") from err
    return at_ms, number


def _shown(item: Item) -> AlarmHistoryItem:
    shown: AlarmHistoryItem = {
        "AlarmName": item.alarm,
        "AlarmType": item.kind,
        "Timestamp": item.at_ms,
        "HistoryItemType": item.item,
        "HistorySummary": item.summary,
        "HistoryData": item.data,
    }
    if item.contributor is not None:
        shown["AlarmContributorId"] = item.contributor
        shown["AlarmContributorAttributes"] = dict(item.attributes or {})
    return shown
