"""X-Ray trace ids and the time that stands in them."""

from __future__ import annotations

import re

from bayon import limits
from bayon.clock import DAY_S

_XRAY = re.compile(r"1-[0-9a-fA-F]{8}-[0-9a-fA-F]{24}")
_W3C = re.compile(r"[0-9a-fA-F]{32}")


def is_trace_id(text: str) -> bool:
    """True for `1-` + 8 hex + `-` + 24 hex, in either case."""
    return _XRAY.fullmatch(text) is not None


def canonical(text: str) -> str | None:
    """The stored form of a trace id in X-Ray's or in W3C's spelling; none if it is neither."""
    if is_trace_id(text):
        return text.lower()
    if _W3C.fullmatch(text):
        return f"1-{text[:8]}-{text[8:]}".lower()
    return None


def epoch_s(trace_id: str) -> int:
    """The epoch seconds that a canonical trace id names; W3C ids may carry anything there."""
    return int(trace_id[2:10], 16)


def began_s(trace_id: str, start_s: float) -> float:
    """When a trace began, as far as its id and the start of an entity tell.

    Ids made by other tracers carry no time, so the id's is believed only where it lies near the entity's own.
    """
    id_s = epoch_s(trace_id)
    near = abs(start_s - id_s) <= limits.TRACE_UPDATE_DAYS * DAY_S
    return min(id_s, start_s) if near else start_s


def found_at_s(trace_id: str, start_s: float) -> float:
    """The time by which a trace is found that began at `start_s`: the id's where it lies near.

    Source: GetTraceSummaries, TimeRangeType; traces.md §2.4 for ids without a time.
    """
    id_s = epoch_s(trace_id)
    return id_s if abs(start_s - id_s) <= limits.TRACE_UPDATE_DAYS * DAY_S else start_s
