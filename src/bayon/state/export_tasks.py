"""Export tasks: what each is to write where, how far it has come and how it ended.

A task is active from its creation until it has ended; an account has at most one active task in a region.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, RowMapping, and_, or_, select

from bayon.state.database import State
from bayon.state.statements import insert_new
from bayon.state.tables import export_tasks

_columns = export_tasks.c
ENDED = ("COMPLETED", "FAILED", "CANCELLED")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportTask:
    """One task; `progress` is where the next object begins, empty before the first."""

    id: str
    account: str
    region: str
    name: str | None
    group_id: int
    group_name: str
    stream_prefix: str
    from_ms: int
    to_ms: int
    destination: str
    destination_prefix: str
    status: str
    message: str
    created_ms: int
    completed_ms: int | None
    progress: dict[str, Any]

    @property
    def ended(self) -> bool:
        """Whether nothing happens to the task any more."""
        return self.status in ENDED


def create(state: State, task: ExportTask) -> bool:
    """The task is kept and active; false where the account has an active one in the region. Writes: export_tasks."""
    values = {name: getattr(task, name) for name in ExportTask.__slots__}
    values |= {"active": f"{task.account}:{task.region}", "progress": msgspec.json.encode(task.progress).decode()}
    with state.write() as connection:
        return insert_new(connection, export_tasks, values) is not None


def find(state: State, account: str, region: str, task_id: str) -> ExportTask | None:
    """The task of that id. Reads: export_tasks."""
    statement = select(export_tasks).where(_here(account, region), _columns.id == task_id)
    with state.read() as connection:
        row = connection.execute(statement).mappings().one_or_none()
    return _task(row) if row else None


def page(
    state: State,
    account: str,
    region: str,
    *,
    task_id: str | None = None,
    status: str | None = None,
    before: tuple[int, str] | None = None,
    limit: int,
) -> list[ExportTask]:
    """The first `limit` tasks that meet the conditions, newest first, behind the (time, id) `before`.

    Reads: export_tasks.
    """
    conditions = [_here(account, region)]
    if task_id is not None:
        conditions.append(_columns.id == task_id)
    if status is not None:
        conditions.append(_columns.status == status)
    if before is not None:
        same_time = and_(_columns.created_ms == before[0], _columns.id < before[1])
        conditions.append(or_(_columns.created_ms < before[0], same_time))
    order = (_columns.created_ms.desc(), _columns.id.desc())
    with state.read() as connection:
        rows = connection.execute(select(export_tasks).where(*conditions).order_by(*order).limit(limit))
        return [_task(row) for row in rows.mappings()]


def active(state: State) -> list[ExportTask]:
    """Every active task of every account, oldest first. Reads: export_tasks."""
    statement = select(export_tasks).where(_columns.active.is_not(None)).order_by(_columns.created_ms, _columns.id)
    with state.read() as connection:
        return [_task(row) for row in connection.execute(statement).mappings()]


def advance(state: State, task_id: str, progress: dict[str, Any]) -> None:
    """What was written so far will not be written again. Writes: export_tasks."""
    _set(state, task_id, progress=msgspec.json.encode(progress).decode())


def start(state: State, task_id: str, message: str) -> bool:
    """The task is running, unless it was cancelled meanwhile: then false. Writes: export_tasks."""
    return _set(state, task_id, _columns.status == "PENDING", status="RUNNING", message=message)


def cancel(state: State, task_id: str) -> bool:
    """The task is to end before its next object; false where it has ended already. Writes: export_tasks."""
    return _set(state, task_id, _columns.active.is_not(None), status="PENDING_CANCEL")


def end(state: State, task_id: str, status: str, message: str, now_ms: int) -> None:
    """The task has ended that way. Writes: export_tasks."""
    _set(state, task_id, status=status, message=message, completed_ms=now_ms, active=None)


def complete(state: State, task_id: str, message: str, now_ms: int) -> bool:
    """The task is complete, unless it is to be cancelled: then false. Writes: export_tasks."""
    running = _columns.status == "RUNNING"
    return _set(state, task_id, running, status="COMPLETED", message=message, completed_ms=now_ms, active=None)


def _here(account: str, region: str) -> ColumnElement[bool]:
    return and_(_columns.account == account, _columns.region == region)


def _set(state: State, task_id: str, *conditions: ColumnElement[bool], **values: Any) -> bool:
    statement = export_tasks.update().where(_columns.id == task_id, *conditions).values(**values)
    with state.write() as connection:
        return connection.execute(statement).rowcount == 1


def _task(row: RowMapping) -> ExportTask:
    given = {name: row[name] for name in ExportTask.__slots__}
    return ExportTask(**{**given, "progress": msgspec.json.decode(row["progress"])})
