"""The page of metric math: its functions, how each is called and what it does."""

from __future__ import annotations

from bayon.languages.metric_math.functions import FUNCTIONS
from bayon.reference.markdown import code, page, table

INTRO = (
    "What an `Expression` of GetMetricData, an alarm or a widget may call. S is a number, TS a time series, TS[] an "
    "array of them; what stands in brackets may be left out. Examples with their results are in "
    "`tests/cases/metric_math/`."
)


def text() -> str:
    """The page."""
    rows = [(code(function.signature()), function.says) for _, function in sorted(FUNCTIONS.items())]
    return page("Metric math", INTRO, table(("Function", "What it is"), rows))
