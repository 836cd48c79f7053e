"""The texts and the data that tell why an alarm is in its state.

Source: recorded and documented texts, metrics.md §4.7. AWS publishes none for data points that exist beside others that
were filled in; ours joins the two sentences it has.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from bayon import limits
from bayon.alarms.comparison import ABOVE, BELOW, STATIC
from bayon.alarms.config import Config, Points, State

CREATED = "Unchecked: Initial alarm creation"


def java_double(value: float) -> str:
    """The number as Java prints a double: `21.0`, `1.0E-5`."""
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(float(value))
    if not math.isfinite(value):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value)]
    digits, exponent = _shortest(value)
    return f"{digits}E{exponent}"


def _shortest(value: float) -> tuple[str, int]:
    """The fewest digits that mean the number, one before the point, and its power of ten."""
    sign = "-" if value < 0 else ""
    mantissa, _, power = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    exponent = int(power or 0) + len(whole) - 1
    digits = (whole + fraction).lstrip("0")
    exponent -= len(whole + fraction) - len((whole + fraction).lstrip("0"))
    digits = digits.rstrip("0") or "0"
    return f"{sign}{digits[0]}.{digits[1:] or '0'}", exponent


def moment(at_ms: int) -> str:
    """The time as reason data and messages write it: `2024-11-19T10:02:20.123+0000`."""
    shown = datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{shown}.{at_ms % 1000:03d}+0000"


def crossed(config: Config, points: Points, chosen: Sequence[int], used: int, filled: int, state: State) -> str:
    """Why the alarm is in OK or ALARM by the points at `chosen`, of `used` that exist and `filled` that do not."""
    if not used:
        return _none_received(config, filled)
    kind = "Thresholds" if config.threshold is None else "Threshold"
    if not chosen:
        return f"{kind} Crossed: {_treated(config, filled)}."
    many = len(chosen) > 1
    amount = f"{len(chosen)} datapoint{'s' if many else ''}"
    minimum = ""
    if config.needed_stated or config.threshold is None:
        amount = f"{len(chosen)} out of the last {used} datapoints"
        minimum = f" {_minimum(config, state)}"
    verb = "were" if many else "was"
    shown = ", ".join(_point(points, place) for place in reversed(chosen))
    negated = "not " if state == "OK" else ""
    text = f"{kind} Crossed: {amount} [{shown}] {verb} {negated}{_against(config, points, chosen)}{minimum}"
    if filled and config.missing in ("breaching", "notBreaching"):
        text += f" and {_treated(config, filled)}"
    return _bounded(f"{text}.")


def contributed(config: Config, points: Points, chosen: Sequence[int], state: State) -> str:
    """Why one contributor of an alarm over many series is in OK or ALARM. Source: documented sample."""
    amount, verb = ("1 datapoint", "was") if len(chosen) == 1 else (f"{len(chosen)} datapoints", "were")
    negated = "not " if state == "OK" else ""
    against = f"{negated}{_against(config, points, chosen)}"
    recent = (
        "" if state == "OK" else f" The most recent datapoint which crossed the threshold: [{_last(points, chosen)}]."
    )
    return _bounded(f"Threshold Crossed: {amount} {verb} {against}.{recent}")


def unknown(count: int) -> str:
    """Why the alarm has insufficient data. Source: documented sample; how many it counts is inferred."""
    return f"Insufficient Data: {count} datapoint{' was' if count == 1 else 's were'} unknown."


def data(config: Config, points: Points, used: Sequence[int], now_ms: int) -> str:
    """StateReasonData: the points at `used`, ascending, and which windows had none. Keys in the order of recordings."""
    known = [place for place in used if points.values[place] is not None]
    found: dict[str, Any] = {"version": "1.0", "queryDate": moment(now_ms)}
    if known:
        found["startDate"] = moment(points.starts_s[known[0]] * 1000)
    if config.unit:
        found["unit"] = config.unit
    if config.statistic:
        found["statistic"] = config.statistic
    found |= {"period": config.period_s, "recentDatapoints": [points.values[place] for place in known]}
    if config.threshold is None:
        found["recentLowerThresholds"] = [points.lower[place] for place in known]
        found["recentUpperThresholds"] = [points.upper[place] for place in known]
    else:
        found["threshold"] = config.threshold
    found["evaluatedDatapoints"] = [_evaluated(points, place) for place in reversed(used)]
    while len(text := json.dumps(found, separators=(",", ":"))) > limits.ALARM_REASON_DATA_CHARS:
        found["evaluatedDatapoints"] = found["evaluatedDatapoints"][: len(found["evaluatedDatapoints"]) // 2]
        found["recentDatapoints"] = found["recentDatapoints"][-(len(found["recentDatapoints"]) // 2) :]
    return text


def _evaluated(points: Points, place: int) -> dict[str, Any]:
    shown: dict[str, Any] = {"timestamp": moment(points.starts_s[place] * 1000)}
    if points.counts and points.counts[place] is not None:
        shown["sampleCount"] = points.counts[place]
    if points.values[place] is not None:
        shown["value"] = points.values[place]
    return shown


def _against(config: Config, points: Points, chosen: Sequence[int]) -> str:
    if config.threshold is not None:
        return f"{STATIC[config.operator].says} the threshold ({java_double(config.threshold)})"
    lower, upper = (_listed(edge, chosen) for edge in (points.lower, points.upper))
    below, above = f"less than the lower thresholds [{lower}]", f"greater than the upper thresholds [{upper}]"
    return {BELOW: below, ABOVE: above}.get(config.operator, f"{below} or {above}")


def _listed(edge: Sequence[float | None], chosen: Sequence[int]) -> str:
    return ", ".join(java_double(edge[place] or 0.0) for place in reversed(chosen))


def _minimum(config: Config, state: State) -> str:
    least = config.needed if state == "ALARM" else config.periods - config.needed + 1
    way = "OK -> ALARM" if state == "ALARM" else "ALARM -> OK"
    return f"(minimum {least} datapoint{'' if least == 1 else 's'} for {way} transition)"


def _none_received(config: Config, filled: int) -> str:
    periods = f"{filled} period{'' if filled == 1 else 's'}"
    return f"Threshold Crossed: no datapoints were received for {periods} and {_treated(config, filled)}."


def _treated(config: Config, filled: int) -> str:
    word = "Breaching" if config.missing == "breaching" else "NonBreaching"
    return f"{filled} missing datapoint{' was' if filled == 1 else 's were'} treated as [{word}]"


def _point(points: Points, place: int) -> str:
    at = datetime.fromtimestamp(points.starts_s[place], UTC).strftime("%d/%m/%y %H:%M:%S")
    return f"{java_double(points.values[place] or 0.0)} ({at})"


def _last(points: Points, chosen: Sequence[int]) -> str:
    return _point(points, chosen[-1]) if chosen else ""


def _bounded(text: str) -> str:
    """The text within what a state reason may hold; what does not fit is left out at its end."""
    return text if len(text) <= limits.ALARM_REASON_CHARS else f"{text[: limits.ALARM_REASON_CHARS - 1]}…"
