"""DescribeAlarmContributors: the series that hold an alarm over many in ALARM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayon import limits
from bayon.errors import AwsError
from bayon.services import page_token
from bayon.services.operation import Context, operation
from bayon.state import alarms

if TYPE_CHECKING:
    from bayon.shapes.cloudwatch import DescribeAlarmContributorsInput, DescribeAlarmContributorsOutput


@operation
def describe_alarm_contributors(
    ctx: Context, request: DescribeAlarmContributorsInput
) -> DescribeAlarmContributorsOutput:
    """List the alarm's series that are in ALARM, a hundred a page; an alarm on one series has none.

    Raises: ResourceNotFoundException, InvalidNextToken.   Reads: alarms, alarm_contributors.
    Source: CloudWatch API reference, DescribeAlarmContributors.
    """
    name = request["AlarmName"]
    alarm = alarms.find(ctx.state, ctx.account, ctx.region, name)
    if alarm is None:
        raise AwsError("ResourceNotFoundException", ResourceType="Alarm", ResourceId=name)
    scope = [ctx.account, ctx.region, name]
    after = ""
    if "NextToken" in request:
        try:
            (after,) = page_token.redeem(request["NextToken"], scope, ctx.now_ms, limits.METRIC_TOKEN_LIFE_MS)
        except page_token.BadTokenError as err:
            raise AwsError("InvalidNextToken", "The next token specified is invalid.") from err
    found = [each for each in alarms.contributors(ctx.state, alarm.id, in_state="ALARM") if each.id > after]
    shown = found[: limits.ALARM_CONTRIBUTORS_SHOWN]
    answer: DescribeAlarmContributorsOutput = {
        "AlarmContributors": [
            {
                "ContributorId": each.id,
                "ContributorAttributes": dict(each.attributes),
                "StateReason": each.reason,
                "StateTransitionedTimestamp": each.transitioned_ms,
            }
            for each in shown
        ]
    }
    if len(found) > len(shown):
        answer["NextToken"] = page_token.issue(scope, [shown[-1].id], ctx.now_ms)
    return answer
