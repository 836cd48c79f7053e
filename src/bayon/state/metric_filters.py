"""Metric filters of log groups. What a pattern means is known elsewhere; here it is a text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, func, select

from bayon.state.database import State
from bayon.state.statements import starts_with
from bayon.state.tables import log_groups, metric_filters

_columns = metric_filters.c


@dataclass(frozen=True, slots=True)
class MetricFilter:
    """A metric filter; `transformation` is the one of its request."""

    id: int
    group_id: int
    name: str
    pattern: str
    transformation: dict[str, Any]
    system_dimensions: list[str]
    on_transformed: bool
    created_ms: int


def put(
    state: State,
    group_id: int,
    name: str,
    *,
    pattern: str,
    transformation: dict[str, Any],
    system_dimensions: Sequence[str],
    on_transformed: bool,
    now_ms: int,
) -> None:
    """The group has the filter, instead of one of that name, which keeps its number and age. Writes: metric_filters."""
    values = {
        "pattern": pattern,
        "transformation": json.dumps(transformation),
        "system_dimensions": json.dumps(list(system_dimensions)),
        "on_transformed": on_transformed,
    }
    named = and_(_columns.group_id == group_id, _columns.name == name)
    with state.write() as connection:
        if connection.execute(metric_filters.update().where(named).values(values)).rowcount == 0:
            new = values | {"group_id": group_id, "name": name, "created_ms": now_ms}
            connection.execute(metric_filters.insert().values(new))


def delete(state: State, group_id: int, name: str) -> bool:
    """The filter is gone; false where there is none. Writes: metric_filters."""
    with state.write() as connection:
        statement = metric_filters.delete().where(_columns.group_id == group_id, _columns.name == name)
        return connection.execute(statement).rowcount == 1


def of_groups(state: State, group_ids: Sequence[int]) -> list[MetricFilter]:
    """The filters of the groups. Reads: metric_filters."""
    statement = select(metric_filters).where(_columns.group_id.in_(group_ids)).order_by(_columns.id)
    with state.read() as connection:
        return [_filter(row) for row in connection.execute(statement).mappings()]


def counts(state: State, group_ids: Sequence[int]) -> dict[int, int]:
    """How many filters each group has; groups without are absent. Reads: metric_filters."""
    statement = select(_columns.group_id, func.count()).where(_columns.group_id.in_(group_ids))
    with state.read() as connection:
        return dict(connection.execute(statement.group_by(_columns.group_id)).tuples().all())


def page(
    state: State,
    account: str,
    region: str,
    *,
    group_id: int | None = None,
    prefix: str = "",
    metric: tuple[str, str] | None = None,
    after: tuple[str, str] | None = None,
    limit: int,
) -> list[tuple[str, MetricFilter]]:
    """The first `limit` filters, with the names of their groups, in order of filter and group name.

    In: `metric` is a namespace and a name; `after` the filter and group name of the last one listed.
    Reads: metric_filters, log_groups.
    """
    conditions: list[ColumnElement[bool]] = [log_groups.c.account == account, log_groups.c.region == region]
    if group_id is not None:
        conditions.append(_columns.group_id == group_id)
    if prefix:
        conditions.append(starts_with(_columns.name, prefix))
    if after is not None:
        name, group_name = after
        same = and_(_columns.name == name, log_groups.c.name > group_name)
        conditions.append((_columns.name > name) | same)
    statement = (
        select(log_groups.c.name.label("group_name"), *metric_filters.columns)
        .join_from(metric_filters, log_groups)
        .where(*conditions)
        .order_by(_columns.name, log_groups.c.name)
    )
    found: list[tuple[str, MetricFilter]] = []
    with state.read() as connection:
        for row in connection.execute(statement).mappings():
            each = _filter(row)
            if metric is None or metric == _metric(each):
                found.append((row["group_name"], each))
            if len(found) == limit:
                break
    return found


def _metric(each: MetricFilter) -> tuple[str, str]:
    return each.transformation["metricNamespace"], each.transformation["metricName"]


def _filter(row: RowMapping) -> MetricFilter:
    values = {name: row[name] for name in MetricFilter.__slots__}
    values["transformation"] = json.loads(row["transformation"])
    values["system_dimensions"] = json.loads(row["system_dimensions"])
    return MetricFilter(**values)
