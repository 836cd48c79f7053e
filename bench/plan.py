"""How much to measure: tiny amounts for a smoke test, or enough for a figure that means something."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Plan:
    """`folder` is an empty folder for data, gone after the measure; `runs` are counted after one that warms up."""

    folder: Path
    runs: int
    quick: bool

    def amount(self, full: T, quick: T) -> T:
        """Out: what to use in a full, or in a quick measure."""
        return quick if self.quick else full


def say(line: str) -> None:
    """The line is seen at once, apart from the results."""
    print(line, file=sys.stderr, flush=True)
