"""Data points from arrived log events: of metric filters, of the embedded metric format, and of Logs itself.

A window of events after another is evaluated in the store, and what comes of it is appended together with the mark of
how far it went: each event counts exactly once, whatever crashes. Source: logs.md §5.1, §5.2, §5.4.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bayon import limits
from bayon.services.logs.following import embedded, minutes, service_metrics
from bayon.services.logs.following.minutes import Waiting
from bayon.services.logs.following.points import Derived
from bayon.services.logs.following.rules import Rule, rules_of
from bayon.sql import Sql
from bayon.state import log_groups
from bayon.state.database import State
from bayon.state.log_groups import LogGroup
from bayon.store import arrivals, derived
from bayon.store.arrivals import Counts, Window
from bayon.store.derived import Progress
from bayon.store.store import Store

_KEY = "derived metrics"
_Rules = Mapping[int, Sequence[Rule]]


@dataclass(slots=True)
class _Run:
    """How far the log has been derived, the minutes of arrival that are still open, and how many runs gave way."""

    progress: Progress
    waiting: Waiting = field(default_factory=Waiting)
    gave_way: int = 0


def derive_metrics(store: Store, state: State, now_ms: int) -> None:
    """The data points of all that has arrived are durable, or of as much as one run does.

    Reads: log events, log_groups, metric_filters.   Writes: metric data.
    """
    run: _Run = store.caches.pop(_KEY, None) or _loaded(store, state)  # put back only where all went well
    if not _gives_way(store, run):
        _derive_all(store, state, run, now_ms)
    store.caches[_KEY] = run


def _gives_way(store: Store, run: _Run) -> bool:
    """Whether appends come before this: while the writer is busy, until much waits or for long."""
    if not store.busy or run.gave_way >= limits.FOLLOWER_GIVES_WAY_RUNS:
        run.gave_way = 0
        return False
    if arrivals.newest(store).seq - run.progress.seq >= limits.FOLLOWER_BACKLOG_ROWS:
        return False
    run.gave_way += 1
    return True


def _derive_all(store: Store, state: State, run: _Run, now_ms: int) -> None:
    for _ in range(limits.FOLLOWED_WINDOWS):
        window = arrivals.next_window(store, run.progress.seq, run.progress.generation, limits.FOLLOWED_ROWS)
        if window is None:
            _close_minutes(store, state, run, now_ms)
            break
        _derive(store, state, run, window, now_ms)


def _loaded(store: Store, state: State) -> _Run:
    """Where the last run ended, and what arrived in the minutes that were open then."""
    run = _Run(derived.progress(store))
    reached = run.progress
    if reached.open_seq < reached.seq:
        window = Window(reached.open_seq, reached.seq, reached.open_generation, reached.generation)
        groups = log_groups.by_ids(state, [each.group_id for each in arrivals.arrived(store, window)])
        rules = {
            group_id: [rule for rule in each if rule.has_default] for group_id, each in rules_of(state, groups).items()
        }
        for counts, counted in _counts(store, window, rules):
            run.waiting.note(counts, counted, window, reached.closed_minute)
    return run


def _derive(store: Store, state: State, run: _Run, window: Window, now_ms: int) -> None:
    """The window's points are durable."""
    found = arrivals.arrived(store, window)
    groups = log_groups.by_ids(state, sorted({each.group_id for each in found}))
    made = Derived()
    service_metrics.count_incoming(made, found, groups)
    rules = rules_of(state, groups)
    for counts, counted in _counts(store, window, rules):
        run.waiting.note(counts, counted, window, run.progress.closed_minute)
        for rule, matched in zip(counted, counts.matched, strict=True):
            if matched and rule.measure.constant is not None and not rule.samples:
                rule.add(made, counts.minute * 60, [rule.measure.constant], [float(matched)])
    for rule in (rule for each in rules.values() for rule in each if rule.samples):
        for sample in arrivals.sampled(
            store, window, rule.group.id, rule.condition, rule.measure.value, list(rule.measure.dimensions.values())
        ):
            rule.add(made, sample.minute * 60, sample.values, sample.weights, sample.dimensions)
    embedded.add(made, store, window, [groups[each.group_id] for each in found if _has_emf(each, groups)], now_ms)
    reached = replace(run.progress, seq=window.until, generation=window.newest_generation)
    _append(store, run, made, reached, now_ms)


def _has_emf(each: arrivals.Arrival, groups: Mapping[int, LogGroup]) -> bool:
    return each.emf > 0 and each.group_id in groups and groups[each.group_id].log_group_class == "STANDARD"


def _close_minutes(store: Store, state: State, run: _Run, now_ms: int) -> None:
    """Filters with a default value have it for each minute that is over in which events arrived and none matched."""
    over = run.waiting.take_over(now_ms)
    if not over:
        return
    made = Derived()
    groups = log_groups.by_ids(state, sorted({group_id for minute in over.values() for group_id in minute}))
    minutes.add_defaults(made, over, rules_of(state, groups))
    _append(store, run, made, replace(run.progress, closed_minute=max(over)), now_ms)


def _append(store: Store, run: _Run, made: Derived, reached: Progress, now_ms: int) -> None:
    open_seq, open_generation = run.waiting.since(reached)
    reached = replace(reached, open_seq=open_seq, open_generation=open_generation)
    derived.append(store, made.points, reached, now_ms // 1000)
    run.progress = reached


def _counts(store: Store, window: Window, rules: _Rules) -> Iterator[tuple[Counts, Sequence[Rule]]]:
    """How many events of each group met its rules that count."""
    counting = {group_id: [rule for rule in each if rule.counts] for group_id, each in rules.items()}
    for part in _parts({group_id: each for group_id, each in counting.items() if each}):
        conditions: dict[int, Sequence[Sql]] = {
            group_id: [rule.condition for rule in each] for group_id, each in part.items()
        }
        for counts in arrivals.counted(store, window, conditions):
            yield counts, part[counts.group_id]


def _parts(rules: dict[int, list[Rule]]) -> Iterator[dict[int, list[Rule]]]:
    """The groups in parts of so many rules that one query evaluates them."""
    part: dict[int, list[Rule]] = {}
    for group_id, each in rules.items():
        if part and sum(map(len, part.values())) + len(each) > limits.FOLLOWED_FILTERS:
            yield part
            part = {}
        part[group_id] = each
    if part:
        yield part
