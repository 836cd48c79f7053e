"""A metric widget as GetMetricWidgetImage is given it: read, checked, and what it leaves out filled in. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bayon import limits
from bayon.clock import DAY_MS
from bayon.services.cloudwatch import dashboard_body, labels
from bayon.services.cloudwatch.dashboard_rules import METRIC_WIDGET, Rule, choice
from bayon.services.cloudwatch.widget_metrics import refused

_SIZE: Rule = {"type": "integer", "minimum": 1, "maximum": limits.WIDGET_PIXELS}
_RULE: Rule = {
    **METRIC_WIDGET,
    "properties": {
        **METRIC_WIDGET["properties"],
        "width": _SIZE,
        "height": _SIZE,
        "theme": choice("light", "dark"),
        "view": choice("timeSeries", "bar", "pie", "singleValue", "gauge"),
        "metrics": {**METRIC_WIDGET["properties"]["metrics"], "maxItems": limits.WIDGET_METRICS},
    },
    "dependencies": {},  # the region of the call will do
}
_WIDTH, _HEIGHT = 600, 400
_START, _END = "-PT3H", "-PT0H"
_DURATION = re.compile(
    r"-?P(?:(?P<Y>\d+)Y)?(?:(?P<M>\d+)M)?(?:(?P<W>\d+)W)?(?:(?P<D>\d+)D)?(?:T(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+)S)?)?"
)
_UNITS_MS = {
    "Y": 365 * DAY_MS,
    "M": 30 * DAY_MS,
    "W": 7 * DAY_MS,
    "D": DAY_MS,
    "h": 3_600_000,
    "m": 60_000,
    "s": 1000,
}


@dataclass(frozen=True, slots=True)
class WidgetBody:
    """The widget's members, its size in pixels, its range and its time zone."""

    members: Mapping[str, Any]
    width: int
    height: int
    start_ms: int
    end_ms: int
    offset_s: int


def parse(text: str, region: str, now_ms: int) -> WidgetBody:
    """The widget. Raises: ValidationException with what is wrong and where.

    Source: GetMetricWidgetImage: Metric Widget Structure and Syntax.
    """
    if len(text.encode()) > limits.WIDGET_BYTES:
        raise refused("", f"expected at most {limits.WIDGET_BYTES} bytes")
    try:
        members = dashboard_body.parse(text)
    except dashboard_body.NotJsonError as err:
        raise refused("", "expected a JSON object") from err
    if found := dashboard_body.faults_of(members, _RULE):
        raise refused(found[0].path, "; ".join(f"{each.path}: {each.message}" for each in found).partition(": ")[2])
    if members.get("region", region) != region:
        raise refused("/region", f"expected {region}, found {members['region']}")
    start_ms, end_ms = _moment(members, "start", _START, now_ms), _moment(members, "end", _END, now_ms)
    if start_ms >= end_ms:
        raise refused("/start", "expected a start before the end")
    offset_s = labels.timezone_offset_s(members.get("timezone", labels.UTC_OFFSET))
    if offset_s is None:
        raise refused("/timezone", "expected + or - followed by four digits")
    width, height = members.get("width", _WIDTH), members.get("height", _HEIGHT)
    return WidgetBody(members, width, height, start_ms, end_ms, offset_s)


def _moment(members: Mapping[str, Any], name: str, default: str, now_ms: int) -> int:
    """A time, or as long before now as the duration says."""
    text = members.get(name, default)
    match = _DURATION.fullmatch(text)
    if match:
        return now_ms - sum(int(amount) * _UNITS_MS[unit] for unit, amount in match.groupdict().items() if amount)
    return instant_ms(text, f"/{name}")


def instant_ms(text: str, path: str) -> int:
    """The time of an ISO 8601 text. Raises: ValidationException."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as err:
        raise refused(path, f"expected an ISO 8601 time, found {json.dumps(text)}") from err
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
