"""Saved queries: put, list, delete. Their texts are kept as they are; whether they compile is seen when they run."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bayon import limits
from bayon.errors import AwsError
from bayon.services.logs.identifiers import constraint
from bayon.services.logs.paging import issued, redeemed
from bayon.services.operation import Context, operation
from bayon.state import query_definitions
from bayon.state.query_definitions import QueryDefinition

if TYPE_CHECKING:
    from bayon.shapes import logs as shapes


@operation(lifted=True)
def put_query_definition(ctx: Context, request: shapes.PutQueryDefinitionRequest) -> shapes.PutQueryDefinitionResponse:
    """The definition is this one, whole: what the request leaves out is empty.

    Raises: InvalidParameterException, ResourceNotFoundException for the id of none, LimitExceededException.
    Writes: query_definitions.   Source: logs.md §1.4, §2.1; a client token makes one definition only.
    """
    _check_parameters(request.get("parameters", []))
    token = request.get("clientToken")
    with ctx.state.write():
        definition_id = request.get("queryDefinitionId")
        if definition_id is not None:
            _existing(ctx, definition_id)
        elif token and (made := query_definitions.find_by_token(ctx.state, ctx.account, ctx.region, token)):
            return {"queryDefinitionId": made.id}
        else:
            _check_quota(ctx)
        definition = QueryDefinition(
            definition_id or str(uuid.uuid4()),
            ctx.account,
            ctx.region,
            request["name"],
            request["queryString"],
            request.get("logGroupNames", []),
            [{**each} for each in request.get("parameters", [])],  # type: ignore[dict-item]
            token,
            ctx.now_ms,
        )
        query_definitions.put(ctx.state, definition)
    return {"queryDefinitionId": definition.id}


def _check_parameters(parameters: Sequence[shapes.QueryParameter]) -> None:
    names = [each["name"] for each in parameters]
    if len(set(names)) < len(names):
        raise constraint("parameters", names, "have unique names")


def _check_quota(ctx: Context) -> None:
    strict = ctx.settings.parity == "strict"
    if strict and query_definitions.count(ctx.state, ctx.account, ctx.region) >= limits.QUERY_DEFINITIONS:
        raise AwsError("LimitExceededException", "Resource limit exceeded.")


def _existing(ctx: Context, definition_id: str) -> QueryDefinition:
    found = query_definitions.find(ctx.state, ctx.account, ctx.region, definition_id)
    if found is None:
        raise AwsError("ResourceNotFoundException", "The specified query definition does not exist.")
    return found


@operation
def delete_query_definition(
    ctx: Context, request: shapes.DeleteQueryDefinitionRequest
) -> shapes.DeleteQueryDefinitionResponse:
    """The definition is gone.

    Raises: ResourceNotFoundException.   Writes: query_definitions.   Source: logs.md §2.1.
    """
    with ctx.state.write():
        _existing(ctx, request["queryDefinitionId"])
        query_definitions.delete(ctx.state, ctx.account, ctx.region, request["queryDefinitionId"])
    return {"success": True}


@operation
def describe_query_definitions(
    ctx: Context, request: shapes.DescribeQueryDefinitionsRequest
) -> shapes.DescribeQueryDefinitionsResponse:
    """One page of the definitions, by name.

    Raises: InvalidParameterException.   Reads: query_definitions.   Source: logs.md §2.1.
    """
    prefix = request.get("queryDefinitionNamePrefix", "")
    scope = ["describe_query_definitions", prefix, request.get("queryLanguage")]
    cursor = redeemed(ctx, request["nextToken"], scope) if "nextToken" in request else None
    limit = request.get("maxResults", limits.QUERY_DEFINITIONS_PAGE)
    if request.get("queryLanguage", "CWLI") != "CWLI":
        return {"queryDefinitions": []}
    found = query_definitions.page(
        ctx.state,
        ctx.account,
        ctx.region,
        prefix=prefix,
        after=None if cursor is None else (str(cursor[0]), str(cursor[1])),
        limit=limit + 1,
    )
    answer: shapes.DescribeQueryDefinitionsResponse = {"queryDefinitions": [_described(each) for each in found[:limit]]}
    if len(found) > limit:
        last = found[limit - 1]
        answer["nextToken"] = issued(ctx, scope, [last.name, last.id])
    return answer


def _described(definition: QueryDefinition) -> shapes.QueryDefinition:
    described: shapes.QueryDefinition = {
        "queryLanguage": "CWLI",
        "queryDefinitionId": definition.id,
        "name": definition.name,
        "queryString": definition.query,
        "lastModified": definition.modified_ms,
        "logGroupNames": list(definition.groups),
    }
    if definition.parameters:
        described["parameters"] = [{**each} for each in definition.parameters]  # type: ignore[typeddict-item]
    return described
