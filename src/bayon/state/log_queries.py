"""Queries of Logs Insights that have ended, with their rows, for as long as those can be asked for."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import RowMapping, func, select, tuple_

from bayon.state.database import State
from bayon.state.statements import upsert
from bayon.state.tables import log_queries

_columns = log_queries.c
_LISTED = tuple(column for column in _columns if column.name != "rows")


@dataclass(frozen=True, slots=True)
class EndedQuery:
    """A query as it ended; `rows` is not read where only a list is asked for."""

    id: str
    account: str
    region: str
    text: str
    groups: Sequence[str]
    status: str
    created_ms: int
    took_ms: int
    statistics: Mapping[str, float]
    rows: Sequence[Sequence[tuple[str, str]]] = ()


def keep(state: State, query: EndedQuery) -> None:
    """The query and its rows are kept. Writes: log_queries."""
    packed = zlib.compress(json.dumps(query.rows).encode(errors="replace"), 1)
    values = {"id": query.id, "account": query.account, "region": query.region, "text": query.text}
    values |= {"groups": json.dumps(list(query.groups)), "status": query.status}
    numbers = {"created_ms": query.created_ms, "took_ms": query.took_ms, "size_bytes": len(packed)}
    row = {**values, **numbers, "statistics": json.dumps(dict(query.statistics)), "rows": packed}
    with state.write() as connection:
        upsert(connection, log_queries, [row])


def find(state: State, query_id: str) -> EndedQuery | None:
    """The query of that id. Reads: log_queries."""
    with state.read() as connection:
        row = connection.execute(select(log_queries).where(_columns.id == query_id)).mappings().one_or_none()
    return _query(row, json.loads(zlib.decompress(row["rows"]))) if row else None


def page(
    state: State,
    account: str,
    region: str,
    *,
    status: str | None = None,
    before: tuple[int, str] | None = None,
    limit: int,
) -> list[EndedQuery]:
    """The first `limit` queries made before the time and id given, newest first, without rows. Reads: log_queries."""
    statement = select(*_LISTED).where(_columns.account == account, _columns.region == region)
    if status is not None:
        statement = statement.where(_columns.status == status)
    if before is not None:
        statement = statement.where(tuple_(_columns.created_ms, _columns.id) < before)
    ordered = statement.order_by(_columns.created_ms.desc(), _columns.id.desc()).limit(limit)
    with state.read() as connection:
        return [_query(row, ()) for row in connection.execute(ordered).mappings()]


def expire(state: State, before_ms: int, *, kept: int, kept_bytes: int) -> None:
    """None is left that was made before the time, nor more than `kept` or `kept_bytes` of rows: the oldest go first.

    Writes: log_queries.
    """
    newest = _columns.created_ms.desc(), _columns.id.desc()
    ranked = select(
        _columns.id,
        func.row_number().over(order_by=newest).label("place"),
        func.sum(_columns.size_bytes).over(order_by=newest).label("size"),
    ).subquery()
    over = select(ranked.c.id).where((ranked.c.place > kept) | (ranked.c.size > kept_bytes))
    with state.write() as connection:
        connection.execute(log_queries.delete().where(_columns.created_ms < before_ms))
        connection.execute(log_queries.delete().where(_columns.id.in_(over)))


def _query(row: RowMapping, rows: Sequence[Sequence[tuple[str, str]]]) -> EndedQuery:
    return EndedQuery(
        row["id"],
        row["account"],
        row["region"],
        row["text"],
        json.loads(row["groups"]),
        row["status"],
        row["created_ms"],
        row["took_ms"],
        json.loads(row["statistics"]),
        rows,
    )
