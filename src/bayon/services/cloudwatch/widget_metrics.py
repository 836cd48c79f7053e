"""The metrics of a widget: arrays of strings with their shorthand, to queries as GetMetricData has them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bayon.errors import AwsError
from bayon.services.cloudwatch import periods, statistics

if TYPE_CHECKING:
    from bayon.shapes.cloudwatch import MetricDataQuery

PERIOD_S, STATISTIC = 300, "Average"


@dataclass(frozen=True, slots=True)
class Entry:
    """One element of `metrics`: its query, and what the widget says about how it looks."""

    query: MetricDataQuery
    options: Mapping[str, Any]


def entries(widget: Mapping[str, Any]) -> list[Entry]:
    """The widget's entries. Raises: ValidationException where one is none.

    Source: Dashboard Body Structure and Syntax, properties of a metric widget.
    """
    found = []
    before: Sequence[str] = ()
    for place, written in enumerate(widget.get("metrics", [])):
        *names, last = [*written] or [{}]
        options = last if isinstance(last, dict) else {}
        before = _names([*names] if isinstance(last, dict) else [*names, last], before, place)
        found.append(Entry(_query(before, {**_inherited(widget), **options}, place), options))
    _check_ids(found)
    return found


def _inherited(widget: Mapping[str, Any]) -> dict[str, Any]:
    return {name: widget[name] for name in ("stat", "period") if name in widget}


def _names(names: list[str], before: Sequence[str], place: int) -> list[str]:
    """The entry's strings with `.` and `...` replaced by what the entry before has there."""
    if "..." in names:
        at = names.index("...")
        behind = len(names) - at - 1
        names = [*names[:at], *before[at : max(len(before) - behind, at)], *names[at + 1 :]]
    if any(name == "." and at >= len(before) for at, name in enumerate(names)):
        raise refused(f"/metrics/{place}", "expected an entry before that has an element for '.'")
    return [before[at] if name == "." else name for at, name in enumerate(names)]


def _query(names: Sequence[str], options: Mapping[str, Any], place: int) -> MetricDataQuery:
    path = f"/metrics/{place}"
    query: MetricDataQuery = {"Id": options.get("id", f"entry {place}"), "ReturnData": options.get("visible", True)}
    if "label" in options:
        query["Label"] = options["label"]
    if "expression" in options:
        if names:
            raise refused(path, "expected either an expression or a metric, found both")
        query["Expression"] = options["expression"]
        if "period" in options:
            query["Period"] = _period(options["period"], path)
        return query
    if len(names) < 2 or len(names) % 2:
        raise refused(path, "expected a namespace, a metric name and pairs of dimension name and value")
    text = options.get("stat", STATISTIC)
    if statistics.parse(text) is None:
        raise refused(path, f"'{text}' is not a valid statistic")
    dimensions = [{"Name": name, "Value": value} for name, value in zip(names[2::2], names[3::2], strict=True)]
    query["MetricStat"] = {
        "Metric": {"Namespace": names[0], "MetricName": names[1], "Dimensions": dimensions},  # type: ignore[typeddict-item]
        "Period": _period(options.get("period", PERIOD_S), path),
        "Stat": text,
    }
    return query


def _period(period_s: int, path: str) -> int:
    if not periods.is_legal(period_s):
        raise refused(path, "the period must be 1, 5, 10, 20, 30 or a multiple of 60")
    return period_s


def _check_ids(found: Sequence[Entry]) -> None:
    ids = [entry.query["Id"] for entry in found]
    for place, name in enumerate(ids):
        if name in ids[:place]:
            raise refused(f"/metrics/{place}", f"the id '{name}' is not unique")


def refused(path: str, what: str) -> AwsError:
    """The error that refuses a widget, with the JSON pointer of what is wrong."""
    return AwsError("ValidationException", f"The metric widget is invalid: {path}: {what}")
