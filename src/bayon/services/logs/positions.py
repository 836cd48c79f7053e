"""Where a reader stands between two events, and the 56 digits that clients see of it.

A gap is named by the position of the event behind it, whether or not there is one: reading forward from a gap gives the
events at that position and later, reading backward those before it. So one gap serves both directions, and no walk
repeats or skips an event.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from bayon.errors import AwsError
from bayon.store.logs import LogEvent, Position

Direction = Literal["f", "b"]

HEAD = Position(0, 0)
_MAX_MS = 2**63 - 1
_MAX_SEQ = 2**64 - 1
# A tail of "/s" has been seen on real tokens, logs.md §2.1.
_STREAM_TOKEN = re.compile(r"([fb])/(3\d{55})(/s)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class StreamToken:
    """A gap and the direction in which to read from it."""

    direction: Direction
    gap: Position


def gap_before(event: LogEvent) -> Position:
    """The gap in front of the event."""
    return Position(event.at_ms, event.seq)


def gap_after(event: LogEvent) -> Position:
    """The gap behind the event."""
    return Position(event.at_ms, event.seq + 1)


def digits(position: Position) -> str:
    """56 decimal digits that sort as positions do. The leading 3 keeps them 56 through a client's integers."""
    return f"3{position.at_ms:019d}{position.seq:036d}"


def stream_token(direction: Direction, gap: Position) -> str:
    """The token of GetLogEvents for reading on from `gap`."""
    return f"{direction}/{digits(gap)}"


def parse_stream_token(token: str) -> StreamToken:
    """Raises: InvalidParameterException where bayon issued no such token."""
    match = _STREAM_TOKEN.fullmatch(token)
    if match is None:
        raise invalid_token()
    gap = Position(int(match[2][1:20]), int(match[2][20:]))
    if gap.at_ms > _MAX_MS or gap.seq > _MAX_SEQ:
        raise invalid_token()
    return StreamToken("f" if match[1] == "f" else "b", gap)


def invalid_token() -> AwsError:
    """The error of a bad page token, logs.md §2."""
    return AwsError("InvalidParameterException", "The specified nextToken is invalid.")
