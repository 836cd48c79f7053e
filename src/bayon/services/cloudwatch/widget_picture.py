"""A metric widget with its data as a picture to draw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle
from typing import Any

from bayon.languages.metric_math.tree import Call
from bayon.render.picture import Axis, Band, Level, Line, Moment, Picture
from bayon.render.theme import PALETTE
from bayon.services.cloudwatch import metric_queries, query_results
from bayon.services.cloudwatch.metric_queries import ExpressionQuery
from bayon.services.cloudwatch.metric_series import Found, Reader
from bayon.services.cloudwatch.widget_alarm import alarm_widget
from bayon.services.cloudwatch.widget_body import WidgetBody, instant_ms
from bayon.services.cloudwatch.widget_metrics import Entry, entries

_OF_RANGE = ("singleValue", "gauge", "bar", "pie")


def picture(reader: Reader, body: WidgetBody, now_ms: int) -> Picture:
    """The widget's data in its colours, and its annotations. Raises: ValidationException.

    Reads: metric data, metrics, alarms.
    """
    members = alarm_widget(reader, body.members)
    members = _over_range(members, body)
    drawn = entries(members)
    queries = metric_queries.read([entry.query for entry in drawn], reader.account)
    found = query_results.results(
        reader, queries, start_ms=body.start_ms, end_ms=body.end_ms, now_ms=now_ms, offset_s=body.offset_s
    )
    options = {entry.query["Id"]: entry for entry in drawn}
    lines, bands = _colored([each for each in found if each.query.shown], options)
    annotations = members.get("annotations") or {}
    axes = members.get("yAxis") or {}
    return Picture(
        title=members.get("title", ""),
        width=body.width,
        height=body.height,
        start_ms=body.start_ms,
        end_ms=body.end_ms,
        dark=members.get("theme") == "dark",
        view=members.get("view", "timeSeries"),
        stacked=members.get("stacked", False),
        lines=lines,
        bands=bands,
        left=_axis(axes.get("left") or {}),
        right=_axis(axes.get("right") or {}),
        levels=tuple(_levels(annotations.get("horizontal") or [])),
        moments=tuple(_moments(annotations.get("vertical") or [])),
        legend=(members.get("legend") or {}).get("position", "bottom"),
        labels=(members.get("labels") or {}).get("visible", True),
        offset_s=body.offset_s,
        incomplete=any(each.partial for each in found),
    )


def _over_range(members: Mapping[str, Any], body: WidgetBody) -> Mapping[str, Any]:
    """With `setPeriodToTimeRange` a view of one value shows that of the whole range."""
    if not members.get("setPeriodToTimeRange") or members.get("view") not in _OF_RANGE:
        return members
    period_s = -(-(body.end_ms - body.start_ms) // 60_000) * 60
    metrics = [
        [{**each, "period": period_s} if isinstance(each, dict) else each for each in written]
        for written in members.get("metrics", [])
    ]
    return {**members, "metrics": metrics, "period": period_s}


def _colored(found: Sequence[Found], options: Mapping[str, Entry]) -> tuple[tuple[Line, ...], tuple[Band, ...]]:
    """Lines, each in its own colour or the next one; two series of a band are one area."""
    palette = cycle(PALETTE)
    lines: list[Line] = []
    bands: list[Band] = []
    members: list[Found] = []
    for each in found:
        given = options[each.query.id].options
        right = given.get("yAxis") == "right"
        if not _is_band(each):
            lines.append(Line(series=each.series, color=given.get("color") or next(palette), right=right))
            continue
        members.append(each)
        if len(members) == 2:
            lower, upper = (member.series for member in members)
            bands.append(Band(lower=lower, upper=upper, color=given.get("color") or next(palette), right=right))
            members = []
    return tuple(lines), tuple(bands)


def _is_band(found: Found) -> bool:
    query = found.query
    if not isinstance(query, ExpressionQuery):
        return False
    return isinstance(query.expression, Call) and query.expression.name == "ANOMALY_DETECTION_BAND"


def _axis(given: Mapping[str, Any]) -> Axis:
    return Axis(
        least=given.get("min"), most=given.get("max"), label=given.get("label", ""), units=given.get("showUnits", True)
    )


def _levels(given: Sequence[Any]) -> Iterator[Level]:
    for each in given:
        first, second = each if isinstance(each, list) else (each, {})
        if first.get("visible", True):
            yield Level(
                value=first["value"],
                until=second.get("value"),
                label=first.get("label", ""),
                color=first.get("color", ""),
                fill=first.get("fill", "none"),
                right=first.get("yAxis") == "right",
            )


def _moments(given: Sequence[Any]) -> Iterator[Moment]:
    for place, each in enumerate(given):
        first, second = each if isinstance(each, list) else (each, {})
        path = f"/annotations/vertical/{place}"
        if first.get("visible", True):
            yield Moment(
                at_ms=instant_ms(first["value"], path),
                until_ms=instant_ms(second["value"], path) if "value" in second else None,
                label=first.get("label", ""),
                color=first.get("color", ""),
                fill=first.get("fill", "none"),
            )
