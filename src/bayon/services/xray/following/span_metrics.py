"""The metrics that services are known by, as CloudWatch Application Signals publishes them. Pure.

Namespace `ApplicationSignals`: `Latency` in milliseconds, whose sample count is the number of requests, and `Fault` and
`Error`, 0 or 1 for each request, by service and environment, by operation, and by whom they call. `Throttle` is
likewise and ours. Operations beyond a bound count together, as Application Signals has them.

Source: CloudWatch user guide, "Application Signals metrics collected".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from bayon import limits
from bayon.services.xray.following.measures import Called, Measure, Outcome, Served
from bayon.store.metric_series import Metric

NAMESPACE = "ApplicationSignals"
_OTHERS, _OTHER_REMOTES = "AllOtherOperations", "AllOtherRemoteOperations"

Dimensions = tuple[tuple[str, str], ...]
Sample = tuple[Metric, str, float]  # a metric, its unit and a value
Names = dict[tuple[str, ...], set[str]]  # operations seen, by what they are operations of

_METRICS: tuple[tuple[str, str, Callable[[Outcome], float]], ...] = (
    ("Latency", "Milliseconds", lambda outcome: outcome.took_ms),
    ("Fault", "Count", lambda outcome: float(outcome.fault)),
    ("Error", "Count", lambda outcome: float(outcome.error and not outcome.fault)),
    ("Throttle", "Count", lambda outcome: float(outcome.throttle)),
)


def values(outcomes: Sequence[Outcome]) -> Iterator[tuple[str, str, Counter[float]]]:
    """Of each metric its name, its unit and its values, each with how often it was seen."""
    for name, unit, value in _METRICS:
        yield name, unit, Counter(map(value, outcomes))


def dimensions(measure: Measure, seen: Names) -> Iterator[Dimensions]:
    """The sets of dimensions that the measure counts for, each sorted by name."""
    service, environment = ("Service", _fit(measure.service)), ("Environment", _fit(measure.environment))
    key = (measure.service, measure.environment)
    operation = ("Operation", _fit(_bounded(seen, key, measure.operation, _OTHERS)))
    match measure:
        case Served():
            yield environment, service
            yield environment, operation, service
        case Called():
            remote = ("RemoteService", _fit(_bounded(seen, (*key, ""), measure.remote_service, _OTHER_REMOTES)))
            named = _bounded(seen, (*key, remote[1]), measure.remote_operation, _OTHER_REMOTES)
            yield environment, remote, service
            yield environment, operation, ("RemoteOperation", _fit(named)), remote, service


def _bounded(seen: Names, of: tuple[str, ...], name: str, others: str) -> str:
    """The name, or what names beyond the bound count as."""
    names = seen.setdefault(of, set())
    if name in names:
        return name
    if len(names) >= limits.OPERATIONS_COUNTED:
        return others
    names.add(name)
    return name


def _fit(value: str) -> str:
    """The value as a dimension's: printable, not empty and not too long."""
    kept = "".join(char for char in value if char.isprintable()).strip().lstrip(":")
    return kept[: limits.DIMENSION_VALUE_CHARS] or "-"
