"""Times as log lines write them. What names no time zone is UTC. Pure: the year of a syslog line is given."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONE = r"(?:\s?(?P<zone>Z|UTC|[+-]\d\d:?\d\d))?"
_ISO = re.compile(
    r"(?P<year>\d{4})[-/](?P<month>\d\d)[-/](?P<day>\d\d)[T ](?P<hour>\d\d):(?P<minute>\d\d)"
    rf"(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{{1,9}}))?)?{_ZONE}"
)
_APACHE = re.compile(
    rf"\[(?P<day>\d\d)/(?P<month>[A-Za-z]{{3}})/(?P<year>\d{{4}}):(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d){_ZONE}\]"
)
_SYSLOG = re.compile(
    r"(?P<month>[A-Z][a-z]{2}) {1,2}(?P<day>\d{1,2}) "
    r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.(?P<fraction>\d{1,9}))?"
)
_EPOCH = re.compile(r"(?P<number>\d{10}(?:\.\d{1,9})?|\d{13}|\d{16}|\d{19})(?![\d.])")
_LEADING = re.compile(r"\s*(?:<\d{1,3}>(?:\d )?)?\[?")
APACHE_WITHIN_CHARS = 256  # ours: where the time of an access log line may stand
# What the time of a JSON line is called, in the order of preference.
KEYS = ("timestamp", "@timestamp", "time", "ts", "eventTime", "event_time", "datetime", "date", "asctime", "t")


def in_line(line: str, now: datetime) -> int | None:
    """Milliseconds of the time that the line begins with, or that an access log line holds; none without one."""
    start = line[_LEADING.match(line).end() :] if _LEADING.match(line) else line  # type: ignore[union-attr]
    if match := _ISO.match(start):
        return _milliseconds(match.groupdict(), now)
    if match := _SYSLOG.match(start):
        return _milliseconds({**match.groupdict(), "year": None, "zone": None}, now)
    if match := _APACHE.search(line, 0, APACHE_WITHIN_CHARS):
        return _milliseconds(match.groupdict(), now)
    match = _EPOCH.match(start)
    return of_number(float(match["number"])) if match else None


def in_object(value: dict[str, Any], now: datetime) -> int | None:
    """Milliseconds of the time that an object has under one of `KEYS`."""
    for key in KEYS:
        given = value.get(key)
        if isinstance(given, int | float) and not isinstance(given, bool):
            return of_number(given)
        if isinstance(given, str) and (found := in_line(given, now)) is not None:
            return found
    return None


def of_number(number: float) -> int:
    """Milliseconds of an epoch in seconds, milliseconds, microseconds or nanoseconds, told by its size."""
    for unit_per_ms, least in ((1_000_000, 1e17), (1000, 1e14), (1, 1e11)):
        if number >= least:
            return int(number // unit_per_ms)
    return int(number * 1000)


def _milliseconds(found: dict[str, str | None], now: datetime) -> int | None:
    month = found["month"] or ""
    try:
        moment = datetime(
            int(found["year"] or now.year),
            int(month) if month.isdecimal() else MONTHS.index(month.lower()) + 1,
            int(found["day"] or 1),
            int(found["hour"] or 0),
            int(found["minute"] or 0),
            int(found["second"] or 0),
            int((found.get("fraction") or "0").ljust(6, "0")[:6]),
            tzinfo=_zone(found["zone"]),
        )
        if found["year"] is None and moment > now + timedelta(days=1):
            moment = moment.replace(year=moment.year - 1)
    except ValueError:
        return None
    return int(moment.timestamp() * 1000)


def _zone(text: str | None) -> timezone:
    if text in (None, "Z", "UTC"):
        return UTC
    assert text is not None
    by = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-by if text[0] == "-" else by)
