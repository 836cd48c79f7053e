"""Log groups and streams that are gone here and whose events the purge job still has to remove from the store."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from bayon.state.database import State
from bayon.state.tables import deleted_logs


@dataclass(frozen=True, slots=True)
class DeletedLogs:
    """Events to remove: of one stream, or of the whole group when `stream_id` is none."""

    id: int
    group_id: int
    stream_id: int | None


def record(connection: Connection, group_id: int, stream_id: int | None) -> None:
    """The purge is due once the transaction of `connection` is kept. For the named writes of `state` only."""
    connection.execute(deleted_logs.insert().values(group_id=group_id, stream_id=stream_id))


def pending(state: State, limit: int) -> list[DeletedLogs]:
    """The oldest deletions that have not been purged. Reads: deleted_logs."""
    with state.read() as connection:
        rows = connection.execute(deleted_logs.select().order_by(deleted_logs.c.id).limit(limit))
        return [DeletedLogs(**row) for row in rows.mappings()]


def purged(state: State, deletion_id: int) -> None:
    """The deletion is no longer pending. Writes: deleted_logs."""
    with state.write() as connection:
        connection.execute(deleted_logs.delete().where(deleted_logs.c.id == deletion_id))
