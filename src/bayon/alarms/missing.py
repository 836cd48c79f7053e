"""How missing data points are treated: which of the points that were retrieved count, and what they decide.

Source: CloudWatch user guide, Configuring how CloudWatch alarms treat missing data; both of its tables are cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, assert_never

from bayon.alarms.config import State, Treatment

ENOUGH: Final = "enough data points exist, so how missing ones are treated does not matter"
FILLED: Final = "missing data points were filled in"
NOTHING: Final = "no data point exists"
ONE_IS_FINE: Final = "a data point that exists is not breaching, and too few of the others are"
BREACHING: Final = "enough of the data points that exist are breaching"
PREMATURE: Final = "every data point that exists is breaching, and the oldest of them is old enough"
TOO_EARLY: Final = "too few data points exist to tell, so the state is kept"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state, the rule that decided, and how many missing points were filled in to decide."""

    state: State
    rule: str
    filled: int = 0


def decide(
    breaching: Sequence[bool | None], *, periods: int, needed: int, missing: Treatment, current: State
) -> Verdict:
    """What the points of the evaluation range decide, oldest first, None where one is missing."""
    real = [each for each in breaching if each is not None]
    if len(real) >= periods:
        return Verdict(_state(sum(real[-periods:]) >= needed), ENOUGH)
    count, fill = sum(real), periods - len(real)
    match missing:
        case "breaching":
            return Verdict(_state(count + fill >= needed), FILLED, fill)
        case "notBreaching":
            return Verdict(_state(count >= needed), FILLED, fill)
        case "missing" | "ignore":
            return _unfilled(breaching, len(real), count, needed, missing, current)
        case _:
            assert_never(missing)


def _unfilled(
    breaching: Sequence[bool | None], real: int, count: int, needed: int, missing: Treatment, current: State
) -> Verdict:
    if not real:
        return Verdict("INSUFFICIENT_DATA" if missing == "missing" else current, NOTHING)
    if count >= needed:
        return Verdict("ALARM", BREACHING)
    if count < real:
        return Verdict("OK", ONE_IS_FINE)
    if len(breaching) - breaching.index(True) >= needed:
        return Verdict("ALARM" if missing == "missing" else current, PREMATURE)
    return Verdict(current, TOO_EARLY)


def _state(alarm: bool) -> State:  # noqa: FBT001 one fact in, its name out
    return "ALARM" if alarm else "OK"
