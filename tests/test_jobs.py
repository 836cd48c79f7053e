"""When jobs run. Their clock is frozen or moved by hand; what the real jobs do is tested through a running bayon."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bayon.clock import Clock
from bayon.errors import StoreError
from bayon.jobs.job import House, Job
from bayon.jobs.runner import Runner
from bayon.settings import Settings

START_MS = 1_772_445_600_000  # a whole hour
Log = list[tuple[str, int]]
WAIT_S = 10


@pytest.fixture
def clock() -> Clock:
    return Clock(START_MS)


@pytest.fixture
def ran() -> Log:
    return []


@pytest.fixture
def runner_of(clock: Clock) -> Iterator[Callable[..., Runner]]:
    """Makes a runner of jobs, which is stopped at the end."""
    made: list[Runner] = []

    def make(*jobs: Job) -> Runner:
        nothing: Any = None
        house = House(clock=clock, settings=Settings(), store=nothing, state=nothing, now_ms=clock.now_ms())
        made.append(Runner(jobs, house))
        return made[-1]

    yield make
    for runner in made:
        runner.stop()


def noting(
    name: str, every_s: int, ran: Log, *, catch_up: bool = True, fails: Exception | None = None, lane: str = "work"
) -> Job:
    def run(house: House) -> None:
        assert house.now_ms == house.clock.now_ms() or not house.clock.frozen
        ran.append((name, house.now_ms - START_MS))
        if fails is not None:
            raise fails

    return Job(name, every_s, catch_up, run, lane)


def test_every_due_time_in_order(clock: Clock, ran: Log, runner_of: Callable[..., Runner]) -> None:
    """Each job runs at each multiple of its period, with the clock at that time; then it is where it was sent."""
    runner = runner_of(noting("b", 60, ran), noting("a", 120, ran))
    runner.advance(250_000)
    assert ran == [("b", 60_000), ("a", 120_000), ("b", 120_000), ("b", 180_000), ("a", 240_000), ("b", 240_000)]
    assert clock.now_ms() == START_MS + 250_000


def test_lanes_share_one_order_while_the_clock_is_advanced(ran: Log, runner_of: Callable[..., Runner]) -> None:
    """What runs when does not depend on which lane it is in."""
    runner = runner_of(noting("b", 60, ran, lane="prompt"), noting("a", 120, ran), noting("c", 60, ran))
    runner.advance(120_000)
    assert ran == [("b", 60_000), ("c", 60_000), ("a", 120_000), ("b", 120_000), ("c", 120_000)]


def test_a_lane_does_not_wait_for_another(clock: Clock, runner_of: Callable[..., Runner]) -> None:
    """A job that takes long delays its own lane only, and freezing the clock waits for it."""
    release, prompt = threading.Event(), threading.Event()
    runner = runner_of(
        Job("long", 1, False, lambda house: release.wait(WAIT_S) and None),
        Job("prompt", 1, False, lambda house: prompt.set(), "prompt"),
    )
    runner.start()
    runner.resume()
    assert prompt.wait(WAIT_S)
    prompt.clear()
    assert prompt.wait(WAIT_S)
    release.set()
    runner.freeze(START_MS)
    assert clock.frozen


def test_steps_add_up(ran: Log, runner_of: Callable[..., Runner]) -> None:
    """Many small advances run what one large advance runs."""
    runner = runner_of(noting("a", 60, ran))
    for _ in range(10):
        runner.advance(25_000)
    assert ran == [("a", 60_000), ("a", 120_000), ("a", 180_000), ("a", 240_000)]


def test_one_run_for_many(ran: Log, runner_of: Callable[..., Runner]) -> None:
    """A job that need not catch up runs once, at the last of its times."""
    runner = runner_of(noting("a", 1, ran, catch_up=False), noting("b", 40, ran))
    runner.advance(100_500)
    assert ran == [("b", 40_000), ("b", 80_000), ("a", 100_000)]


def test_setting_the_clock_runs_nothing(clock: Clock, ran: Log, runner_of: Callable[..., Runner]) -> None:
    """Jobs go on from the new time, forward and back."""
    runner = runner_of(noting("a", 60, ran))
    runner.freeze(START_MS + 3_600_000)
    runner.freeze(START_MS - 30_000)
    runner.advance(31_000)
    assert ran == [("a", 0)]
    assert clock.now_ms() == START_MS + 1000


@pytest.mark.parametrize("error", [ValueError("a bug"), StoreError("the disk is full", retryable=True)])
def test_a_failing_job_stops_nothing(
    error: Exception, ran: Log, runner_of: Callable[..., Runner], caplog: pytest.LogCaptureFixture
) -> None:
    """It is in the log, and it and the others go on."""
    runner = runner_of(noting("a", 60, ran, fails=error), noting("b", 60, ran))
    runner.advance(120_000)
    assert ran == [("a", 60_000), ("b", 60_000), ("a", 120_000), ("b", 120_000)]
    assert "job a" in caplog.text


def test_jobs_run_by_themselves(clock: Clock, runner_of: Callable[..., Runner]) -> None:
    """While the clock runs they need no help; while it is frozen they wait."""
    done = threading.Event()
    runner = runner_of(Job("a", 1, False, lambda house: done.set()))
    runner.start()
    assert not done.wait(1.2)
    runner.resume()
    assert done.wait(WAIT_S)


def test_a_reset_restores_the_clock(clock: Clock, ran: Log, runner_of: Callable[..., Runner]) -> None:
    """What is done between jobs is done, and the time is the machine's."""
    runner = runner_of(noting("a", 60, ran))
    runner.between(lambda: ran.append(("reset", 0)))
    assert ran == [("reset", 0)]
    assert not clock.frozen


def test_stopping_does_not_wait_for_the_next_job(runner_of: Callable[..., Runner], clock: Clock) -> None:
    """The thread ends, whether the clock runs or not."""
    for frozen in (True, False):
        runner = runner_of(Job("a", 3600, False, lambda house: None))
        if not frozen:
            clock.resume()
        runner.start()
        runner.stop()
        assert not any(thread.is_alive() for thread in runner._threads)


def test_a_long_job_hears_that_it_should_stop(clock: Clock, ran: Log, runner_of: Callable[..., Runner]) -> None:
    """Jobs of other lanes run meanwhile, and a reset does not wait for it to finish by itself."""
    others = threading.Event()

    def long(house: House) -> None:
        until_s = time.monotonic() + WAIT_S
        while not house.stopping() and time.monotonic() < until_s:
            time.sleep(0.01)
        ran.append(("stopped", int(house.stopping())))

    def other(house: House) -> None:
        others.set()

    runner = runner_of(Job("long", 1, False, long, "apart"), Job("other", 1, False, other))
    runner.start()
    runner.resume()
    assert others.wait(WAIT_S)
    runner.between(lambda: ran.append(("reset", 0)))
    assert ran in ([("stopped", 1), ("reset", 0)], [("reset", 0)])
