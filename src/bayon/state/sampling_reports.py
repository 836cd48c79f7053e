"""What clients of X-Ray report of their sampling: how many requests a rule matched, and how many were sampled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import select

from bayon.state.database import State
from bayon.state.tables import xray_sampling_reports

_columns = xray_sampling_reports.c


@dataclass(frozen=True, slots=True)
class Report:
    """One client's numbers for one rule since its last report."""

    rule: str
    client: str
    at_ms: int
    requests: int
    sampled: int
    borrowed: int


def add(state: State, account: str, region: str, reports: Sequence[Report]) -> None:
    """The reports are kept. Writes: xray_sampling_reports."""
    rows = [{"account": account, "region": region, **asdict(report)} for report in reports]
    if rows:
        with state.write() as connection:
            connection.execute(xray_sampling_reports.insert(), rows)


def since(state: State, account: str, region: str, since_ms: int) -> list[Report]:
    """The reports made at or after that time, oldest first. Reads: xray_sampling_reports."""
    names = ("rule", "client", "at_ms", "requests", "sampled", "borrowed")
    statement = (
        select(*(_columns[name] for name in names))
        .where(_columns.account == account, _columns.region == region, _columns.at_ms >= since_ms)
        .order_by(_columns.at_ms, _columns.id)
    )
    with state.read() as connection:
        return [Report(**row) for row in connection.execute(statement).mappings()]


def forget(state: State, before_ms: int) -> None:
    """No report older than that time is left. Writes: xray_sampling_reports."""
    with state.write() as connection:
        connection.execute(xray_sampling_reports.delete().where(_columns.at_ms < before_ms))
