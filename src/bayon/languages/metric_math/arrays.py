"""Functions that choose and order the members of an array."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bayon.languages.metric_math.function import ARRAY, SCALAR, TEXT, Function, Run
from bayon.languages.metric_math.values import Value
from bayon.series import Series, Values

_KEYS: dict[str, Callable[[Values], Any]] = {"AVG": np.mean, "MIN": np.min, "MAX": np.max, "SUM": np.sum}


def _first(run: Run, arguments: Sequence[Any]) -> Value:
    return _member(run, arguments[0], 0)


def _last(run: Run, arguments: Sequence[Any]) -> Value:
    return _member(run, arguments[0], -1)


def _member(run: Run, members: Sequence[Series], place: int) -> Series:
    return members[place] if members else Series.empty("", run.scope.period_s)


def _slice(run: Run, arguments: Sequence[Any]) -> Value:
    members, *bounds = arguments
    places = [_whole(run, bound) for bound in bounds]
    return tuple(members[slice(*places) if len(places) > 1 else slice(places[0], None)])


def _whole(run: Run, number: float) -> int:
    if not (number >= 0 and number == int(number)):
        raise run.wrong(f"expected a whole number of at least 0, found {number:g}")
    return int(number)


def _sort(run: Run, arguments: Sequence[Any]) -> Value:
    """Members without points stand last; those of one key stay in order."""
    members, name, direction, *kept = arguments
    sign = -1 if direction == "DESC" else 1
    ordered = sorted(members, key=lambda each: (not len(each), sign * _KEYS[name](each.values) if len(each) else 0.0))
    return tuple(ordered[: _whole(run, kept[0])] if kept else ordered)


def _remove_empty(_run: Run, arguments: Sequence[Any]) -> Value:
    return tuple(member for member in arguments[0] if len(member))


def _metrics(run: Run, arguments: Sequence[Any]) -> Value:
    wanted = arguments[0] if arguments else ""
    return tuple(series for name, series in run.scope.metrics.items() if wanted in name)


_ARRAY = (ARRAY,)
ROWS = (
    Function("FIRST", (_ARRAY,), _first, "The first member, of a band its lower bound."),
    Function("LAST", (_ARRAY,), _last, "The last member, of a band its upper bound."),
    Function("SLICE", (_ARRAY, (SCALAR,), (SCALAR,)), _slice, "The members from one place up to another.", least=2),
    Function(
        "SORT",
        (_ARRAY, tuple(_KEYS), ("ASC", "DESC"), (SCALAR,)),
        _sort,
        "The members in order of a figure of their points, all or the first so many.",
        least=3,
    ),
    Function("REMOVE_EMPTY", (_ARRAY,), _remove_empty, "The members that have points."),
    Function(
        "METRICS", ((TEXT,),), _metrics, "The series of all plain metrics, or of those whose id has the text.", least=0
    ),
)
