"""Subscription filters of log groups. What a pattern means is known elsewhere; here it is a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, select

from bayon.state.database import State
from bayon.state.statements import starts_with
from bayon.state.tables import subscription_filters

_columns = subscription_filters.c


@dataclass(frozen=True, slots=True)
class SubscriptionFilter:
    """A subscription filter: which events of its group go where."""

    id: int
    group_id: int
    name: str
    pattern: str
    destination_arn: str
    role_arn: str | None
    distribution: str
    on_transformed: bool
    created_ms: int


def put(state: State, group_id: int, name: str, *, now_ms: int, **values: Any) -> None:
    """The group has the filter, instead of one of that name, which keeps its number and age.

    Writes: subscription_filters.
    """
    named = and_(_columns.group_id == group_id, _columns.name == name)
    with state.write() as connection:
        if connection.execute(subscription_filters.update().where(named).values(values)).rowcount == 0:
            new = values | {"group_id": group_id, "name": name, "created_ms": now_ms}
            connection.execute(subscription_filters.insert().values(new))


def delete(state: State, group_id: int, name: str) -> bool:
    """The filter is gone; false where there is none. Writes: subscription_filters."""
    with state.write() as connection:
        statement = subscription_filters.delete().where(_columns.group_id == group_id, _columns.name == name)
        return connection.execute(statement).rowcount == 1


def of_groups(state: State, group_ids: Sequence[int]) -> list[SubscriptionFilter]:
    """The filters of the groups. Reads: subscription_filters."""
    statement = select(subscription_filters).where(_columns.group_id.in_(group_ids)).order_by(_columns.id)
    with state.read() as connection:
        return [SubscriptionFilter(**row) for row in connection.execute(statement).mappings()]


def any_exist(state: State) -> bool:
    """Whether any group has a filter. Reads: subscription_filters."""
    with state.read() as connection:
        return connection.execute(select(_columns.id).limit(1)).one_or_none() is not None


def by_ids(state: State, ids: Sequence[int]) -> dict[int, SubscriptionFilter]:
    """The filters of those numbers that still exist. Reads: subscription_filters."""
    statement = select(subscription_filters).where(_columns.id.in_(ids))
    with state.read() as connection:
        return {row["id"]: SubscriptionFilter(**row) for row in connection.execute(statement).mappings()}


def page(
    state: State, group_id: int, *, prefix: str = "", after: str | None = None, limit: int
) -> list[SubscriptionFilter]:
    """The first `limit` filters of the group behind the name `after`, in order of their names.

    Reads: subscription_filters.
    """
    conditions = [_columns.group_id == group_id]
    if prefix:
        conditions.append(starts_with(_columns.name, prefix))
    if after is not None:
        conditions.append(_columns.name > after)
    statement = select(subscription_filters).where(*conditions).order_by(_columns.name).limit(limit)
    with state.read() as connection:
        return [SubscriptionFilter(**row) for row in connection.execute(statement).mappings()]


def count(state: State, group_id: int) -> int:
    """How many filters the group has. Reads: subscription_filters."""
    statement = select(func.count()).select_from(subscription_filters).where(_columns.group_id == group_id)
    with state.read() as connection:
        return connection.execute(statement).scalar_one()
