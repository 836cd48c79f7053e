"""Rules that AWS offers for resources of its services. bayon keeps them and has no such resources that feed them."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from bayon import limits
from bayon.errors import AwsError
from bayon.services import page_token
from bayon.services.cloudwatch.tags import checked
from bayon.services.operation import Context, operation
from bayon.state import insight_rules, tags
from bayon.state.insight_rules import InsightRule

if TYPE_CHECKING:
    from bayon.shapes.cloudwatch import (
        ListManagedInsightRulesInput,
        ListManagedInsightRulesOutput,
        ManagedRule,
        PutManagedInsightRulesInput,
        PutManagedInsightRulesOutput,
    )

_PAGE = 100  # of ListManagedInsightRules, API reference


@operation(lacks="data of AWS's own services: the rules are kept and find nothing")
def put_managed_insight_rules(ctx: Context, request: PutManagedInsightRulesInput) -> PutManagedInsightRulesOutput:
    """The rules are kept, enabled, one for each template and resource.

    Raises: InvalidParameterValueException.   Writes: insight_rules, tags.
    Source: CloudWatch API reference, PutManagedInsightRules; the names of the rules are ours.
    """
    wanted = request["ManagedRules"]
    if not 0 < len(wanted) <= limits.INSIGHT_RULES_PAGE:
        text = f"The collection ManagedRules must have 1 to {limits.INSIGHT_RULES_PAGE} members."
        raise AwsError("InvalidParameterValueException", text)
    with ctx.state.write():
        for each in wanted:
            _put(ctx, each)
    return {"Failures": []}


def _put(ctx: Context, wanted: ManagedRule) -> None:
    template, resource_arn = wanted["TemplateName"], wanted["ResourceARN"]
    name = f"{template}-{hashlib.sha256(resource_arn.encode()).hexdigest()[:12]}"
    definition = {"Schema": {"Name": "ServiceLogRule", "Version": 1}, "Template": template}
    rule = InsightRule(
        account=ctx.account,
        region=ctx.region,
        name=name,
        definition=json.dumps(definition),
        enabled=True,
        transformed=False,
        template=template,
        resource_arn=resource_arn,
    )
    insight_rules.put(ctx.state, rule)
    tags.put(ctx.state, rule.arn, checked(wanted.get("Tags", [])))


@operation
def list_managed_insight_rules(ctx: Context, request: ListManagedInsightRulesInput) -> ListManagedInsightRulesOutput:
    """The managed rules that were put for the resource, by name. AWS lists those that could be put as well.

    Reads: insight_rules.   Raises: InvalidNextToken.   Source: CloudWatch API reference, ListManagedInsightRules.
    """
    arn, limit = request["ResourceARN"], request.get("MaxResults", _PAGE)
    scope, after = [ctx.account, ctx.region, arn], None
    if token := request.get("NextToken"):
        try:
            (after,) = page_token.redeem(token, scope, ctx.now_ms, limits.METRIC_TOKEN_LIFE_MS)
        except page_token.BadTokenError as err:
            raise AwsError("InvalidNextToken", "The token specified is invalid.") from err
    found = insight_rules.page(ctx.state, ctx.account, ctx.region, resource_arn=arn, after=after, limit=limit + 1)
    answer: ListManagedInsightRulesOutput = {
        "ManagedRules": [
            {
                "TemplateName": rule.template,
                "ResourceARN": rule.resource_arn,
                "RuleState": {"RuleName": rule.name, "State": "ENABLED" if rule.enabled else "DISABLED"},
            }
            for rule in found[:limit]
        ]
    }
    if len(found) > limit:
        answer["NextToken"] = page_token.issue(scope, [found[limit - 1].name], ctx.now_ms)
    return answer
