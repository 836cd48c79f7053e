"""Which deliveries are in memory, and which of them may go out now. No thread, no input, no output.

Each lane is delivered independently, so that an endpoint that is slow or dead holds up no other: one that has just
failed, or is new, gets one message at a time, and all such together only half of the couriers.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from bayon import limits
from bayon.services.sns.outcome import Task
from bayon.services.sns.recipients import ORDERED


@dataclass(slots=True)
class Lane:
    """Messages on their way to one endpoint.

    `stored_ms` is when the next delivery is due that is in the database only; `trust` counts the successes since the
    last failure; `free_ms` is when the next one may go out under a limit of so many a second.
    """

    name: str
    waiting: deque[Task] = field(default_factory=deque)
    under_way: set[int] = field(default_factory=set)
    stored_ms: int | None = None
    trust: int = 0
    free_ms: float = 0

    @property
    def ordered(self) -> bool:
        """True where each message waits for the one before."""
        return self.name.startswith(ORDERED)

    @property
    def capacity(self) -> int:
        """How many may be under way at once."""
        return 1 if self.ordered else min(limits.DELIVERIES_AN_ENDPOINT, 1 + self.trust)

    def hold_to(self, now_ms: int) -> None:
        """A clock that was set back does not hold up what may go out once a second or more often."""
        if self.free_ms > now_ms + 1000:
            self.free_ms = 0

    def may_send(self, now_ms: int) -> bool:
        """True where a waiting message may go out now."""
        return bool(self.waiting) and len(self.under_way) < self.capacity and self.free_ms <= now_ms

    def may_load(self, now_ms: int) -> bool:
        """True where deliveries of the database are due and nothing else is in memory that would go before them."""
        due = self.stored_ms is not None and self.stored_ms <= now_ms and not self.waiting
        return due and len(self.under_way) < self.capacity

    def next_ms(self) -> float | None:
        """When something may go out, without what is under way; none where nothing waits."""
        if self.waiting:
            return self.free_ms
        return self.stored_ms


class Lanes:
    """All lanes that something is known of."""

    def __init__(self) -> None:
        self._lanes: dict[str, Lane] = {}
        self.held = 0  # tasks that wait in memory
        self.under_way = 0
        self._untrusted = 0

    def __getitem__(self, name: str) -> Lane:
        return self._lanes.setdefault(name, Lane(name))

    def __iter__(self) -> Iterator[Lane]:
        return iter(list(self._lanes.values()))

    def offer(self, task: Task) -> None:
        """The task waits in memory, or in the database where there is no room or others of the lane are there."""
        lane = self[task.delivery.recipient.lane]
        full = len(lane.waiting) >= limits.LANE_DELIVERIES_HELD or self.held >= limits.DELIVERIES_HELD
        if full or lane.stored_ms is not None:
            self.note_stored(lane, task.delivery.due_ms)
        else:
            lane.waiting.append(task)
            self.held += 1

    @staticmethod
    def note_stored(lane: Lane, due_ms: int) -> None:
        """A delivery of the lane is in the database only and due then."""
        lane.stored_ms = due_ms if lane.stored_ms is None else min(lane.stored_ms, due_ms)

    def forget_waiting(self, lane: Lane) -> None:
        """What waits in memory is in the database only."""
        self.held -= len(lane.waiting)
        lane.waiting.clear()

    def take(self, lane: Lane) -> Task | None:
        """The next task of the lane, now under way; none where all couriers that it may have are busy."""
        untrusted = lane.trust == 0
        if self.under_way >= limits.COURIERS or (untrusted and self._untrusted >= limits.COURIERS // 2):
            return None
        task = lane.waiting.popleft()
        lane.under_way.add(task.delivery.id)
        self.held -= 1
        self.under_way += 1
        self._untrusted += untrusted
        return task

    def back(self, task: Task, *, arrived: bool) -> Lane:
        """The task is no longer under way. Out: its lane, which is trusted by how the attempt ended."""
        lane = self[task.delivery.recipient.lane]
        lane.under_way.discard(task.delivery.id)
        self.under_way -= 1
        before = lane.trust
        lane.trust = before + 1 if arrived else 0
        if before == 0 or lane.trust == 0:
            self._untrusted = sum(len(each.under_way) for each in self._lanes.values() if each.trust == 0)
        return lane

    def sweep(self) -> None:
        """Lanes that nothing waits in are forgotten, unless there are few."""
        if len(self._lanes) > limits.LANES_KEPT:
            kept = {name: lane for name, lane in self._lanes.items() if lane.under_way or lane.next_ms() is not None}
            self._lanes = kept

    def next_ms(self, now_ms: int) -> float | None:
        """When something may go out that nothing under way has to end for; none where nothing waits.

        Out: not later than `now_ms` where something may go out now.
        """
        times = [lane.next_ms() for lane in self._lanes.values() if len(lane.under_way) < lane.capacity]
        return min((max(time, now_ms) for time in times if time is not None), default=None)
