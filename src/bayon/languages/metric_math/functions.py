"""Every function of metric math, by name."""

from __future__ import annotations

from bayon.languages.metric_math import arrays, conditions, elementwise, filling, outside, reductions
from bayon.languages.metric_math.function import Function

FUNCTIONS: dict[str, Function] = {
    row.name: row
    for rows in (elementwise.ROWS, reductions.ROWS, filling.ROWS, arrays.ROWS, conditions.ROWS, outside.ROWS)
    for row in rows
}
