"""What a metric filter makes of an event: the value and the dimensions of a data point, compiled to SQL.

Pure: text in, SQL out. Source: logs.md §5.1.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bayon import limits
from bayon.errors import LanguageError
from bayon.languages.filter_pattern import Pattern, sql
from bayon.languages.filter_pattern.parser import parse_selector
from bayon.languages.filter_pattern.tree import JsonPattern, SpacedPattern
from bayon.services.logs.identifiers import invalid
from bayon.sql import Sql, Values
from bayon.store.metric_series import Metric

_LITERAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Measure:
    """A compiled transformation: `constant`, or else the SQL `value`, with the SQL of each dimension by its name.

    `fixed` are dimensions that every point has; `condition` holds the parameters of all.
    """

    condition: Sql
    constant: float | None
    value: str
    dimensions: Mapping[str, str]
    fixed: Mapping[str, str]
    namespace: str
    name: str
    unit: str
    default: float | None

    def metric(self, found: Sequence[str] = ()) -> Metric:
        """The series of points with those values of the dimensions."""
        dimensions = dict(zip(self.dimensions, found, strict=True)) | dict(self.fixed)
        return Metric(self.namespace, self.name, tuple(sorted(dimensions.items())))


def check(pattern: Pattern, transformation: Mapping[str, Any], system_dimensions: Sequence[str]) -> None:
    """Raises: InvalidParameterException for a transformation that the pattern's events cannot undergo."""
    dimensions = transformation.get("dimensions", {})
    if len(dimensions) + len(system_dimensions) > limits.METRIC_FILTER_DIMENSIONS:
        raise invalid(
            f"Invalid metric transformation: at most {limits.METRIC_FILTER_DIMENSIONS} dimensions are allowed."
        )
    if dimensions and "defaultValue" in transformation:
        raise invalid("Invalid metric transformation: dimensions and default value are mutually exclusive properties.")
    for name, value in dimensions.items():
        if not name.strip() or not value.startswith("$"):
            raise invalid(
                f"Invalid metric transformation: the dimension '{name}' must be a field such as $.name or $name."
            )
    measure(pattern, transformation, {})


def measure(
    pattern: Pattern,
    transformation: Mapping[str, Any],
    fixed: Mapping[str, str],
    *,
    column: str = "message",
    prefix: str = "f",
) -> Measure:
    """The transformation of a filter with that pattern. Raises: InvalidParameterException."""
    condition = sql.condition(pattern, column=column, prefix=f"{prefix}c")
    values = Values(f"{prefix}v")
    written = transformation["metricValue"]
    constant = _constant(written)
    if constant is None:
        value = sql.number(_field(pattern, written, values, column, "value"))
    else:
        value = values.bind(constant, "Float64")
    dimensions = {
        name: _field(pattern, field, values, column, f"dimension '{name}'")
        for name, field in sorted(transformation.get("dimensions", {}).items())
    }
    return Measure(
        Sql(condition.text, {**condition.parameters, **values.parameters}),
        constant,
        value,
        {name: sql.within(text, limits.DIMENSION_VALUE_CHARS) for name, text in dimensions.items()},
        fixed,
        transformation["metricNamespace"],
        transformation["metricName"],
        transformation.get("unit", "None"),
        transformation.get("defaultValue"),
    )


def _constant(written: str) -> float | None:
    """The number that is published for each event, none where it is a field of the event."""
    if written.startswith("$"):
        return None
    value = float(written) if _LITERAL.fullmatch(written) else math.nan
    if not abs(value) <= limits.DATUM_VALUE:
        raise invalid(f"Invalid metric transformation: expected a number or a field as the value, found '{written}'.")
    return value


def _field(pattern: Pattern, written: str, values: Values, column: str, what: str) -> str:
    """SQL of the text of the field that is written as `$.path` or `$slot`."""
    match pattern:
        case JsonPattern() if written.startswith(("$.", "$[")):
            try:
                return sql.property_text(parse_selector(written), values, column)
            except LanguageError as err:
                raise invalid(f"Invalid metric transformation: the {what}: {err.message}.") from err
        case SpacedPattern(slots=slots):
            named = {f"${slot.name}": place for place, slot in enumerate(slots) if slot.name}
            if written in named:
                return sql.word_text(pattern, named[written], values, column)
    raise invalid(f"Invalid metric transformation: the filter pattern has no field {written} for the {what}.")
