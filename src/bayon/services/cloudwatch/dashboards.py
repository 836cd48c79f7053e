"""Dashboards: kept as they were put, byte for byte, if their bodies are valid."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bayon import limits
from bayon.errors import AwsError
from bayon.services import page_token
from bayon.services.cloudwatch import dashboard_body
from bayon.services.cloudwatch.dashboard_body import Fault
from bayon.services.cloudwatch.tags import checked
from bayon.services.operation import Context, operation
from bayon.state import dashboards, tags

if TYPE_CHECKING:
    from bayon.shapes.cloudwatch import (
        DashboardValidationMessage,
        DeleteDashboardsInput,
        DeleteDashboardsOutput,
        GetDashboardInput,
        GetDashboardOutput,
        ListDashboardsInput,
        ListDashboardsOutput,
        PutDashboardInput,
        PutDashboardOutput,
    )

_VALUE = "InvalidParameterValueException"
_NAME = re.compile(r"[A-Za-z0-9_-]+")


@operation
def put_dashboard(ctx: Context, request: PutDashboardInput) -> PutDashboardOutput:
    """The dashboard has this body; tags are kept only if it is new.

    Raises: InvalidParameterValueException, DashboardInvalidInputError.   Writes: dashboards, tags.
    Source: CloudWatch API reference, PutDashboard.
    """
    name, text = request["DashboardName"], request["DashboardBody"]
    _check_name(name)
    warnings = _check_body(text)
    wanted = checked(request.get("Tags", []))
    with ctx.state.write():
        if dashboards.put(ctx.state, ctx.account, name, text, modified_ms=ctx.now_ms):
            tags.put(ctx.state, dashboards.arn_of(ctx.account, name), wanted)
    return {"DashboardValidationMessages": _messages(warnings)}


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise AwsError(
            _VALUE,
            "The value for field DashboardName contains invalid characters. "
            "It can only contain alphanumerics, dash (-) and underscore (_).\n",
        )
    if len(name) > limits.DASHBOARD_NAME_CHARS:
        raise AwsError(
            _VALUE, f"The field DashboardName must be shorter than {limits.DASHBOARD_NAME_CHARS + 1} characters."
        )


def _check_body(text: str) -> list[Fault]:
    """What is only a warning."""
    try:
        body = dashboard_body.parse(text)
    except dashboard_body.NotJsonError as err:
        message = "The field DashboardBody must be a valid JSON object"
        raise AwsError("DashboardInvalidInputError", message, dashboardValidationMessages=[]) from err
    if found := dashboard_body.faults(body):
        explained = dashboard_body.explain(found)
        raise AwsError("DashboardInvalidInputError", explained, dashboardValidationMessages=_messages(found))
    return dashboard_body.warnings(body)


def _messages(found: list[Fault]) -> list[DashboardValidationMessage]:
    return [{"DataPath": fault.path, "Message": fault.message} for fault in found]


@operation
def get_dashboard(ctx: Context, request: GetDashboardInput) -> GetDashboardOutput:
    """Answer the body as it was put.

    Raises: DashboardNotFoundError.   Reads: dashboards.
    Source: CloudWatch API reference, GetDashboard.
    """
    dashboard = dashboards.find(ctx.state, ctx.account, request["DashboardName"])
    if dashboard is None:
        raise _unknown(request["DashboardName"])
    return {"DashboardArn": dashboard.arn, "DashboardBody": dashboard.body, "DashboardName": dashboard.name}


def _unknown(name: str) -> AwsError:
    return AwsError("DashboardNotFoundError", f"Dashboard {name} does not exist")


@operation
def list_dashboards(ctx: Context, request: ListDashboardsInput) -> ListDashboardsOutput:
    """List dashboards by name, a thousand a page.

    Raises: InvalidParameterValueException.   Reads: dashboards.
    Source: CloudWatch API reference, ListDashboards.
    """
    prefix = request.get("DashboardNamePrefix", "")
    scope, after = [ctx.account, prefix], None
    if "NextToken" in request:
        try:
            (after,) = page_token.redeem(request["NextToken"], scope, ctx.now_ms, limits.METRIC_TOKEN_LIFE_MS)
        except page_token.BadTokenError as err:
            raise AwsError(_VALUE, "Request parameter NextToken is invalid") from err
    page = dashboards.page(ctx.state, ctx.account, prefix=prefix, after=after, limit=limits.DASHBOARDS_PAGE + 1)
    shown = page[: limits.DASHBOARDS_PAGE]
    answer: ListDashboardsOutput = {
        "DashboardEntries": [
            {
                "DashboardName": entry.name,
                "DashboardArn": entry.arn,
                "LastModified": entry.modified_ms,
                "Size": entry.size_bytes,
            }
            for entry in shown
        ]
    }
    if len(page) > len(shown):
        answer["NextToken"] = page_token.issue(scope, [shown[-1].name], ctx.now_ms)
    return answer


@operation
def delete_dashboards(ctx: Context, request: DeleteDashboardsInput) -> DeleteDashboardsOutput:
    """The dashboards are gone, with their tags, those that existed also when another did not.

    Raises: InvalidParameterValueException, DashboardNotFoundError.   Writes: dashboards, tags.
    Source: CloudWatch API reference, DeleteDashboards.
    """
    names = request["DashboardNames"]
    if not names:
        raise AwsError(_VALUE, "The parameter DashboardNames is required.")
    if len(names) > limits.DASHBOARDS_DELETED:
        size = limits.DASHBOARDS_DELETED
        raise AwsError(_VALUE, f"The collection DashboardNames must not have a size greater than {size}.")
    if unknown := dashboards.delete(ctx.state, ctx.account, names):
        raise _unknown(unknown[0])
    return {}
