"""The key that SNS documents are signed with, and its certificate. Making one is the business of others."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from bayon.state.database import State
from bayon.state.statements import insert_new
from bayon.state.tables import signing_keys

_columns = signing_keys.c


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key and its certificate, both PEM texts; the id is in the certificate's address."""

    id: str
    private_key: str
    certificate: str
    created_ms: int


def newest(state: State) -> SigningKey | None:
    """The key to sign with. Reads: signing_keys."""
    with state.read() as connection:
        found = connection.execute(select(signing_keys).order_by(_columns.created_ms.desc(), _columns.id).limit(1))
        row = found.mappings().one_or_none()
    return SigningKey(**row) if row else None


def find(state: State, id_: str) -> SigningKey | None:
    """The key of that id. Reads: signing_keys."""
    with state.read() as connection:
        row = connection.execute(select(signing_keys).where(_columns.id == id_)).mappings().one_or_none()
    return SigningKey(**row) if row else None


def keep(state: State, key: SigningKey) -> None:
    """The key is kept. Writes: signing_keys."""
    with state.write() as connection:
        insert_new(
            connection,
            signing_keys,
            {
                "id": key.id,
                "private_key": key.private_key,
                "certificate": key.certificate,
                "created_ms": key.created_ms,
            },
        )
