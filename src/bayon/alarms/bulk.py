"""`missing.decide` for many alarms at once, on arrays: a row an alarm, a column a window, NaN where data is missing.

It only tells which state each alarm is in. Whoever changes is then evaluated one by one, for its reason; a property
test keeps both the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bayon.alarms.comparison import STATIC
from bayon.alarms.config import Config

STATES = ("OK", "ALARM", "INSUFFICIENT_DATA")
OK, ALARM, INSUFFICIENT_DATA = range(3)
MISSING, IGNORE, AS_BREACHING, AS_NOT_BREACHING = range(4)
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
OPERATORS = tuple(STATIC)
Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Judged:
    """The configurations of alarms as columns of equal length."""

    operators: Array
    thresholds: Array
    periods: Array
    needed: Array
    missing: Array


def judged(configs: list[Config]) -> Judged:
    """The alarms' configurations as columns; each has a threshold."""
    return Judged(
        np.array([OPERATORS.index(config.operator) for config in configs], np.int8),
        np.array([config.threshold for config in configs], np.float64),
        np.array([config.periods for config in configs], np.int32),
        np.array([config.needed for config in configs], np.int32),
        np.array([TREATMENTS.index(config.missing) for config in configs], np.int8),
    )


def decide(alarms: Judged, values: Array, current: Array) -> Array:
    """The state of each alarm, as its place in `STATES`.

    In: `values` is alarms by windows, oldest first, all rows as wide as the widest range; what lies before an alarm's
    own range is NaN. `current` is the state that each is in.
    """
    real = ~np.isnan(values)
    breaching = _breaching(alarms, values) & real
    known, bad = real.sum(axis=1), breaching.sum(axis=1)
    enough = known >= alarms.periods
    newer = np.cumsum(real[:, ::-1], axis=1)[:, ::-1]  # data points from here to the newest
    newest_bad = (breaching & (newer <= alarms.periods[:, None])).sum(axis=1)
    fill = alarms.periods - known
    oldest_bad_age = np.where(bad > 0, values.shape[1] - np.argmax(breaching, axis=1), 0)
    premature = oldest_bad_age >= alarms.needed
    as_missing = alarms.missing == MISSING
    unfilled = np.select(
        [known == 0, bad >= alarms.needed, bad < known, premature & as_missing],
        [np.where(as_missing, INSUFFICIENT_DATA, current), ALARM, OK, ALARM],
        current,
    )
    decided: Array = np.select(
        [enough, alarms.missing == AS_BREACHING, alarms.missing == AS_NOT_BREACHING],
        [newest_bad >= alarms.needed, bad + fill >= alarms.needed, bad >= alarms.needed],
        unfilled,
    ).astype(np.int8)
    return decided


def _breaching(alarms: Judged, values: Array) -> Array:
    breaching = np.zeros(values.shape, bool)
    for place, name in enumerate(OPERATORS):
        rows = np.flatnonzero(alarms.operators == place)
        if len(rows):
            breaching[rows] = STATIC[name].breaches(values[rows], alarms.thresholds[rows, None])
    return breaching
