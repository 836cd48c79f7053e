"""What a machine is told of an alarm and of its data. Plain values; where they come from is the services' business."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

State = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
Treatment = Literal["missing", "ignore", "breaching", "notBreaching"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """How the data points of one alarm are judged: in ALARM when `needed` of `periods` of them breach.

    `threshold` is None where a band of the same times is the threshold; `needed_stated` says that DatapointsToAlarm was
    given, which changes the reason's words; `statistic` and `unit` are empty where the alarm states none, and
    `low_samples` is how many samples a percentile needs before it counts, 0 where that does not matter.
    """

    operator: str
    threshold: float | None
    periods: int
    needed: int
    needed_stated: bool
    missing: Treatment
    period_s: int
    statistic: str = ""
    unit: str = ""
    low_samples: float = 0.0


@dataclass(frozen=True, slots=True)
class Points:
    """The evaluation range, oldest window first: more windows than the alarm asks for, so that gaps can be bridged.

    `values` is None where a window has no data; `counts` are samples where they are known; `lower` and `upper` are the
    band where there is one.
    """

    starts_s: Sequence[int]
    values: Sequence[float | None]
    counts: Sequence[float | None] = ()
    lower: Sequence[float | None] = ()
    upper: Sequence[float | None] = ()
