"""Which mute rules hold back the actions of an alarm now. When a rule mutes is decided in `alarms.mutes`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bayon.alarms import mutes
from bayon.alarms.mutes import Schedule, Window
from bayon.state import alarm_mute_rules
from bayon.state.alarm_mute_rules import MuteRule
from bayon.state.alarms import Alarm
from bayon.state.database import State


@dataclass(frozen=True, slots=True)
class Mute:
    """A rule in one of its windows."""

    rule: MuteRule
    window: Window


class Mutes:
    """The rules that mute at one time, read once, when they are first asked for."""

    def __init__(self, state: State, now_ms: int) -> None:
        self._state = state
        self._now_ms = now_ms
        self._by_alarm: dict[tuple[str, str, str], list[Mute]] | None = None

    def of(self, alarm: Alarm) -> Sequence[Mute]:
        """The rules that mute the alarm, the most recently created first. Reads: alarm_mute_rules."""
        if self._by_alarm is None:
            self._by_alarm = self._read()
        return self._by_alarm.get((alarm.account, alarm.region, alarm.name), [])

    def _read(self) -> dict[tuple[str, str, str], list[Mute]]:
        found: dict[tuple[str, str, str], list[Mute]] = {}
        for rule in sorted(alarm_mute_rules.every(self._state), key=lambda rule: rule.created_ms, reverse=True):
            window = mutes.window(schedule_of(rule.config), self._now_ms)
            if window is None:
                continue
            for name in rule.config.get("MuteTargets", {}).get("AlarmNames", []):
                found.setdefault((rule.account, rule.region, name), []).append(Mute(rule, window))
        return found


def schedule_of(config: Mapping[str, Any]) -> Schedule:
    """The schedule of a PutAlarmMuteRule request. Raises: mutes.ScheduleError."""
    given = config["Rule"]["Schedule"]
    return mutes.schedule(
        given["Expression"],
        given["Duration"],
        given.get("Timezone", "UTC"),
        config.get("StartDate"),
        config.get("ExpireDate"),
    )
