"""Carries out export tasks: log events become compressed objects in a bucket, laid out as AWS does.

A task walks its group once, in order of time. What it has read waits by stream; when enough waits, each stream's share
becomes its next object, and only then the task's progress is noted. So an interrupted task goes on where the last
objects ended and writes those it was at again under the same names.
"""

from __future__ import annotations

import functools
import gzip
import logging
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bayon import limits
from bayon.deliver import buckets
from bayon.deliver.buckets import BucketError
from bayon.errors import StoreError
from bayon.services.logs import positions
from bayon.services.logs.pages import Span, event_bytes, read_page
from bayon.services.logs.protection import protection_of
from bayon.services.logs.retention import kept_since_ms
from bayon.state import export_tasks, log_groups, log_streams
from bayon.state.database import State
from bayon.state.export_tasks import ExportTask
from bayon.state.log_groups import LogGroup
from bayon.store.logs import LogEvent, Position
from bayon.store.store import Store

log = logging.getLogger(__name__)

# Key below the prefix, and body. Source: logs.md §5.6.
WRITE_TEST = ("aws-logs-write-test", b"Permission Check Successful")
_LATEST_MS = 2**63 - 2


class _Interrupted(Exception):
    """bayon stops, or the task was cancelled."""


@dataclass(slots=True)
class _Share:
    """What waits of each stream; `numbers` are those of the next objects, by the stream's name in keys."""

    numbers: dict[str, int]
    lines: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    size_bytes: int = 0


def prefix_of(task: ExportTask) -> str:
    """The task's prefix as it begins its keys: without the slashes at its ends, of which the last would be double."""
    return task.destination_prefix.strip("/") or "exportedlogs"


def carry_out(
    task: ExportTask, state: State, store: Store, place: str, now: Callable[[], int], stopping: Callable[[], bool]
) -> None:
    """The task has ended, well or not; or bayon stops, and the task can be carried on later.

    Reads: log_groups, log_streams, log events.   Writes: export_tasks, buckets at `place`.
    """
    if task.status == "PENDING":
        export_tasks.start(state, task.id, "Started Successfully")
    try:
        _export(task, state, store, place, now, stopping)
        if not export_tasks.complete(state, task.id, "Completed successfully", now()):
            raise _Interrupted
    except _Interrupted:
        if _is_cancelled(state, task):
            export_tasks.end(state, task.id, "CANCELLED", "Cancelled by user", now())
    except BucketError as err:
        export_tasks.end(state, task.id, "FAILED", err.message, now())
    except StoreError as err:  # the store is busy or its disk is full: the next run goes on
        log.warning("export task %s waits: %s", task.id, err.message)
    except Exception:
        export_tasks.end(state, task.id, "FAILED", "An internal error occurred", now())
        raise


def _export(
    task: ExportTask, state: State, store: Store, place: str, now: Callable[[], int], stopping: Callable[[], bool]
) -> None:
    group = log_groups.by_ids(state, [task.group_id]).get(task.group_id)
    if group is None:
        raise BucketError("The log group was deleted before it was exported")
    names, protection = _names(state, task, group), protection_of(state, group)
    share = _Share(numbers=dict(task.progress.get("numbers", {})))
    gap = Position(*task.progress["gap"]) if task.progress else None
    for events in _pages(store, _span(task, group, now()), gap):
        if stopping() or _is_cancelled(state, task):
            raise _Interrupted
        for event in events:
            name = names(event.stream_id)
            if name is not None:
                text = event.message if protection is None else protection.masked(event.message, event.ingested_at_ms)
                share.lines[name].append(f"{timestamp(event.at_ms)} {text}\n")
                share.size_bytes += event_bytes(event)
        if share.size_bytes >= limits.EXPORT_OBJECT_BYTES:
            _write(task, state, place, share, events[-1])
    _write(task, state, place, share, None)


def _span(task: ExportTask, group: LogGroup, now_ms: int) -> Span:
    start_ms = max(task.from_ms, kept_since_ms(group, now_ms))
    return Span(group.id, None, start_ms, min(task.to_ms, _LATEST_MS) + 1)


def _pages(store: Store, span: Span, gap: Position | None) -> Iterator[list[LogEvent]]:
    more = True
    while more:
        page = read_page(store, span, gap, limits.LOG_PAGE_EVENTS, newest=False)
        more = page.more
        if page.events:
            gap = positions.gap_after(page.events[-1])
            yield page.events


def _names(state: State, task: ExportTask, group: LogGroup) -> Callable[[int], str | None]:
    """How each stream is called in keys, none where it is not to be exported. Each is looked up once."""
    known: dict[int, str | None] = {}

    def name_of(stream_id: int) -> str | None:
        if stream_id not in known:
            stream = log_streams.by_ids(state, [stream_id]).get(stream_id)
            wanted = stream is not None and stream.group_id == group.id and stream.name.startswith(task.stream_prefix)
            known[stream_id] = stream.name.replace("/", "-") if stream is not None and wanted else None
        return known[stream_id]

    return name_of


def _write(task: ExportTask, state: State, place: str, share: _Share, last: LogEvent | None) -> None:
    """What waits is in the bucket, and the progress, up to the event `last`, is noted."""
    for name, lines in sorted(share.lines.items()):
        if _is_cancelled(state, task):
            raise _Interrupted
        number = share.numbers.get(name, 0)
        if number >= limits.EXPORT_OBJECTS:
            raise BucketError(f"a stream has more than {limits.EXPORT_OBJECTS} objects")
        key = f"{prefix_of(task)}/{task.id}/{_in_key(name)}/{number:06d}.gz"
        buckets.put(place, task.destination, key, gzip.compress("".join(lines).encode(), 6, mtime=0))
        share.numbers[name] = number + 1
    share.lines.clear()
    share.size_bytes = 0
    if last is not None:
        gap = positions.gap_after(last)
        export_tasks.advance(state, task.id, {"gap": [gap.at_ms, gap.seq], "numbers": share.numbers})


def _in_key(name: str) -> str:
    """The stream's name as a part of a key: `.` and `..`, which name folders, get a dash."""
    return f"{name}-" if name in (".", "..") else name


def _is_cancelled(state: State, task: ExportTask) -> bool:
    found = export_tasks.find(state, task.account, task.region, task.id)
    return found is None or found.status == "PENDING_CANCEL"


def timestamp(at_ms: int) -> str:
    """The time as exports write it: 2026-03-02T10:00:00.000Z."""
    return f"{_second(at_ms // 1000)}.{at_ms % 1000:03d}Z"


@functools.lru_cache(maxsize=256)
def _second(at_s: int) -> str:
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%dT%H:%M:%S")
