"""Moves recent log events to `log_events`: sorted by group, words indexed, JSON fields laid out as columns."""

from __future__ import annotations

from bayon import limits
from bayon.errors import StoreError
from bayon.store.schema import FIELDS_OF, LOG_FIELDS, LOG_JSON, SHREDDING
from bayon.store.store import Store

_COLUMNS = "group_id, stream_id, at_ms, seq, ingested_at_ms, generation, message"
_SHREDDED = f"{LOG_JSON}::{LOG_FIELDS}"
_UNSHREDDED = f"'{{}}'::{LOG_FIELDS}"


def settle_logs(store: Store, *, now: bool = False) -> None:
    """Recent log events are in `log_events` if enough of them wait, or long enough, or `now` is asked for."""
    generations = store.log_generations
    with store.settling:
        if now or _due(store):
            store.close_generation(generations)
        for generation in store.closed(generations):
            _settle(store, generation)
        store.drop_left("log_recent", lambda _, generation: generation <= generations.settled)


def _due(store: Store) -> bool:
    return store.log_generations.commits >= limits.SETTLE_LOG_BACKLOG_COMMITS or store.log_generations.due(
        rows=limits.SETTLE_LOG_ROWS,
        backlog_rows=limits.SETTLE_LOG_BACKLOG_ROWS,
        after_s=limits.SETTLE_LOG_AFTER_S,
        busy=store.busy,
    )


def _settle(store: Store, generation: int) -> None:
    _forget_copies(store, generation)
    try:
        _copy(store, generation, _SHREDDED)
    except StoreError:
        raise
    except Exception:  # noqa: BLE001 whatever a message does to the shredder, the events themselves must settle
        _forget_copies(store, generation)
        _copy(store, generation, _UNSHREDDED)
    _note_fields(store, generation)
    store.record("log_recent", generation, last_seq=store.last_seq("log_recent", generation))
    store.log_generations.settled = generation
    store.leaving.note("log_recent", str(generation))


def _forget_copies(store: Store, generation: int) -> None:
    """What an attempt before this one copied is gone."""
    which = {"generation": generation}
    if store.query("SELECT 1 FROM log_events WHERE generation >= {generation:UInt64} LIMIT 1", which).num_rows:
        store.command(
            "ALTER TABLE log_events DELETE WHERE generation >= {generation:UInt64} SETTINGS mutations_sync = 1", which
        )


def _copy(store: Store, generation: int, fields: str) -> None:
    store.command(
        f"INSERT INTO log_events ({_COLUMNS}, fields) SELECT {_COLUMNS}, {fields} FROM log_recent "
        f"WHERE generation = {{generation:UInt64}} SETTINGS {SHREDDING}, max_threads = 1, max_insert_threads = 1",
        {"generation": generation},
    )


def _note_fields(store: Store, generation: int) -> None:
    """Every path of the generation's JSON is known with its types, before any query counts on them."""
    which = FIELDS_OF.format("log_events", "generation = {generation:UInt64}")
    store.command(f"INSERT INTO log_fields {which} SETTINGS max_threads = 1", {"generation": generation})
