"""Data points from arrived segments: of the services traced, and of the AWS services that they call.

A window of documents after another is looked at, and what comes of it is appended together with the mark of how far it
went: each request and call counts exactly once, whatever crashes. What a document adds to a trace of which a part was
counted before is the difference between what there is to count now and what there was then.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from bayon import limits
from bayon.services.logs.following.points import Derived
from bayon.services.xray.following import aws_calls, span_metrics
from bayon.services.xray.following.measures import Called, Measure, Outcome, measures
from bayon.services.xray.following.span_metrics import Dimensions, Names
from bayon.settings import AwsMetrics
from bayon.store import derived, traces
from bayon.store.derived import Place
from bayon.store.metric_series import Metric
from bayon.store.store import Store
from bayon.store.traces import Arrived, SegmentDocument

_FOLLOWER = "the traces: counted"
_REACHED = "traces counted"
_SEEN = "operations counted"
_MARK = (("Source", "traces"),)  # the dimension that says of AWS's metrics where they come from


def derive_metrics(store: Store, aws: AwsMetrics, now_ms: int) -> None:
    """The data points of all that has arrived are durable, or of as much as one run does.

    Reads: segment documents.   Writes: metric data.
    """
    after: int | None = store.caches.pop(_REACHED, None)  # put back only where all went well
    if after is None:
        after = derived.marks(store, [_FOLLOWER])[_FOLLOWER]
    for _ in range(limits.TRACE_WINDOWS_COUNTED):
        window = traces.after(store, after, limit=limits.SEGMENTS_COUNTED)
        if not window:
            break
        made = _points(store, window, after, aws, now_ms)
        reached = window[-1].document.seq
        derived.append_marked(store, made.points, {_FOLLOWER: reached}, now_ms // 1000)
        after = reached
    store.caches[_REACHED] = after


def _points(store: Store, window: Sequence[Arrived], after: int, aws: AwsMetrics, now_ms: int) -> Derived:
    made = Derived()
    for place, arrived in _by_place(window):
        found = [measure for measure in _new(store, place, arrived, after) if _is_recent(measure, now_ms)]
        _add_spans(made, place, found, _seen(store))
        if aws != "off":
            calls = [call for call in found if isinstance(call, Called) and call.aws]
            _add_aws(made, place, calls, _MARK if aws == "marked" else ())
    return made


def _seen(store: Store) -> Names:
    seen: Names = store.caches.setdefault(_SEEN, {})
    if len(seen) > limits.SERVICES_COUNTED:
        seen.clear()
    return seen


def _is_recent(measure: Measure, now_ms: int) -> bool:
    return -limits.DATUM_AGE_MS <= measure.outcome.end_s * 1000 - now_ms <= limits.DATUM_AHEAD_MS


def _add_spans(made: Derived, place: Place, found: Sequence[Measure], seen: Names) -> None:
    """What services did and whom they called is among the points."""
    outcomes: dict[tuple[Dimensions, int], list[Outcome]] = defaultdict(list)
    for measure in found:
        for dimensions in span_metrics.dimensions(measure, seen):
            outcomes[dimensions, _minute(measure)].append(measure.outcome)
    for (dimensions, minute), each in outcomes.items():
        for name, unit, values in span_metrics.values(each):
            metric = Metric(span_metrics.NAMESPACE, name, dimensions)
            made.add(place, metric, minute * 60, list(values), list(map(float, values.values())), unit=unit)


def _add_aws(made: Derived, place: Place, calls: Sequence[Called], extra: Dimensions) -> None:
    """What AWS would have counted the calls for is among the points."""
    counted: dict[tuple[Metric, str, int], Counter[float]] = defaultdict(Counter)
    for call in calls:
        for metric, unit, value in aws_calls.samples(call, extra):
            counted[metric, unit, _minute(call)][value] += 1
    for (metric, unit, minute), values in counted.items():
        made.add(place, metric, minute * 60, list(values), list(map(float, values.values())), unit=unit)


def _minute(measure: Measure) -> int:
    return int(measure.outcome.end_s) // 60


def _new(store: Store, place: Place, arrived: Mapping[str, list[SegmentDocument]], after: int) -> Iterable[Measure]:
    """What there is to count in the traces now and was not before."""
    known = traces.known_traces(store, *place, list(arrived), until_seq=after)
    before = traces.read(store, *place, sorted(known), until_seq=after) if known else {}
    for trace_id, documents in arrived.items():
        earlier = before.get(trace_id, [])
        now = measures([*earlier, *documents])
        then = measures(earlier) if earlier else {}
        yield from (measure for id_, measure in now.items() if id_ not in then)


def _by_place(window: Sequence[Arrived]) -> Iterator[tuple[Place, dict[str, list[SegmentDocument]]]]:
    """The documents by account and region and by trace, each in order of arrival."""
    ordered = sorted(window, key=lambda each: (each.account, each.region))  # stable, so that the order stays
    for place, group in groupby(ordered, key=lambda each: (each.account, each.region)):
        by_trace: dict[str, list[SegmentDocument]] = defaultdict(list)
        for each in group:
            by_trace[each.document.trace_id].append(each.document)
        yield place, by_trace
