"""Keeps the rows that sum traces up level with the documents: by a job in the background, and before every read.

A row is made anew from all documents of its trace whenever one arrives, so it does not matter in how many steps or in
what order they came.
"""

from __future__ import annotations

from collections import defaultdict

from bayon import limits
from bayon.clock import monotonic_s
from bayon.services.xray.rows import row_of
from bayon.store import cursors, summaries, traces
from bayon.store.store import Store
from bayon.store.trace_rows import TraceRow
from bayon.store.traces import SegmentDocument

_Place = tuple[str, str]
_LOOKED = "traces looked at up to"  # numbers are given to other rows too, so most of them are no documents
_FORGOTTEN = "unfinished summaries forgotten"


def sum_up(store: Store) -> bool:
    """The traces of every document acknowledged before the call are summed up (true), or as many as the time allowed.

    Reads, writes: documents, summaries.
    """
    until_s = monotonic_s() + limits.SUMMED_UP_S
    arrived_seq = store.arrived_seq()
    while True:
        with store.summing_up:  # between two steps whoever waits may take the next
            if _FORGOTTEN not in store.caches:
                summaries.forget_unfinished(store)
                store.caches[_FORGOTTEN] = True
            if _done(store) < arrived_seq and not _step(store, arrived_seq):
                store.caches[_LOOKED] = arrived_seq
            is_level = _done(store) >= arrived_seq
        if is_level or monotonic_s() > until_s:
            return is_level


def _done(store: Store) -> int:
    """Up to where there is nothing left to sum up."""
    looked: int = store.caches.get(_LOOKED, 0)
    return max(cursors.position(store, summaries.CURSOR), looked)


def _step(store: Store, until_seq: int) -> bool:
    """The next documents are summed up. Out: whether there were any."""
    done = cursors.position(store, summaries.CURSOR)
    arrived = traces.after(store, done, until_seq=until_seq, limit=limits.SUMMED_UP_DOCUMENTS)
    if not arrived:
        return False
    by_place: dict[_Place, dict[str, list[SegmentDocument]]] = defaultdict(lambda: defaultdict(list))
    for each in arrived:
        by_place[each.account, each.region][each.document.trace_id].append(each.document)
    rows: list[TraceRow] = []
    superseded: list[TraceRow] = []
    for (account, region), added in by_place.items():
        known = traces.known_traces(store, account, region, list(added), until_seq=done)
        held = traces.read(store, account, region, sorted(known), until_seq=done) if known else {}
        superseded += [row_of(account, region, documents) for documents in held.values()]
        rows += [row_of(account, region, held.get(id_, []) + documents) for id_, documents in added.items()]
    summaries.write(store, rows, superseded, arrived[-1].document.seq)
    return True
