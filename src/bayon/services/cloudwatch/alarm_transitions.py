"""What follows when an alarm changes: its history, the event, its actions, and the composite alarms that look at it.

All of it is kept in one transaction of the state together with the change, so that a crash repeats nothing and loses
nothing. Which state an alarm should be in is decided elsewhere.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from bayon import limits
from bayon.alarms import suppression
from bayon.alarms.suppression import Suppression
from bayon.services.cloudwatch import action_arns, alarm_event_shapes, alarm_items, alarm_watches, composite_rules
from bayon.services.cloudwatch import alarm_actions_run as actions
from bayon.services.cloudwatch.alarm_messages import Change, Json, long_date, trigger
from bayon.services.cloudwatch.alarm_mutes import Mutes
from bayon.state import alarm_events, alarm_history, alarms, tags
from bayon.state.alarm_history import Item
from bayon.state.alarms import COMPOSITE, RULE, SUPPRESSOR, Alarm, Contributor
from bayon.state.database import State


@dataclass(slots=True)
class Scene:
    """One moment in which alarms change, and what has come of it so far."""

    state: State
    now_ms: int
    mutes: Mutes
    history: list[Item] = field(default_factory=list)
    events: list[tuple[str, str, int, str]] = field(default_factory=list)
    changed: deque[Alarm] = field(default_factory=deque)

    def tell(self, alarm: Alarm, event: Json) -> None:
        """The event about the alarm waits to be handed on."""
        text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
        self.events.append((alarm.account, alarm.region, self.now_ms, text))


@contextmanager
def scene(state: State, now_ms: int, mutes: Mutes | None = None) -> Iterator[Scene]:
    """All changes inside the block are kept together with what follows from them, or none of them.

    Writes: alarms, alarm_history, alarm_events, messages.
    """
    with state.write():
        made = Scene(state, now_ms, mutes or Mutes(state, now_ms))
        yield made
        _tell_parents(made)
        alarm_history.add(state, made.history)
        alarm_events.add(state, made.events)


def move(
    at: Scene, alarm: Alarm, to: str, *, reason: str, reason_data: str | None = None, triggers: Sequence[Json] = ()
) -> bool:
    """The alarm is in the state, with all that follows; false where it has changed since it was read.

    An alarm that was in that state already only has the reason anew.
    """
    transitioned = to != alarm.state
    now_ms = at.now_ms
    if not alarms.change_state(
        at.state, alarm, to, reason=reason, reason_data=reason_data, now_ms=now_ms, transitioned=transitioned
    ):
        return False
    if transitioned:
        after = replace(
            alarm, state=to, reason=reason, reason_data=reason_data, state_updated_ms=now_ms, transitioned_ms=now_ms
        )
        _follow(at, Change(before=alarm, after=after, triggers=triggers, tags=_tags_told(at.state, alarm)))
    return True


def move_contributor(at: Scene, alarm: Alarm, before: Contributor, after: Contributor) -> None:
    """One series of the alarm has changed: its history, its event and its own actions follow."""
    seen = replace(alarm, state=before.state)
    now = replace(alarm, state_updated_ms=at.now_ms)
    change = Change(before=seen, after=now, contributor=after, tags=_tags_told(at.state, alarm))
    at.history.append(alarm_items.contributor_update(alarm, before, after, at.now_ms))
    _emit(at, change)
    _act(at, change)


def unmute(at: Scene, alarm: Alarm) -> None:
    """No window mutes the alarm any more: what was held back is done, if the alarm is not as it was before.

    Source: CloudWatch user guide, How alarm mute rules work.
    """
    assert alarm.muted_from is not None, "only an alarm that was muted is unmuted"
    alarms.note(at.state, alarm.id, muted_from=None)
    if alarm.state != alarm.muted_from:
        before = replace(alarm, state=alarm.muted_from)
        _act(at, Change(before=before, after=replace(alarm, muted_from=None), after_mute=True))


def let_go(at: Scene, alarm: Alarm) -> None:
    """The wait of a composite alarm's actions is over where its time is: they run once."""
    held = Suppression(alarm.suppressed_by, alarm.suppressed_until_ms)  # type: ignore[arg-type]  # as we kept it
    _suppress(at, alarm, held, suppression.on_time(held, at.now_ms))


def reconsider(at: Scene, alarm: Alarm, why: str) -> None:
    """The composite alarm, just created or updated, is in the state of its rule."""
    to = composite_rules.state_of(at.state, alarm)
    if to is not None and to != alarm.state:
        move(at, alarm, to, reason=f"{alarm.arn} was {why} and its alarm rule evaluates to {to}", reason_data=_data([]))


def _follow(at: Scene, change: Change) -> None:
    after = change.after
    held = suppression.NONE
    if after.kind == COMPOSITE and "ActionsSuppressor" in after.config:
        held = suppression.on_transition(composite_rules.suppressor_of(at.state, after), at.now_ms)
    if (held.by, held.until_ms) != (after.suppressed_by, after.suppressed_until_ms):
        alarms.note(at.state, after.id, suppressed_by=held.by, suppressed_until_ms=held.until_ms)
        after = replace(after, suppressed_by=held.by, suppressed_until_ms=held.until_ms)
        change = replace(change, after=after)
    at.history.append(alarm_items.state_update(change))
    _emit(at, change)
    at.changed.append(after)
    if held.by is None:
        _act(at, change)


def _emit(at: Scene, change: Change) -> None:
    muting = at.mutes.of(change.after)
    if muting:
        change = replace(change, muted=(muting[0].rule.arn, muting[0].window))
    at.tell(change.after, alarm_event_shapes.state_event(change))


def _act(at: Scene, change: Change) -> None:
    """The actions of the new state have been run, or held back by a mute rule."""
    alarm = change.after
    wanted = _wanted(change)
    if not alarm.actions_enabled:
        return
    muting = at.mutes.of(alarm)
    if muting:
        if alarm.muted_from is None:
            alarms.note(at.state, alarm.id, muted_from=change.before.state)
        if wanted:
            at.history += [alarm_items.muted(change, arn, muting, at.now_ms) for arn in wanted]
        return
    if alarm.muted_from is not None:
        alarms.note(at.state, alarm.id, muted_from=None)
    at.history += [actions.run(at.state, change, arn, at.now_ms) for arn in wanted]


def _wanted(change: Change) -> list[str]:
    """The actions of the new state. Topics and functions are told of each series of an alarm over many, and only of
    those; everything else is done once for the alarm.

    Source: CloudWatch user guide, Alarm actions.
    """
    listed = list(change.after.actions.get(change.state, []))
    if not alarm_watches.watches_many(change.after.config):
        return listed
    kinds = {arn: action_arns.parse(arn, change.after.region).kind for arn in listed}
    by_series = change.contributor is not None
    return [arn for arn in listed if (kinds[arn] in ("sns", "lambda")) is by_series]


def _tell_parents(at: Scene) -> None:
    """Every composite alarm above what changed has been evaluated, and so on upward."""
    if not at.changed or not alarms.any_composite(at.state):
        return
    told = 0
    while at.changed:
        told += 1
        if told > limits.ALARM_STEPS:
            raise RuntimeError("alarms keep changing each other")
        child = at.changed.popleft()
        place = (child.account, child.region, [child.name])
        for parent in alarms.parents_of(at.state, *place, roles=[RULE]):
            _evaluate(at, parent, child)
        for parent in alarms.parents_of(at.state, *place, roles=[SUPPRESSOR]):
            held = Suppression(parent.suppressed_by, parent.suppressed_until_ms)  # type: ignore[arg-type]  # as we kept
            then = suppression.on_suppressor(held, composite_rules.suppressor_of(at.state, parent), at.now_ms)
            _suppress(at, parent, held, then)


def _evaluate(at: Scene, parent: Alarm, child: Alarm) -> None:
    """The composite alarm is in the state of its rule, after a child changed; on a cycle nothing is evaluated."""
    to = composite_rules.state_of(at.state, parent)
    if to is None or to == parent.state:
        return
    triggers = [trigger(child)]
    reason = f"{child.arn} transitioned to {child.state} at {long_date(child.transitioned_ms)}"
    move(at, parent, to, reason=reason[: limits.ALARM_REASON_CHARS], reason_data=_data(triggers), triggers=triggers)


def _suppress(at: Scene, alarm: Alarm, before: Suppression, then: Suppression) -> None:
    """What holds the composite alarm's actions back is as it is now; its actions run where nothing does any more."""
    if then == before:
        return
    alarms.note(at.state, alarm.id, suppressed_by=then.by, suppressed_until_ms=then.until_ms)
    after = replace(alarm, suppressed_by=then.by, suppressed_until_ms=then.until_ms)
    change = Change(before=alarm, after=after, triggers=_triggers(alarm), tags=_tags_told(at.state, alarm))
    if then.by is None:
        _emit(at, change)
        _act(at, change)


def _triggers(alarm: Alarm) -> list[Json]:
    """What the state's reason data names."""
    found: Any = json.loads(alarm.reason_data) if alarm.reason_data else {}
    named = found.get("triggeringAlarms", []) if isinstance(found, dict) else []
    return [each for each in named if isinstance(each, dict) and {"arn", "state"} <= each.keys()]


def _data(triggers: Sequence[Json]) -> str:
    return json.dumps({"triggeringAlarms": list(triggers)}, separators=(",", ":"))


def _tags_told(state: State, alarm: Alarm) -> dict[str, str] | None:
    """The tags that the alarm tells of, none unless it is to. Source: PutMetricAlarm, AlarmTagsPropagation."""
    told = alarm.config.get("ActionConfiguration", {}).get("AlarmTagsPropagation", {})
    if not told.get("Enabled"):
        return None
    found = tags.of(state, alarm.arn)
    included, excluded = told.get("IncludedTagKeys", found), told.get("ExcludedTagKeys", ())
    return {key: value for key, value in found.items() if key in included and key not in excluded}
