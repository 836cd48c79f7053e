"""Writes every span of what arrives to the log group `aws/spans`, where an account has chosen that.

Each document yields its spans once, behind a cursor that moves with the log events. Source: traces.md §4.5.
"""

from __future__ import annotations

import pyarrow as pa

from bayon import limits
from bayon.services.xray.account_settings import spans_wanted
from bayon.services.xray.merge import merge
from bayon.services.xray.spans import spans_of
from bayon.state import log_groups, log_streams
from bayon.state.database import State
from bayon.store import cursors, logs, traces
from bayon.store.store import Store
from bayon.store.traces import SegmentDocument

GROUP, STREAM = "aws/spans", "default"
_CURSOR = "spans"


def write_spans(store: Store, state: State, now_ms: int) -> None:
    """What has arrived since is in the log groups of those who want it.

    Reads: settings, documents.   Writes: log groups, log events.
    """
    wanted = spans_wanted(state)
    if not wanted:
        return
    done = max(cursors.position(store, _CURSOR), min(wanted.values()))
    until_seq = store.arrived_seq()
    while arrived := traces.after(store, done, until_seq=until_seq, limit=limits.SUMMED_UP_DOCUMENTS):
        done = arrived[-1].document.seq
        by_place: dict[tuple[str, str], list[SegmentDocument]] = {}
        for each in arrived:
            if each.document.seq > wanted.get((each.account, each.region), until_seq):
                by_place.setdefault((each.account, each.region), []).append(each.document)
        blocks = [_block(state, account, region, found, now_ms) for (account, region), found in by_place.items()]
        cursors.append(store, {"log_recent": pa.concat_tables(blocks)} if blocks else {}, _CURSOR, done)


def _block(state: State, account: str, region: str, documents: list[SegmentDocument], now_ms: int) -> pa.Table:
    group_id, stream_id = _place(state, account, region, now_ms)
    at_ms: list[int] = []
    messages: list[str] = []
    for document in documents:
        for root in merge(document.trace_id, [document]).roots:
            for _, text in spans_of(document.trace_id, root):
                at_ms.append(_at_ms(root.end_s or root.start_s, now_ms))
                messages.append(text)
    return logs.block_of(group_id, stream_id, at_ms, messages, now_ms)


def _at_ms(seconds: float | None, now_ms: int) -> int:
    return now_ms if seconds is None else min(max(0, round(min(seconds, 1e10) * 1000)), now_ms)


def _place(state: State, account: str, region: str, now_ms: int) -> tuple[int, int]:
    """The group and the stream, made when they are missing."""
    log_groups.create(state, account, region, GROUP, created_ms=now_ms)
    group = log_groups.find(state, account, region, GROUP)
    assert group is not None, "it has just been made"
    log_streams.create(state, group.id, STREAM, created_ms=now_ms)
    _, stream = log_streams.find_stream(state, account, region, GROUP, STREAM)
    assert stream is not None, "it has just been made"
    return group.id, stream.id
