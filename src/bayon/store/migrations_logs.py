"""The step that lays log events out anew and notes the types of their JSON.

Begun again after an interruption it loses nothing: the old table goes only when the new one has its name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bayon.store.schema import FIELDS_OF, LOG_FIELDS, LOG_JSON, SHREDDING, TABLES

_COLUMNS = "group_id, stream_id, at_ms, seq, ingested_at_ms, generation, message"


def log_fields_noted() -> Sequence[str]:
    """The statements."""
    tables = {table.name: table for table in TABLES}
    copied = f"SELECT {_COLUMNS}, {LOG_JSON}::{LOG_FIELDS} FROM log_events"
    return [
        tables["log_fields"].create(durable=True),
        "TRUNCATE TABLE log_fields",
        replace(tables["log_events"], name="log_events_new").create(durable=True),
        "TRUNCATE TABLE log_events_new",
        f"INSERT INTO log_events_new ({_COLUMNS}, fields) {copied} SETTINGS {SHREDDING}, max_insert_threads = 1",
        f"INSERT INTO log_fields {FIELDS_OF.format('log_events_new', '1')}",
        "DROP TABLE IF EXISTS log_events_old SYNC",
        "RENAME TABLE log_events TO log_events_old, log_events_new TO log_events",
        "DROP TABLE IF EXISTS log_events_old SYNC",
    ]
