"""Metric filters: log events become data points of metrics. What they make of events is in `derived_metrics`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayon.languages.filter_pattern.extraction import extracted
from bayon.languages.filter_pattern.predicate import predicate
from bayon.services.logs.filter_patterns import read_pattern
from bayon.services.operation import Context, operation

if TYPE_CHECKING:
    from bayon.shapes import logs as shapes

FIRST_EVENT = 0  # the sample of the TestMetricFilter API reference counts from 0, logs.md §4.6


@operation
def test_metric_filter(ctx: Context, request: shapes.TestMetricFilterRequest) -> shapes.TestMetricFilterResponse:
    """The messages that the pattern matches, with the values that it names in each.

    Raises: InvalidParameterException for a pattern that is none.
    Source: logs.md §4.6.
    """
    pattern = read_pattern(request["filterPattern"])
    matches = predicate(pattern)
    return {
        "matches": [
            {"eventNumber": number, "eventMessage": message, "extractedValues": extracted(pattern, message)}
            for number, message in enumerate(request["logEventMessages"], FIRST_EVENT)
            if matches(message)
        ]
    }
