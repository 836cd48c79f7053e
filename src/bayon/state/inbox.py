"""The local inbox: what bayon sent to people or would have, and what it could not deliver; the newest of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, select

from bayon import limits
from bayon.state.database import State
from bayon.state.tables import inbox

_columns = inbox.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One e-mail, SMS or undelivered message; `details` says what became of it and where its links lead."""

    account: str
    region: str
    kind: str
    recipient: str
    subject: str
    text: str
    details: Mapping[str, str]
    sent_ms: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A letter with its number, which grows."""

    id: int
    letter: Letter


def put(state: State, letters: Sequence[Letter]) -> None:
    """The letters are the newest, and the oldest beyond the bound are gone. Writes: inbox."""
    if not letters:
        return
    rows = [_row(letter) for letter in letters[-limits.INBOX_LETTERS :]]
    with state.write() as connection:
        newest: list[int] = list(connection.execute(inbox.insert().returning(_columns.id), rows).scalars())
        connection.execute(inbox.delete().where(_columns.id <= max(newest) - limits.INBOX_LETTERS))


def page(
    state: State,
    *,
    recipient: str | None = None,
    kind: str | None = None,
    after: int = 0,
    before: int | None = None,
    limit: int,
) -> list[Kept]:
    """The last `limit` letters behind number `after`, oldest first, of one recipient or kind where given.

    Reads: inbox.
    """
    statement = select(inbox).where(_columns.id > after)
    if before is not None:
        statement = statement.where(_columns.id < before)
    if recipient is not None:
        statement = statement.where(_columns.recipient == recipient)
    if kind is not None:
        statement = statement.where(_columns.kind == kind)
    with state.read() as connection:
        found = connection.execute(statement.order_by(_columns.id.desc()).limit(limit)).mappings()
        return [_kept(row) for row in found][::-1]


def clear(state: State) -> None:
    """The inbox is empty. Writes: inbox."""
    with state.write() as connection:
        connection.execute(inbox.delete())


def _row(letter: Letter) -> dict[str, Any]:
    text = letter.text.encode()[: limits.INBOX_LETTER_BYTES].decode(errors="ignore")
    return {
        "account": letter.account,
        "region": letter.region,
        "kind": letter.kind,
        "recipient": letter.recipient,
        "subject": letter.subject,
        "text": text,
        "details": json.dumps(dict(letter.details)),
        "sent_ms": letter.sent_ms,
    }


def _kept(row: RowMapping) -> Kept:
    fields = dict(row)
    return Kept(fields.pop("id"), Letter(**fields | {"details": json.loads(row["details"])}))
