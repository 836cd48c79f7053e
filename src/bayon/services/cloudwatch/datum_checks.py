"""What AWS refuses in a datum of PutMetricData, and in which words. Pure.

The model's constraints on these members are checked here and not with the others, because AWS answers them with its own
texts, one line for each fault of the request.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from bayon import limits
from bayon.services.cloudwatch import units

if TYPE_CHECKING:
    from bayon.shapes.cloudwatch import MetricDatum, StatisticSet

VALUE = "InvalidParameterValueException"
COMBINATION = "InvalidParameterCombinationException"
MISSING = "MissingRequiredParameterException"
_STATISTICS = ("SampleCount", "Sum", "Minimum", "Maximum")


class Problem(NamedTuple):
    """One fault: the error it is and the line that says it."""

    code: str
    text: str


def problems(datum: MetricDatum, path: str, now_ms: int) -> list[Problem]:
    """What is wrong with the datum at `path`, nothing if it may be stored.

    Source: PutMetricData API reference; texts as users quote them, where they do.
    """
    dimensions = datum.get("Dimensions") or ()
    pairs = [(dimension.get("Name", ""), dimension.get("Value", "")) for dimension in dimensions]
    return [
        *name_problems(datum.get("MetricName", ""), pairs, f"{path}."),
        *_time_problems(datum.get("Timestamp", now_ms), f"{path}.Timestamp", now_ms),
        *_form_problems(datum, path),
        *_choice(datum.get("Unit", units.NONE), units.UNITS, f"{path}.Unit"),
        *_choice(datum.get("StorageResolution", 60), (1, 60), f"{path}.StorageResolution"),
    ]


def name_problems(name: str, dimensions: Sequence[tuple[str, str]], path: str) -> list[Problem]:
    """What is wrong with a metric's name and dimensions; `path` ends in a dot or is empty."""
    found = [*text_problems(name, f"{path}MetricName", limits.METRIC_NAME_CHARS)]
    if len(dimensions) > limits.DIMENSIONS:
        found.append(_oversized(f"{path}Dimensions", limits.DIMENSIONS))
    for position, (key, value) in enumerate(dimensions, 1):
        member = f"{path}Dimensions.member.{position}"
        found += text_problems(key, f"{member}.Name", limits.DIMENSION_NAME_CHARS)
        if key.startswith(":"):
            found.append(Problem(VALUE, f"The value {key} for parameter {member}.Name is invalid."))
        found += text_problems(value, f"{member}.Value", limits.DIMENSION_VALUE_CHARS)
    return found


def text_problems(text: str, path: str, chars_max: int) -> Iterator[Problem]:
    """What is wrong with a name: it is blank, not plain ASCII, or too long."""
    if not text.strip():
        yield Problem(MISSING, f"The parameter {path} is required.")
        return
    if not text.isascii():
        yield Problem(VALUE, f"The value for parameter {path} contains non-ASCII characters.")
    elif not text.isprintable():
        yield Problem(VALUE, f"The value for parameter {path} contains control characters.")
    if len(text) > chars_max:
        yield Problem(VALUE, f"The parameter {path} must be shorter than {chars_max + 1} characters.")


def size_problems(path: str, size: int, size_max: int) -> list[Problem]:
    """The fault of a collection with more than `size_max` members."""
    return [_oversized(path, size_max)] if size > size_max else []


def _oversized(path: str, size_max: int) -> Problem:
    return Problem(VALUE, f"The collection {path} must not have a size greater than {size_max}.")


def _time_problems(time_ms: int, path: str, now_ms: int) -> Iterator[Problem]:
    if time_ms < now_ms - limits.DATUM_AGE_MS:
        yield Problem(VALUE, f"The parameter {path} must specify a time within the past two weeks.")
    if time_ms > now_ms + limits.DATUM_AHEAD_MS:
        yield Problem(VALUE, f"The parameter {path} must specify a time no more than two hours in the future.")


def _choice(given: object, allowed: Sequence[object], path: str) -> Iterator[Problem]:
    if given not in allowed:
        listed = ", ".join(map(str, allowed))
        yield Problem(VALUE, f"The parameter {path} must be a value in the set [ {listed} ].")


def _form_problems(datum: MetricDatum, path: str) -> Iterator[Problem]:
    given = [form for form in ("Value", "StatisticValues", "Values") if datum.get(form) not in (None, [])]
    if not given and not datum.get("Counts"):
        yield Problem(MISSING, "At least one of the parameters must be specified.")
    for other in given[1:]:
        both = f"The parameters {path}.{given[0]} and {path}.{other}"
        yield Problem(COMBINATION, f"{both} are mutually exclusive and you have specified both.")
    if "Value" in given:
        yield from _number_problems([(f"{path}.Value", datum["Value"])])
    if "StatisticValues" in given:
        yield from _statistic_problems(datum["StatisticValues"], f"{path}.StatisticValues")
    yield from _list_problems(datum.get("Values") or [], datum.get("Counts") or [], path)


def _list_problems(values: Sequence[float], counts: Sequence[float], path: str) -> Iterator[Problem]:
    if len(values) > limits.DATUM_VALUES:
        yield _oversized(f"{path}.Values", limits.DATUM_VALUES)
    if counts and len(counts) != len(values):
        yield Problem(VALUE, f"The parameters {path}.Values and {path}.Counts must be of the same size.")
    yield from _number_problems((f"{path}.Values.member.{at}", value) for at, value in enumerate(values, 1))
    numbered = [(f"{path}.Counts.member.{at}", count) for at, count in enumerate(counts, 1)]
    yield from _number_problems(numbered)
    yield from (_invalid(at, count) for at, count in numbered if count < 0)


def _statistic_problems(statistics: StatisticSet, path: str) -> Iterator[Problem]:
    given = {name: float(value) for name, value in statistics.items() if isinstance(value, (int, float))}
    absent = [name for name in _STATISTICS if name not in given]
    yield from (Problem(MISSING, f"The parameter {path}.{name} is required.") for name in absent)
    wrong = list(_number_problems((f"{path}.{name}", given[name]) for name in _STATISTICS if name in given))
    yield from wrong
    if absent or wrong:
        return
    if given["SampleCount"] < 0:
        yield _invalid(f"{path}.SampleCount", given["SampleCount"])
    if given["Minimum"] > given["Maximum"]:
        yield Problem(VALUE, f"The parameter {path}.Minimum must not exceed the parameter {path}.Maximum.")


def _number_problems(numbered: Iterable[tuple[str, float]]) -> Iterator[Problem]:
    for path, number in numbered:
        if not -limits.DATUM_VALUE <= number <= limits.DATUM_VALUE:
            yield _invalid(path, number)


def _invalid(path: str, number: float) -> Problem:
    return Problem(VALUE, f"The value {_spelled(number)} for parameter {path} is invalid.")


def _spelled(number: float) -> str:
    """The number as AWS's texts write it."""
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    return "NaN" if math.isnan(number) else str(float(number))
