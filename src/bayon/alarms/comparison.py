"""Comparison operators: whether a value breaches, and the words of a reason."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Comparison:
    """An operator against a threshold; `breaches(value, threshold)` also takes arrays."""

    says: str
    breaches: Callable[..., bool]


STATIC: dict[str, Comparison] = {
    "GreaterThanThreshold": Comparison("greater than", operator.gt),
    "GreaterThanOrEqualToThreshold": Comparison("greater than or equal to", operator.ge),
    "LessThanThreshold": Comparison("less than", operator.lt),
    "LessThanOrEqualToThreshold": Comparison("less than or equal to", operator.le),
}
BELOW, ABOVE = "LessThanLowerThreshold", "GreaterThanUpperThreshold"
OUTSIDE = "LessThanLowerOrGreaterThanUpperThreshold"
BANDS = frozenset((BELOW, ABOVE, OUTSIDE))


def outside(name: str, value: float, lower: float, upper: float) -> bool:
    """Whether the value breaches a band under the operator of that name."""
    return (name != ABOVE and value < lower) or (name != BELOW and value > upper)
