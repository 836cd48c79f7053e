"""Log events: appended in arrival order, read in (timestamp, arrival) order.

Groups and streams are known here by the numbers that `state.log_groups` gives them; names, retention settings and tags
are configuration and live there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bayon.store.store import Store


@dataclass(frozen=True, slots=True)
class Position:
    """Where an event stands in its group: by timestamp, then by arrival."""

    at_ms: int
    seq: int


@dataclass(frozen=True, slots=True)
class LogEvent:
    """One stored event; `seq` is unique in the store and grows with arrival."""

    at_ms: int
    seq: int
    ingested_at_ms: int
    stream_id: int
    message: str


@dataclass(frozen=True, slots=True)
class StreamStats:
    """What a stream holds now."""

    first_event_ms: int
    last_event_ms: int
    last_ingested_ms: int
    events: int
    stored_bytes: int


def append(
    store: Store, group_id: int, stream_id: int, at_ms: Sequence[int], messages: Sequence[str], ingested_at_ms: int
) -> None:
    """The events are durable, in the order given.

    Raises: StoreError, retryable, when too many appends wait or the disk is full; then nothing was kept.
    """
    raise NotImplementedError


def read(
    store: Store,
    group_id: int,
    *,
    stream_ids: Sequence[int] | None = None,
    start_ms: int | None = None,
    end_ms: int | None = None,
    after: Position | None = None,
    before: Position | None = None,
    limit: int,
    newest: bool = False,
) -> list[LogEvent]:
    """The first (or with `newest` the last) `limit` events of the range, always oldest first.

    In: `start_ms` included, `end_ms` excluded; `after` and `before` excluded; `stream_ids` none means every stream.
    """
    raise NotImplementedError


def stream_stats(store: Store, group_id: int) -> dict[int, StreamStats]:
    """Statistics of each stream of the group that holds events, by stream number."""
    raise NotImplementedError


def stored_bytes(store: Store, group_ids: Sequence[int]) -> dict[int, int]:
    """Message bytes held per group, by group number; groups without events are absent."""
    raise NotImplementedError


def delete(store: Store, group_id: int, stream_id: int | None = None) -> None:
    """No event of the group, or of the one stream, is left; their disk is free within a minute."""
    raise NotImplementedError


def expire(store: Store, group_id: int, before_ms: int) -> None:
    """No event of the group older than `before_ms` is left."""
    raise NotImplementedError
