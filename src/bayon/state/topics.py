"""SNS topics. What their attributes mean is the business of the service."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import RowMapping, select

from bayon.state import tags
from bayon.state.attributes import changed
from bayon.state.database import State
from bayon.state.statements import insert_new
from bayon.state.tables import topics

_columns = topics.c


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic with the attributes that were set on it."""

    arn: str
    account: str
    region: str
    name: str
    attributes: Mapping[str, str]
    created_ms: int


def arn_of(account: str, region: str, name: str) -> str:
    """The ARN of a topic."""
    return f"arn:aws:sns:{region}:{account}:{name}"


def create(
    state: State, account: str, region: str, name: str, *, attributes: Mapping[str, str], created_ms: int
) -> Topic | None:
    """The new topic, or none where one of that name exists. Writes: topics."""
    values = {"arn": arn_of(account, region, name), "account": account, "region": region, "name": name}
    with state.write() as connection:
        fields = {"attributes": json.dumps(dict(attributes)), "created_ms": created_ms}
        row = insert_new(connection, topics, values | fields)
    return _topic(row) if row else None


def find(state: State, arn: str) -> Topic | None:
    """The topic of that ARN. Reads: topics."""
    with state.read() as connection:
        row = connection.execute(select(topics).where(_columns.arn == arn)).mappings().one_or_none()
    return _topic(row) if row else None


def page(state: State, account: str, region: str, *, after: str | None = None, limit: int | None) -> list[Topic]:
    """The first `limit` topics behind the ARN `after`, in order of their ARNs. Reads: topics."""
    statement = select(topics).where(_columns.account == account, _columns.region == region)
    if after is not None:
        statement = statement.where(_columns.arn > after)
    ordered = statement.order_by(_columns.arn).limit(limit)
    with state.read() as connection:
        return [_topic(row) for row in connection.execute(ordered).mappings()]


def set_attributes(state: State, arn: str, changes: Mapping[str, str | None]) -> bool:
    """The attributes named have these values, none removes one; false where there is no such topic. Writes: topics."""
    with state.write() as connection:
        return changed(connection, topics, arn, changes)


def delete(state: State, arn: str) -> bool:
    """The topic, its subscriptions and its tags are gone; false where there was none.

    Writes: topics, subscriptions, tags.
    """
    with state.write() as connection:
        existed = connection.execute(topics.delete().where(_columns.arn == arn)).rowcount == 1
        tags.forget(state, arn)
    return existed


def _topic(row: RowMapping) -> Topic:
    return Topic(**{**row, "attributes": json.loads(row["attributes"])})
