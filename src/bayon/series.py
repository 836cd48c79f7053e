"""One time series as every part of bayon that computes or draws sees it: numbers at times, and what they are called.

This module deliberately computes nothing; statistics, math and labels belong to those who give them a meaning.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Series:
    """Data points oldest first; `times_ms` are the starts of their periods, a period without a point is absent.

    `unit` is empty where the values have none, such as results of an expression.
    """

    times_ms: list[int]
    values: list[float]
    label: str
    unit: str
    period_s: int
