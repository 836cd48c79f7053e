"""What is configured of X-Ray: a JSON object by kind and name. What it means is the business of the service."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import RowMapping, select

from bayon.state.database import State
from bayon.state.statements import insert_new, upsert
from bayon.state.tables import xray_resources

Kind = Literal["group", "sampling rule", "resource policy", "setting", "insight", "retrieval"]

_columns = xray_resources.c


@dataclass(frozen=True, slots=True)
class Resource:
    """One of a kind, with its fields."""

    account: str
    region: str
    name: str
    fields: Mapping[str, Any]
    created_ms: int
    modified_ms: int


def create(
    state: State, account: str, region: str, kind: Kind, name: str, fields: Mapping[str, Any], *, now_ms: int
) -> Resource | None:
    """The new resource, or none where one of that name exists. Writes: xray_resources."""
    values = _key(account, region, kind, name) | {"body": json.dumps(dict(fields))}
    with state.write() as connection:
        row = insert_new(connection, xray_resources, values | {"created_ms": now_ms, "modified_ms": now_ms})
    return _resource(row) if row else None


def put(
    state: State, account: str, region: str, kind: Kind, name: str, fields: Mapping[str, Any], *, now_ms: int
) -> Resource:
    """The resource has these fields, and was created when it first was. Writes: xray_resources."""
    with state.write() as connection:
        before = find(state, account, region, kind, name)
        created_ms = before.created_ms if before else now_ms
        row = _key(account, region, kind, name) | {"body": json.dumps(dict(fields))}
        upsert(connection, xray_resources, [row | {"created_ms": created_ms, "modified_ms": now_ms}])
    return Resource(account, region, name, fields, created_ms, now_ms)


def find(state: State, account: str, region: str, kind: Kind, name: str) -> Resource | None:
    """The resource of that name. Reads: xray_resources."""
    key = _key(account, region, kind, name)
    statement = select(xray_resources).where(*(_columns[column] == value for column, value in key.items()))
    with state.read() as connection:
        row = connection.execute(statement).mappings().one_or_none()
    return _resource(row) if row else None


def every(state: State, kind: Kind, *, account: str | None = None, region: str | None = None) -> list[Resource]:
    """All of the kind, of one account and region or of all, in order of their names. Reads: xray_resources."""
    statement = select(xray_resources).where(_columns.kind == kind)
    if account is not None and region is not None:
        statement = statement.where(_columns.account == account, _columns.region == region)
    with state.read() as connection:
        rows = connection.execute(statement.order_by(_columns.account, _columns.region, _columns.name)).mappings()
        return [_resource(row) for row in rows]


def delete(state: State, account: str, region: str, kind: Kind, name: str) -> bool:
    """The resource is gone. Out: whether it was there. Writes: xray_resources."""
    key = _key(account, region, kind, name)
    with state.write() as connection:
        found = connection.execute(
            xray_resources.delete().where(*(_columns[column] == value for column, value in key.items()))
        )
        return bool(found.rowcount)


def delete_older(state: State, kind: Kind, before_ms: int) -> None:
    """None of the kind is left that was last changed before that time. Writes: xray_resources."""
    with state.write() as connection:
        connection.execute(xray_resources.delete().where(_columns.kind == kind, _columns.modified_ms < before_ms))


def _key(account: str, region: str, kind: Kind, name: str) -> dict[str, str]:
    return {"account": account, "region": region, "kind": kind, "name": name}


def _resource(row: RowMapping) -> Resource:
    fields = json.loads(row["body"])
    return Resource(row["account"], row["region"], row["name"], fields, row["created_ms"], row["modified_ms"])
