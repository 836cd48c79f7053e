"""Alarms of every kind: what they are to watch, and the state they are in. What either means is decided above.

A state changes only from the one that was seen, so that whoever evaluated an alarm and whoever set its state cannot
both win.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, select

from bayon.state import tags
from bayon.state.database import State
from bayon.state.statements import insert_new, starts_with
from bayon.state.tables import alarm_children, alarm_contributors, alarms

METRIC, COMPOSITE = "MetricAlarm", "CompositeAlarm"
RULE, SUPPRESSOR = "rule", "suppressor"
_columns = alarms.c
_child = alarm_children.c
_contributor = alarm_contributors.c
_IDS_ASKED = 500  # bound values of one statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One alarm. `config` is the request that put it without name, actions and tags; `actions` are lists by state."""

    id: int
    account: str
    region: str
    name: str
    kind: str
    namespace: str | None
    metric_name: str | None
    config: Mapping[str, Any]
    actions: Mapping[str, Sequence[str]]
    actions_enabled: bool
    revision: int
    updated_ms: int
    state: str
    reason: str
    reason_data: str | None
    state_updated_ms: int
    transitioned_ms: int
    evaluation_state: str | None
    suppressed_by: str | None
    suppressed_until_ms: int | None
    muted_from: str | None

    @property
    def arn(self) -> str:
        return arn_of(self.account, self.region, self.name)


@dataclass(frozen=True, slots=True)
class Glance:
    """What an evaluation looks at before it looks closer."""

    id: int
    kind: str
    revision: int
    state: str
    suppressed_until_ms: int | None
    muted_from: str | None


@dataclass(frozen=True, slots=True)
class Contributor:
    """One series of an alarm over many."""

    id: str
    attributes: Mapping[str, str]
    state: str
    reason: str
    transitioned_ms: int


def arn_of(account: str, region: str, name: str) -> str:
    """The ARN of an alarm."""
    return f"arn:aws:cloudwatch:{region}:{account}:alarm:{name}"


def put(
    state: State,
    account: str,
    region: str,
    name: str,
    *,
    kind: str,
    config: Mapping[str, Any],
    actions: Mapping[str, Sequence[str]],
    actions_enabled: bool,
    metric: tuple[str, str] | None,
    reason: str,
    now_ms: int,
) -> Alarm | None:
    """The alarm has this configuration, and its state if it was there. Out: the alarm as it was before, if it was.

    In: a new one is in INSUFFICIENT_DATA for `reason`; `metric` is the namespace and name it watches, where it is one.
    Writes: alarms.
    """
    namespace, metric_name = metric or (None, None)
    values = {
        "kind": kind,
        "namespace": namespace,
        "metric_name": metric_name,
        "config": _json(config),
        "actions": _json(actions),
        "actions_enabled": actions_enabled,
        "updated_ms": now_ms,
    }
    fresh = {"state": "INSUFFICIENT_DATA", "reason": reason, "state_updated_ms": now_ms, "transitioned_ms": now_ms}
    place = {"account": account, "region": region, "name": name, "revision": 1}
    with state.write() as connection:
        before = find(state, account, region, name)
        if before is None:
            insert_new(connection, alarms, values | fresh | place)
        else:
            changed = values | {"revision": before.revision + 1}
            connection.execute(alarms.update().where(_columns.id == before.id).values(changed))
    return before


def find(state: State, account: str, region: str, name: str) -> Alarm | None:
    """The alarm of that name. Reads: alarms."""
    found = named(state, account, region, [name])
    return found[0] if found else None


def named(state: State, account: str, region: str, names: Sequence[str]) -> list[Alarm]:
    """Those of the named alarms that exist, in order of their names. Reads: alarms."""
    found: list[Alarm] = []
    for first in range(0, len(names), _IDS_ASKED):
        found += _select(state, *_here(account, region), _columns.name.in_(names[first : first + _IDS_ASKED]))
    return sorted(found, key=lambda alarm: alarm.name)


def by_ids(state: State, ids: Sequence[int]) -> list[Alarm]:
    """Those of the alarms that still exist. Reads: alarms."""
    found: list[Alarm] = []
    for first in range(0, len(ids), _IDS_ASKED):
        found += _select(state, _columns.id.in_(ids[first : first + _IDS_ASKED]))
    return found


def page(
    state: State,
    account: str,
    region: str,
    *,
    kinds: Sequence[str],
    prefix: str = "",
    in_state: str | None = None,
    after: str | None = None,
    limit: int,
) -> list[Alarm]:
    """The first `limit` alarms behind the name `after` that meet every condition, in order of their names.

    Reads: alarms.
    """
    conditions = [*_here(account, region), _columns.kind.in_(kinds), starts_with(_columns.name, prefix)]
    if in_state is not None:
        conditions.append(_columns.state == in_state)
    if after is not None:
        conditions.append(_columns.name > after)
    return _select(state, *conditions, limit=limit)


def on_metric(state: State, account: str, region: str, namespace: str, name: str) -> list[Alarm]:
    """The alarms on one metric that is so named, whatever its dimensions. Reads: alarms."""
    return _select(state, *_here(account, region), _columns.namespace == namespace, _columns.metric_name == name)


def glance(state: State) -> list[Glance]:
    """Every alarm of every account and region, briefly. Reads: alarms."""
    wanted = (_columns.id, _columns.kind, _columns.revision, _columns.state)
    with state.read() as connection:
        rows = connection.execute(select(*wanted, _columns.suppressed_until_ms, _columns.muted_from))
        return [Glance(*row) for row in rows]


def set_actions_enabled(state: State, ids: Sequence[int], *, enabled: bool, now_ms: int) -> None:
    """The alarms run their actions, or do not. Writes: alarms."""
    with state.write() as connection:
        values = {"actions_enabled": enabled, "updated_ms": now_ms}
        connection.execute(alarms.update().where(_columns.id.in_(ids)).values(values))


def change_state(
    state: State, alarm: Alarm, to: str, *, reason: str, reason_data: str | None, now_ms: int, transitioned: bool
) -> bool:
    """The alarm is in this state, for this reason; false where it is no longer as `alarm` says. Writes: alarms."""
    values = {"state": to, "reason": reason, "reason_data": reason_data, "state_updated_ms": now_ms}
    if transitioned:
        values["transitioned_ms"] = now_ms
    same = (_columns.id == alarm.id, _columns.revision == alarm.revision, _columns.state == alarm.state)
    with state.write() as connection:
        return connection.execute(alarms.update().where(*same).values(values)).rowcount == 1


def note(state: State, alarm_id: int, **values: str | int | None) -> None:
    """The alarm's `evaluation_state`, `suppressed_by`, `suppressed_until_ms` or `muted_from` are as given.

    Writes: alarms.
    """
    with state.write() as connection:
        connection.execute(alarms.update().where(_columns.id == alarm_id).values(values))


def delete(state: State, doomed: Sequence[Alarm]) -> None:
    """The alarms are gone, with their tags. Writes: alarms, alarm_children, alarm_contributors, tags."""
    with state.write() as connection:
        connection.execute(alarms.delete().where(_columns.id.in_([alarm.id for alarm in doomed])))
        for alarm in doomed:
            tags.forget(state, alarm.arn)


def set_children(state: State, alarm_id: int, children: Mapping[str, Sequence[str]]) -> None:
    """The composite alarm looks at these alarms, by role. Writes: alarm_children."""
    rows = [{"alarm_id": alarm_id, "child": child, "role": role} for role in children for child in children[role]]
    with state.write() as connection:
        connection.execute(alarm_children.delete().where(_child.alarm_id == alarm_id))
        if rows:
            connection.execute(alarm_children.insert(), rows)


def children_of(state: State, alarm_id: int) -> list[str]:
    """The names that the composite alarm's rule looks at, in order. Reads: alarm_children."""
    statement = select(_child.child).where(_child.alarm_id == alarm_id, _child.role == RULE).order_by(_child.child)
    with state.read() as connection:
        return list(connection.execute(statement).scalars())


def parents_of(
    state: State, account: str, region: str, names: Sequence[str], *, roles: Sequence[str] = (RULE, SUPPRESSOR)
) -> list[Alarm]:
    """The composite alarms that look at one of the named, in order of their names. Reads: alarms, alarm_children."""
    parents = select(_child.alarm_id).where(_child.child.in_(names), _child.role.in_(roles))
    return _select(state, *_here(account, region), _columns.id.in_(parents))


def any_composite(state: State) -> bool:
    """Whether any composite alarm exists. Reads: alarm_children."""
    with state.read() as connection:
        return connection.execute(select(_child.alarm_id).limit(1)).one_or_none() is not None


def contributors(state: State, alarm_id: int, *, in_state: str | None = None) -> list[Contributor]:
    """The series of the alarm, by id. Reads: alarm_contributors."""
    statement = select(alarm_contributors).where(_contributor.alarm_id == alarm_id).order_by(_contributor.id)
    if in_state is not None:
        statement = statement.where(_contributor.state == in_state)
    with state.read() as connection:
        rows = connection.execute(statement).mappings()
        return [
            Contributor(row["id"], json.loads(row["attributes"]), row["state"], row["reason"], row["transitioned_ms"])
            for row in rows
        ]


def keep_contributors(state: State, alarm_id: int, kept: Sequence[Contributor]) -> None:
    """The alarm has just these series. Writes: alarm_contributors."""
    rows = [
        {
            "alarm_id": alarm_id,
            "id": each.id,
            "attributes": _json(each.attributes),
            "state": each.state,
            "reason": each.reason,
            "transitioned_ms": each.transitioned_ms,
        }
        for each in kept
    ]
    with state.write() as connection:
        connection.execute(alarm_contributors.delete().where(_contributor.alarm_id == alarm_id))
        if rows:
            connection.execute(alarm_contributors.insert(), rows)


def _here(account: str, region: str) -> list[ColumnElement[bool]]:
    return [_columns.account == account, _columns.region == region]


def _select(state: State, *conditions: ColumnElement[bool], limit: int | None = None) -> list[Alarm]:
    statement = select(alarms).where(*conditions).order_by(_columns.name).limit(limit)
    with state.read() as connection:
        return [_alarm(row) for row in connection.execute(statement).mappings()]


def _alarm(row: RowMapping) -> Alarm:
    return Alarm(**{**row, "config": json.loads(row["config"]), "actions": json.loads(row["actions"])})


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
