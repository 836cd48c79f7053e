"""Runs every job when it is due: by itself while the clock runs, and on the way while a frozen clock is advanced.

Due times are whole multiples of a job's period, so that the same advance always runs the same jobs at the same times.
Times missed while the machine slept are not made up for. What the jobs do is their own business.
"""

from __future__ import annotations

import heapq
import logging
import threading
from collections.abc import Callable, Collection
from dataclasses import replace

from bayon import limits
from bayon.errors import BayonError
from bayon.jobs.job import House, Job

log = logging.getLogger(__name__)


class Runner:
    """The timetable of all jobs. Jobs run one at a time, in the order they are due, then by name."""

    def __init__(self, jobs: Collection[Job], house: House) -> None:
        self._jobs = {job.name: job for job in jobs}
        self._house = house
        self._clock = house.clock
        self._turn = threading.Lock()  # who runs jobs or moves the clock
        self._stop = threading.Event()
        self._due: list[tuple[int, str]] = []
        self._plan()
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)

    def start(self) -> None:
        """Due jobs run in a thread of their own while the clock runs."""
        self._thread.start()

    def stop(self) -> None:
        """No job starts any more; the one that runs has ended, or has had its time."""
        self._stop.set()
        self._clock.wake()
        if self._thread.is_alive():
            self._thread.join(limits.STOP_S)

    def freeze(self, at_ms: int | None = None) -> None:
        """The clock stands at `at_ms`, or where it is; nothing runs for the times jumped over."""
        with self._turn:
            self._clock.freeze(at_ms)
            self._plan()

    def advance(self, by_ms: int) -> None:
        """The clock stands `by_ms` later and every job due on the way has run, each with the clock at its time."""
        with self._turn:
            self._run_until(self._clock.freeze() + by_ms)

    def resume(self) -> None:
        """The clock follows the machine's again."""
        with self._turn:
            self._clock.resume()
            self._plan()
        self._clock.wake()

    def between(self, act: Callable[[], None]) -> None:
        """`act` has been done while no job ran, and the clock follows the machine's again."""
        with self._turn:
            act()
            self._clock.resume()
            self._plan()
        self._clock.wake()

    def _run(self) -> None:
        while (
            self._clock.wait_running(self._stop) and self._due and self._clock.wait_until(self._due[0][0], self._stop)
        ):
            with self._turn:
                if not self._clock.frozen:
                    self._run_due(self._clock.now_ms())

    def _run_due(self, now_ms: int) -> None:
        """Each job that is due has run once."""
        due = [job for due_ms, job in sorted(self._due) if due_ms <= now_ms]
        for name in due:
            if not self._stop.is_set():
                self._attempt(self._jobs[name], self._clock.now_ms())
        self._plan_again(set(due), self._clock.now_ms())

    def _run_until(self, until_ms: int) -> None:
        while self._due and self._due[0][0] <= until_ms and not self._stop.is_set():
            due_ms, name = self._due[0]
            job = self._jobs[name]
            last_ms = until_ms - until_ms % (job.every_s * 1000)
            if job.catch_up or due_ms == last_ms:
                self._clock.freeze(due_ms)
                self._attempt(job, due_ms)
                heapq.heapreplace(self._due, (due_ms + job.every_s * 1000, name))
            else:
                heapq.heapreplace(self._due, (last_ms, name))
        self._clock.freeze(until_ms)

    def _attempt(self, job: Job, now_ms: int) -> None:
        """The job has run; what went wrong is in the log and stops nothing else."""
        try:
            job.run(replace(self._house, now_ms=now_ms))
        except BayonError as err:
            log.warning("job %s: %s", job.name, err)
        except Exception:
            log.exception("job %s failed", job.name)

    def _plan(self) -> None:
        self._due = []
        self._plan_again(set(self._jobs), self._clock.now_ms())

    def _plan_again(self, names: set[str], now_ms: int) -> None:
        kept = [(due_ms, name) for due_ms, name in self._due if name not in names]
        periods_ms = {name: self._jobs[name].every_s * 1000 for name in names}
        self._due = kept + [(now_ms - now_ms % period + period, name) for name, period in periods_ms.items()]
        heapq.heapify(self._due)
