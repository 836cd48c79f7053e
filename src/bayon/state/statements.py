"""Pieces of SQL that several named reads and writes share, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, and_
from sqlalchemy.dialects import postgresql, sqlite

LAST_CODE_POINT = 0x10FFFF


def starts_with(column: ColumnElement[str], prefix: str) -> ColumnElement[bool]:
    """The text begins with `prefix`, letter case and all, in a form that an index answers."""
    end = _after(prefix)
    return column >= prefix if end is None else and_(column >= prefix, column < end)


def insert_new(connection: Connection, table: Table, values: dict[str, Any]) -> RowMapping | None:
    """The stored row, or none where a row with one of its keys was there already and stays as it was."""
    statement = _insert(connection, table).values(values).on_conflict_do_nothing().returning(*table.columns)
    return connection.execute(statement).mappings().one_or_none()


def upsert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """The rows are stored, over those with the same primary key."""
    if not rows:
        return
    insert = _insert(connection, table)
    keys = [column.name for column in table.primary_key.columns]
    changed = {name: insert.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=changed), rows)


def _insert(connection: Connection, table: Table) -> Any:
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)


def _after(prefix: str) -> str | None:
    """The first text, by code points, behind all that start with `prefix`; none when there is no such text."""
    head = prefix.rstrip(chr(LAST_CODE_POINT))
    if not head:
        return None
    following = ord(head[-1]) + 1
    return head[:-1] + chr(0xE000 if following == 0xD800 else following)  # surrogates are no characters
