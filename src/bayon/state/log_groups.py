"""Log groups. Their events are in the store, under the number `id`, which is never given to another group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select

from bayon.state import tags
from bayon.state.database import State
from bayon.state.deleted_logs import record
from bayon.state.statements import insert_new, starts_with
from bayon.state.tables import log_groups

_columns = log_groups.c


@dataclass(frozen=True, slots=True)
class LogGroup:
    """A log group; `retention_days` is its own setting, none for never; an account policy that applies overrides it
    with `account_retention_days`, 0 for never."""

    id: int
    account: str
    region: str
    name: str
    created_ms: int
    retention_days: int | None
    kms_key_id: str | None
    log_group_class: str
    deletion_protection: bool
    account_retention_days: int | None = None
    account_retention_policy: str | None = None

    @property
    def kept_days(self) -> int | None:
        """How long its events are kept; none means for ever."""
        if self.account_retention_days is not None:
            return self.account_retention_days or None
        return self.retention_days

    @property
    def arn(self) -> str:
        """The ARN without the trailing `:*`."""
        return arn_of(self.account, self.region, self.name)


def arn_of(account: str, region: str, name: str) -> str:
    """The ARN of a log group, without the trailing `:*`."""
    return f"arn:aws:logs:{region}:{account}:log-group:{name}"


def create(
    state: State,
    account: str,
    region: str,
    name: str,
    *,
    created_ms: int,
    log_group_class: str = "STANDARD",
    kms_key_id: str | None = None,
    deletion_protection: bool = False,
) -> LogGroup | None:
    """The new group, or none where one of that name exists. Writes: log_groups."""
    values = {"account": account, "region": region, "name": name, "created_ms": created_ms, "kms_key_id": kms_key_id}
    values |= {"log_group_class": log_group_class, "deletion_protection": deletion_protection}
    with state.write() as connection:
        row = insert_new(connection, log_groups, values)
    return LogGroup(**row) if row else None


# Built once: most requests about logs ask this.
_NAMED = select(log_groups).where(
    _columns.account == bindparam("account"), _columns.region == bindparam("region"), _columns.name == bindparam("name")
)


def find(state: State, account: str, region: str, name: str) -> LogGroup | None:
    """The group of that name. Reads: log_groups."""
    with state.read() as connection:
        row = connection.execute(_NAMED, {"account": account, "region": region, "name": name}).mappings().one_or_none()
    return LogGroup(**row) if row else None


def page(
    state: State,
    account: str,
    region: str,
    *,
    prefix: str = "",
    contains: str = "",
    classes: Sequence[str] | None = None,
    names: Sequence[str] | None = None,
    after: str | None = None,
    limit: int | None,
) -> list[LogGroup]:
    """The first `limit` groups behind the name `after` that meet every condition given, in order of their names.

    In: `prefix` and `contains` mind letter case; unknown `names` are simply absent. Reads: log_groups.
    """
    conditions = [_columns.account == account, _columns.region == region, starts_with(_columns.name, prefix)]
    if contains:  # neither LIKE nor INSTR is the same on both databases
        conditions.append(func.replace(_columns.name, contains, "") != _columns.name)
    if classes is not None:
        conditions.append(_columns.log_group_class.in_(classes))
    if names is not None:
        conditions.append(_columns.name.in_(names))
    if after is not None:
        conditions.append(_columns.name > after)
    return _select(state, and_(*conditions), limit)


def by_ids(state: State, ids: Sequence[int]) -> dict[int, LogGroup]:
    """The groups of those numbers that still exist. Reads: log_groups."""
    return {group.id: group for group in _select(state, _columns.id.in_(ids), None)}


def with_retention(state: State) -> list[LogGroup]:
    """Every group of every account whose events expire. Reads: log_groups."""
    of_account = _columns.account_retention_days
    expires = or_(of_account > 0, and_(of_account.is_(None), _columns.retention_days.is_not(None)))
    return _select(state, expires, None)


def count(state: State, account: str, region: str) -> int:
    """How many groups the account has in the region. Reads: log_groups."""
    here = and_(_columns.account == account, _columns.region == region)
    with state.read() as connection:
        return connection.execute(select(func.count()).select_from(log_groups).where(here)).scalar_one()


def set_retention(state: State, account: str, region: str, name: str, days: int | None) -> bool:
    """Events expire after `days`, or never; false where there is no such group. Writes: log_groups."""
    return _set(state, account, region, name, retention_days=days)


def set_account_retention(state: State, group_id: int, days: int | None, policy: str | None) -> None:
    """The account policy of that name decides how long events are kept, 0 for ever, or none. Writes: log_groups."""
    values = {"account_retention_days": days, "account_retention_policy": policy}
    with state.write() as connection:
        connection.execute(log_groups.update().where(_columns.id == group_id).values(values))


def places_with_account_retention(state: State) -> set[tuple[str, str]]:
    """The accounts and regions in which an account policy decides for some group. Reads: log_groups."""
    statement = select(_columns.account, _columns.region).where(_columns.account_retention_days.is_not(None)).distinct()
    with state.read() as connection:
        return {(row.account, row.region) for row in connection.execute(statement)}


def set_deletion_protection(state: State, account: str, region: str, name: str, *, protected: bool) -> bool:
    """The group is marked as protected or not; false where there is no such group. Writes: log_groups."""
    return _set(state, account, region, name, deletion_protection=protected)


def set_kms_key(state: State, account: str, region: str, name: str, kms_key_id: str | None) -> bool:
    """The key is noted or forgotten; false where there is no such group. Writes: log_groups."""
    return _set(state, account, region, name, kms_key_id=kms_key_id)


def delete(state: State, account: str, region: str, name: str) -> bool:
    """The group, its streams and its tags are gone and its events are due to be purged; false where there is none.

    Whether a protected group may go is for the caller to decide. Writes: log_groups, log_streams, tags, deleted_logs.
    """
    with state.write() as connection:
        statement = log_groups.delete().where(_named(account, region, name)).returning(_columns.id)
        group_id = connection.execute(statement).scalar_one_or_none()
        if group_id is None:
            return False
        record(connection, group_id, None)
        tags.forget(state, arn_of(account, region, name))
        return True


def _named(account: str, region: str, name: str) -> ColumnElement[bool]:
    return and_(_columns.account == account, _columns.region == region, _columns.name == name)


def _select(state: State, condition: ColumnElement[bool], limit: int | None) -> list[LogGroup]:
    statement = select(log_groups).where(condition).order_by(_columns.name).limit(limit)
    with state.read() as connection:
        return [LogGroup(**row) for row in connection.execute(statement).mappings()]


def _set(state: State, account: str, region: str, name: str, **values: Any) -> bool:
    with state.write() as connection:
        statement = log_groups.update().where(_named(account, region, name)).values(**values)
        return connection.execute(statement).rowcount == 1
