"""Keeps a trace from growing past its quota.

How much a trace holds is known exactly only to the store, and asking it on every upload would cost more than the
upload. So what passes through this process is counted, and only when a count reaches the quota is the store asked; a
trace can thus hold one quota more for each process and each restart. AWS calls its own bound dynamic.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable

from bayon import limits
from bayon.store import traces
from bayon.store.store import Store
from bayon.store.traces import SegmentDocument

Key = tuple[str, str, str]


class SizesSeen:
    """A bounded count of bytes a trace; the traces not touched for longest are forgotten."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._recent: dict[Key, int] = {}
        self._older: dict[Key, int] = {}
        self._lock = threading.Lock()

    def get(self, key: Key) -> int:
        return self._recent.get(key) or self._older.get(key, 0)

    def put(self, key: Key, size_bytes: int) -> None:
        with self._lock:
            if len(self._recent) >= self._most:
                self._older, self._recent = self._recent, {}
            self._recent[key] = size_bytes


_seen = SizesSeen(limits.TRACES_COUNTED // 2)


def size_bytes(documents: Iterable[SegmentDocument]) -> int:
    """What the documents count for; characters beyond ASCII count once, which is near enough."""
    return sum(len(document.document) for document in documents)


class Room:
    """How much one upload may still add to each trace."""

    def __init__(self, store: Store, account: str, region: str) -> None:
        self._store, self._account, self._region = store, account, region
        self._held: dict[str, int] = {}
        self._added: dict[str, int] = {}
        self._asked: set[str] = set()

    def admit(self, document: SegmentDocument) -> bool:
        """True where the trace has room for the document, which is then counted.

        Reads: the trace, once, if it seems full.
        """
        trace_id = document.trace_id
        added = self._added.get(trace_id, 0)
        held = self._held.get(trace_id)
        if held is None:
            held = self._held[trace_id] = _seen.get(self._key(trace_id))
        if held + added >= limits.TRACE_BYTES and trace_id not in self._asked:
            held = self._held[trace_id] = self._stored_bytes(trace_id)
            self._asked.add(trace_id)
        if held + added >= limits.TRACE_BYTES:
            return False
        added = self._added[trace_id] = added + len(document.document)
        _seen.put(self._key(trace_id), held + added)
        return True

    def _key(self, trace_id: str) -> Key:
        return (self._account, self._region, trace_id)

    def _stored_bytes(self, trace_id: str) -> int:
        return size_bytes(traces.read(self._store, self._account, self._region, [trace_id]).get(trace_id, []))
