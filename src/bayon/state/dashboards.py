"""Dashboards: a body by name, for a whole account, since dashboards have no region. Bodies are checked elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select

from bayon.state import tags
from bayon.state.database import State
from bayon.state.statements import starts_with, upsert
from bayon.state.tables import dashboards

_columns = dashboards.c


@dataclass(frozen=True, slots=True)
class DashboardEntry:
    """What a list shows of a dashboard."""

    account: str
    name: str
    size_bytes: int
    modified_ms: int

    @property
    def arn(self) -> str:
        return arn_of(self.account, self.name)


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A dashboard with its body, byte for byte as it was put."""

    account: str
    name: str
    body: str
    size_bytes: int
    modified_ms: int

    @property
    def arn(self) -> str:
        return arn_of(self.account, self.name)


def arn_of(account: str, name: str) -> str:
    """The ARN of a dashboard, which names no region."""
    return f"arn:aws:cloudwatch::{account}:dashboard/{name}"


def put(state: State, account: str, name: str, body: str, *, modified_ms: int) -> bool:
    """The dashboard has this body. Out: whether it is new. Writes: dashboards."""
    row = {"account": account, "name": name, "body": body, "size_bytes": len(body.encode()), "modified_ms": modified_ms}
    with state.write() as connection:
        known = select(_columns.name).where(_columns.account == account, _columns.name == name)
        is_new = connection.execute(known).one_or_none() is None
        upsert(connection, dashboards, [row])
    return is_new


def find(state: State, account: str, name: str) -> Dashboard | None:
    """The dashboard of that name. Reads: dashboards."""
    statement = select(dashboards).where(_columns.account == account, _columns.name == name)
    with state.read() as connection:
        row = connection.execute(statement).mappings().one_or_none()
    return Dashboard(**row) if row else None


def page(
    state: State, account: str, *, prefix: str = "", after: str | None = None, limit: int | None
) -> list[DashboardEntry]:
    """The first `limit` dashboards whose names start with `prefix`, behind the name `after`, in order of their names.

    Reads: dashboards.
    """
    conditions = [_columns.account == account, starts_with(_columns.name, prefix)]
    if after is not None:
        conditions.append(_columns.name > after)
    entry = select(_columns.account, _columns.name, _columns.size_bytes, _columns.modified_ms)
    with state.read() as connection:
        rows = connection.execute(entry.where(*conditions).order_by(_columns.name).limit(limit))
        return [DashboardEntry(**row) for row in rows.mappings()]


def delete(state: State, account: str, names: Sequence[str]) -> list[str]:
    """Those of `names` that exist are gone, with their tags. Out: those that did not exist, in the order given.

    A caller that wants all or none raises inside a `state.write()` block around this. Writes: dashboards, tags.
    """
    with state.write() as connection:
        doomed = and_(_columns.account == account, _columns.name.in_(names))
        gone = set(connection.execute(dashboards.delete().where(doomed).returning(_columns.name)).scalars())
        for name in gone:
            tags.forget(state, arn_of(account, name))
    return [name for name in names if name not in gone]
