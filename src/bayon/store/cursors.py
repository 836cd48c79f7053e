"""How far work that follows the appends has come: a cursor is a name and the `seq` up to which all is done.

An append of several tables is kept whole or not at all. Work that appends what it derives together with its cursor
therefore does its work exactly once, whatever crashes.
"""

from __future__ import annotations

import pyarrow as pa

from bayon.store.journal import Blocks
from bayon.store.store import Store


def position(store: Store, name: str) -> int:
    """Where the cursor stands, 0 if it was never moved."""
    cursors: dict[str, int] = store.caches.setdefault("cursors", {})
    if name not in cursors:
        found = store.query("SELECT max(seq) AS seq FROM cursors WHERE name = {name:String}", {"name": name})
        cursors[name] = found["seq"][0].as_py()
    return cursors[name]


def append(store: Store, blocks: Blocks, name: str, seq: int) -> None:
    """The blocks are durable and the cursor, which only goes forward, stands at `seq`; both or neither.

    Raises: StoreError, retryable.
    """
    cursor = pa.table({"name": pa.array([name]), "seq": pa.array([seq], pa.uint64())})
    store.append({**blocks, "cursors": cursor})
    store.caches.setdefault("cursors", {})[name] = seq
