"""The units of metric data, in the two orders in which AWS shows them."""

from __future__ import annotations

from collections.abc import Iterable

NONE = "None"

# fmt: off
# As the model and the error texts list them.
UNITS = (
    "Seconds", "Microseconds", "Milliseconds", "Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes",
    "Bits", "Kilobits", "Megabits", "Gigabits", "Terabits", "Percent", "Count", "Bytes/Second",
    "Kilobytes/Second", "Megabytes/Second", "Gigabytes/Second", "Terabytes/Second", "Bits/Second",
    "Kilobits/Second", "Megabits/Second", "Gigabits/Second", "Terabits/Second", "Count/Second", "None",
)

# As GetMetricData ranks them where a metric has several and the query names none (recorded).
_RANKED = (
    "Megabits", "Terabits", "Gigabits", "Count", "Bytes", "Gigabytes", "Gigabytes/Second", "Kilobytes",
    "Kilobits/Second", "Terabytes", "Terabits/Second", "Bytes/Second", "Percent", "Megabytes",
    "Megabits/Second", "Milliseconds", "Microseconds", "Kilobytes/Second", "Gigabits/Second",
    "Megabytes/Second", "Bits", "Bits/Second", "Count/Second", "Seconds", "Kilobits", "Terabytes/Second", "None",
)
# fmt: on
KNOWN = frozenset(UNITS)
_RANK = {unit: rank for rank, unit in enumerate(_RANKED)}


def ranked(units: Iterable[str]) -> list[str]:
    """The units, the one that GetMetricData answers with first."""
    return sorted(units, key=_RANK.__getitem__)
