"""dateTimeConverter: text in one of several patterns of Java, to text in another."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import re2

from bayon import limits
from bayon.errors import BayonError
from bayon.languages.transformer import paths
from bayon.languages.transformer.paths import Event

DEFAULT_FORMAT = "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'"
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_EPOCHS = {"epoch": 1, "epoch_second": 1, "epoch_milli": 1000, "epoch_ms": 1000, "epoch_micro": 1_000_000}
_TOKENS = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+")
_OFFSET = r"Z|[+-]\d{2}(?::?\d{2})?(?::?\d{2})?"


def _number(count: int) -> str:
    return r"\d{1,2}" if count == 1 else rf"\d{{{count}}}"


def _names(names: Sequence[str], short: bool) -> str:  # noqa: FBT001 a choice of two forms, private
    return "(?i:" + "|".join(name[:3] if short else name for name in names) + ")"


# What is read per letter: an expression, and the part of a time that it gives.
_READ: dict[str, tuple[Callable[[int], str], str]] = {
    "y": (lambda count: r"\d{2}" if count == 2 else r"\d{4}", "year"),
    "u": (lambda count: r"\d{2}" if count == 2 else r"\d{4}", "year"),
    "M": (lambda count: _number(count) if count < 3 else _names(MONTHS, count == 3), "month"),
    "L": (lambda count: _number(count) if count < 3 else _names(MONTHS, count == 3), "month"),
    "d": (_number, "day"),
    "E": (lambda count: _names(DAYS, count < 4), ""),
    "H": (_number, "hour"),
    "k": (_number, "hour"),
    "h": (_number, "hour12"),
    "K": (_number, "hour12"),
    "a": (lambda _: r"[AaPp]\.?[Mm]\.?", "half"),
    "m": (_number, "minute"),
    "s": (_number, "second"),
    "S": (lambda count: rf"\d{{{count}}}", "fraction"),
    "n": (lambda _: r"\d{1,9}", "fraction"),
    "X": (lambda _: _OFFSET, "offset"),
    "x": (lambda _: _OFFSET, "offset"),
    "Z": (lambda _: _OFFSET, "offset"),
    "z": (lambda _: r"[A-Za-z][A-Za-z0-9_/+-]*", "zone"),
    "V": (lambda _: r"[A-Za-z][A-Za-z0-9_/+-]*", "zone"),
}


@dataclass(frozen=True, slots=True)
class Reader:
    """A pattern as an expression; the n-th part is that of its n-th group."""

    expression: Any
    parts: tuple[str, ...]


def convert_date_time(event: Event, arguments: Any) -> None:
    """The time at the source is text at the target; what no pattern reads is left alone."""
    value = paths.get(event, arguments["source"])
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        moment = _read(str(value), arguments["matchPatterns"], zone_of(arguments.get("sourceTimezone", "UTC")))
        if moment is not None:
            at = moment.astimezone(zone_of(arguments.get("targetTimezone", "UTC")))
            paths.put(event, arguments["target"], _written(at, arguments.get("targetFormat", DEFAULT_FORMAT)))


def check(arguments: Any) -> None:
    """Raises: BayonError where a pattern or a zone is not understood."""
    for pattern in arguments["matchPatterns"]:
        if pattern not in _EPOCHS:
            reader(pattern)
    for name in ("sourceTimezone", "targetTimezone"):
        zone_of(arguments.get(name, "UTC"))
    _written(datetime(2000, 1, 1, tzinfo=UTC), arguments.get("targetFormat", DEFAULT_FORMAT))


@functools.lru_cache(maxsize=limits.PATTERNS_CACHED)
def zone_of(name: str) -> tzinfo:
    """The time zone of a name or an offset such as UTC+02:00. Raises: BayonError."""
    if match := re.fullmatch(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?", name):
        offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        if offset < timedelta(hours=19):
            return timezone(offset if match[1] == "+" else -offset)
    try:
        return UTC if name in ("UTC", "Z", "GMT") else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as err:
        raise BayonError(f"expected a time zone, found {name!r}") from err


@functools.lru_cache(maxsize=limits.PATTERNS_CACHED)
def reader(pattern: str) -> Reader:
    """A Java pattern compiled. Raises: BayonError."""
    text, parts = "", []
    for quoted, letters in _tokens(pattern):
        if not letters:
            text += re.escape(quoted)
            continue
        if letters[0] not in _READ:
            raise BayonError(f"expected a date pattern, found the letter {letters[0]!r} in {pattern!r}")
        expression, part = _READ[letters[0]]
        text += f"({expression(len(letters))})" if part else f"(?:{expression(len(letters))})"
        parts += [part] if part else []
    return Reader(re2.compile(text), tuple(parts))


def _tokens(pattern: str) -> list[tuple[str, str]]:
    """Literal text and runs of one letter, in order. Raises: BayonError for a quote that does not end."""
    tokens: list[tuple[str, str]] = []
    at = 0
    for match in _TOKENS.finditer(pattern):
        if match.start() != at:
            break
        at = match.end()
        text = match[0]
        if text.startswith("'"):
            tokens.append((match[1].replace("''", "'") or "'", ""))
        else:
            tokens.append(("", text) if text[0].isalpha() else (text, ""))
    if at != len(pattern):
        raise BayonError(f"expected a closing quote in the date pattern {pattern!r}")
    return tokens


def _read(text: str, patterns: list[str], zone: tzinfo) -> datetime | None:
    for pattern in patterns:
        if pattern in _EPOCHS:
            moment = _of_epoch(text, _EPOCHS[pattern])
        else:
            compiled = reader(pattern)
            match = compiled.expression.fullmatch(text.strip())
            moment = _moment(dict(zip(compiled.parts, match.groups(), strict=True)), zone) if match else None
        if moment is not None:
            return moment
    return None


def _of_epoch(text: str, per_second: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(text) / per_second, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _moment(found: dict[str, str], zone: tzinfo) -> datetime | None:
    """The time of the parts that were read; none where there is no such time."""
    year = found.get("year", "1970")
    hour = int(found.get("hour", "0")) % 24
    if "hour12" in found:
        hour = int(found["hour12"]) % 12 + (12 if found.get("half", "a")[0] in "pP" else 0)
    month = found.get("month", "1")
    try:
        if "offset" in found:
            zone = _offset(found["offset"])
        elif "zone" in found:
            zone = zone_of(found["zone"])
        return datetime(
            int(year) + (2000 if len(year) == 2 else 0),
            int(month) if month.isdecimal() else [name[:3].lower() for name in MONTHS].index(month[:3].lower()) + 1,
            int(found.get("day", "1")),
            hour,
            int(found.get("minute", "0")),
            int(found.get("second", "0")),
            int(found.get("fraction", "0").ljust(6, "0")[:6]),
            tzinfo=zone,
        )
    except (ValueError, BayonError):
        return None


def _offset(text: str) -> tzinfo:
    if text == "Z":
        return UTC
    digits = text[1:].replace(":", "").ljust(6, "0")
    by = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]), seconds=int(digits[4:6]))
    return timezone(-by if text[0] == "-" else by)


def _written(at: datetime, pattern: str) -> str:
    """Raises: BayonError where the pattern has a letter that is not known."""
    return "".join(_letters(at, letters) if letters else literal for literal, letters in _tokens(pattern))


def _letters(at: datetime, letters: str) -> str:
    letter, count = letters[0], len(letters)
    numbers = {"d": at.day, "H": at.hour, "k": at.hour or 24, "h": at.hour % 12 or 12, "K": at.hour % 12}
    numbers |= {"m": at.minute, "s": at.second, "D": at.timetuple().tm_yday}
    if letter in numbers:
        return str(numbers[letter]).zfill(count)
    match letter:
        case "y" | "u":
            return f"{at.year % 100:02d}" if count == 2 else str(at.year).zfill(count)
        case "M" | "L":
            name = MONTHS[at.month - 1]
            return str(at.month).zfill(count) if count < 3 else name[:3] if count == 3 else name
        case "E":
            name = DAYS[at.weekday()]
            return name if count > 3 else name[:3]
        case "a":
            return "PM" if at.hour >= 12 else "AM"
        case "S" | "n":
            return f"{at.microsecond:06d}".ljust(9, "0")[:count]
        case "X" | "x" | "Z":
            return _written_offset(at, letter, count)
        case "z" | "V":
            return at.tzname() or "UTC"
        case _:
            raise BayonError(f"expected a date pattern, found the letter {letter!r}")


def _written_offset(at: datetime, letter: str, count: int) -> str:
    text = at.strftime("%z")[:5]
    if letter == "X" and text == "+0000":
        return "Z"
    if count == 1 and letter != "Z":
        return text[:3] if text.endswith("00") else text
    return f"{text[:3]}:{text[3:]}" if letter != "Z" and count in (3, 5) else text
