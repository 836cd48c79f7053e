"""Saved queries of Logs Insights."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import RowMapping, func, select, tuple_

from bayon.state.database import State
from bayon.state.statements import starts_with, upsert
from bayon.state.tables import query_definitions

_columns = query_definitions.c


@dataclass(frozen=True, slots=True)
class QueryDefinition:
    """A saved query; `token` is what the client named its creation by."""

    id: str
    account: str
    region: str
    name: str
    query: str
    groups: Sequence[str]
    parameters: Sequence[Mapping[str, str]]
    token: str | None
    modified_ms: int


def put(state: State, definition: QueryDefinition) -> None:
    """The definition is this one, whole. Writes: query_definitions."""
    row = {
        "id": definition.id,
        "account": definition.account,
        "region": definition.region,
        "name": definition.name,
        "query": definition.query,
        "groups": json.dumps(list(definition.groups)),
        "parameters": json.dumps([dict(each) for each in definition.parameters]),
        "token": definition.token,
        "modified_ms": definition.modified_ms,
    }
    with state.write() as connection:
        upsert(connection, query_definitions, [row])


def find(state: State, account: str, region: str, definition_id: str) -> QueryDefinition | None:
    """The definition of that id. Reads: query_definitions."""
    return _one(state, account, region, _columns.id == definition_id)


def find_by_token(state: State, account: str, region: str, token: str) -> QueryDefinition | None:
    """The definition that was made with the client's token. Reads: query_definitions."""
    return _one(state, account, region, _columns.token == token)


def page(
    state: State,
    account: str,
    region: str,
    *,
    prefix: str = "",
    after: tuple[str, str] | None = None,
    limit: int,
) -> list[QueryDefinition]:
    """The first `limit` definitions behind the name and id `after`, by name. Reads: query_definitions."""
    statement = select(query_definitions).where(
        _columns.account == account, _columns.region == region, starts_with(_columns.name, prefix)
    )
    if after is not None:
        statement = statement.where(tuple_(_columns.name, _columns.id) > after)
    ordered = statement.order_by(_columns.name, _columns.id).limit(limit)
    with state.read() as connection:
        return [_definition(row) for row in connection.execute(ordered).mappings()]


def count(state: State, account: str, region: str) -> int:
    """How many definitions the account has in the region. Reads: query_definitions."""
    held = select(func.count()).where(_columns.account == account, _columns.region == region)
    with state.read() as connection:
        return int(connection.execute(held).scalar_one())


def delete(state: State, account: str, region: str, definition_id: str) -> bool:
    """The definition is gone; false where there was none. Writes: query_definitions."""
    doomed = (_columns.account == account) & (_columns.region == region) & (_columns.id == definition_id)
    with state.write() as connection:
        return connection.execute(query_definitions.delete().where(doomed)).rowcount == 1


def _one(state: State, account: str, region: str, condition: object) -> QueryDefinition | None:
    statement = select(query_definitions).where(_columns.account == account, _columns.region == region, condition)  # type: ignore[arg-type]
    with state.read() as connection:
        row = connection.execute(statement.limit(1)).mappings().one_or_none()
    return _definition(row) if row else None


def _definition(row: RowMapping) -> QueryDefinition:
    held = {**row, "groups": json.loads(row["groups"]), "parameters": json.loads(row["parameters"])}
    return QueryDefinition(**held)
