"""Brings a store to this code's schema: the tables of `schema.py` when new, the steps between versions when older."""

from __future__ import annotations

from collections.abc import Sequence

from clickhouse_connect.driver.client import Client

from bayon.errors import StoreError
from bayon.store.migrations_logs import log_fields_noted
from bayon.store.migrations_traces import traces_summed_up
from bayon.store.schema import CURSORS, LOG_FREES_SOON, TABLES, VERSION
from bayon.store.series_words import words_listed

# STEPS[n] are the statements that turn version n into n + 1.
STEPS: dict[int, Sequence[str]] = {
    1: traces_summed_up(),
    2: [table.create(durable=True) for table in TABLES if table.name == "metric_totals"],
    3: words_listed(),
    4: (f"ALTER TABLE log_events MODIFY SETTING {LOG_FREES_SOON}",),
    5: (
        "ALTER TABLE metric_recent ADD COLUMN IF NOT EXISTS seq UInt64 CODEC(Delta, ZSTD(1))",
        CURSORS.create(durable=True),
    ),
    6: log_fields_noted(),
}

_VERSIONS = (
    "CREATE TABLE IF NOT EXISTS schema_version (version UInt32) ENGINE = MergeTree ORDER BY version "
    "SETTINGS fsync_after_insert = 1, fsync_part_directory = 1"
)


def migrate(client: Client, *, durable: bool) -> None:
    """The store has this code's schema. Raises: StoreError when a newer version of bayon wrote it; nothing is
    changed."""
    found = version(client)
    if found > VERSION:
        raise StoreError(
            f"the store was written by a newer version of bayon (schema {found}, this one knows {VERSION}); "
            "start that version, or give this one another data directory",
            retryable=False,
        )
    if found == VERSION:
        return
    statements = [s for step in range(found, VERSION) for s in STEPS[step]] if found else _create(durable=durable)
    for statement in statements:
        client.command(statement)
    client.command(_VERSIONS)
    client.command(f"INSERT INTO schema_version VALUES ({VERSION})")


def version(client: Client) -> int:
    """The schema version of the store, 0 when it is empty."""
    exists = client.query("EXISTS TABLE schema_version").result_rows[0][0]
    return int(client.query("SELECT max(version) FROM schema_version").result_rows[0][0]) if exists else 0


def _create(*, durable: bool) -> list[str]:
    return [table.create(durable=durable) for table in TABLES]
