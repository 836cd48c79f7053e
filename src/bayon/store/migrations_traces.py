"""The step from one table of trace documents to documents that settle and rows that sum traces up.

The documents held become recent ones again, so that they are settled and summed up as if they had just arrived. Each
statement may run again after a crash: no document is copied twice, and the old table goes last.
"""

from __future__ import annotations

from collections.abc import Sequence

from bayon.store.schema import TRACE_TABLES

_OLD = (
    "CREATE TABLE IF NOT EXISTS trace_documents (account LowCardinality(String), region LowCardinality(String), "
    "trace_id String, received_ms Int64, seq UInt64, document String) ENGINE = MergeTree ORDER BY seq"
)
_MOVE = (
    "INSERT INTO segment_recent (account, region, trace_id, received_ms, seq, generation, document) "
    "SELECT account, region, trace_id, received_ms, seq, 1, document FROM trace_documents "
    "WHERE seq NOT IN (SELECT seq FROM segment_recent)"
)


def traces_summed_up() -> Sequence[str]:
    """The statements."""
    made = [table.create(durable=True) for table in TRACE_TABLES]
    return [*made, _OLD, _MOVE, "DROP TABLE IF EXISTS trace_documents SYNC"]
