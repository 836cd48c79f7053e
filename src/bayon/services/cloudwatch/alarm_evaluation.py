"""Evaluates alarms: everything that is due at a tick, from one reading of each series, and what follows from it.

Alarms on single metrics are decided together, on arrays; whoever changes its state is then evaluated by itself, for its
reason. Alarms on expressions and on the calendar are evaluated one by one. The machines are in `alarms`; what a change
sets off is in `alarm_transitions`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

import numpy as np

from bayon import limits
from bayon.alarms import bulk, windows
from bayon.alarms.bulk import Array, Judged
from bayon.alarms.config import Points, State
from bayon.alarms.evaluate import Decision, evaluate
from bayon.errors import AwsError, BayonError, LanguageError
from bayon.services.cloudwatch import alarm_queries, alarm_readings, alarm_transitions, alarm_watches, contributors
from bayon.services.cloudwatch.alarm_mutes import Mutes
from bayon.services.cloudwatch.alarm_queries import Group
from bayon.services.cloudwatch.alarm_readings import Batch
from bayon.services.cloudwatch.alarm_transitions import Scene
from bayon.services.cloudwatch.alarm_watches import Watch
from bayon.services.cloudwatch.contributors import GONE
from bayon.state import alarm_events, alarms
from bayon.state.alarms import METRIC, Alarm, Contributor, Glance
from bayon.state.database import State as Database
from bayon.store.store import Store

log = logging.getLogger(__name__)
_CURSOR = "alarms"
_CACHE = "alarms"
_STATES = {name: place for place, name in enumerate(bulk.STATES)}


@dataclass(frozen=True, slots=True)
class Plan:
    """Alarms that are read and judged together. `looks` says which of them may be judged before a window is over."""

    batch: Batch
    judged: Judged
    looks: dict[str, Array]


@dataclass(slots=True)
class Known:
    """The alarms as they were last read: a cache beside the state, which is the truth."""

    watches: dict[int, Watch] = field(default_factory=dict)
    evaluated: dict[int, int] = field(default_factory=dict)  # the revision that was evaluated, by alarm
    plans: dict[tuple[int, ...], list[Plan]] = field(default_factory=dict)
    evaluations: dict[int, str | None] = field(default_factory=dict)  # how the evaluation of each on queries went
    arrived: int = 0
    arrived_ms: int = 0
    empty: set[int] = field(default_factory=set)  # alarms whose windows had no data when they were last looked at

    def silent(self, now_ms: int) -> bool:
        """Whether no evaluation can change anything until data arrives: what has arrived is all in the past of every
        window, since no point may be further ahead than AWS lets it be."""
        ahead_ms = limits.DATUM_AHEAD_MS + windows.HOUR_S * 1000
        asleep = all(
            watch.metric is not None and watch.id in self.empty and watch.warm_ms <= now_ms
            for watch in self.watches.values()
        )
        return asleep and now_ms - self.arrived_ms > ahead_ms


@dataclass(frozen=True, slots=True)
class Found:
    """What an evaluation says of one alarm that has changed: `decision` is None where its state is as it was.

    `evaluation` is how the evaluation itself went, `groups` the series of an alarm over many, where it is one.
    """

    watch: Watch
    decision: Decision | None
    evaluation: str | None = None
    groups: Sequence[Contributor] | None = None


def run(store: Store, database: Database, now_ms: int) -> int | None:
    """Every alarm that fell due since the last run has been evaluated, once at each of its times, and those that wait
    for a time of their own have gone on.

    In a long pause times are left out. A crash on the way repeats an evaluation, which then finds the state changed.
    Out: when to run again if nothing happens until then, None for not at all.
    Reads: alarms, metric data.   Writes: alarms, alarm_history, alarm_events, messages.
    """
    glances = alarms.glance(database)
    if not glances:
        return None
    tick_s = now_ms // 1000 // windows.TICK_S * windows.TICK_S
    last_ms = alarm_events.evaluated_ms(database, _CURSOR)
    known = _known(store)
    _refresh(database, known, glances)
    for missed_s in _missed(known, last_ms, tick_s):
        _tick(store, database, known, glances, missed_s, missed_s * 1000, timetable=True)
        glances = alarms.glance(database)
        _refresh(database, known, glances)
    fresh = last_ms is None or last_ms < tick_s * 1000
    _tick(store, database, known, glances, tick_s, now_ms, timetable=fresh)
    if fresh:
        alarm_events.evaluated(database, _CURSOR, tick_s * 1000)
    return _next_ms(database, known, tick_s, now_ms)


def soon(store: Store, database: Database, now_ms: int) -> None:
    """Alarms that are new or changed have been evaluated, and those of short periods by what has come in since.

    Reads: alarms, metric data.   Writes: alarms, alarm_history, alarm_events, messages.
    """
    glances = alarms.glance(database)
    if glances:
        known = _known(store)
        _refresh(database, known, glances)
        tick_s = now_ms // 1000 // windows.TICK_S * windows.TICK_S
        _tick(store, database, known, glances, tick_s, now_ms, timetable=False)


def _known(store: Store) -> Known:
    known: Known = store.caches.setdefault(_CACHE, Known())
    return known


def _missed(known: Known, last_ms: int | None, tick_s: int) -> list[int]:
    """The ticks between the last run and this one at which an alarm was due."""
    if last_ms is None:
        return []
    first_s = max(last_ms // 1000 + windows.TICK_S, tick_s - limits.ALARM_CATCH_UP_S)
    often = {watch.every_s for watch in known.watches.values()}
    return [
        each_s
        for each_s in range(first_s, tick_s, windows.TICK_S)
        if any(windows.due(every_s, each_s) for every_s in often)
    ]


def _next_ms(database: Database, known: Known, tick_s: int, now_ms: int) -> int | None:
    """When something can happen next, if nobody sends anything."""
    if any(glance.suppressed_until_ms is not None or glance.muted_from for glance in alarms.glance(database)):
        return (tick_s + windows.TICK_S) * 1000
    if known.silent(now_ms):
        return None
    often = {watch.every_s for watch in known.watches.values()}
    return min((windows.next_s(every_s, tick_s) * 1000 for every_s in often), default=None)


def _tick(
    store: Store,
    database: Database,
    known: Known,
    glances: Sequence[Glance],
    tick_s: int,
    now_ms: int,
    *,
    timetable: bool,
) -> None:
    _let_go(database, glances, now_ms)
    states = {glance.id: glance.state for glance in glances}
    arrivals = store.metric_arrivals
    arrived = arrivals != known.arrived
    if arrived:
        known.arrived, known.arrived_ms = arrivals, now_ms
    due = [
        watch
        for watch in known.watches.values()
        if (timetable and watch.due(tick_s))
        or (known.evaluated.get(watch.id) != watch.revision and watch.since_ms <= now_ms)
        or (arrived and watch.every_s == windows.TICK_S)
    ]
    _change(database, now_ms, _evaluated(store, database, known, due, states, now_ms))
    known.evaluated.update((watch.id, watch.revision) for watch in due)


def _refresh(database: Database, known: Known, glances: Sequence[Glance]) -> None:
    """The cache holds the alarms on metrics as they are."""
    current = {glance.id: glance.revision for glance in glances if glance.kind == METRIC}
    stale = [each for each, revision in current.items() if _revision(known, each) != revision]
    gone = known.watches.keys() - current.keys()
    for each in gone:
        del known.watches[each]
        known.evaluated.pop(each, None)
        known.evaluations.pop(each, None)
    for alarm in alarms.by_ids(database, stale):
        known.watches[alarm.id] = alarm_watches.watch(alarm)
    if stale or gone:
        known.plans.clear()


def _revision(known: Known, alarm_id: int) -> int | None:
    watch = known.watches.get(alarm_id)
    return watch.revision if watch else None


def _evaluated(
    store: Store, database: Database, known: Known, due: Sequence[Watch], states: dict[int, str], now_ms: int
) -> Iterator[Found]:
    """Those of the alarms whose state is another now."""
    awake = [watch for watch in due if now_ms >= watch.warm_ms or watch.eager]
    for every_s in sorted({watch.every_s for watch in awake if watch.plain}):
        group = [watch for watch in awake if watch.plain and watch.every_s == every_s]
        for plan in _plan(known, group):
            yield from _together(store, known, plan, states, every_s, now_ms)
    for watch in awake:
        if watch.queries:
            yield from _on_queries(store, database, known, watch, states[watch.id], now_ms)
        elif not watch.plain:
            yield from _alone(store, known, watch, states[watch.id], now_ms)


def _plan(known: Known, group: Sequence[Watch]) -> list[Plan]:
    """The group in batches, prepared once for as long as no alarm changes."""
    key = tuple(watch.id for watch in group)
    if key not in known.plans:
        if len(known.plans) >= limits.ALARM_PLANS:
            known.plans.clear()
        known.plans[key] = [_planned(batch) for batch in alarm_readings.batches(group)]
    return known.plans[key]


def _planned(batch: Batch) -> Plan:
    early = [windows.early(watch.config.statistic, watch.config.operator) for watch in batch.watches]
    looks = {look: np.array([each == look for each in early]) for look in sorted({each for each in early if each})}
    return Plan(batch, bulk.judged([watch.config for watch in batch.watches]), looks)


def _together(
    store: Store, known: Known, plan: Plan, states: dict[int, str], every_s: int, now_ms: int
) -> Iterator[Found]:
    """Those of the batch whose state is another now."""
    now_s, watches = now_ms // 1000, plan.batch.watches
    current = np.array([_STATES[states[watch.id]] for watch in watches], np.int8)
    whole = alarm_readings.read(store, plan.batch, end_s=now_s // every_s * every_s, now_s=now_s)
    _note_empty(known, watches, whole.filled())
    decided = bulk.decide(plan.judged, whole.values, current)
    readings = dict.fromkeys(range(len(watches)), whole)
    for look, may in plan.looks.items() if every_s == windows.TICK_S else ():
        rows = may & (decided != bulk.ALARM)
        if rows.any():
            ahead = alarm_readings.read(store, plan.batch, end_s=windows.early_end_s(look, now_s), now_s=now_s)
            alarming = rows & (bulk.decide(plan.judged, ahead.values, current) == bulk.ALARM)
            decided[alarming] = bulk.ALARM
            readings.update(dict.fromkeys(np.flatnonzero(alarming).tolist(), ahead))
    for row in np.flatnonzero(decided != current).tolist():
        points = readings[row].points(row, watches[row].reach)
        yield from _judged(watches[row], points, states[watches[row].id], now_ms)


def _alone(store: Store, known: Known, watch: Watch, state: str, now_ms: int) -> Iterator[Found]:
    """The alarm, if its state is another now, where it is not judged together with others."""
    points = _points(store, watch, now_ms // 1000)
    _note_empty(known, [watch], np.array([any(value is not None for value in points.values)]))
    yield from _judged(watch, points, state, now_ms)


def _on_queries(
    store: Store, database: Database, known: Known, watch: Watch, state: str, now_ms: int
) -> Iterator[Found]:
    """The alarm on expressions, if anything of it is another now."""
    try:
        watched = alarm_queries.read(store, database, watch, now_ms)
    except (AwsError, LanguageError) as err:
        yield from _not_evaluated(known, watch, "EVALUATION_ERROR", err)
        return
    except BayonError as err:
        yield from _not_evaluated(known, watch, "EVALUATION_FAILURE", err)
        return
    except Exception as err:
        log.debug("alarm %s", watch.name, exc_info=True)
        yield from _not_evaluated(known, watch, "EVALUATION_FAILURE", BayonError(repr(err)))
        return
    evaluation = "PARTIAL_DATA" if watched.partial else None
    changed = known.evaluations.get(watch.id, "") != evaluation
    known.evaluations[watch.id] = evaluation
    if watch.many:
        yield from _over_many(database, watch, watched.groups, state, evaluation, now_ms, changed=changed)
    elif len(watched.groups) == 1:
        found = list(_judged(watch, watched.groups[0].points, state, now_ms))
        yield from (Found(watch, each.decision, evaluation) for each in found)
        if changed and not found:
            yield Found(watch, None, evaluation)
    else:
        several = BayonError(f"the expression came to {len(watched.groups)} series where one was expected")
        yield from _not_evaluated(known, watch, "EVALUATION_ERROR", several)


def _over_many(
    database: Database,
    watch: Watch,
    groups: Sequence[Group],
    state: str,
    evaluation: str | None,
    now_ms: int,
    *,
    changed: bool,
) -> Iterator[Found]:
    """The alarm over many series, if it or one of them is another now."""
    before = {each.id: each for each in alarms.contributors(database, watch.id)}
    after = contributors.evaluated(watch.config, before, groups[: limits.ALARM_CONTRIBUTORS], now_ms)
    decision = contributors.decided(watch.config, after, now_ms)
    moved = decision.state != state
    if moved or changed or contributors.differ(before, after):
        yield Found(watch, decision if moved else None, evaluation, after)


def _not_evaluated(known: Known, watch: Watch, evaluation: str, err: BayonError) -> Iterator[Found]:
    """The alarm keeps its state, and says that it could not be evaluated."""
    if known.evaluations.get(watch.id, "") != evaluation:
        log.warning("alarm %s of %s in %s: %s", watch.name, watch.account, watch.region, err.message)
        known.evaluations[watch.id] = evaluation
        yield Found(watch, None, evaluation)


def _points(store: Store, watch: Watch, now_s: int) -> Points:
    """What an alarm looks at that is not judged together with others."""
    if watch.calendar is not None:
        edges = windows.calendar(watch.calendar, watch.config.period_s, now_s, watch.reach)
        return alarm_readings.on_calendar(store, watch, edges, now_s)
    (batch,) = alarm_readings.batches([watch])
    reading = alarm_readings.read(store, batch, end_s=now_s // watch.every_s * watch.every_s, now_s=now_s)
    return reading.points(0, watch.reach)


def _note_empty(known: Known, watches: Sequence[Watch], with_data: Array) -> None:
    ids = np.array([watch.id for watch in watches])
    known.empty.update(ids[~with_data].tolist())
    known.empty.difference_update(ids[with_data].tolist())


def _judged(watch: Watch, points: Points, state: str, now_ms: int) -> Iterator[Found]:
    if _warm(watch, points, now_ms):
        decision = evaluate(watch.config, points, cast("State", state), now_ms)
        if decision.state != state:
            yield Found(watch, decision)


def _warm(watch: Watch, points: Points, now_ms: int) -> bool:
    """Whether the alarm's time to warm up is over, or it has the data points that it needs."""
    if now_ms >= watch.warm_ms:
        return True
    return sum(value is not None for value in points.values) >= watch.config.periods


def _change(database: Database, now_ms: int, found: Iterable[Found]) -> None:
    """The alarms are in the states that were found, unless they have changed since."""
    changes = list(found)
    mutes = Mutes(database, now_ms)
    for first in range(0, len(changes), limits.ALARMS_MOVED):
        part = changes[first : first + limits.ALARMS_MOVED]
        with alarm_transitions.scene(database, now_ms, mutes) as scene:
            rows = {alarm.id: alarm for alarm in alarms.by_ids(database, [each.watch.id for each in part])}
            for each in part:
                alarm = rows.get(each.watch.id)
                if alarm is not None and alarm.revision == each.watch.revision:
                    _move(scene, alarm, each)


def _move(scene: Scene, alarm: Alarm, found: Found) -> None:
    """The alarm is as was found, with all that follows."""
    if alarm.evaluation_state != found.evaluation:
        alarms.note(scene.state, alarm.id, evaluation_state=found.evaluation)
        alarm = replace(alarm, evaluation_state=found.evaluation)
    if found.groups is not None:
        before = {each.id: each for each in alarms.contributors(scene.state, alarm.id)}
        alarms.keep_contributors(scene.state, alarm.id, [each for each in found.groups if each.reason != GONE])
        for each in found.groups:
            was = before.get(each.id, replace(each, state="OK"))
            if was.state != each.state:
                alarm_transitions.move_contributor(scene, alarm, was, each)
    if found.decision is not None:
        decision = found.decision
        data = decision.reason_data or None
        alarm_transitions.move(scene, alarm, decision.state, reason=decision.reason, reason_data=data)


def _let_go(database: Database, glances: Sequence[Glance], now_ms: int) -> None:
    """Actions whose wait is over, or that no window mutes any more, have been run."""
    waiting = [g.id for g in glances if g.suppressed_until_ms is not None and g.suppressed_until_ms <= now_ms]
    muted = [g.id for g in glances if g.muted_from is not None]
    if not waiting and not muted:
        return
    mutes = Mutes(database, now_ms)
    with alarm_transitions.scene(database, now_ms, mutes) as scene:
        for alarm in alarms.by_ids(database, waiting):
            alarm_transitions.let_go(scene, alarm)
        for alarm in alarms.by_ids(database, muted):
            if not mutes.of(alarm):
                alarm_transitions.unmute(scene, alarm)
