"""How far what follows the arrival of log events has come."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from bayon.state.database import State
from bayon.state.statements import upsert
from bayon.state.tables import log_cursors


@dataclass(frozen=True, slots=True)
class LogCursor:
    """The last event that was looked at, by its order of arrival, and the generation that it arrived in."""

    seq: int
    generation: int


def find(state: State, name: str) -> LogCursor | None:
    """Where the one of that name stands, none where it never moved. Reads: log_cursors."""
    statement = select(log_cursors.c.seq, log_cursors.c.generation).where(log_cursors.c.name == name)
    with state.read() as connection:
        row = connection.execute(statement).one_or_none()
    return LogCursor(*row) if row else None


def put(state: State, name: str, cursor: LogCursor) -> None:
    """The one of that name stands there. Writes: log_cursors."""
    with state.write() as connection:
        upsert(connection, log_cursors, [{"name": name, "seq": cursor.seq, "generation": cursor.generation}])
