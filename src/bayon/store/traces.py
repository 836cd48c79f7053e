"""X-Ray segment documents as they arrived. Merging them into traces is `services.xray`'s."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    raise NotImplementedError


def read(store: Store, account: str, region: str, trace_ids: Sequence[str]) -> dict[str, list[SegmentDocument]]:
    """The documents of each trace in order of arrival; unknown traces are absent."""
    raise NotImplementedError
