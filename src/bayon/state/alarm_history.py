"""What happened to alarms, also to those that are gone. What the items say is written elsewhere."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, or_, select

from bayon.state.database import State
from bayon.state.tables import alarm_history

_columns = alarm_history.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that happened to an alarm; `contributor` and `attributes` name the series that it happened to."""

    id: int = 0
    account: str
    region: str
    alarm: str
    kind: str
    at_ms: int
    item: str
    summary: str
    data: str
    contributor: str | None = None
    attributes: Mapping[str, str] | None = None


def add(state: State, items: Sequence[Item]) -> None:
    """The items are kept, in their order. Writes: alarm_history."""
    rows = [
        {
            "account": item.account,
            "region": item.region,
            "alarm": item.alarm,
            "kind": item.kind,
            "at_ms": item.at_ms,
            "item": item.item,
            "summary": item.summary,
            "data": item.data,
            "contributor": item.contributor,
            "attributes": None if item.attributes is None else json.dumps(dict(item.attributes)),
        }
        for item in items
    ]
    if rows:
        with state.write() as connection:
            connection.execute(alarm_history.insert(), rows)


def page(
    state: State,
    account: str,
    region: str,
    *,
    kinds: Sequence[str],
    alarm: str | None = None,
    item: str | None = None,
    contributor: str | None = None,
    start_ms: int | None = None,
    end_ms: int | None = None,
    newest_first: bool,
    after: tuple[int, int] | None = None,
    limit: int,
) -> list[Item]:
    """The first `limit` items behind the one at time and number `after` that meet every condition.

    Reads: alarm_history.
    """
    conditions = [_columns.account == account, _columns.region == region, _columns.kind.in_(kinds)]
    equal = {_columns.alarm: alarm, _columns.item: item, _columns.contributor: contributor}
    conditions += [column == value for column, value in equal.items() if value is not None]
    if start_ms is not None:
        conditions.append(_columns.at_ms >= start_ms)
    if end_ms is not None:
        conditions.append(_columns.at_ms <= end_ms)
    if after is not None:
        at_ms, number = after
        later = or_(_columns.at_ms > at_ms, and_(_columns.at_ms == at_ms, _columns.id > number))
        earlier = or_(_columns.at_ms < at_ms, and_(_columns.at_ms == at_ms, _columns.id < number))
        conditions.append(earlier if newest_first else later)
    order = (_columns.at_ms.desc(), _columns.id.desc()) if newest_first else (_columns.at_ms, _columns.id)
    statement = select(alarm_history).where(*conditions).order_by(*order).limit(limit)
    with state.read() as connection:
        return [
            Item(**{**row, "attributes": None if row["attributes"] is None else json.loads(row["attributes"])})
            for row in connection.execute(statement).mappings()
        ]


def expire(state: State, before_ms: int) -> None:
    """No item is older. Writes: alarm_history."""
    with state.write() as connection:
        connection.execute(alarm_history.delete().where(_columns.at_ms < before_ms))
