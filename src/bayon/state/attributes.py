"""Attributes of topics and subscriptions: a JSON object of strings in a column of that name."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy import Connection, Table, select


def changed(connection: Connection, table: Table, arn: str, changes: Mapping[str, str | None]) -> bool:
    """The attributes named have these values, none removes one; false where there is no row of that ARN."""
    this = table.c.arn == arn
    stored = connection.execute(select(table.c.attributes).where(this).with_for_update()).scalar_one_or_none()
    if stored is None:
        return False
    merged = {key: value for key, value in (json.loads(stored) | changes).items() if value is not None}
    connection.execute(table.update().where(this).values(attributes=json.dumps(merged)))
    return True
