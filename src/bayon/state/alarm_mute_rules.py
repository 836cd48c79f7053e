"""Alarm mute rules. When they mute, and which alarms, is decided above."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from bayon.state import tags
from bayon.state.database import State
from bayon.state.statements import upsert
from bayon.state.tables import alarm_mute_rules

_columns = alarm_mute_rules.c


@dataclass(frozen=True, slots=True)
class MuteRule:
    """A mute rule; `config` is the request that put it, without its name and tags."""

    account: str
    region: str
    name: str
    config: Mapping[str, Any]
    created_ms: int
    updated_ms: int

    @property
    def arn(self) -> str:
        return arn_of(self.account, self.region, self.name)


def arn_of(account: str, region: str, name: str) -> str:
    """The ARN of a mute rule."""
    return f"arn:aws:cloudwatch:{region}:{account}:alarm-mute-rule:{name}"


def put(state: State, account: str, region: str, name: str, config: Mapping[str, Any], *, now_ms: int) -> bool:
    """The rule has this configuration. Out: whether it is new. Writes: alarm_mute_rules."""
    with state.write() as connection:
        before = find(state, account, region, name)
        row = {"account": account, "region": region, "name": name, "updated_ms": now_ms}
        row |= {"config": json.dumps(config), "created_ms": before.created_ms if before else now_ms}
        upsert(connection, alarm_mute_rules, [row])
    return before is None


def find(state: State, account: str, region: str, name: str) -> MuteRule | None:
    """The rule of that name. Reads: alarm_mute_rules."""
    statement = select(alarm_mute_rules).where(
        _columns.account == account, _columns.region == region, _columns.name == name
    )
    with state.read() as connection:
        row = connection.execute(statement).mappings().one_or_none()
    return MuteRule(**{**row, "config": json.loads(row["config"])}) if row else None


def every(state: State, account: str | None = None, region: str | None = None) -> list[MuteRule]:
    """All rules, or all of an account's region, by name; AWS allows two thousand. Reads: alarm_mute_rules."""
    statement = select(alarm_mute_rules).order_by(_columns.name)
    if account is not None:
        statement = statement.where(_columns.account == account, _columns.region == region)
    with state.read() as connection:
        rows = connection.execute(statement).mappings()
        return [MuteRule(**{**row, "config": json.loads(row["config"])}) for row in rows]


def count(state: State, account: str, region: str) -> int:
    """How many rules the account has in the region. Reads: alarm_mute_rules."""
    statement = (
        select(func.count()).select_from(alarm_mute_rules).where(_columns.account == account, _columns.region == region)
    )
    with state.read() as connection:
        return int(connection.execute(statement).scalar_one())


def delete(state: State, account: str, region: str, name: str) -> None:
    """There is no such rule, and no tag of it. Writes: alarm_mute_rules, tags."""
    doomed = (_columns.account == account, _columns.region == region, _columns.name == name)
    with state.write() as connection:
        connection.execute(alarm_mute_rules.delete().where(*doomed))
        tags.forget(state, arn_of(account, region, name))
