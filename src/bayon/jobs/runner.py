"""Runs every job when it is due: by itself while the clock runs, and on the way while a frozen clock is advanced.

Due times are whole multiples of a job's period, so that the same advance always runs the same jobs at the same times.
While the clock runs each lane of jobs has a thread of its own, so that what must be prompt does not wait for what takes
long; while it is advanced there is one order for all. Times missed while the machine slept are not made up for. What
the jobs do is their own business.
"""

from __future__ import annotations

import heapq
import logging
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Protocol

from bayon import limits
from bayon.errors import BayonError
from bayon.jobs.job import House, Job

log = logging.getLogger(__name__)


class Post(Protocol):
    """What goes out by itself, in threads of its own, and has to be waited for while the clock is advanced."""

    def next_ms(self) -> int | None:
        """When the next of it goes out; none where nothing waits."""
        ...

    def settle(self) -> bool:
        """All that is due has been tried, or takes too long (false)."""
        ...


class Lane:
    """Jobs that run one at a time, in the order they are due, then by name."""

    def __init__(self, name: str, jobs: Collection[Job]) -> None:
        self.name = name
        self.jobs = {job.name: job for job in jobs}
        self.turn = threading.Lock()  # who runs the lane's jobs
        self.due: list[tuple[int, str]] = []

    def plan(self, names: Collection[str], now_ms: int) -> None:
        """The named jobs are due at the next multiples of their periods."""
        kept = [(due_ms, name) for due_ms, name in self.due if name not in names]
        periods_ms = {name: self.jobs[name].every_s * 1000 for name in names}
        self.due = kept + [(now_ms - now_ms % period + period, name) for name, period in periods_ms.items()]
        heapq.heapify(self.due)


class Runner:
    """The timetable of all jobs. Jobs of one lane run one at a time; during an advance all jobs do."""

    def __init__(self, jobs: Collection[Job], house: House, post: Post | None = None) -> None:
        names = sorted({job.lane for job in jobs})
        self._lanes = [Lane(name, [job for job in jobs if job.lane == name]) for name in names]
        self._house = house
        self._post = post
        self._clock = house.clock
        self._stop = threading.Event()
        self._halt = threading.Event()  # seen by jobs that run long
        self._plan()
        self._threads = [
            threading.Thread(target=self._run, args=[lane], name=f"jobs-{lane.name}", daemon=True)
            for lane in self._lanes
        ]

    def start(self) -> None:
        """Due jobs run in threads of their own while the clock runs."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """No job starts any more; those that run have ended, or have had their time."""
        self._stop.set()
        self._halt.set()
        self._clock.wake()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(limits.STOP_S)

    def freeze(self, at_ms: int | None = None) -> None:
        """The clock stands at `at_ms`, or where it is; nothing runs for the times jumped over."""
        with self._alone():
            self._clock.freeze(at_ms)
            self._plan()

    def advance(self, by_ms: int) -> None:
        """The clock stands `by_ms` later and every job due on the way has run, each with the clock at its time."""
        with self._alone():
            self._run_until(self._clock.freeze() + by_ms)
            self._plan()

    def resume(self) -> None:
        """The clock follows the machine's again."""
        with self._alone():
            self._clock.resume()
            self._plan()
        self._clock.wake()

    def between(self, act: Callable[[], None]) -> None:
        """`act` has been done while no job ran, and the clock follows the machine's again."""
        self._halt.set()
        with self._alone():
            self._halt.clear()
            act()
            self._clock.resume()
            self._plan()
        self._clock.wake()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """No lane runs a job inside the block."""
        with ExitStack() as stack:
            for lane in self._lanes:
                stack.enter_context(lane.turn)
            yield

    def _run(self, lane: Lane) -> None:
        while self._clock.wait_running(self._stop) and lane.due and self._clock.wait_until(lane.due[0][0], self._stop):
            with lane.turn:
                if not self._clock.frozen:
                    self._run_due(lane, self._clock.now_ms())

    def _run_due(self, lane: Lane, now_ms: int) -> None:
        """Each job of the lane that is due has run once."""
        due = [job for due_ms, job in sorted(lane.due) if due_ms <= now_ms]
        for name in due:
            if not self._stop.is_set():
                self._attempt(lane.jobs[name], self._clock.now_ms())
        lane.plan(set(due), self._clock.now_ms())

    def _run_until(self, until_ms: int) -> None:
        """Every job of every lane has run at its times, in the order they are due, then by name, and what has to go out
        has gone out in between."""
        filled = [lane for lane in self._lanes if lane.due]
        while not self._stop.is_set():
            lane = min(filled, key=lambda lane: lane.due[0], default=None)
            self._settle_post(min(lane.due[0][0], until_ms) if lane else until_ms)
            if lane is None or lane.due[0][0] > until_ms:
                break
            due_ms, name = lane.due[0]
            job = lane.jobs[name]
            last_ms = until_ms - until_ms % (job.every_s * 1000)
            if job.catch_up or due_ms == last_ms:
                self._clock.freeze(due_ms)
                wanted_ms = self._attempt(job, due_ms) or 0
                heapq.heapreplace(lane.due, (due_ms + _steps(wanted_ms - due_ms, job.every_s * 1000), name))
            else:
                heapq.heapreplace(lane.due, (last_ms, name))
        self._clock.freeze(until_ms)

    def _settle_post(self, until_ms: int) -> None:
        """Everything has gone out that is due until then, each at its time."""
        while self._post and (due_ms := self._post.next_ms()) is not None and due_ms <= until_ms:
            self._clock.freeze(max(due_ms, self._clock.now_ms()))
            if not self._post.settle():
                return

    def _attempt(self, job: Job, now_ms: int) -> int | None:
        """The job has run; what went wrong is in the log and stops nothing else. Out: what the job answered."""
        try:
            return job.run(replace(self._house, now_ms=now_ms, stopping=self._halt.is_set))
        except BayonError as err:
            log.warning("job %s: %s", job.name, err)
        except Exception:
            log.exception("job %s failed", job.name)
        return None

    def _plan(self) -> None:
        for lane in self._lanes:
            lane.due = []
            lane.plan(set(lane.jobs), self._clock.now_ms())


def _steps(wait_ms: int, period_ms: int) -> int:
    """The wait as the next multiple of the period, one at least."""
    return max(1, -(-wait_ms // period_ms)) * period_ms
