"""What a job is and what it is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bayon.clock import Clock
from bayon.settings import Settings
from bayon.state.database import State
from bayon.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What a job may use, and when it runs: `now_ms` is the time at which it was due while the clock is advanced.

    A job that may run long asks `stopping` now and then, and returns soon when it is true.
    """

    clock: Clock
    settings: Settings
    store: Store
    state: State
    now_ms: int
    stopping: Callable[[], bool] = lambda: False


Run = Callable[[House], int | None] | Callable[[House], None]


@dataclass(frozen=True, slots=True)
class Job:
    """A function that runs whenever the clock reaches a multiple of `every_s`.

    `catch_up` says that each time counts when the clock is advanced over many; without it one run does the work of all.
    Such a job may answer when it next has something to do if nobody calls meanwhile, and is not run before that while
    the clock is advanced. Jobs of one `lane` wait for each other; what must be prompt has a lane of its own.
    """

    name: str
    every_s: int
    catch_up: bool
    run: Run
    lane: str = "work"


def job(*, every_s: int, catch_up: bool = False, lane: str = "work") -> Callable[[Run], Job]:
    """Declare the function to be the job of its name."""

    def declare(run: Run) -> Job:
        return Job(run.__name__, every_s, catch_up, run, lane)

    return declare
