"""Minutes of arrival that are not over: in which groups events came, and which filters with a default value matched.

Kept in memory only, since it can be read again from the events themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bayon import limits
from bayon.services.logs.following.points import Derived
from bayon.services.logs.following.rules import Rule
from bayon.store.arrivals import MINUTE_MS, Counts, Window
from bayon.store.derived import Progress

Matched = dict[int, set[int]]  # by group, the filters that matched


@dataclass(slots=True)
class _Minute:
    since: tuple[int, int]  # the event, and its generation, behind which those of the minute arrived
    matched: Matched = field(default_factory=dict)


class Waiting:
    """The open minutes."""

    def __init__(self) -> None:
        self._minutes: dict[int, _Minute] = {}

    def note(self, counts: Counts, rules: Sequence[Rule], window: Window, closed_minute: int) -> None:
        """What was counted is remembered of filters with a default value, unless the minute is closed already."""
        if counts.arrived_minute <= closed_minute:
            return
        for rule, count in zip(rules, counts.matched, strict=True):
            if rule.has_default:
                minute = self._minutes.setdefault(counts.arrived_minute, _Minute((window.after, window.generation)))
                matched = minute.matched.setdefault(counts.group_id, set())
                if count:
                    matched.add(rule.filter_id)

    def take_over(self, now_ms: int) -> dict[int, Matched]:
        """The minutes that are over, which are open no more."""
        over = [m for m in sorted(self._minutes) if (m + 1) * MINUTE_MS + limits.MINUTE_CLOSES_MS <= now_ms]
        return {minute: self._minutes.pop(minute).matched for minute in over}

    def since(self, reached: Progress) -> tuple[int, int]:
        """The event and generation behind which the events of all open minutes arrived."""
        return min((minute.since for minute in self._minutes.values()), default=(reached.seq, reached.generation))


def add_defaults(made: Derived, over: Mapping[int, Matched], rules: Mapping[int, Sequence[Rule]]) -> None:
    """The default values of filters that nothing matched are among the points."""
    for minute, groups in over.items():
        for group_id, matched in groups.items():
            for rule in rules.get(group_id, ()):
                if rule.measure.default is not None and rule.filter_id not in matched:
                    rule.add(made, minute * 60, [rule.measure.default], [1.0])
