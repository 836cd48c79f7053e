"""Cases of alarms: data points in, states out, a line each. Pure; reading files and printing is the caller's.

    - name: two of three, a gap counts as good
      alarm:  {threshold: ">= 5", m: 2, n: 3, missing: notBreaching}
      points: 6  _  7     6     1     1
      state:  OK OK ALARM ALARM ALARM OK

A point is one period, `_` one without data, `6x3` the same three times; a state is what the alarm is in after that
period. `alarm` may also be the request of PutMetricAlarm. A composite alarm has a `rule`, and its children's states as
`children: {a: OK ALARM, b: OKx2}`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast, get_args

from bayon import limits
from bayon.alarms import windows
from bayon.alarms.comparison import STATIC
from bayon.alarms.config import Config, Points, State, Treatment
from bayon.alarms.evaluate import evaluate
from bayon.errors import BayonError, LanguageError
from bayon.languages.alarm_rule import tree
from bayon.languages.alarm_rule.parse import parse

_SIGNS = {
    ">": "GreaterThanThreshold",
    ">=": "GreaterThanOrEqualToThreshold",
    "<": "LessThanThreshold",
    "<=": "LessThanOrEqualToThreshold",
}
_THRESHOLD = re.compile(r"(>=|<=|>|<)\s*(-?[0-9.]+(?:[eE][+-]?[0-9]+)?)")
_REPEATED = re.compile(r"(.+?)x([0-9]{1,6})")
_KEYS = {"name", "alarm", "points", "state", "rule", "children", "initial", "source"}
_SHORT = {"threshold", "m", "n", "missing", "period"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a case came to: the points or rule, the states it expected and those it found, side by side."""

    name: str
    given: Sequence[str]
    expected: Sequence[str]
    found: Sequence[str]

    @property
    def passed(self) -> bool:
        return list(self.expected) == list(self.found)


def run(case: Any) -> Outcome:
    """The case with what its alarm did. Raises: BayonError where it cannot be read."""
    if not isinstance(case, dict) or not case.keys() <= _KEYS or "state" not in case:
        found = ", ".join(map(str, case)) if isinstance(case, dict) else repr(case)
        raise BayonError(f"expected a case of {', '.join(sorted(_KEYS))}, found {found}")
    name = str(case.get("name", "without a name"))
    try:
        return _composite(case, name) if "rule" in case else _metric(case, name)
    except LanguageError as err:
        raise BayonError(f"case {name!r}: the rule is wrong at {err.span[0]}: {err.message}") from err
    except BayonError as err:
        raise BayonError(f"case {name!r}: {err.message}") from err


def _metric(case: Mapping[str, Any], name: str) -> Outcome:
    config = _config(case.get("alarm"))
    given = _listed(case.get("points"), "points")
    values = [_value(text) for text in given]
    expected = [_state(text) for text in _listed(case["state"], "state")]
    reach = windows.reach(config.periods)
    state = _state(str(case.get("initial", "INSUFFICIENT_DATA")))
    found: list[str] = []
    for end in range(1, len(values) + 1):
        seen = values[max(0, end - reach) : end]
        padded = [None] * (reach - len(seen)) + seen
        state = evaluate(config, Points([0] * reach, padded), state, 0).state
        found.append(state)
    return Outcome(name, given, expected, found)


def _composite(case: Mapping[str, Any], name: str) -> Outcome:
    rule = parse(str(case["rule"]))
    children = case.get("children")
    if not isinstance(children, dict):
        raise BayonError("expected children, an object of names and states")
    states = {str(child): [_state(text) for text in _listed(line, str(child))] for child, line in children.items()}
    expected = [_state(text) for text in _listed(case["state"], "state")]
    if missing := [ref.text for ref in tree.refs(rule) if _name(ref.text) not in states]:
        raise BayonError(f"expected the states of {missing[0]} among the children")
    if len(set(map(len, [*states.values(), expected]))) > 1:
        raise BayonError("expected as many states of every child as of the alarm")
    found = ["ALARM" if tree.holds(rule, _at(states, moment)) else "OK" for moment in range(len(expected))]
    return Outcome(name, [], expected, found)


def _at(states: Mapping[str, Sequence[str]], moment: int) -> Callable[[str], str]:
    return lambda ref: states[_name(ref)][moment]


def _name(ref: str) -> str:
    return ref.rpartition(":alarm:")[2]


def _config(alarm: Any) -> Config:
    if not isinstance(alarm, dict):
        raise BayonError("expected an alarm, an object")
    if "threshold" in alarm:
        return _short(alarm)
    if "ComparisonOperator" not in alarm:
        raise BayonError("expected an alarm with a threshold such as '>= 5', or the members of PutMetricAlarm")
    operator, threshold, periods = (
        alarm.get(name) for name in ("ComparisonOperator", "Threshold", "EvaluationPeriods")
    )
    if operator not in STATIC or not isinstance(threshold, int | float) or not isinstance(periods, int):
        raise BayonError("expected a ComparisonOperator against a Threshold, and EvaluationPeriods")
    needed = alarm.get("DatapointsToAlarm", periods)
    return _checked(
        operator, threshold, periods, needed, alarm.get("TreatMissingData", "missing"), alarm.get("Period", 60)
    )


def _short(alarm: Mapping[str, Any]) -> Config:
    if unknown := alarm.keys() - _SHORT:
        raise BayonError(f"expected an alarm of {', '.join(sorted(_SHORT))}, found {min(unknown)}")
    match = _THRESHOLD.fullmatch(str(alarm["threshold"]).strip())
    if match is None:
        raise BayonError(f"expected a threshold such as '>= 5', found {alarm['threshold']!r}")
    periods = alarm.get("n", 1)
    missing = alarm.get("missing", "missing")
    return _checked(
        _SIGNS[match[1]], float(match[2]), periods, alarm.get("m", periods), missing, alarm.get("period", 60)
    )


def _checked(operator: str, threshold: float, periods: Any, needed: Any, missing: Any, period_s: Any) -> Config:
    if not (isinstance(periods, int) and isinstance(needed, int) and 1 <= needed <= periods):
        raise BayonError(f"expected m from 1 to n, found m {needed} and n {periods}")
    if periods > limits.ALARM_SPAN_S:
        raise BayonError(f"expected at most {limits.ALARM_SPAN_S} periods, found {periods}")
    if missing not in get_args(Treatment):
        raise BayonError(f"expected missing data to be one of {', '.join(get_args(Treatment))}, found {missing}")
    return Config(
        operator=operator,
        threshold=float(threshold),
        periods=periods,
        needed=needed,
        needed_stated=True,
        missing=missing,
        period_s=int(period_s),
    )


def _listed(line: Any, of: str) -> list[str]:
    """The words of a line, each as often as it says. Raises: BayonError."""
    if not isinstance(line, str | int | float) or isinstance(line, bool):
        raise BayonError(f"expected {of} as a line of text, found {line!r}")
    found = [word for text in str(line).split() for word in _repeated(text)]
    if len(found) > limits.ALARM_CASE_POINTS:
        raise BayonError(f"expected at most {limits.ALARM_CASE_POINTS} points, found {len(found)}")
    return found


def _repeated(text: str) -> Iterator[str]:
    match = _REPEATED.fullmatch(text)
    word, times = (match[1], int(match[2])) if match else (text, 1)
    yield from [word] * min(times, limits.ALARM_CASE_POINTS + 1)


def _value(text: str) -> float | None:
    if text in ("_", "-"):
        return None
    try:
        return float(text)
    except ValueError:
        raise BayonError(f"expected a number or _, found {text!r}") from None


def _state(text: str) -> State:
    if text not in get_args(State):
        raise BayonError(f"expected a state ({', '.join(get_args(State))}), found {text!r}")
    return cast("State", text)
