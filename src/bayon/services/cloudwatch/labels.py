"""Labels of series: the default ones, and the dynamic fields `${…}` in those that a query states. Pure.

How AWS writes numbers, times and durations in labels is not published: here four decimals,
`2026-03-02 10:00:00` and `1d 2h 3m 4s`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from bayon import limits
from bayon.series import Series
from bayon.store.metric_series import Metric

UTC_OFFSET = "+0000"
_FIELD = re.compile(r"\$\{(?:PROP\('([^']*)'\)|([A-Z_]+))\}")
_OFFSET = re.compile(r"([+-])(\d\d)([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Wording:
    """What a label may speak of besides the points: the series' properties, the time zone and the present."""

    properties: Mapping[str, str]
    offset_s: int
    now_ms: int


def defaults(asked: Iterable[tuple[str, str, int]]) -> list[str]:
    """The default labels of queries, given as (metric name, statistic, period in seconds).

    Statistics are named where the queries differ in them, then periods where they differ in those.
    Source: recorded.
    """
    rows = list(asked)
    show_statistic = len({statistic for _, statistic, _ in rows}) > 1
    show_period = len({period_s for _, _, period_s in rows}) > 1
    return [
        " ".join([name, *([statistic] if show_statistic else []), *([str(period_s)] if show_period else [])])
        for name, statistic, period_s in rows
    ]


def distinguishing(metrics: Sequence[Metric]) -> list[str]:
    """The label of each member of an array: what tells it from the others, else the metric's name.

    That are the metric names where they differ, and the values of the dimensions in which the metrics differ.
    Source: metrics.md §1.9 (reasoned).
    """
    values = [dict(metric.dimensions) for metric in metrics]
    names = list(dict.fromkeys(name for each in values for name in each))
    differing = [name for name in names if len({each.get(name) for each in values}) > 1]
    show_name = len({metric.name for metric in metrics}) > 1
    found = []
    for metric, each in zip(metrics, values, strict=True):
        parts = [metric.name] if show_name else []
        parts += [each[name] for name in differing if name in each]
        found.append(" ".join(parts) or metric.name)
    return found


def timezone_offset_s(text: str) -> int | None:
    """Seconds east of UTC that `+HHMM` means, None if the text is none."""
    match = _OFFSET.fullmatch(text)
    if match is None:
        return None
    seconds = int(match[2]) * 3600 + int(match[3]) * 60
    return -seconds if match[1] == "-" else seconds


def is_dynamic(label: str) -> bool:
    """Whether the label has dynamic fields."""
    return _FIELD.search(label) is not None


def fields_excess(label: str) -> bool:
    """Whether the label has more dynamic fields than AWS replaces."""
    fields = [match[2] for match in _FIELD.finditer(label) if match[2] in _FIELDS or match[2] is None]
    return len(fields) > limits.LABEL_FIELDS or fields.count("LABEL") > 1


def render(label: str, series: Series, wording: Wording) -> str:
    """The label with its dynamic fields replaced; a field that AWS does not know stays as it is, one without a value is
    empty. `series.label` is the default label.

    Source: CloudWatch user guide, Use dynamic labels.
    """

    def replaced(match: re.Match[str]) -> str:
        if match[1] is not None:
            return wording.properties.get(match[1], "")
        field = _FIELDS.get(match[2])
        if field is None:
            return match[0]
        return field(series, wording) if len(series) or match[2] in _ALWAYS else ""

    return _FIELD.sub(replaced, label)


def _number(value: float) -> str:
    if 0 < abs(value) < 1e-3:
        return f"{value:.4g}"
    return f"{value:.4f}".rstrip("0").rstrip(".")


def _time(time_ms: int, wording: Wording) -> str:
    shown = datetime.fromtimestamp(time_ms / 1000 + wording.offset_s, UTC)
    return shown.strftime("%Y-%m-%d %H:%M:%S")


def _duration(span_ms: int) -> str:
    seconds = abs(span_ms) // 1000
    parts = [(seconds // 86400, "d"), (seconds // 3600 % 24, "h"), (seconds // 60 % 60, "m"), (seconds % 60, "s")]
    return " ".join(f"{amount}{unit}" for amount, unit in parts if amount) or "0s"


def _min_ms(series: Series) -> int:
    return int(series.times_ms[series.values.argmin()])


def _max_ms(series: Series) -> int:
    return int(series.times_ms[series.values.argmax()])


Field = Callable[[Series, Wording], str]
_TIMES: dict[str, Callable[[Series], int]] = {
    "FIRST": lambda series: int(series.times_ms[0]),
    "LAST": lambda series: int(series.times_ms[-1]),
    "MIN": _min_ms,
    "MAX": _max_ms,
}
_VALUES: dict[str, Callable[[Series], float]] = {
    "AVG": lambda series: float(series.values.mean()),
    "MIN": lambda series: float(series.values.min()),
    "MAX": lambda series: float(series.values.max()),
    "SUM": lambda series: float(series.values.sum()),
    "FIRST": lambda series: float(series.values[0]),
    "LAST": lambda series: float(series.values[-1]),
    "FIRST_LAST_RANGE": lambda series: float(abs(series.values[-1] - series.values[0])),
    "MIN_MAX_RANGE": lambda series: float(np.ptp(series.values)),
}
_SPANS: dict[str, Callable[[Series], int]] = {
    "FIRST_LAST_TIME_RANGE": lambda series: int(np.ptp(series.times_ms)),
    "MIN_MAX_TIME_RANGE": lambda series: _max_ms(series) - _min_ms(series),
}


def _value_field(value: Callable[[Series], float]) -> Field:
    return lambda series, _: _number(value(series))


def _time_field(time: Callable[[Series], int]) -> Field:
    return lambda series, wording: _time(time(series), wording)


def _relative_field(time: Callable[[Series], int]) -> Field:
    return lambda series, wording: _duration(wording.now_ms - time(series))


def _span_field(span: Callable[[Series], int]) -> Field:
    return lambda series, _: _duration(span(series))


_ALWAYS = {"LABEL", "DATAPOINT_COUNT"}  # these have a value even without points
_FIELDS: dict[str, Field] = {
    "LABEL": lambda series, _: series.label,
    "DATAPOINT_COUNT": lambda series, _: str(len(series)),
    **{name: _value_field(value) for name, value in _VALUES.items()},
    **{f"{name}_TIME": _time_field(time) for name, time in _TIMES.items()},
    **{f"{name}_TIME_RELATIVE": _relative_field(time) for name, time in _TIMES.items()},
    **{name: _span_field(span) for name, span in _SPANS.items()},
}
