"""X-Ray segment documents as they arrived, and the rows that sum their traces up.

A document is in exactly one of two tables: in segment_recent until its generation is settled, in segment_documents from
then on. Whoever follows the documents keeps a cursor (`cursors.py`). What documents mean,
how they merge and what a row says is `services.xray`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa

from bayon import limits
from bayon.clock import DAY_MS
from bayon.store.store import Store

_SOURCES = (
    ("segment_recent", "generation > {settled:UInt64}"),
    ("segment_documents", "generation <= {settled:UInt64}"),
)


@dataclass(frozen=True, slots=True)
class SegmentDocument:
    """One document; `seq` is unique in the store and grows with arrival."""

    trace_id: str
    document: str
    seq: int = 0
    received_ms: int = 0


@dataclass(frozen=True, slots=True)
class Arrived:
    """A document with where it belongs, for those who follow the documents."""

    account: str
    region: str
    document: SegmentDocument


def append(store: Store, account: str, region: str, documents: Sequence[SegmentDocument], received_ms: int) -> None:
    """The documents are durable.

    Raises: StoreError, retryable, when too many appends wait or the disk is full; then nothing was kept.
    """
    if not documents:
        return
    rows = len(documents)
    block = {
        "account": _repeated(account, rows),
        "region": _repeated(region, rows),
        "trace_id": pa.array([document.trace_id for document in documents], pa.string()),
        "received_ms": pa.array(np.full(rows, received_ms, np.int64)),
        "document": pa.array([document.document for document in documents], pa.string()),
    }
    store.append({"segment_recent": pa.table(block)})


@lru_cache(maxsize=limits.BATCHES_CACHED)
def _repeated(text: str, rows: int) -> pa.Array:
    # The same for every batch of a size, and a fifth of the time that an upload took (sampled 2026-11).
    return pa.repeat(pa.scalar(text, pa.string()), rows)


def read(
    store: Store, account: str, region: str, trace_ids: Sequence[str], *, until_seq: int | None = None
) -> dict[str, list[SegmentDocument]]:
    """The documents of each trace in order of arrival, of those up to `until_seq`; unknown traces are absent."""
    until = "" if until_seq is None else " AND seq <= {until:UInt64}"
    rows = _both(
        store,
        "trace_id, document, seq, received_ms",
        "account = {account:String} AND region = {region:String} AND trace_id IN {trace_ids:Array(String)}" + until,
        {"account": account, "region": region, "trace_ids": list(trace_ids), "until": until_seq or 0},
    )
    found: dict[str, list[SegmentDocument]] = {}
    for values in rows:
        document = SegmentDocument(*values)
        found.setdefault(document.trace_id, []).append(document)
    return found


def after(store: Store, seq: int, *, until_seq: int | None = None, limit: int) -> list[Arrived]:
    """The first `limit` documents of every account and region behind `seq`, in order of arrival."""
    until = "" if until_seq is None else " AND seq <= {until:UInt64}"
    rows = _both(
        store,
        "account, region, trace_id, document, seq, received_ms",
        "seq > {seq:UInt64}" + until,
        {"seq": seq, "until": until_seq or 0},
        limit=limit,
    )
    return [Arrived(account, region, SegmentDocument(*values)) for account, region, *values in rows]


def known_traces(store: Store, account: str, region: str, trace_ids: Sequence[str], *, until_seq: int) -> set[str]:
    """Those of the traces of which a document up to `until_seq` is held."""
    parts = " UNION DISTINCT ".join(
        f"SELECT DISTINCT trace_id FROM {table} WHERE account = {{account:String}} AND region = {{region:String}} "
        f"AND trace_id IN {{trace_ids:Array(String)}} AND seq <= {{until:UInt64}} AND {visible}"
        for table, visible in _SOURCES
    )
    parameters = {"account": account, "region": region, "trace_ids": list(trace_ids), "until": until_seq}
    found = store.query(parts, parameters | {"settled": store.segment_generations.settled})
    return set(found["trace_id"].to_pylist())


def settle(store: Store, summed_up_seq: int, *, now: bool = False) -> None:
    """Recent documents are settled if enough of them wait, or long enough, or `now` is asked for, and their traces are
    summed up."""
    generations = store.segment_generations
    with store.settling:
        due = generations.commits >= limits.SETTLE_SEGMENT_BACKLOG_COMMITS or generations.due(
            rows=limits.SETTLE_SEGMENT_ROWS,
            backlog_rows=limits.SETTLE_SEGMENT_BACKLOG_ROWS,
            after_s=limits.SETTLE_SEGMENT_AFTER_S,
            busy=store.busy,
        )
        if (now or due) and generations.rows:
            store.close_generation(generations)
        for generation in store.closed(generations):
            if not _settle(store, generation, summed_up_seq):
                break
        store.drop_left("segment_recent", lambda _, generation: generation <= generations.settled)


def _settle(store: Store, generation: int, summed_up_seq: int) -> bool:
    which = {"generation": generation}
    last_seq = store.last_seq("segment_recent", generation)
    if last_seq > summed_up_seq:
        return False
    copied = "generation >= {generation:UInt64}"
    if store.query(f"SELECT 1 FROM segment_documents WHERE {copied} LIMIT 1", which).num_rows:
        store.command(f"ALTER TABLE segment_documents DELETE WHERE {copied} SETTINGS mutations_sync = 1", which)
    columns = "account, region, trace_id, received_ms, seq, generation, document"
    store.command(
        f"INSERT INTO segment_documents ({columns}) SELECT {columns} FROM segment_recent "
        "WHERE generation = {generation:UInt64} SETTINGS max_threads = 1, max_insert_threads = 1, "
        "max_partitions_per_insert_block = 0",
        which,
    )
    store.record("segment_recent", generation, last_seq=last_seq)
    store.segment_generations.settled = generation
    store.leaving.note("segment_recent", str(generation))
    return True


def expire(store: Store, before_ms: int) -> None:
    """Days whose documents all arrived before that time are gone, with the rows of the traces that began in them."""
    first_day = before_ms // DAY_MS
    with store.summing_up, store.settling:
        for table in ("segment_documents", "trace_summaries", "trace_superseded"):
            store.drop_left(table, lambda _, day: day < first_day)


def _both(
    store: Store, columns: str, where: str, parameters: dict[str, Any], *, limit: int | None = None
) -> Iterable[tuple[Any, ...]]:
    """The columns of the documents of both tables that meet the condition, by `seq`."""
    bound = "" if limit is None else " LIMIT {limit:UInt64}"
    parts = " UNION ALL ".join(
        f"(SELECT {columns} FROM {table} WHERE {where} AND {visible} ORDER BY seq{bound})"
        for table, visible in _SOURCES
    )
    rows = store.query(
        f"SELECT {columns} FROM ({parts}) ORDER BY seq{bound}",
        parameters | {"settled": store.segment_generations.settled, "limit": limit or 0},
    )
    return zip(*(column.to_pylist() for column in rows.columns), strict=True)
