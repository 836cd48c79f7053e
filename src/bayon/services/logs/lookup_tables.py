"""Lookup tables: CSV by name, for the query command `lookup`. `rows_of` gives what is in one."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from bayon import limits
from bayon.errors import AwsError, Unimplemented
from bayon.services.logs.identifiers import invalid
from bayon.services.logs.resource_pages import listed
from bayon.services.operation import Context, operation
from bayon.state import log_resources, tags
from bayon.state.database import State
from bayon.state.log_resources import LogResource

if TYPE_CHECKING:
    from bayon.shapes import logs as shapes

KIND = "lookup_table"
_PAGE = 50


def arn_of(account: str, region: str, name: str) -> str:
    """The ARN of a lookup table."""
    return f"arn:aws:logs:{region}:{account}:lookup-table:{name}"


def rows_of(state: State, account: str, region: str, name: str) -> tuple[list[str], list[list[str]]] | None:
    """The table's fields and its rows, each as long as those; none where there is no table. Reads: log_resources."""
    table = log_resources.find(state, account, region, KIND, name)
    if table is None:
        return None
    fields, *rows = _read(table.body["tableBody"])
    return fields, rows


@operation(lacks="tables from a query's results")
def create_lookup_table(ctx: Context, request: shapes.CreateLookupTableRequest) -> shapes.CreateLookupTableResponse:
    """The table exists with what its text holds.

    Raises: InvalidParameterException, ResourceAlreadyExistsException, LimitExceededException, Unimplemented.
    Writes: log_resources, tags.   Source: logs.md §2.2.
    """
    name, arn = request["lookupTableName"], arn_of(ctx.account, ctx.region, request["lookupTableName"])
    body = _body(request, {}, "CreateLookupTable")
    with ctx.state.write():
        if log_resources.count(ctx.state, ctx.account, ctx.region, KIND) >= limits.LOOKUP_TABLES:
            raise AwsError("LimitExceededException", "Resource limit exceeded.")
        table = log_resources.create(ctx.state, ctx.account, ctx.region, KIND, name, body, ctx.now_ms)
        if table is None:
            raise AwsError("ResourceAlreadyExistsException", "The specified lookup table already exists")
        tags.put(ctx.state, arn, request.get("tags", {}))
    return {"lookupTableArn": arn, "createdAt": table.created_ms}


def _body(request: Any, old: dict[str, Any], operation_name: str) -> dict[str, Any]:
    """What is kept of the request, over what was. Raises: InvalidParameterException, Unimplemented."""
    if "queryId" in request:
        raise Unimplemented(f"{operation_name} with a queryId")
    body = old | {member: request[member] for member in ("description", "kmsKeyId", "tableBody") if member in request}
    if "tableBody" not in body:
        raise invalid("One of tableBody and queryId is required.")
    fields, *rows = _read(body["tableBody"])
    return body | {"fields": fields, "records": len(rows)}


def _read(text: str) -> list[list[str]]:
    """The header and the rows of CSV. Raises: InvalidParameterException."""
    if len(text.encode("utf-8", "replace")) > limits.LOOKUP_TABLE_BYTES:
        raise invalid(f"tableBody can have at most {limits.LOOKUP_TABLE_BYTES} bytes.")
    try:
        rows = [row for row in csv.reader(io.StringIO(text), strict=True) if row]
    except csv.Error as err:
        raise invalid(f"tableBody is not valid CSV: {err}") from err
    if not rows or not all(rows[0]) or len(set(rows[0])) != len(rows[0]):
        raise invalid("tableBody must begin with a row of distinct column names.")
    if any(len(row) != len(rows[0]) for row in rows):
        raise invalid("Every row of tableBody must have as many values as there are columns.")
    return rows


@operation
def get_lookup_table(ctx: Context, request: shapes.GetLookupTableRequest) -> shapes.GetLookupTableResponse:
    """The table with its text.

    Raises: ResourceNotFoundException.   Reads: log_resources.   Source: logs.md §2.2.
    """
    table = _existing(ctx, request["lookupTableArn"])
    described = _described(table) | {"tableBody": table.body["tableBody"]}
    return {name: described[name] for name in described if name not in ("tableFields", "recordsCount")}  # type: ignore[return-value]


@operation
def describe_lookup_tables(
    ctx: Context, request: shapes.DescribeLookupTablesRequest
) -> shapes.DescribeLookupTablesResponse:
    """One page of tables, by name, without their text.

    Raises: InvalidParameterException.   Reads: log_resources.   Source: logs.md §2.2.
    """
    prefix, limit = request.get("lookupTableNamePrefix", ""), request.get("maxResults", _PAGE)
    if limit < 1:
        raise invalid("maxResults must be at least 1.")
    page, token = listed(ctx, KIND, request, "describe_lookup_tables", prefix=prefix, limit=limit)
    return {"lookupTables": [_described(table) for table in page], **token}  # type: ignore[typeddict-item]


@operation(lacks="tables from a query's results")
def update_lookup_table(ctx: Context, request: shapes.UpdateLookupTableRequest) -> shapes.UpdateLookupTableResponse:
    """The table holds what its new text does.

    Raises: InvalidParameterException, ResourceNotFoundException, Unimplemented.   Writes: log_resources.
    Source: logs.md §2.2.
    """
    with ctx.state.write():
        old = _existing(ctx, request["lookupTableArn"])
        body = _body(request, old.body, "UpdateLookupTable")
        table = log_resources.put(ctx.state, ctx.account, ctx.region, KIND, old.name, body, ctx.now_ms)
    return {"lookupTableArn": request["lookupTableArn"], "lastUpdatedTime": table.modified_ms}


@operation
def delete_lookup_table(ctx: Context, request: shapes.DeleteLookupTableRequest) -> None:
    """The table is gone.

    Raises: ResourceNotFoundException.   Writes: log_resources, tags.   Source: logs.md §2.2.
    """
    with ctx.state.write():
        table = _existing(ctx, request["lookupTableArn"])
        log_resources.delete(ctx.state, ctx.account, ctx.region, KIND, table.name)
        tags.forget(ctx.state, request["lookupTableArn"])


def _existing(ctx: Context, arn: str) -> LogResource:
    name = arn.removeprefix(arn_of(ctx.account, ctx.region, ""))
    table = log_resources.find(ctx.state, ctx.account, ctx.region, KIND, name) if name != arn else None
    if table is None:
        raise AwsError("ResourceNotFoundException", "The specified lookup table does not exist.")
    return table


def _described(table: LogResource) -> dict[str, Any]:
    described = {
        "lookupTableArn": arn_of(table.account, table.region, table.name),
        "lookupTableName": table.name,
        "tableFields": table.body["fields"],
        "recordsCount": table.body["records"],
        "sizeBytes": len(table.body["tableBody"].encode("utf-8", "replace")),
        "lastUpdatedTime": table.modified_ms,
    }
    return described | {name: table.body[name] for name in ("description", "kmsKeyId") if name in table.body}
