"""Delivers what was published: chooses the recipients, sends, and keeps account of it.

One thread plans and keeps account, many wait for endpoints, so that none that is slow stops anything else. A message is
in the configuration from its publication until everybody has it or it is given up; what is in memory is a copy. After
a crash whatever was under way goes out again: each message arrives at least once, and once when nothing crashes.

One bayon at a time delivers from a configuration. All times are the clock's, so that a frozen one holds retries.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from bayon import limits
from bayon.clock import monotonic_s
from bayon.errors import BayonError
from bayon.jobs.job import House
from bayon.jobs.lanes import Lane, Lanes
from bayon.services.sns import outcome, outgoing, recipients, signing
from bayon.services.sns.documents import Desk
from bayon.services.sns.outcome import Arrived, Failed, Outcome, Task
from bayon.state import deliveries, inbox, messages, sms, subscriptions, topics
from bayon.state.deliveries import Delivery, Recipient
from bayon.state.messages import Message
from bayon.state.subscriptions import Subscription
from bayon.state.topics import Topic

if TYPE_CHECKING:
    from bayon.services.sns.attempt import Phone

log = logging.getLogger(__name__)


class Couriers:
    """The threads that deliver, from `start` to `stop`."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._state = house.state
        self._clock = house.clock
        self._lanes = Lanes()
        self._turn = threading.Lock()  # who plans and keeps account, or empties the configuration
        self._news = threading.Event()
        self._published = threading.Event()  # there may be messages that nobody has been chosen for
        self._stopping = False
        self._tasks: SimpleQueue[Task | None] = SimpleQueue()
        self._outcomes: SimpleQueue[Outcome] = SimpleQueue()
        self._unrecorded: list[Outcome] = []
        self._desk: Desk | None = None
        self._couriers: list[threading.Thread] = []
        self._settled = threading.Condition()
        self._idle = False
        self._next_ms: float | None = None
        self._thread = threading.Thread(target=self._run, name="deliveries", daemon=True)

    def start(self) -> None:
        """What waits, and all that is published from now on, is delivered."""
        self._state.listen(messages.ANNOUNCED, self._hear)
        self._published.set()
        self._recall()
        self._thread.start()

    def stop(self) -> None:
        """Nothing more goes out; what was under way has ended, or has had its time, and is accounted for."""
        self._stopping = True
        self.wake()
        if self._thread.is_alive():
            self._thread.join(2 * limits.STOP_S)
        for _ in self._couriers:
            self._tasks.put(None)

    def wake(self) -> None:
        """There may be something to do."""
        if self._news.is_set():
            return
        with self._settled:
            self._idle = False
            self._news.set()
        self._clock.wake()

    def _hear(self) -> None:
        self._published.set()
        self.wake()

    def between(self, act: Callable[[], None]) -> None:
        """`act` has been done while nothing was planned or accounted for, and nothing that waited before goes out."""
        with self._turn:
            act()
            self._lanes = Lanes()
            self._unrecorded = []
            self._desk = None
        self.wake()

    def next_ms(self) -> int | None:
        """When the next delivery goes out; now where one does, or is on its way; none where none waits."""
        with self._settled:
            if not self._idle:
                return self._clock.now_ms()
            return None if self._next_ms is None else int(self._next_ms)

    def settle(self, wait_s: float = limits.SETTLE_DELIVERIES_S) -> bool:
        """All that is due by the clock has been tried (true), or that took longer than `wait_s` (false)."""
        until_s = monotonic_s() + wait_s
        self.wake()
        with self._settled:
            while not self._idle:
                if (left_s := until_s - monotonic_s()) <= 0 or self._stopping:
                    return False
                self._settled.wait(left_s)
            return True

    # ── The thread that plans and keeps account ──

    def _run(self) -> None:
        while not self._stopping:
            self._news.clear()
            try:
                with self._turn:
                    self._do_what_is_due()
            except BayonError as err:
                log.warning("deliveries: %s", err)
                self._pause()
            except Exception:
                log.exception("deliveries failed")
                self._pause()
            else:
                self._wait()
        self._finish()

    def _pause(self) -> None:
        """A little later, whatever the clock says: the configuration may be there again."""
        threading.Event().wait(limits.DELIVERY_PAUSE_S)
        self._published.set()
        self._news.set()

    def _wait(self) -> None:
        now_ms = self._clock.now_ms()
        next_ms = self._lanes.next_ms(now_ms)
        with self._settled:
            self._next_ms = next_ms
            due = next_ms is not None and next_ms <= now_ms
            self._idle = not (self._news.is_set() or self._lanes.under_way or due)
            self._settled.notify_all()
        until_ms = now_ms + limits.DELIVERY_POLL_MS
        if next_ms is not None and not (next_ms <= now_ms and self._lanes.under_way):
            until_ms = min(until_ms, int(next_ms))
        if self._clock.wait_until(until_ms, self._news):
            self._published.set()  # nobody told of anything for a while, so it is looked for

    def _do_what_is_due(self) -> None:
        now_ms = self._clock.now_ms()
        self._unrecorded += self._ended()
        planned: list[Task] = []
        published = self._published.is_set()
        self._published.clear()
        if self._unrecorded or (published and messages.unplanned(self._state, 1)):
            with self._state.write():
                self._record(self._unrecorded, now_ms)
                planned = self._plan(now_ms) if published else []
        ended, self._unrecorded = self._unrecorded, []
        for each in ended:
            self._take_back(each, now_ms)
        for task in planned:
            self._lanes.offer(task)
        for lane in self._lanes:
            lane.hold_to(now_ms)
            if lane.may_load(now_ms):
                self._load(lane, now_ms)
            self._send(lane, now_ms)
        self._lanes.sweep()
        if published and messages.unplanned(self._state, 1):  # more than were planned at once
            self._published.set()
            self._news.set()

    def _finish(self) -> None:
        """What was under way has ended, or has had its time, and is accounted for."""
        until_s = monotonic_s() + limits.STOP_S
        while self._lanes.under_way and (left_s := until_s - monotonic_s()) > 0:
            with contextlib.suppress(Empty):
                self._unrecorded.append(self._outcomes.get(timeout=left_s))
                self._lanes.back(self._unrecorded[-1].task, arrived=True)
        with contextlib.suppress(BayonError), self._state.write():
            self._record(self._unrecorded, self._clock.now_ms())

    # ── Planning ──

    def _plan(self, now_ms: int) -> list[Task]:
        """Deliveries for the messages that nobody has been chosen for yet, as many as one turn may make."""
        chosen: list[tuple[Recipient, Message, Subscription | None, Topic | None]] = []
        whole: list[int] = []
        for message in messages.unplanned(self._state, limits.MESSAGES_PLANNED):
            if len(chosen) >= limits.DELIVERIES_PLANNED:
                break
            if "PhoneNumber" in message.request or "Type" in message.request:
                chosen.append(self._single(message))
                whole.append(message.seq)
                continue
            assert message.topic_arn is not None, "what goes to no phone and asks for no confirmation goes to a topic"
            found = subscriptions.page_of_topic(
                self._state, message.topic_arn, after=message.planned_to, limit=limits.DELIVERIES_PLANNED
            )
            topic = topics.find(self._state, message.topic_arn)
            by_arn = {each.arn: each for each in found}
            chosen += (
                (recipient, message, by_arn[str(recipient.subscription_arn)], topic)
                for recipient in recipients.of_topic(message, found)
            )
            if len(found) == limits.DELIVERIES_PLANNED:
                messages.set_planned(self._state, [message.seq], found[-1].arn)
                break
            whole.append(message.seq)
        ids = deliveries.add(self._state, [recipient for recipient, *_ in chosen], due_ms=now_ms)
        messages.set_planned(self._state, whole)
        with_recipients = {message.seq for _, message, *_ in chosen}
        deliveries.finish(self._state, [], [seq for seq in whole if seq not in with_recipients])
        return [
            Task(Delivery(id_, message, recipient, 0, now_ms), subscription, topic)
            for id_, (recipient, message, subscription, topic) in zip(ids, chosen, strict=True)
        ]

    def _single(self, message: Message) -> tuple[Recipient, Message, Subscription | None, Topic | None]:
        """The one that a message is for which no topic spreads."""
        if "PhoneNumber" in message.request:
            return recipients.of_phone(message), message, None, None
        to = recipients.of_single(message)
        if message.topic_arn is None:
            return to, message, None, None
        subscription = subscriptions.find(self._state, str(to.subscription_arn))
        return to, message, subscription, topics.find(self._state, message.topic_arn)

    def _recall(self) -> None:
        """Lanes are known again after a start."""
        for name, due_ms in deliveries.lanes(self._state).items():
            self._lanes.note_stored(self._lanes[name], due_ms)

    def _load(self, lane: Lane, now_ms: int) -> None:
        """The lane's due deliveries wait in memory, and it is known when the next one is due."""
        limit = limits.LANE_DELIVERIES_LOADED
        rows = deliveries.page(self._state, lane.name, without=lane.under_way, in_order=lane.ordered, limit=limit)
        later = next((place for place, row in enumerate(rows) if row.due_ms > now_ms), None)
        lane.stored_ms = None
        if later is not None:
            lane.stored_ms = rows[later].due_ms
        elif len(rows) == limit:
            lane.stored_ms = now_ms
        due = rows[:later]
        lane.waiting.extend(self._tasks_of(due))
        self._lanes.held += len(due)

    def _tasks_of(self, rows: Sequence[Delivery]) -> list[Task]:
        subscription_arns = {row.recipient.subscription_arn for row in rows} - {None}
        topic_arns = {row.message.topic_arn for row in rows} - {None}
        by_arn = {arn: subscriptions.find(self._state, str(arn)) for arn in subscription_arns}
        topic_by_arn = {arn: topics.find(self._state, str(arn)) for arn in topic_arns}
        return [
            Task(row, by_arn.get(row.recipient.subscription_arn), topic_by_arn.get(row.message.topic_arn))
            for row in rows
        ]

    # ── Sending and accounting ──

    def _send(self, lane: Lane, now_ms: int) -> None:
        while lane.may_send(now_ms):
            task = self._lanes.take(lane)
            if task is None:
                return
            if rate := _rate(task):
                lane.free_ms = max(lane.free_ms, now_ms) + 1000 / rate
            if len(self._couriers) < min(self._lanes.under_way, limits.COURIERS):
                self._couriers.append(threading.Thread(target=self._carry, name="courier", daemon=True))
                self._couriers[-1].start()
            self._tasks.put(task)

    def _carry(self) -> None:
        """A courier's life."""
        while (task := self._tasks.get()) is not None:
            self._outcomes.put(self._attempt(task))
            self.wake()

    def _attempt(self, task: Task) -> Outcome:
        from bayon.services.sns.attempt import attempt

        try:
            return attempt(self._at_desk(), task, self._phone(task), self._clock.now_ms())
        except BayonError as err:
            return Outcome(task, Failed(err.message, permanent=False))
        except Exception as err:
            log.exception("delivery %d failed", task.delivery.id)
            return Outcome(task, Failed(f"bayon failed: {err}", permanent=False))

    def _phone(self, task: Task) -> Phone:
        from bayon.services.sns.attempt import Phone

        message, recipient = task.delivery.message, task.delivery.recipient
        if recipient.protocol != "sms":
            return Phone()
        place = self._state, message.account, message.region
        return Phone(sms.opted_out(*place, recipient.endpoint), sms.attributes(*place).get("DefaultSenderID", ""))

    def _at_desk(self) -> Desk:
        desk = self._desk
        if desk is None:
            key = signing.current(self._state, self._clock.now_ms())
            desk = self._desk = Desk(self._house.settings, key)
        return desk

    def _ended(self) -> list[Outcome]:
        """What came of attempts since the last time, but those from before the configuration was emptied."""
        found: list[Outcome] = []
        with contextlib.suppress(Empty):
            while len(found) < limits.DELIVERIES_PLANNED:
                each = self._outcomes.get_nowait()
                if each.task.delivery.id in self._lanes[each.task.delivery.recipient.lane].under_way:
                    found.append(each)
        return found

    def _record(self, ended: Sequence[Outcome], now_ms: int) -> None:
        """The configuration says what came of them."""
        done: list[int] = []
        letters = [letter for each in ended for letter in each.letters]
        for each in ended:
            due_ms = _again_ms(each, now_ms)
            if due_ms is not None:
                attempts = each.task.delivery.attempts + 1
                deliveries.postpone(self._state, each.task.delivery.id, attempts=attempts, due_ms=due_ms)
                continue
            done.append(each.task.delivery.id)
            if isinstance(each.result, Failed):
                letters += self._give_up(each.task, each.result, now_ms)
        deliveries.finish(self._state, done, sorted({each.task.delivery.message.seq for each in ended}))
        inbox.put(self._state, letters)

    def _give_up(self, task: Task, failed: Failed, now_ms: int) -> list[inbox.Letter]:
        """It goes to the queue of dead letters where that leads somewhere, else into the inbox."""
        recipient = task.delivery.recipient
        log.warning("%s to %s is given up: %s", task.delivery.message.id, recipient.endpoint, failed.reason)
        arn = outcome.dead_letter_arn(task)
        if arn and recipient.endpoint != arn and outgoing.leads_somewhere(self._house.settings, arn):
            to = Recipient(
                recipient.message_seq, recipient.subscription_arn, "sqs", arn, recipients.lane_of("sqs", arn)
            )
            deliveries.add(self._state, [to], due_ms=now_ms)
            self._lanes.note_stored(self._lanes[to.lane], now_ms)
            return []
        return [outcome.lost_letter(task, failed, now_ms)]

    def _take_back(self, ended: Outcome, now_ms: int) -> None:
        lane = self._lanes.back(ended.task, arrived=isinstance(ended.result, Arrived))
        due_ms = _again_ms(ended, now_ms)
        if due_ms is not None:
            if lane.ordered:  # those behind it wait
                self._lanes.forget_waiting(lane)
                lane.stored_ms = due_ms
            self._lanes.note_stored(lane, due_ms)


def _again_ms(ended: Outcome, now_ms: int) -> int | None:
    """When the delivery is tried again, none where it has arrived or is given up."""
    if isinstance(ended.result, Arrived) or ended.result.permanent:
        return None
    return outcome.retry_ms(ended.task, now_ms)


def _rate(task: Task) -> float | None:
    """How many messages a second the endpoint wants at most."""
    if task.delivery.recipient.protocol not in ("http", "https"):
        return None
    policy = outgoing.effective(task.subscription, task.topic).get("throttlePolicy") or {}
    rate: float | None = policy.get("maxReceivesPerSecond")
    return rate
