"""What happens to an OTLP export: spans become segments, points become metrics, records become log events.

Each says how much it could not keep and why; what it says is kept is durable.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from bayon import limits
from bayon.services.operation import Context
from bayon.services.otlp import cumulative, metric_points, segments
from bayon.services.otlp.signals import Outcome, Point, Span
from bayon.services.xray.trace_segments import put_trace_segments
from bayon.store import metric_totals, metrics
from bayon.store.metrics import Points

_TRACE_ID = re.compile(r"[0-9a-f]{32}")
_SPAN_ID = re.compile(r"[0-9a-f]{16}")


def export_spans(ctx: Context, spans: Sequence[Span]) -> Outcome:
    """The spans are durable as segment documents, but for those refused, each counted once.

    Raises: StoreError; then nothing was kept.   Writes: segment documents.
    """
    refused: Counter[str] = Counter()
    documents: list[str] = []
    for span in spans:
        if fault := _fault(span, ctx.now_ms):
            refused[fault] += 1
        else:
            documents += segments.documents(span)
    if documents:
        answer = put_trace_segments(ctx, {"TraceSegmentDocuments": documents})
        refused.update(each["Message"] for each in answer["UnprocessedTraceSegments"])
    return _outcome(refused, "spans")


def export_points(ctx: Context, found: Sequence[Point]) -> Outcome:
    """The points are durable, but for those that cannot be CloudWatch metrics.

    Raises: StoreError; then nothing was kept.   Writes: metric data, totals of what counts from a start.
    """
    keys = {id(point): _key(ctx, point) for point in found if metric_points.is_total(point)}
    points = Points()
    with cumulative.ledger(ctx.store, keys.values()) as ledger:

        def added(point: Point, numbers: metric_points.Totals) -> metric_points.Totals | None:
            return ledger.added(keys[id(point)], point.start_ns, point.at_ns, numbers)

        refused = metric_points.add(points, found, added, ctx.now_ms)
        totals = metric_totals.blocks_of(ledger.grown)
        metrics.append(ctx.store, ctx.account, ctx.region, points, ctx.now_ms, beside=totals)
    return _outcome(refused, "data points")


def _key(ctx: Context, point: Point) -> int:
    return cumulative.total_key(ctx.account, ctx.region, point)


def _fault(span: Span, now_ms: int) -> str:
    """Why the span cannot be kept, empty where it can."""
    if not _TRACE_ID.fullmatch(span.trace_id) or not span.trace_id.strip("0"):
        return "the trace id is not 16 bytes, or all zero"
    if not _SPAN_ID.fullmatch(span.id) or not span.id.strip("0"):
        return "the span id is not 8 bytes, or all zero"
    if span.parent_id and not _SPAN_ID.fullmatch(span.parent_id):
        return "the parent's span id is not 8 bytes"
    if not span.start_ns:
        return "the span has no start"
    if not -limits.SPAN_AGE_MS <= span.start_ns // 1_000_000 - now_ms <= limits.SPAN_AHEAD_MS:
        return "the time is more than two weeks ago or two hours ahead"
    return ""


def _outcome(refused: Counter[str], what: str) -> Outcome:
    reasons = "; ".join(f"{reason} ({count})" for reason, count in refused.most_common(limits.OTLP_REASONS))
    return Outcome(refused.total(), f"not all {what} were kept: {reasons}" if refused else "")
