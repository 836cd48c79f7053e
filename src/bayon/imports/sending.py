"""Sends a file's events to a log stream, each once, whatever interrupts it.

The file is read in windows of as many events as one call takes, in its order; a window is sorted by time and cut into
batches of at most a day, which always come out the same. Before a batch is sent the journal says so, durably. A batch
that was being sent when the process died, or whose answer was lost, is in doubt: then the stream is asked how often it
holds one of the batch's events, which is known of what was acknowledged before. A batch arrives whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from bayon import limits
from bayon.errors import BayonError
from bayon.imports.journal import Journal, Mark, Place
from bayon.imports.log_files import Event, LogFile, events

Batch = Sequence[Event]


@dataclass(slots=True)
class Tally:
    """What became of the events of one run."""

    sent: int = 0
    too_old: int = 0
    too_new: int = 0
    expired: int = 0


@dataclass(frozen=True, slots=True)
class Stream:
    """Where events go."""

    client: Any
    group: str
    name: str

    def make(self) -> bool:
        """The group and the stream exist. Out: whether the stream is new. Raises: BayonError."""
        self._unless("ResourceAlreadyExistsException", self.client.create_log_group, logGroupName=self.group)
        return self._unless(
            "ResourceAlreadyExistsException",
            self.client.create_log_stream,
            logGroupName=self.group,
            logStreamName=self.name,
        )

    @staticmethod
    def _unless(code: str, call: Callable[..., Any], **request: Any) -> bool:
        try:
            call(**request)
        except ClientError as err:
            if err.response["Error"]["Code"] == code:
                return False
            raise BayonError(_said(err)) from err
        except BotoCoreError as err:
            raise BayonError(f"the endpoint cannot be reached: {err}") from err
        return True

    def fence_ms(self, pause: Callable[[float], None]) -> int:
        """A time of the destination's clock before which all arrived that is there now."""
        first = self._time_ms()
        while (now := self._time_ms()) <= first:
            pause(0.2)
        return now

    def _time_ms(self) -> int:
        answer = self.client.describe_log_streams(logGroupName=self.group, limit=1)
        date = answer["ResponseMetadata"]["HTTPHeaders"]["date"]
        return int(parsedate_to_datetime(date).timestamp() * 1000)

    def put(self, batch: Batch) -> dict[str, Any]:
        """The answer to sending the batch."""
        sent = [{"timestamp": event.at_ms, "message": event.message} for event in batch]
        answer: dict[str, Any] = self.client.put_log_events(
            logGroupName=self.group, logStreamName=self.name, logEvents=sent
        )
        return answer

    def count(self, event: Event, since_ms: int) -> int:
        """How often the stream holds the event, of what arrived since then."""
        found = 0
        token: dict[str, str] = {}
        while True:
            page = self.client.get_log_events(
                logGroupName=self.group,
                logStreamName=self.name,
                startTime=event.at_ms,
                endTime=event.at_ms + 1,
                startFromHead=True,
                unmask=True,
                **token,
            )
            for held in page["events"]:
                found += held["ingestionTime"] >= since_ms and held["message"] == event.message
            if page["nextForwardToken"] == token.get("nextToken"):
                return found
            token = {"nextToken": page["nextForwardToken"]}


def send(
    file: LogFile,
    stream: Stream,
    journal: Journal,
    *,
    pause: Callable[[float], None],
    progress: Callable[[int], None],
) -> Tally:
    """Every event of the file behind the journal's mark has been sent once, or was refused for its time.

    In: `pause` waits; `progress` is told how far the file as it is stored has been read, in bytes.
    Raises: BayonError where the destination refuses or cannot be reached; later it can go on.
    """
    tally = Tally()
    mark = journal.mark
    assert mark is not None, "a journal begins before its file is sent"
    for start, end, batches in _windows(file, mark.place.start, mark.now_ms):
        done = mark.place.batches if start == mark.place.start else 0
        for number, batch in enumerate(batches[done:], done):
            following = Place(start, number + 1) if number + 1 < len(batches) else Place(end)
            _send_once(file, stream, journal, batch, following, tally, pause)
        progress(file.raw.tell())
    return tally


def _windows(file: LogFile, start: int, now_ms: int) -> Iterator[tuple[int, int, list[Batch]]]:
    """As many events as one call takes, where they begin and end, cut into batches."""
    window: list[Event] = []
    size = 0
    for event in events(file, start, now_ms):
        event_bytes = len(event.message.encode()) + limits.LOG_EVENT_OVERHEAD_BYTES
        # A window ends where an event does: pieces of one that was cut have their end in common.
        full = len(window) >= limits.LOG_BATCH_EVENTS or size + event_bytes > limits.LOG_BATCH_BYTES
        if window and full and event.end != window[-1].end:
            yield start, window[-1].end, _batches(window)
            start, window, size = window[-1].end, [], 0
        window.append(event)
        size += event_bytes
    if window:
        yield start, window[-1].end, _batches(window)


def _batches(window: list[Event]) -> list[Batch]:
    """The window in order of time, cut where a call would take too much or span more than a day."""
    batches: list[list[Event]] = []
    size = 0
    for event in sorted(window, key=lambda event: event.at_ms):
        event_bytes = len(event.message.encode()) + limits.LOG_EVENT_OVERHEAD_BYTES
        last = batches[-1] if batches else []
        if (
            not last
            or event.at_ms - last[0].at_ms > limits.LOG_BATCH_SPAN_MS
            or size + event_bytes > limits.LOG_BATCH_BYTES
            or len(last) >= limits.LOG_BATCH_EVENTS
        ):
            batches.append([])
            size = 0
        batches[-1].append(event)
        size += event_bytes
    return list(batches)


def _send_once(
    file: LogFile,
    stream: Stream,
    journal: Journal,
    batch: Batch,
    following: Place,
    tally: Tally,
    pause: Callable[[float], None],
) -> None:
    """The batch has arrived and the journal says so. Raises: BayonError."""
    for attempt in range(limits.IMPORT_ATTEMPTS):
        mark = journal.mark
        assert mark is not None
        if mark.in_doubt:
            if _arrived(file, stream, mark, batch):
                tally.sent += len(batch)
                journal.sent(len(batch), following)
                return
            journal.not_sent()
        journal.sending()
        try:
            answer = stream.put(batch)
        except ClientError as err:
            if not _may_be_tried_again(err):
                journal.not_sent()
                raise BayonError(_said(err)) from err
        except (BotoCoreError, HTTPClientError) as err:
            if attempt + 1 == limits.IMPORT_ATTEMPTS:
                raise BayonError(f"the endpoint cannot be reached: {err}") from err
        else:
            tally.sent += len(batch) - _refused(answer.get("rejectedLogEventsInfo", {}), len(batch), tally)
            journal.sent(len(batch), following)
            return
        pause(min(2.0**attempt / 4, limits.IMPORT_PAUSE_S))
    raise BayonError("the endpoint answered with errors all the time; run the command again to go on")


def _refused(info: dict[str, int], events_sent: int, tally: Tally) -> int:
    """How many of the batch were refused for their time, added to the tally."""
    too_old, expired = info.get("tooOldLogEventEndIndex", 0), info.get("expiredLogEventEndIndex", 0)
    too_new = events_sent - info.get("tooNewLogEventStartIndex", events_sent)
    tally.too_old += too_old
    tally.expired += max(0, expired - too_old)
    tally.too_new += too_new
    return max(too_old, expired) + too_new


def _arrived(file: LogFile, stream: Stream, mark: Mark, batch: Batch) -> bool:
    """Whether the batch in doubt is there: whether one of its events is there more often than before it was sent.

    It is the newest that is not of the future, since of a batch the oldest and those are refused.
    """
    latest_ms = mark.now_ms + limits.LOG_EVENT_AHEAD_MS
    asked = next((event for event in reversed(batch) if event.at_ms <= latest_ms), batch[-1])
    same = (asked.at_ms, asked.message)
    before = 0
    for event in events(file, 0, mark.now_ms):
        if event.end > mark.place.start:
            break
        before += (event.at_ms, event.message) == same
    _, _, batches = next(_windows(file, mark.place.start, mark.now_ms))
    before += sum((event.at_ms, event.message) == same for each in batches[: mark.place.batches] for event in each)
    return stream.count(asked, mark.since_ms) > before


def _may_be_tried_again(err: ClientError) -> bool:
    """Whether it is of load or of the server, rather than of what was sent."""
    status = err.response["ResponseMetadata"].get("HTTPStatusCode", 500)
    return status >= 500 or "Throttl" in err.response["Error"]["Code"]


def _said(err: ClientError) -> str:
    error = err.response["Error"]
    return f"the endpoint refused: {error.get('Message') or error['Code']}"
