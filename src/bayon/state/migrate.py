"""Brings the configuration database to the newest version.

A version is a file `migrations/v<number>_<what>.py`, run by Alembic, which is imported only when there is something to
run: a new database is made from `tables.py`, and a test keeps both ways equal.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, inspect, text

from bayon.errors import StoreError
from bayon.state.tables import metadata

MIGRATIONS = Path(__file__).parent / "migrations"
VERSIONS = sorted(path.name[1:5] for path in MIGRATIONS.glob("v[0-9][0-9][0-9][0-9]_*.py"))
VERSION_TABLE = "bayon_version"
STARTING = 0x6261796F6E  # PostgreSQL's advisory lock that makes starting processes queue

Block = Callable[[], AbstractContextManager[Connection]]

# The same table that Alembic would make.
_version = Table(
    VERSION_TABLE,
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name=f"{VERSION_TABLE}_pkc"),
)


def migrate(read: Block, write: Block) -> None:
    """The tables are those of the newest version, whole or as they were.

    Raises: StoreError when a version wrote them that this code does not know, or they are not bayon's; nothing changed.
    """
    with read() as connection:
        if _version_of(connection) == VERSIONS[-1]:
            return
    with write() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({STARTING})"))
        version = _version_of(connection)  # again: another process may have been faster
        if version is None:
            create(connection)
        elif version != VERSIONS[-1]:
            upgrade(connection, VERSIONS[-1])


def create(connection: Connection) -> None:
    """Every table exists, empty, stamped with the newest version. Raises: StoreError when one is there already."""
    strangers = sorted(set(inspect(connection).get_table_names()) & set(metadata.tables))
    if strangers:
        message = f"the configuration database already has tables that are not bayon's ({', '.join(strangers)})"
        raise StoreError(message, retryable=False)
    metadata.create_all(connection, checkfirst=False)
    _version.create(connection)
    connection.execute(_version.insert().values(version_num=VERSIONS[-1]))


def upgrade(connection: Connection, target: str) -> None:
    """Every version after the stamped one, up to `target`, has been applied in order, inside the open transaction."""
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(MIGRATIONS), version_locations=[str(MIGRATIONS)])
    context = MigrationContext.configure(
        connection,
        opts={
            "fn": lambda current, _context: scripts._upgrade_revs(target, current),  # noqa: SLF001 as its command does
            "target_metadata": MetaData(naming_convention=metadata.naming_convention),
            "transactional_ddl": True,
            "version_table": VERSION_TABLE,
        },
    )
    with Operations.context(context):
        context.run_migrations()


def _version_of(connection: Connection) -> str | None:
    """The version the tables are stamped with, none when there are none. Raises: StoreError when it is unknown here."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    version: str | None = connection.execute(_version.select()).scalar_one_or_none()
    if version is not None and version not in VERSIONS:
        message = (
            f"the configuration database was written by a newer version of bayon ({version}, this one knows "
            f"{VERSIONS[-1]}); start that version, or use another data folder"
        )
        raise StoreError(message, retryable=False)
    return version
