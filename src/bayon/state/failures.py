"""The border at which a driver's failure becomes one clear sentence.

A failure that is not listed here is a bug of ours and stays what it is, as does a violated constraint, which the named
writes expect and answer.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bayon.errors import StoreError

RETRY, GIVE_UP = True, False
LOCKED = (RETRY, "the configuration database is locked by another process; try again")
FULL = (RETRY, "the disk of the configuration database is full")
UNREACHABLE = (RETRY, "the configuration database does not answer")
CROWDED = (RETRY, "the configuration database has no room for another connection; try again")
READ_ONLY = (GIVE_UP, "the configuration database cannot be written")
DAMAGED = (GIVE_UP, "the configuration database is damaged or is not a database")

SQLITE = {  # by primary result code
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_IOERR: (RETRY, "the disk of the configuration database failed"),
    sqlite3.SQLITE_CANTOPEN: (GIVE_UP, "the configuration database cannot be opened"),
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_PERM: READ_ONLY,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
}
POSTGRESQL = {  # by the longest leading part of SQLSTATE
    "08": UNREACHABLE,
    "57P": UNREACHABLE,
    "53100": FULL,
    "53": CROWDED,
    "40": LOCKED,
    "55P03": LOCKED,
    "25006": READ_ONLY,
    "42501": READ_ONLY,
    "58030": (RETRY, "the disk of the configuration database failed"),
    "XX001": DAMAGED,
}


@contextmanager
def converted_errors() -> Iterator[None]:
    """A driver's failure inside the block leaves it as StoreError."""
    try:
        yield
    except IntegrityError:
        raise
    except PoolTimeoutError as error:
        raise StoreError(CROWDED[1], retryable=CROWDED[0]) from error
    except DBAPIError as error:
        known = _sentence(error)
        if known is None:
            raise
        retryable, sentence = known
        raise StoreError(sentence, retryable=retryable) from error


def _sentence(error: DBAPIError) -> tuple[bool, str] | None:
    if isinstance(error.orig, sqlite3.Error):
        # Errors that the Python driver raises by itself carry no code.
        return SQLITE.get(getattr(error.orig, "sqlite_errorcode", 0) & 0xFF)
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        lost = error.connection_invalidated or type(error.orig).__name__ in ("OperationalError", "ConnectionTimeout")
        return (UNREACHABLE[0], f"{UNREACHABLE[1]}: {_first_line(error.orig)}") if lost else None
    return next((POSTGRESQL[state[:n]] for n in range(5, 1, -1) if state[:n] in POSTGRESQL), None)


def _first_line(error: BaseException | None) -> str:
    return str(error).strip().partition("\n")[0].rstrip(" .")
