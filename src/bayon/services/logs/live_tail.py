"""StartLiveTail: the events of some groups, a second's at a time, as long as the client stays.

A session reads what arrived since it began, in the store, once a second; a client that is slow gets the events of more
seconds at once, and a sample where they are many.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bayon import limits
from bayon.clock import monotonic_s
from bayon.errors import AwsError, BayonError
from bayon.languages.filter_pattern import sql
from bayon.services.logs.filter_patterns import read_pattern
from bayon.services.logs.following.texts import hidden
from bayon.services.logs.identifiers import existing_group, group_name, invalid
from bayon.services.logs.metric_filters import check_standard
from bayon.services.logs.protection import protection_of
from bayon.services.operation import Context, operation
from bayon.sql import Sql
from bayon.state import log_streams
from bayon.state.log_groups import LogGroup
from bayon.store import arrivals
from bayon.store.arrivals import ArrivedEvent, Reached

if TYPE_CHECKING:
    from bayon.shapes import logs as shapes

log = logging.getLogger(__name__)


@operation
def start_live_tail(ctx: Context, request: shapes.StartLiveTailRequest) -> dict[str, Any]:
    """A session that tells of events which arrive from now on and match, about once a second, for three hours.

    What data protection policies hide is masked.

    Raises: InvalidParameterException, ResourceNotFoundException, InvalidOperationException, LimitExceededException.
    Reads: log_groups, log_streams, log events.   Source: logs.md §5.5.
    """
    names, prefixes = request.get("logStreamNames"), request.get("logStreamNamePrefixes")
    if names is not None and prefixes is not None:
        raise invalid("logStreamNames and logStreamNamePrefixes are mutually exclusive parameters.")
    if (names or prefixes) and len(request["logGroupIdentifiers"]) > 1:
        raise invalid("logStreamNames and logStreamNamePrefixes need exactly one log group.")
    groups = [existing_group(ctx, group_name(ctx, each)) for each in request["logGroupIdentifiers"]]
    for group in groups:
        check_standard(group, "Live Tail sessions")
    pattern = read_pattern(request.get("logEventFilterPattern", ""))
    session = _Session(ctx, {group.id: group for group in groups}, names, prefixes, sql.condition(pattern))
    return {"responseStream": session.told(request)}


class _Session:
    """A session of a client, counted as long as it lasts."""

    def __init__(
        self,
        ctx: Context,
        groups: dict[int, LogGroup],
        names: Sequence[str] | None,
        prefixes: Sequence[str] | None,
        condition: Sql,
    ) -> None:
        self._ctx = ctx
        self._groups = groups
        self._names = names
        self._prefixes = prefixes
        self._condition = condition
        self._reached = arrivals.newest(ctx.store)
        self._seats = _seats(ctx)
        if not self._seats.acquire(blocking=False):
            raise AwsError("LimitExceededException", "Resource limit exceeded.")

    def told(self, request: shapes.StartLiveTailRequest) -> _Told:
        return _Told(self._events(request), self._seats.release)

    def _events(self, request: shapes.StartLiveTailRequest) -> Generator[dict[str, Any], None, None]:
        yield {"sessionStart": self._start(request)}
        began_s = due_s = monotonic_s()
        pause = threading.Event()  # never set: a pause that only time ends
        try:
            while monotonic_s() - began_s < limits.LIVE_TAIL_S:
                due_s = max(due_s + limits.LIVE_TAIL_EVERY_S, monotonic_s())
                pause.wait(due_s - monotonic_s())
                yield {"sessionUpdate": self._update()}
        except BayonError as err:
            yield {"SessionStreamingException": {"message": err.message}}
        except Exception:
            log.exception("a live tail failed")
            yield {"SessionStreamingException": {"message": "An internal error occurred"}}
        else:
            yield {"SessionTimeoutException": {"message": "The session has reached its maximum duration."}}

    def _start(self, request: shapes.StartLiveTailRequest) -> dict[str, Any]:
        return {
            "requestId": self._ctx.request_id,
            "sessionId": str(uuid.uuid4()),
            "logGroupIdentifiers": list(request["logGroupIdentifiers"]),
            "logStreamNames": list(self._names or []),
            "logStreamNamePrefixes": list(self._prefixes or []),
            "logEventFilterPattern": request.get("logEventFilterPattern", ""),
        }

    def _update(self) -> dict[str, Any]:
        """What arrived since the last update, a sample of it where it is much."""
        store = self._ctx.store
        window = arrivals.next_window(store, self._reached.seq, self._reached.generation, limits.LIVE_TAIL_ROWS)
        found: list[ArrivedEvent] = []
        streams = self._streams() if window else None
        if window and (streams is None or streams):
            most = limits.LIVE_TAIL_EVENTS
            groups = list(self._groups)
            found = arrivals.sample(store, window, groups, self._condition, stream_ids=streams, limit=most + 1)
        if window:
            self._reached = Reached(window.until, window.newest_generation)
        shown = sorted(found[: limits.LIVE_TAIL_EVENTS], key=lambda event: event.seq)
        return {
            "sessionMetadata": {"sampled": len(found) > len(shown)},
            "sessionResults": self._described(shown),
        }

    def _streams(self) -> list[int] | None:
        """The numbers of the streams asked for that exist by now; none means all."""
        state = self._ctx.state
        (group_id, *_) = self._groups
        if self._names is not None:
            return [stream.id for stream in log_streams.by_names(state, group_id, self._names).values()]
        if self._prefixes is None:
            return None
        pages = (log_streams.page(state, group_id, prefix=prefix, limit=None) for prefix in self._prefixes)
        return [stream.id for page in pages for stream in page]

    def _described(self, events: Sequence[ArrivedEvent]) -> list[dict[str, Any]]:
        state = self._ctx.state
        streams = log_streams.by_ids(state, sorted({event.stream_id for event in events}))
        hiding = {group_id: protection_of(state, self._groups[group_id]) for group_id in {e.group_id for e in events}}
        return [
            {
                "logStreamName": streams[event.stream_id].name,
                "logGroupIdentifier": f"{self._ctx.account}:{self._groups[event.group_id].name}",
                "message": hidden(hiding[event.group_id], event),
                "timestamp": event.at_ms,
                "ingestionTime": event.ingested_at_ms,
            }
            for event in events
            if event.stream_id in streams
        ]


@dataclass(slots=True)
class _Told:
    """What a session tells, an iterator; closing it, at any time and also before the first event, ends the session."""

    events: Generator[dict[str, Any], None, None]
    release: Any

    def __iter__(self) -> _Told:
        return self

    def __next__(self) -> dict[str, Any]:
        return next(self.events)

    def close(self) -> None:
        self.events.close()
        release, self.release = self.release, lambda: None
        release()


def _seats(ctx: Context) -> threading.BoundedSemaphore:
    """The sessions that the account may still begin."""
    seats: threading.BoundedSemaphore = ctx.store.caches.setdefault(
        f"live tails of {ctx.account}", threading.BoundedSemaphore(limits.LIVE_TAIL_SESSIONS)
    )
    return seats
