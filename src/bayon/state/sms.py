"""What is kept for SMS: an account's attributes, and the numbers that want nothing any more."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import and_, select

from bayon.state.database import State
from bayon.state.statements import insert_new, upsert
from bayon.state.tables import opted_out_numbers, sms_attributes


def attributes(state: State, account: str, region: str) -> dict[str, str]:
    """The attributes that were set, by name. Reads: sms_attributes."""
    table = sms_attributes.c
    statement = select(table.name, table.value).where(table.account == account, table.region == region)
    with state.read() as connection:
        return dict(connection.execute(statement.order_by(table.name)).tuples().all())


def set_attributes(state: State, account: str, region: str, changes: Mapping[str, str]) -> None:
    """The attributes named have these values. Writes: sms_attributes."""
    rows = [{"account": account, "region": region, "name": name, "value": value} for name, value in changes.items()]
    with state.write() as connection:
        upsert(connection, sms_attributes, rows)


def opted_out(state: State, account: str, region: str, number: str) -> bool:
    """Whether the number wants nothing. Reads: opted_out_numbers."""
    return number in opted_out_page(state, account, region, after=None, limit=None)


def opted_out_page(state: State, account: str, region: str, *, after: str | None, limit: int | None) -> list[str]:
    """The first `limit` numbers behind `after`. Reads: opted_out_numbers."""
    table = opted_out_numbers.c
    statement = select(table.number).where(table.account == account, table.region == region)
    if after is not None:
        statement = statement.where(table.number > after)
    with state.read() as connection:
        return list(connection.execute(statement.order_by(table.number).limit(limit)).scalars())


def opt_out(state: State, account: str, region: str, number: str, *, now_ms: int) -> None:
    """The number gets nothing any more. Writes: opted_out_numbers."""
    values = {"account": account, "region": region, "number": number, "opted_out_ms": now_ms}
    with state.write() as connection:
        insert_new(connection, opted_out_numbers, values)


def opt_in(state: State, account: str, region: str, number: str) -> None:
    """The number may be sent to again. Writes: opted_out_numbers."""
    table = opted_out_numbers.c
    this = and_(table.account == account, table.region == region, table.number == number)
    with state.write() as connection:
        connection.execute(opted_out_numbers.delete().where(this))
