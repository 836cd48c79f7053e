"""X-Ray segment documents as they arrived. Merging them into traces is `services.xray`'s."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from bayon.clock import DAY_S
from bayon.store.store import Store


@dataclass(frozen=True, slots=True)
class SegmentDocument:
    """One uploaded document; ids in lower case, times in epoch seconds, `end_s` none while in progress."""

    trace_id: str
    id: str
    parent_id: str | None
    subsegment: bool
    start_s: float
    end_s: float | None
    document: str


def append(store: Store, account: str, region: str, documents: Sequence[SegmentDocument], received_ms: int) -> None:
    """The documents are durable.

    Raises: StoreError, retryable, when too many appends wait or the disk is full; then nothing was kept.
    """
    if not documents:
        return
    rows = len(documents)
    block = {
        "account": pa.array([account] * rows),
        "region": pa.array([region] * rows),
        "trace_id": pa.array([document.trace_id for document in documents]),
        "id": pa.array([document.id for document in documents]),
        "parent_id": pa.array([document.parent_id or "" for document in documents]),
        "subsegment": pa.array([document.subsegment for document in documents]),
        "start_s": pa.array([document.start_s for document in documents], pa.float64()),
        "end_s": pa.array([document.end_s for document in documents], pa.float64()),
        "received_ms": pa.array(np.full(rows, received_ms, np.int64)),
        "document": pa.array([document.document for document in documents]),
    }
    store.append({"trace_documents": pa.table(block)})


def read(store: Store, account: str, region: str, trace_ids: Sequence[str]) -> dict[str, list[SegmentDocument]]:
    """The documents of each trace in order of arrival; unknown traces are absent."""
    rows = store.query(
        "SELECT trace_id, id, parent_id, subsegment, start_s, end_s, document FROM trace_documents "
        "WHERE account = {account:String} AND region = {region:String} AND trace_id IN {trace_ids:Array(String)} "
        "ORDER BY trace_id, seq",
        {"account": account, "region": region, "trace_ids": list(trace_ids)},
    )
    found: dict[str, list[SegmentDocument]] = {}
    for row in rows.to_pylist():
        document = SegmentDocument(
            **(row | {"parent_id": row["parent_id"] or None, "subsegment": bool(row["subsegment"])})
        )
        found.setdefault(document.trace_id, []).append(document)
    return found


def expire(store: Store, before_s: int) -> None:
    """Days whose documents all arrived before that time are gone."""
    first_day = before_s // DAY_S
    store.drop_left("trace_documents", lambda _, commit_day: commit_day < first_day)
