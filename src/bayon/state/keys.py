"""Access keys: who may sign requests. Secrets are kept in clear, since verifying a signature needs them."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field

from sqlalchemy import bindparam, func, select

from bayon.state.database import State
from bayon.state.tables import access_keys

_columns = access_keys.c


@dataclass(frozen=True, slots=True)
class AccessKey:
    """A key that signs requests of `account` until it is revoked."""

    id: str
    secret: str = field(repr=False)
    account: str
    created_ms: int
    revoked_ms: int | None


@dataclass(frozen=True, slots=True)
class Lookup:
    """What a request's access key id says: `any_exist` whether signatures are asked for at all, `key` a valid key."""

    any_exist: bool
    key: AccessKey | None


def create(state: State, account: str, *, created_ms: int) -> AccessKey:
    """A new key of the account, valid from the next request on. Writes: access_keys."""
    key_id = "AKIA" + base64.b32encode(secrets.token_bytes(10)).decode()
    key = AccessKey(key_id, base64.b64encode(secrets.token_bytes(30)).decode(), account, created_ms, None)
    with state.write() as connection:
        connection.execute(
            access_keys.insert().values(id=key.id, secret=key.secret, account=account, created_ms=created_ms)
        )
    return key


def page(state: State, *, after: str | None = None, limit: int | None) -> list[AccessKey]:
    """The first `limit` keys behind the id `after`, also revoked ones, in order of their ids. Reads: access_keys."""
    statement = select(access_keys).order_by(_columns.id).limit(limit)
    if after is not None:
        statement = statement.where(_columns.id > after)
    with state.read() as connection:
        return [AccessKey(**row) for row in connection.execute(statement).mappings()]


def revoke(state: State, key_id: str, *, revoked_ms: int) -> bool:
    """The key is refused from the next request on; false where there is no such valid key. Writes: access_keys."""
    valid = (_columns.id == key_id) & _columns.revoked_ms.is_(None)
    with state.write() as connection:
        return connection.execute(access_keys.update().where(valid).values(revoked_ms=revoked_ms)).rowcount == 1


def any_exist(state: State) -> bool:
    """Whether a key was ever made. A revoked one counts: revoking the last key locks the door instead of opening it.

    Reads: access_keys.
    """
    with state.read() as connection:
        return connection.execute(select(_columns.id).limit(1)).one_or_none() is not None


# Built once: every request asks this. The first key of all comes along to tell whether there is any.
_THIS_OR_FIRST = select(access_keys).where(
    (_columns.id == bindparam("id")) | (_columns.id == select(func.min(_columns.id)).scalar_subquery())
)


def lookup(state: State, key_id: str) -> Lookup:
    """The valid key of that id, if any, and whether any key exists, in one read. Reads: access_keys."""
    with state.read() as connection:
        rows = connection.execute(_THIS_OR_FIRST, {"id": key_id}).mappings()
        found = [AccessKey(**row) for row in rows]
    valid = (key for key in found if key.id == key_id and key.revoked_ms is None)
    return Lookup(bool(found), next(valid, None))
