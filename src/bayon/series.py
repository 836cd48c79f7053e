"""One time series as every part of bayon that computes or draws sees it: numbers at times, and what they are called.

This module deliberately computes nothing; statistics, math and labels belong to those who give them a meaning.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Times = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Data points oldest first; `times_ms` are the starts of their periods, a period without a point is absent.

    `unit` is empty where the values have none, such as results of an expression; `properties` are what is known of the
    metric behind the series, by the names of `${PROP('…')}` in labels. The columns are never changed, so that series
    may share them.
    """

    times_ms: Times
    values: Values
    label: str
    unit: str
    period_s: int
    properties: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.times_ms)

    @classmethod
    def of(cls, times_ms: Iterable[int], values: Iterable[float], label: str, unit: str, period_s: int) -> Series:
        """The series of these points."""
        times = np.fromiter(times_ms, np.int64)
        return cls(times, np.fromiter(values, np.float64, len(times)), label, unit, period_s)

    @classmethod
    def empty(cls, label: str, period_s: int) -> Series:
        """A series without points."""
        return cls(np.empty(0, np.int64), np.empty(0), label, "", period_s)
