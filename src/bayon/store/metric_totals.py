"""What senders of sums since a start have counted so far, so that the next total says what was added.

A total is known by a number of the sender's own choosing: of its series, its process and the start of its counting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from bayon.store.journal import Blocks
from bayon.store.store import Store


@dataclass(frozen=True, slots=True)
class Total:
    """All that was counted until a time, one number or several."""

    at_ns: int
    numbers: tuple[float, ...]


def read(store: Store, keys: Sequence[int]) -> dict[int, Total]:
    """The newest totals of those keys that have one."""
    if not keys:
        return {}
    rows = store.query(
        "SELECT key, max(at_ns) AS newest, argMax(numbers, at_ns) AS numbers FROM metric_totals "
        "WHERE key IN {keys:Array(UInt64)} GROUP BY key",
        {"keys": list(keys)},
    )
    columns = (rows[name].to_pylist() for name in ("key", "newest", "numbers"))
    return {key: Total(at_ns, tuple(numbers)) for key, at_ns, numbers in zip(*columns, strict=True)}


def blocks_of(totals: Mapping[int, Total]) -> Blocks:
    """The totals, to be appended together with what was added to them."""
    if not totals:
        return {}
    block = {
        "key": pa.array(list(totals), pa.uint64()),
        "at_ns": pa.array([total.at_ns for total in totals.values()], pa.int64()),
        "numbers": pa.array([total.numbers for total in totals.values()], pa.list_(pa.float64())),
    }
    return {"metric_totals": pa.table(block)}


def expire(store: Store, before_ns: int) -> None:
    """No total is held that has not grown since that time."""
    found = store.query("SELECT 1 FROM metric_totals WHERE at_ns < {before:Int64} LIMIT 1", {"before": before_ns})
    if found.num_rows:
        store.command("ALTER TABLE metric_totals DELETE WHERE at_ns < {before:Int64}", {"before": before_ns})
