"""Timestamps on the wire, epoch seconds, ISO 8601 and RFC 822, and the int milliseconds that bayon uses for them.

Only years 1 to 9999 have a text form, so nothing else is accepted in any form.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

SECONDS_MIN = -62_135_596_800  # 0001-01-01T00:00:00Z
SECONDS_MAX = 253_402_300_799  # 9999-12-31T23:59:59Z

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_NUMBER = re.compile(r"[+-]?\d{1,12}(\.\d{1,12})?([eE][+-]?\d{1,2})?")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_RFC_822 = re.compile(
    rf"(?:(?:{'|'.join(_DAYS)}), )?(\d{{1,2}}) ({'|'.join(_MONTHS)}) (\d{{4}}) "
    r"(\d\d):(\d\d):(\d\d)(\.\d{1,9})? (?:GMT|UTC|Z|([+-]\d{4}))"
)


def from_seconds(seconds: float) -> int:
    """Milliseconds of epoch seconds. Raises: ValueError outside the years 1 to 9999 and for NaN."""
    if not SECONDS_MIN <= seconds <= SECONDS_MAX + 1:
        raise ValueError("timestamp out of range")
    return seconds * 1000 if isinstance(seconds, int) else round(seconds * 1000)


def from_datetime(moment: datetime) -> int:
    """Milliseconds of an aware datetime, rounded down."""
    return (moment - _EPOCH) // _MS


def from_text(text: str) -> int:
    """Milliseconds of a timestamp in any of the three forms. Raises: ValueError."""
    if _NUMBER.fullmatch(text):
        return from_seconds(float(text))
    rfc_822 = _RFC_822.fullmatch(text)
    if rfc_822:
        return _from_rfc_822(rfc_822)
    if "T" not in text and len(text) != len("2026-03-02"):
        raise ValueError("not a timestamp")
    moment = datetime.fromisoformat(text)
    try:
        return from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except OverflowError as err:
        raise ValueError("timestamp out of range") from err


def _from_rfc_822(match: re.Match[str]) -> int:
    day, month, year, hour, minute, second, fraction, offset = match.groups()
    moment = datetime(int(year), _MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    ms = from_datetime(moment) + int(float(fraction or 0) * 1000)
    if not offset:
        return ms
    east = 1 if offset[0] == "+" else -1
    return ms - east * (int(offset[1:3]) * 60 + int(offset[3:5])) * 60_000


def to_seconds(ms: int) -> int | float:
    """Epoch seconds, an int where they are whole."""
    return ms / 1000 if ms % 1000 else ms // 1000


def to_iso_8601(ms: int) -> str:
    """`2026-01-01T00:00:00Z`, with milliseconds where there are any."""
    moment = _EPOCH + timedelta(milliseconds=ms)
    return moment.isoformat(timespec="milliseconds" if ms % 1000 else "seconds").replace("+00:00", "Z")


def to_rfc_822(ms: int) -> str:
    """`Thu, 01 Jan 2026 00:00:00 GMT`, with milliseconds where there are any."""
    moment = _EPOCH + timedelta(milliseconds=ms)
    fraction = f".{ms % 1000:03d}" if ms % 1000 else ""
    date = f"{_DAYS[moment.weekday()]}, {moment.day:02d} {_MONTHS[moment.month - 1]} {moment.year:04d}"
    return f"{date} {moment:%H:%M:%S}{fraction} GMT"


_WRITERS: dict[str, Callable[[int], str]] = {
    "iso8601": to_iso_8601,
    "rfc822": to_rfc_822,
    "unixTimestamp": lambda ms: str(to_seconds(ms)),
}


def text_writer(form: str) -> Callable[[int], str]:
    """The function that writes milliseconds in the named form: `iso8601`, `rfc822` or `unixTimestamp`."""
    return _WRITERS[form]
