"""The pages of a GetMetricData answer: which results, and which of their points, stand on the one that is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bayon import limits
from bayon.series import Times, Values
from bayon.services.cloudwatch import labels
from bayon.services.cloudwatch.metric_queries import MetricQuery, Query
from bayon.services.cloudwatch.metric_series import Found
from bayon.services.cloudwatch.query_results import Answers
from bayon.store.store import Store

if TYPE_CHECKING:
    from bayon.shapes.cloudwatch import MetricDataResult


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: at a series of a query, behind the point at `sent_ms` if there is one."""

    query: int
    series: int
    sent_ms: int | None


START = Place(0, 0, None)


def page(answers: Answers, begin: Place, *, left: int, ascending: bool) -> tuple[list[MetricDataResult], Place | None]:
    """The results with at most `left` points, and where the next page begins.

    What is computed once is all that the page needs and more, up to a bound; of queries behind that, results are listed
    without points, as far as their labels are known without any.
    """
    queries = answers.queries
    results: list[MetricDataResult] = []
    cut: Place | None = None
    for batch in _batches(answers, queries, begin.query):
        if cut is not None:
            results += [_unread(answers, query) for query in queries[batch.start :] if _is_plain(query)]
            break
        for position, found in zip(batch, answers.of(batch), strict=True):
            for place, each in enumerate(found):
                if not each.query.shown or (position == begin.query and place < begin.series):
                    continue
                sent_ms = begin.sent_ms if (position, place) == (begin.query, begin.series) else None
                times_ms, values = _rest(each, sent_ms, ascending=ascending)
                taken = min(left, len(times_ms))
                left -= taken
                if taken < len(times_ms) and cut is None:
                    cut = Place(position, place, int(times_ms[taken - 1]) if taken else None)
                results.append(_result(each, times_ms[:taken], values[:taken], complete=taken == len(times_ms)))
    return results, cut


def _batches(answers: Answers, queries: Sequence[Query], first: int) -> Iterator[range]:
    """The queries' positions in groups of not too many points."""
    begin, points = first, 0
    for position in range(first, len(queries)):
        more = answers.points_at_most(position)
        if position > begin and points + more > limits.METRIC_POINTS_AT_ONCE:
            yield range(begin, position)
            begin, points = position, 0
        points += more
    yield range(begin, len(queries))


def _is_plain(query: Query) -> bool:
    return isinstance(query, MetricQuery) and query.shown and not labels.is_dynamic(query.label or "")


def _unread(answers: Answers, query: Query) -> MetricDataResult:
    label = query.label or answers.default_label(query)
    return {"Id": query.id, "Label": label, "Timestamps": [], "Values": [], "StatusCode": "PartialData"}


def _rest(answer: Found, sent_ms: int | None, *, ascending: bool) -> tuple[Times, Values]:
    """Times and values in the order that was asked for, without those up to the one at `sent_ms`."""
    times_ms, values = answer.series.times_ms, answer.series.values
    if sent_ms is not None:
        rest = slice(int(np.searchsorted(times_ms, sent_ms, side="right")), None)
        if not ascending:
            rest = slice(0, int(np.searchsorted(times_ms, sent_ms, side="left")))
        times_ms, values = times_ms[rest], values[rest]
    return (times_ms, values) if ascending else (times_ms[::-1], values[::-1])


def _result(answer: Found, times_ms: Times, values: Values, *, complete: bool) -> MetricDataResult:
    status = "Complete" if complete and not answer.partial else "PartialData"
    result: MetricDataResult = {
        "Id": answer.query.id,
        "Label": answer.series.label,
        "Timestamps": times_ms,  # type: ignore[typeddict-item]  # the codecs take columns too
        "Values": values,  # type: ignore[typeddict-item]
        "StatusCode": "Forbidden" if answer.forbidden else status,
    }
    if answer.messages:
        result["Messages"] = [{"Code": message["Code"], "Value": message["Value"]} for message in answer.messages]
    return result


def keep(store: Store, token: str, answers: Answers) -> None:
    """The page that the token is for finds the answers computed, if it is asked for soon."""
    kept: dict[str, Answers] = store.caches.setdefault("metric pages", {})
    if answers.points() > limits.METRIC_POINTS_AT_ONCE:
        return
    kept[token] = answers
    for oldest in [*kept][: -limits.METRIC_PAGES_KEPT]:
        kept.pop(oldest, None)


def kept(store: Store, token: str) -> Answers | None:
    """What was kept for the token, once."""
    found: Answers | None = store.caches.get("metric pages", {}).pop(token, None)
    return found
