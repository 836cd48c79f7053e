"""When a mute rule mutes: its schedule as text, read into windows of time. Pure.

Source: CloudWatch API reference, PutAlarmMuteRule; user guide, How alarm mute rules work. The user guide also writes a
schedule of five fields without `cron()`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from bayon import limits

Status = Literal["SCHEDULED", "ACTIVE", "EXPIRED"]
_CRON = re.compile(r"(?:cron\((.*)\)|(.*))")
_AT = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d)\)")
_FIELDS = re.compile(r"[0-9A-Za-z*,-]+")
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


class ScheduleError(ValueError):
    """The schedule cannot be read; the text says what was expected."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When windows begin, by `cron` or once `at`, and how long each is; none begins outside `since_ms` to `until_ms`,
    which also ends the last."""

    cron: str | None
    at: datetime | None
    duration_s: int
    zone: ZoneInfo
    since_ms: int | None
    until_ms: int | None


@dataclass(frozen=True, slots=True)
class Window:
    """A time in which actions are muted."""

    start_ms: int
    end_ms: int


def schedule(expression: str, duration: str, zone: str, since_ms: int | None, until_ms: int | None) -> Schedule:
    """The schedule of a rule. Raises: ScheduleError."""
    try:
        place = ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as err:
        raise ScheduleError(f"Timezone: expected a name of the IANA database, found {zone}") from err
    length_s = _duration_s(duration)
    if match := _AT.fullmatch(expression):
        return Schedule(None, _local(match[1], place), length_s, place, since_ms, until_ms)
    cron = _CRON.fullmatch(expression)
    fields = (cron[1] or cron[2] or "").split() if cron else []
    if len(fields) != 5 or not all(map(_FIELDS.fullmatch, fields)):
        raise ScheduleError(_expected(expression))
    try:
        CronSim(" ".join(fields), _FIRST)
    except CronSimError as err:
        raise ScheduleError(f"{_expected(expression)}: {str(err)[:1].lower()}{str(err)[1:]}") from err
    return Schedule(" ".join(fields), None, length_s, place, since_ms, until_ms)


def window(rule: Schedule, now_ms: int) -> Window | None:
    """The window that the rule is in; of several the one that began last."""
    if not (rule.since_ms or 0) <= now_ms or (rule.until_ms is not None and rule.until_ms <= now_ms):
        return None
    start_ms = _last_start_ms(rule, now_ms)
    if start_ms is None or start_ms < (rule.since_ms or 0) or now_ms >= start_ms + rule.duration_s * 1000:
        return None
    end_ms = start_ms + rule.duration_s * 1000
    return Window(start_ms, end_ms if rule.until_ms is None else min(end_ms, rule.until_ms))


def status(rule: Schedule, now_ms: int) -> Status:
    """Whether the rule mutes, has yet to, or never will again."""
    if window(rule, now_ms):
        return "ACTIVE"
    over = rule.until_ms is not None and rule.until_ms <= now_ms
    done = rule.at is not None and _ms(rule.at) + rule.duration_s * 1000 <= now_ms
    return "EXPIRED" if over or done else "SCHEDULED"


def _last_start_ms(rule: Schedule, now_ms: int) -> int | None:
    if rule.at is not None:
        return _ms(rule.at) if _ms(rule.at) <= now_ms else None
    assert rule.cron is not None, "a schedule is one or the other"
    behind = datetime.fromtimestamp(now_ms // 60_000 * 60 + 60, rule.zone)
    try:
        return _ms(next(CronSim(rule.cron, behind, reverse=True)))
    except StopIteration:
        return None


def _duration_s(text: str) -> int:
    match = _DURATION.fullmatch(text)
    days, hours, minutes = (int(part or 0) for part in match.groups()) if match else (0, 0, 0)
    length_s = 86_400 * days + 3600 * hours + 60 * minutes
    if not limits.MUTE_DURATION_MIN_S <= length_s <= limits.MUTE_DURATION_MAX_S:
        raise ScheduleError(f"Duration: expected an ISO 8601 duration from PT1M to P15D, found {text}")
    return length_s


def _local(text: str, zone: ZoneInfo) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone)
    except ValueError as err:
        raise ScheduleError(_expected(f"at({text})")) from err


def _expected(found: str) -> str:
    return f"Expression: expected cron(minutes hours day month weekday) or at(yyyy-MM-ddThh:mm), found {found}"


def _ms(at: datetime) -> int:
    return (at.astimezone(UTC) - _FIRST) // timedelta(milliseconds=1)
